"""Read a source once, before anything is started: judge it, encode it, hash it, and lay the bytes aside.

A run then hands out batches as bytes, at the cost of reading them, and the parent holds but a few bytes a record.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from array import array
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Protocol, runtime_checkable

import msgspec

from mempress.errors import MempressError, UsageError
from mempress.workload.chance import sample, stream
from mempress.workload.checks import importance_problem, metadata_problem, text_problem
from mempress.workload.ids import IdList, Indexed
from mempress.workload.model import Probe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from mempress.systems.protocol import JSON
    from mempress.workload.model import Source

_Row = tuple[str, str, float, Mapping[str, Any]]
_QUERY_CHARACTERS = 200
_texts = msgspec.json.Decoder(list[tuple[msgspec.Raw, str, msgspec.Raw, msgspec.Raw]])


@runtime_checkable
class FixedProbes(Protocol):
    """A source whose probes are written down; they are then part of the workload's hash."""

    def fixed_probes(self) -> Iterable[tuple[int, Probe]]:
        """Give each probe with the number of records from which on it is valid."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records ``first`` to ``first + count - 1``; ``payload`` is a JSON array of [id, text, importance, metadata]."""

    first: int
    count: int
    payload: bytes
    importances: array[float]


@dataclass(frozen=True, slots=True)
class Workload:
    """A source made ready: what is offered, byte for byte, and what may be asked.

    ``sha256`` is that of all rows in order (whatever the batch size) and of the probes that are written down; ``facts``
    is what the source says of itself. Close it to free its temporary file, or use it as a context.
    """

    name: str
    sha256: str
    records: int
    batch_size: int
    facts: Mapping[str, JSON]
    _source: Source = field(repr=False)
    _ids: Indexed = field(repr=False)
    _spool: _Spool = field(repr=False)

    @property
    def batch_count(self) -> int:
        """Give how many batches there are; all but the last are full."""
        return -(-self.records // self.batch_size)

    def batch(self, number: int) -> Batch:
        """Give batch ``number``, from 0 on.

        Raises:
            IndexError: there are not so many.
        """
        if not 0 <= number < self.batch_count:
            raise IndexError(f"batch {number} of {self.batch_count}")
        first = number * self.batch_size
        importances = self._spool.importances[first : min(first + self.batch_size, self.records)]
        return Batch(first, len(importances), self._spool.read(number), importances)

    def batches(self) -> Iterator[Batch]:
        """Give all batches in order."""
        return map(self.batch, range(self.batch_count))

    def ordinal(self, record_id: str) -> int | None:
        """Give the place of an id in the order offered, from 0 on; None where no record of this workload bears it."""
        ordinal = self._ids.ordinal(record_id)
        return ordinal if ordinal is not None and ordinal < self.records else None

    def id_of(self, ordinal: int) -> str:
        """Give the id at a place.

        Raises:
            IndexError: there is no such place.
        """
        self._check(ordinal)
        return self._ids.id_of(ordinal)

    def importance(self, ordinal: int) -> float:
        """Give the importance of the record at a place, as float32.

        Raises:
            IndexError: there is no such place.
        """
        self._check(ordinal)
        return self._spool.importances[ordinal]

    def probes(self, stored: int, count: int) -> Sequence[Probe]:
        """Draw at most ``count`` distinct probes for a load of ``stored`` records; the same for the same arguments.

        Where the source has no probe that is valid at that load, the first 200 characters of stored records' own
        texts stand in, without answers: latency can still be measured, recall cannot.

        Raises:
            ValueError: ``stored`` is not within 0 and ``records``.
        """
        if not 0 <= stored <= self.records:
            raise ValueError(f"stored={stored}: this workload has {self.records} records")
        return self._source.probes(stored, count) or self._own_texts(stored, count)

    def _own_texts(self, stored: int, count: int) -> list[Probe]:
        chosen = sample(stored, count, stream("queries", self.sha256, stored))
        texts = {ordinal: self.text_of(ordinal) for ordinal in sorted(chosen)}
        return [Probe(texts[ordinal][:_QUERY_CHARACTERS]) for ordinal in chosen]

    def text_of(self, ordinal: int) -> str:
        """Give the text of the record at a place; quick where asked in order, since it reads a whole batch.

        Raises:
            IndexError: there is no such place.
        """
        self._check(ordinal)
        number, row = divmod(ordinal, self.batch_size)
        return self._spool.texts(number)[row]

    @staticmethod
    def texts_of(batch: Batch) -> list[str]:
        """Give the texts of a batch in order."""
        return _texts_in(batch.payload)

    def close(self) -> None:
        """Free the temporary file; batches cannot be read any more."""
        self._spool.close()

    def __enter__(self) -> Workload:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self, ordinal: int) -> None:
        if not 0 <= ordinal < self.records:
            raise IndexError(f"record {ordinal} of {self.records}")


def _texts_in(payload: bytes) -> list[str]:
    return [text for _, text, _, _ in _texts.decode(payload)]


class _Spool:
    """The payloads of all batches in a temporary file without a name, and the importances in memory."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the workload
        self._ends = array("Q", [0])
        self._last: tuple[int, list[str]] = (-1, [])
        self.importances = array("f")

    def append(self, payload: bytes, importances: array[float]) -> None:
        self._file.write(payload)
        self._ends.append(self._ends[-1] + len(payload))
        self.importances.extend(importances)

    def finish(self) -> None:
        """Write out what is buffered; only then may be read."""
        self._file.flush()

    def read(self, number: int) -> bytes:
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - start, start)

    def texts(self, number: int) -> list[str]:
        if self._last[0] != number:
            self._last = (number, _texts_in(self.read(number)))
        return self._last[1]

    def close(self) -> None:
        with suppress(OSError):  # a full disk again: what could not be written is needed no more
            self._file.close()


def prepare(source: Source, *, max_records: int, batch_size: int) -> Workload:
    """Read at most ``max_records`` of a source and give the workload, to be closed by the caller.

    Raises:
        WorkloadError: a line of the source cannot be used.
        UsageError: the source has no record, or gives one that breaks the rules of a record.
        MempressError: the temporary file cannot be written.
    """
    if max_records < 1 or batch_size < 1:
        raise UsageError(f"max_records={max_records} and batch_size={batch_size}: both must be 1 or more.")
    with ExitStack() as until_ready:
        try:
            spool = until_ready.enter_context(closing(_Spool()))
            workload = _read(source, max_records, batch_size, spool)
        except OSError as error:
            where = tempfile.gettempdir()
            raise MempressError(
                f"The workload cannot be laid aside in {where}: {error}. Make room there, or set TMPDIR to a directory "
                "that has it; a record takes some 300 bytes."
            ) from error
        until_ready.pop_all()
    return workload


def _read(source: Source, max_records: int, batch_size: int, spool: _Spool) -> Workload:
    ids = source if isinstance(source, Indexed) else IdList()
    encode = msgspec.json.Encoder(enc_hook=_plain).encode
    digest = hashlib.sha256()
    records = source.records()
    while room := max_records - len(spool.importances):
        rows = [(item.id, item.text, item.importance, item.metadata) for item in islice(records, min(batch_size, room))]
        if not rows:
            break
        if isinstance(ids, IdList):
            _judge(source.name, rows, ids)
        payload = encode(rows)
        digest.update(memoryview(payload)[1:-1])  # the rows without the brackets, so that batches leave no trace
        digest.update(b",")
        spool.append(payload, array("f", [importance for _, _, importance, _ in rows]))
    spool.finish()
    next(records, None)  # what a file says between the last record and the next one, probes, counts too
    count = len(spool.importances)
    if not count:
        raise UsageError(f"The workload {source.name} has no record: give it one at least.")
    _hash_probes(source, count, digest)
    return Workload(source.name, digest.hexdigest(), count, batch_size, source.describe(), source, ids, spool)


def _judge(name: str, rows: list[_Row], ids: IdList) -> None:
    """Check the records of a source that does not vouch for them itself."""
    for record_id, text, importance, metadata in rows:
        problem = (
            text_problem("id", record_id)
            or text_problem("text", text)
            or importance_problem(importance)
            or metadata_problem(dict(metadata))
        )
        if problem is not None:
            raise UsageError(f"{name}, record {len(ids) + 1} ({record_id!r}): {problem.what}. {problem.remedy}")
        if not ids.add(record_id):
            raise UsageError(f"{name}, record {len(ids) + 1}: the id {record_id!r} came before. Make ids unique.")


def _hash_probes(source: Source, records: int, digest: hashlib._Hash) -> None:
    if isinstance(source, FixedProbes):
        for valid_from, probe in source.fixed_probes():
            if valid_from <= records:
                digest.update(msgspec.json.encode([valid_from, probe.query, probe.answers, probe.any_suffices]) + b"\n")


def _plain(value: object) -> dict[Any, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"{type(value).__name__} is no JSON")
