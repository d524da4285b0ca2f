"""The durable store: one SQLite file in WAL mode, one connection for all rows, every change in one transaction.

Nothing here decides anything: it writes the rows it is given, reads them back, and turns SQLite's errors into the
engine's. The caller holds the engine's lock.
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import apsw

from mempress.neuroca import schema
from mempress.neuroca.errors import DamagedError, StorageError
from mempress.neuroca.ledger import FIXED, LINE, Entry
from mempress.neuroca.wal import PAGE_BYTES, Log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from mempress.neuroca.settings import Settings

FILE_NAME = "neuroca.db"
_LEAST_LOG_BYTES, _LEAST_CACHE_BYTES = 4 << 20, 1 << 20
RECORD_COLUMNS = ("slot", "id", "text", "metadata", *FIXED, "checksum", "vector")
PUT = f"REPLACE INTO records({', '.join(RECORD_COLUMNS)}) VALUES ({', '.join('?' * len(RECORD_COLUMNS))})"  # noqa: S608 - our own columns
SAVE = "REPLACE INTO state(line, slot, id) SELECT ?, slot, id FROM records WHERE slot = ?"
_WIDE = "r.slot, r.id, r.text, r.metadata, r.vector, r.checksum"
_NARROW = ", ".join(f"r.{name}" for name in FIXED)
SCAN = f"SELECT {_WIDE}, {_NARROW}, s.line FROM records r LEFT JOIN state s ON s.slot = r.slot"  # noqa: S608 - our own columns
"""Every record, its checksum, and its ledger line."""
SCAN_ALONE = f"SELECT {_WIDE}, {_NARROW}, NULL FROM records r"  # noqa: S608 - our own columns
"""The same without ``state``: each record as if just stored."""
_WANTED = "FROM json_each(?) AS wanted CROSS JOIN records AS r ON r.slot = wanted.value"
_ROWS = f"SELECT r.slot, r.id, r.text, r.metadata, r.vector {_WANTED}"
_VECTORS = f"SELECT r.slot, r.vector {_WANTED} WHERE r.vector IS NOT NULL"
_UNKNOWN = float("nan")
_TIERS = (1, 2, 3)
_FULL = (apsw.FullError, apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError)
_DAMAGED = (apsw.CorruptError, apsw.NotADBError)


class Row(NamedTuple):
    """A record's wide part as it stands in the store; ``metadata`` is JSON, ``vector`` float16 bytes or None."""

    slot: int
    id: str
    text: str
    metadata: str
    vector: bytes | None

    @property
    def checksum(self) -> int:
        """Give the CRC-32 of the whole row."""
        return checksum(self.id, self.text, self.metadata, self.vector)


class Wide(NamedTuple):
    """The wide parts of many records as columns, see ``Row``."""

    slots: Sequence[int]
    ids: Sequence[str]
    texts: Sequence[str]
    metadata: Sequence[str]
    vectors: Sequence[bytes | None]


def checksum(record_id: str, text: str, metadata: str, vector: bytes | None) -> int:
    """Give the CRC-32 over a row's parts, in order."""
    crc = zlib.crc32(f"{record_id}\0{text}\0{metadata}".encode())
    return zlib.crc32(vector, crc) if vector else crc


class Store:
    """The tables of ``schema``, typed."""

    def __init__(self, directory: Path, settings: Settings, *, max_pages: int | None, log_bytes: int) -> None:
        self.path = directory / FILE_NAME
        self._log = Log(self.path, log_bytes, strict=max_pages is not None)
        self._cache_bytes, self._fitted_bytes = settings.cache_bytes, 0
        with storage_errors(self.path):
            self._db = apsw.Connection(str(self.path))
            self._prepare(settings, max_pages)
            schema.migrate(self._db)

    def _prepare(self, settings: Settings, max_pages: int | None) -> None:
        self._db.set_busy_timeout(2_000)
        pragmas = {
            "page_size": PAGE_BYTES,
            "auto_vacuum": 2,
            "journal_mode": "wal",
            "synchronous": "full" if settings.durability == "full" else "normal",
            "cell_size_check": 1,
        }
        for name, value in pragmas.items():
            self._db.pragma(name, value)
        self._log.attend(self._db)
        self.fit(0)
        if max_pages is not None:
            self._db.pragma("max_page_count", max_pages)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all changes of the block, or none.

        Raises:
            StorageError: the disk is full or failed; nothing of the block was kept.
            DamagedError: a page of the file is corrupt.
        """
        self._log.begin(self._db)
        with self._log.turn, storage_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        self._log.tend(self._db)

    def put(self, wide: Wide, fixed: Sequence[Sequence[Any]]) -> None:
        """Write records into their slots; what a slot held before is gone. The caller keeps an id from two slots.

        ``fixed`` are their columns in the order of ``ledger.FIXED``.
        """
        checksums = map(checksum, *wide[1:])
        columns = (wide.slots, wide.ids, wide.texts, wide.metadata, *fixed, checksums, wide.vectors)
        self._db.executemany(PUT, zip(*columns, strict=True))

    def put_one(self, row: Row, entry: Entry) -> None:
        """Write one record in a transaction of its own; of the rest as ``put``.

        Raises:
            StorageError: the disk is full or failed; nothing was kept.
            DamagedError: a page of the file is corrupt.
        """
        self._log.begin(self._db)
        with self._log.turn, storage_errors(self.path):
            self._db.execute(PUT, record_values(row, entry))
        self._log.tend(self._db)

    def drop(self, slots: Sequence[int]) -> None:
        """Remove the records in these slots."""
        if not slots:
            return
        for table in ("records", "state"):
            self._db.executemany(f"DELETE FROM {table} WHERE slot = ?", ((slot,) for slot in slots))  # noqa: S608 - our own tables

    def save(self, slots: Sequence[int], lines: Iterable[bytes]) -> None:
        """Write the lines of these slots."""
        self._db.executemany(SAVE, zip(lines, slots, strict=True))

    def id_at(self, slot: int) -> str | None:
        """Give the id of the record in a slot, if there is one."""
        with storage_errors(self.path):
            found = self._db.execute("SELECT id FROM records WHERE slot = ?", (slot,)).fetchone()
        return None if found is None else found[0]

    def ids(self, slots: Sequence[int]) -> dict[int, str]:
        """Give the ids of the records in these slots."""
        found: dict[int, str] = {}
        with storage_errors(self.path):
            for part in _parts(slots):
                query = f"SELECT slot, id FROM records WHERE slot IN ({_marks(part)})"  # noqa: S608 - question marks only
                found.update(self._db.execute(query, part))
        return found

    def rows(self, slots: Sequence[int]) -> list[Row]:
        """Give the records in these slots, in the same order; empty slots are passed over."""
        with storage_errors(self.path):
            return [*map(Row._make, self._db.execute(_ROWS, (str(list(slots)),)).fetchall())]

    def vectors(self, slots: Sequence[int]) -> dict[int, bytes]:
        """Give the vectors of those slots that have one, as float16 bytes."""
        with storage_errors(self.path):
            return dict(self._db.execute(_VECTORS, (str(list(slots)),)))

    def scan(self) -> Iterator[tuple[Row, Entry, int]]:
        """Give every record with its line and the checksum it should have, in order of slots."""
        with storage_errors(self.path):
            for fields in self._db.execute(f"{SCAN} ORDER BY r.slot"):
                yield Row(*fields[:5]), entry_of(fields[0], fields[6:]), fields[5]

    def blocks(self, records: int) -> Iterator[tuple[Wide, list[int], list[list[Any]]]]:
        """Give all records in order of slots, so many at a time, as columns.

        Their wide parts, the checksums they should have, and the columns of ``ledger.FIXED``.
        """
        with storage_errors(self.path):
            rows = self._db.execute(f"{SCAN_ALONE} ORDER BY r.slot")
            while block := list(islice(rows, records)):
                columns = [*map(list, zip(*block, strict=True))]
                checksums, fixed = columns[5], columns[6:-1]
                fixed[-1] = [_UNKNOWN if moment is None else moment for moment in fixed[-1]]
                yield Wide(*columns[:5]), checksums, fixed

    def matching(self, conditions: Sequence[tuple[str, Any]], limit: int) -> list[int]:
        """Give at most ``limit`` slots whose metadata has these top-level values; reads the whole store."""
        where = " AND ".join("json_extract(metadata, ?) IS ?" for _ in conditions)
        values = [part for key, value in conditions for part in (f'$."{key}"', value)]
        query = f"SELECT slot FROM records WHERE {where} LIMIT ?"  # noqa: S608 - question marks only
        with storage_errors(self.path):
            return [row[0] for row in self._db.execute(query, (*values, limit))]

    def read_meta(self, key: str, default: Any = None) -> Any:
        """Give the value under ``key``."""
        with storage_errors(self.path):
            found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if found is None else found[0]

    def write_meta(self, **values: Any) -> None:
        """Set values, inside a transaction."""
        self._db.executemany("REPLACE INTO meta(key, value) VALUES (?, ?)", values.items())

    def count(self) -> int:
        """Count the records in the store itself."""
        with storage_errors(self.path):
            return int(next(self._db.execute("SELECT count(*) FROM records"))[0])

    def lines(self) -> tuple[list[int], bytes]:
        """Give the slots that have a line of ``state``, and the lines, joined; those of a wrong length are left out."""
        with storage_errors(self.path):
            query = "SELECT slot, line FROM state WHERE length(line) = ?"
            rows: list[tuple[Any, ...]] = self._db.execute(query, (LINE.size,)).fetchall()
        return [slot for slot, _ in rows], b"".join(line for _, line in rows)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement of another module of the engine (words, audit)."""
        with storage_errors(self.path):
            return list(self._db.execute(sql, values))

    def execute_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row of values."""
        self._db.executemany(sql, values)

    def verify(self) -> None:
        """Check the structure of every page (0.1 s at 100,000 records).

        Raises:
            DamagedError: it is broken.
        """
        said = self.execute("PRAGMA quick_check(1)")
        if said != [("ok",)]:
            raise DamagedError(f"{self.path} is damaged: {said[0][0]}. Open the store again to salvage it.")

    def schema_version(self) -> int:
        """Give the version of the tables."""
        return int(self._db.pragma("user_version"))

    def pages(self) -> tuple[int, int]:
        """Give the pages of the file, and how many of them are free."""
        with storage_errors(self.path):
            return int(self._db.pragma("page_count")), int(self._db.pragma("freelist_count"))

    def disk_bytes(self) -> int:
        """Give the bytes of the file and its log."""
        parts = (self.path, self.path.with_name(FILE_NAME + "-wal"), self.path.with_name(FILE_NAME + "-shm"))
        return sum(part.stat().st_size for part in parts if part.exists())

    def checkpoint(self, *, truncate: bool = False) -> None:
        """Carry the log into the file."""
        with storage_errors(self.path):
            self._log.carry(self._db, truncate=truncate)

    def give_back_pages(self, pages: int) -> None:
        """Shorten the file by at most ``pages`` free pages."""
        with self._log.turn, storage_errors(self.path):
            self._db.execute(f"PRAGMA incremental_vacuum({int(pages)})").fetchall()

    def fit(self, record_bytes: int) -> None:
        """Let the log grow to a quarter of the records' bytes, the page cache to an eighth, within their limits."""
        log_bytes = max(_LEAST_LOG_BYTES, record_bytes // 4)
        cache_bytes = max(_LEAST_CACHE_BYTES, record_bytes // 8)
        if 5 * abs(log_bytes - self._fitted_bytes) > self._fitted_bytes:
            self._fitted_bytes = log_bytes
            self._log.fit(self._db, log_bytes)
            self._db.pragma("cache_size", -(min(cache_bytes, self._cache_bytes) // 1024))

    def close(self) -> None:
        """Close the connection; the log is carried over where there is room."""
        self._log.close()
        self._db.close()


class storage_errors:  # noqa: N801 - reads as the context that it is; a generator would cost a tenth of a single store
    """Turn SQLite's errors into the engine's."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, _DAMAGED):
            raise DamagedError(
                f"{self._path}: {error}. Open the store again: what is readable is kept and what is lost is named."
            ) from error
        if isinstance(error, _FULL):
            raise StorageError(
                f"{self._path}: {error}. Nothing that was acknowledged is lost; make room on the disk (or raise "
                "capacity_bytes) and call again."
            ) from error
        if isinstance(error, apsw.BusyError):
            raise StorageError(f"{self._path}: {error}. Another program reads or writes the file: end it.") from error


def entry_of(slot: int, values: Sequence[Any]) -> Entry:
    """Build a ledger line from the narrow columns of SCAN; where ``state`` has none of its own, as if just stored."""
    importance, pinned, size, arrived, exposed, stored_at, occurred_at, line = values
    if occurred_at is None:
        occurred_at = _UNKNOWN
    state: Sequence[Any] = (_TIERS[0], 0.0, 0.0, stored_at)
    if line is not None and len(line) == LINE.size:
        whose, *kept, raised = LINE.unpack(line)
        if whose == arrived and kept[0] in _TIERS:
            importance, state = raised, kept
    return Entry(slot, importance, pinned, size, arrived, exposed, stored_at, occurred_at, *state)


def record_values(row: Row, entry: Entry) -> tuple[Any, ...]:
    """Give the values of a row of ``records``, in order; SQLite writes NaN as NULL."""
    return (*row[:4], *entry[1:8], row.checksum, row.vector)


def _marks(part: Sequence[Any]) -> str:
    return ",".join("?" * len(part))


def _parts(items: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
