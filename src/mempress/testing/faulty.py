"""Systems that each break one promise, to show what the harness does about it.

Each is a PlainList, which is sound, with one fault. The moment of the fault comes from ``config.options``: ``at`` is
the number of the record (in a store) or of the search at which it happens, counted from 1 over the life of the
instance. A hang ends by SIGKILL alone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from mempress.systems.protocol import Hit
from mempress.testing.controls import PlainList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.systems.protocol import Record, SystemConfig

_MEGABYTE = 1_000_000


class _Faulty(PlainList):
    """A PlainList that counts what it was offered, so that a fault can wait for its moment."""

    default_at = 1

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._options = config.options
        self._at = int(config.options.get("at", self.default_at))
        self._offered = 0
        self._searches = 0

    def store(self, records: Sequence[Record]) -> None:
        """Store; the fault happens before anything is kept of the batch in which its moment falls."""
        self._offered += len(records)
        if records and self._offered >= self._at:
            self.fault_in_store()
        super().store(records)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Search; the fault happens first."""
        self._searches += 1
        if self._searches >= self._at:
            self.fault_in_search()
        return super().search(query, limit=limit)

    def fault_in_store(self) -> None:
        """Misbehave, or not."""

    def fault_in_search(self) -> None:
        """Misbehave, or not."""


def _hang() -> NoReturn:
    """Wait for ever, deaf to the signals that a process can ignore."""
    with contextlib.suppress(ValueError):  # handlers can be set in the main thread alone
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        threading.Event().wait()


class DiesInStore(_Faulty):
    """Ends its process with exit status 3 at record ``at`` (default 500)."""

    name = "dies-in-store"
    default_at = 500

    def fault_in_store(self) -> None:
        """End the process without a word."""
        os._exit(3)


class SegfaultsInSearch(_Faulty):
    """Is killed by SIGSEGV at search ``at`` (default 1)."""

    name = "segfaults-in-search"

    def fault_in_search(self) -> None:
        """Die as by a bad pointer."""
        os.kill(os.getpid(), signal.SIGSEGV)


class HangsInStore(_Faulty):
    """Never returns from the store that holds record ``at`` (default 500)."""

    name = "hangs-in-store"
    default_at = 500

    def fault_in_store(self) -> None:
        """Wait for ever."""
        _hang()


class HangsInSearch(_Faulty):
    """Never returns from search ``at`` (default 1)."""

    name = "hangs-in-search"

    def fault_in_search(self) -> None:
        """Wait for ever."""
        _hang()


class HangsOnClose(_Faulty):
    """Never returns from close."""

    name = "hangs-on-close"

    def close(self) -> None:
        """Wait for ever."""
        _hang()


class HangsInInit(_Faulty):
    """Is never constructed."""

    name = "hangs-in-init"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        _hang()


class RefusesAfter(_Faulty):
    """Raises from every store from record ``at`` (default 500) on; what it holds stays readable."""

    name = "refuses-after"
    default_at = 500

    def fault_in_store(self) -> None:
        """Refuse."""
        raise RuntimeError(f"the store is full: it takes fewer than {self._at} records")


class RaisesAlways(_Faulty):
    """Raises from every store and search."""

    name = "raises-always"
    default_at = 0

    def fault_in_store(self) -> None:
        """Raise."""
        raise RuntimeError("store never works here")

    def fault_in_search(self) -> None:
        """Raise."""
        raise RuntimeError("search never works here")


class RaisesInInit(_Faulty):
    """Cannot be constructed."""

    name = "raises-in-init"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        raise RuntimeError("the index cannot be opened")


class DeclaresWhatItLacks(_Faulty):
    """Declares ``health`` without the method."""

    name = "declares-what-it-lacks"
    capabilities = PlainList.capabilities | {"health"}


class HasWhatItDoesNotDeclare(_Faulty):
    """Has ``health()`` without declaring it."""

    name = "has-what-it-does-not-declare"

    def health(self) -> Mapping[str, float]:
        """Give an overall health that nobody may ask for."""
        return {"overall_health": 1.0}


class IgnoresLimit(_Faulty):
    """Gives six times as many hits as asked for, where it holds as many: thirty for five."""

    name = "ignores-limit"

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give too much, padded with the newest records."""
        found = list(super().search(query, limit=6 * limit))
        known = {hit.record_id for hit in found}
        others = [Hit(record.text, key) for key, record in reversed(self._held.items()) if key not in known]
        return (found + others)[: 6 * limit]


class PrintsMegabyte(_Faulty):
    """Writes a megabyte each to stdout and stderr when opened and at each store, also past Python's own buffers."""

    name = "prints-megabyte"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self.fault_in_store()

    def fault_in_store(self) -> None:
        """Print."""
        for stream in (sys.stdout, sys.stderr):
            stream.write("n" * (_MEGABYTE // 2) + "\n")
            stream.flush()
        for descriptor in (1, 2):
            os.write(descriptor, b"r" * (_MEGABYTE // 2) + b"\n")


class EatsMemory(_Faulty):
    """Keeps ``bytes_per_record`` (default 1 MiB) of touched memory for each record offered."""

    name = "eats-memory"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._eaten: list[bytes] = []

    def store(self, records: Sequence[Record]) -> None:
        """Store and eat."""
        super().store(records)
        self._eaten += [b"\x01" * int(self._options.get("bytes_per_record", 2**20)) for _ in records]


class LosesRecords(_Faulty):
    """Acknowledges all and keeps nine of ten; count and get tell the truth."""

    name = "loses-records"

    def store(self, records: Sequence[Record]) -> None:
        """Lose every tenth record ever offered."""
        first = self._offered + 1
        kept = [record for number, record in enumerate(records, first) if number % 10]
        super().store(kept)
        self._offered = first - 1 + len(records)


class LiesInCount(_Faulty):
    """Counts a tenth more than it holds, and at least one."""

    name = "lies-in-count"

    def count(self) -> int:
        """Give more than is held."""
        return len(self._held) + len(self._held) // 10 + 1


class KeepsStateBetweenWorkdirs(_Faulty):
    """Keeps its records in one fixed place, ``state_dir`` (default: beside the temporary files), not in its workdir."""

    name = "keeps-state-between-workdirs"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:  # noqa: ARG002 - the fault is to ignore workdir
        default = Path(tempfile.gettempdir()) / "mempress-shared-state"
        shared = Path(config.options.get("state_dir", default))
        shared.mkdir(parents=True, exist_ok=True)
        super().__init__(shared, config)


class ReturnsGarbage(_Faulty):
    """Gives from a search what no search may give.

    The option ``garbage`` names one kind: ``none``, ``text``, ``number``, ``tuples``, ``surrogate``, ``nan``, ``huge``;
    without it the kinds come in turn.
    """

    name = "returns-garbage"
    kinds = ("none", "text", "number", "tuples", "surrogate", "nan", "huge")

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:  # noqa: ARG002 - the answer is garbage to any query
        """Give garbage."""
        kind = self._options.get("garbage", self.kinds[self._searches % len(self.kinds)])
        self._searches += 1
        garbage: dict[str, object] = {
            "none": None,
            "text": "one long text",
            "number": 5,
            "tuples": [("a text", "an id", 1.0)],
            "surrogate": [Hit("half a pair: \ud800", "\udfff")],
            "nan": [Hit("not a number", None, float("nan"))],
            "huge": [Hit("x" * 10 * _MEGABYTE)],
        }
        return cast("Sequence[Hit]", garbage[kind])


class ForksChildren(_Faulty):
    """Starts a child when opened, in a session of its own, that outlives it by ``lifetime_seconds`` (default 600)."""

    name = "forks-children"

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        seconds = float(config.options.get("lifetime_seconds", 600))
        code = f"import time; time.sleep({seconds})"
        subprocess.Popen([sys.executable, "-I", "-S", "-c", code], start_new_session=True)  # noqa: S603 - our own command


class ClosesDescriptors(_Faulty):
    """Closes every file descriptor of its process below 1024 at record ``at`` (default 1)."""

    name = "closes-descriptors"

    def fault_in_store(self) -> None:
        """Close what belongs to others too."""
        os.closerange(0, 1024)


class SpoofsProtocol(_Faulty):
    """Writes to stdout what looks like the answers of a worker: JSON lines, frames with a length, end-of-file marks."""

    name = "spoofs-protocol"

    def fault_in_store(self) -> None:
        """Write forged answers."""
        self._forge()

    def fault_in_search(self) -> None:
        """Write forged answers."""
        self._forge()

    def _forge(self) -> None:
        answer = b'{"ok": true, "outcome": "passed", "kind": "done", "records": 999999999, "latencies_ns": [1]}'
        forged = (answer + b"\n", len(answer).to_bytes(4, "big") + answer, b"\x00" * 8, b"\x04\n", b"\xff" * 64)
        for frame in forged:
            os.write(1, frame)


class RaisesHostileText(_Faulty):
    """Raises with a text made to harm whoever prints it: markup, escapes, right-to-left marks, 10,000 characters."""

    name = "raises-hostile-text"
    text = "<script>alert(1)</script>\x1b[2J\x1b]0;title\x07\u202egnihtemos\u202c\r\n| a | b |\n" + "A" * 10_000

    def fault_in_store(self) -> None:
        """Raise the text."""
        raise RuntimeError(self.text)

    def fault_in_search(self) -> None:
        """Raise the text."""
        raise RuntimeError(self.text)


class TestifiesHostileText(RaisesHostileText):
    """Stores and finds soundly, and says of itself what no encoder, terminal or page may trust."""

    name = "testifies\ud800<script>\x1b[2J"
    capabilities = PlainList.capabilities | {"events", "health", "maintenance"}

    def fault_in_store(self) -> None:
        """Do nothing: the fault is in its words."""

    def fault_in_search(self) -> None:
        """Do nothing, as above."""

    def drain_events(self) -> Sequence[Mapping[str, object]]:
        """Testify in lone surrogates, markup, infinities and a nest."""
        return [{"kind": "lone \ud800", self.text: [float("nan"), float("inf"), {"deep": [[[[[[["nest"]]]]]]]}]}]

    def health(self) -> Mapping[str, float]:
        """Be well, and name another figure by the text."""
        return {"overall_health": 1.0, self.text + "\udfff": 0.5, "never": float("nan")}

    def perform_maintenance(self, *, emergency: bool = False) -> Mapping[str, object]:
        """Say the text."""
        return {"said": self.text + "\ud800", "emergency": emergency}


class ForgesReplies(_Faulty):
    """Writes a well-formed frame into every pipe of its process that takes one, before its worker can answer."""

    name = "forges-replies"

    def fault_in_store(self) -> None:
        """Answer in the worker's place."""
        header = b'{"forged":true}'
        frame = len(header).to_bytes(4, "little") + bytes(4) + header
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, frame)
