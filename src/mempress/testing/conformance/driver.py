"""Drives one adapter for a check: says which call is under way, and judges the type of what each call gives."""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mempress.errors import AdapterError
from mempress.systems.protocol import Hit, Record, SystemConfig, capabilities_of, check_adapter
from mempress.systems.registry import load_class
from mempress.testing.conformance.outcome import CannotTellError, ViolationError, require

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterator

    from mempress.systems.protocol import JSON

T = TypeVar("T")
Announce = Callable[[str], None]
"""Told the name of each call into the adapter just before it is made."""


class Driver:
    """One adapter class, its options, and a directory in which its workdirs lie."""

    def __init__(self, target: str, options: Mapping[str, JSON], root: Path, announce: Announce) -> None:
        self._target = target
        self._options = options
        self._root = root
        self.announce = announce
        self._adapter: Any = None
        self.embed_calls = 0
        self.needs: frozenset[str] = frozenset()
        """What the check under way needs; an instance may lack what its class declares."""

    def adapter(self) -> Any:
        """Give the adapter class; a target that cannot be loaded violates every check."""
        if self._adapter is None:
            self._adapter = self.guarded("the import", lambda: load_class(self._target))
        return self._adapter

    def capabilities(self) -> frozenset[str]:
        """Give what the adapter declares, as far as it can be read."""
        try:
            return check_adapter(self.adapter())
        except (AdapterError, ViolationError):
            return frozenset()

    @contextmanager
    def open(self, workdir: str = "workdir", **capacity: int) -> Iterator[DrivenSystem]:
        """Open the adapter on a workdir, empty at its first opening; close it unless the check has failed by then."""
        try:
            declared = check_adapter(self.adapter())
        except AdapterError as error:
            raise ViolationError(str(error)) from error
        directory = self._root / workdir
        directory.mkdir(exist_ok=True)
        config = SystemConfig(embed=self._embed, options=self._options, **capacity)
        adapter = self.guarded("__init__()", lambda: self.adapter()(directory, config))
        system = DrivenSystem(adapter, self)
        if missing := sorted(self.needs - self._own_capabilities(adapter, declared)):
            system.close()
            raise CannotTellError(f"with these options it does not declare {' or '.join(map(repr, missing))}")
        yield system
        system.close()

    @staticmethod
    def _own_capabilities(adapter: object, declared: frozenset[str]) -> frozenset[str]:
        try:
            return capabilities_of(adapter, declared)
        except AdapterError as error:
            raise ViolationError(str(error)) from error

    def guarded(self, call: str, function: Callable[[], T]) -> T:
        """Make one call into the adapter; whatever it raises, an exit included, violates the check."""
        self.announce(call)
        try:
            return function()
        except BaseException as error:  # the boundary at which the adapter's errors become data
            raise ViolationError(f"{call} raised {type(error).__name__}{_place(error)}: {error}") from error

    def written_to_stdout_bytes(self) -> int:
        """Give how much this process has written to stdout, which the parent directs to a file."""
        sys.stdout.flush()
        return os.fstat(1).st_size

    def _embed(self, texts: Sequence[str]) -> list[array[float]]:
        self.embed_calls += 1
        return SystemConfig().embed(texts)


class DrivenSystem:
    """An open adapter, each of its calls announced and what it gives judged."""

    def __init__(self, system: Any, driver: Driver) -> None:
        self._system = system
        self._driver = driver

    def store(self, records: Sequence[Record]) -> None:
        """Store; no exception is accepted."""
        self._call("store()", lambda: self._system.store(records))

    def search(self, query: str, limit: int) -> Sequence[Hit]:
        """Search, and judge the hits."""
        hits = self._call("search()", lambda: self._system.search(query, limit=limit))
        require(is_sequence(hits), f"search() gave {brief(hits)}: it gives a sequence of Hit")
        for hit in hits:
            _judge_hit(hit)
        require(len(hits) <= limit, f"search(limit={limit}) gave {len(hits)} hits: it gives at most limit")
        return hits  # type: ignore[no-any-return]  # judged above

    def count(self) -> int:
        """Count, and judge the number."""
        number = self._call("count()", self._system.count)
        require(is_int(number) and number >= 0, f"count() gave {brief(number)}: it gives an int, 0 or more")
        return number  # type: ignore[no-any-return]  # judged above

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Get texts, and judge the mapping."""
        texts = self._call("get()", lambda: self._system.get(ids))
        require(isinstance(texts, Mapping), f"get() gave {brief(texts)}: it gives a mapping from id to text")
        for key, text in texts.items():
            require(is_text(key) and is_text(text), f"get() gave {brief(key)}: {brief(text)}: ids and texts are str")
            require(key in ids, f"get() gave the id {brief(key)}, which was not asked for")
        return texts  # type: ignore[no-any-return]  # judged above

    def delete(self, ids: Sequence[str]) -> int:
        """Delete, and judge the number."""
        number = self._call("delete()", lambda: self._system.delete(ids))
        require(is_int(number) and number >= 0, f"delete() gave {brief(number)}: it gives how many it deleted")
        return number  # type: ignore[no-any-return]  # judged above

    def flush(self) -> None:
        """Flush, where it is declared."""
        if "flush" in self._driver.capabilities():
            self._call("flush()", self._system.flush)

    def perform_maintenance(self, *, emergency: bool) -> None:
        """Ask for maintenance, and judge what it says of it."""
        call = f"perform_maintenance(emergency={emergency})"
        effects = self._call(call, lambda: self._system.perform_maintenance(emergency=emergency))
        sound = effects is None or isinstance(effects, Mapping)
        require(sound, f"{call} gave {brief(effects)}: it gives a mapping or None")
        _require_json(call, effects)

    def health(self) -> Mapping[str, float]:
        """Ask for its health, and judge the mapping."""
        health = self._call("health()", self._system.health)
        require(isinstance(health, Mapping), f"health() gave {brief(health)}: it gives a mapping from name to number")
        for key, value in health.items():
            require(is_finite(value), f"health() gave {brief(key)}: {brief(value)}: each value is a finite number")
        return health  # type: ignore[no-any-return]  # judged above

    def drain_events(self) -> Sequence[Mapping[str, JSON]]:
        """Drain its testimony, and judge it."""
        events = self._call("drain_events()", self._system.drain_events)
        require(is_sequence(events), f"drain_events() gave {brief(events)}: it gives a sequence of mappings")
        for event in events:
            sound = isinstance(event, Mapping) and isinstance(event.get("kind"), str)
            require(sound, f"drain_events() gave {brief(event)}: each event is a mapping with a text under 'kind'")
            _require_json("drain_events()", event)
        return events  # type: ignore[no-any-return]  # judged above

    def process_ids(self) -> Sequence[int]:
        """Ask for its server processes, and judge the numbers."""
        pids = self._call("process_ids()", self._system.process_ids)
        require(is_sequence(pids), f"process_ids() gave {brief(pids)}: it gives a sequence of int")
        for pid in pids:
            require(is_int(pid) and pid > 0, f"process_ids() gave {brief(pid)}: a process id is a positive int")
        return pids  # type: ignore[no-any-return]  # judged above

    def close(self) -> None:
        """Close; no exception is accepted."""
        self._call("close()", self._system.close)

    def attempt(self, call: str, function: Callable[[Any], object]) -> object:
        """Make a call that the adapter may refuse by an exception (gives None), but not by ending its process."""
        return self._driver.guarded(call, lambda: _may_raise(self._system, function))

    def _call(self, call: str, function: Callable[[], Any]) -> Any:
        return self._driver.guarded(call, function)


def _may_raise(system: Any, function: Callable[[Any], object]) -> object:
    try:
        return function(system)
    except Exception:  # noqa: BLE001 - a refusal of an odd call is the adapter's right, whatever its type
        return None


def _place(error: BaseException) -> str:
    """Name the file and line that raised, since a traceback has no room in a reason."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _judge_hit(hit: Any) -> None:
    require(isinstance(hit, Hit), f"search() gave {brief(hit)}: each hit is a mempress.Hit")
    require(is_text(hit.text), f"search() gave a hit whose text is {brief(hit.text)}: it is a str that UTF-8 can write")
    named = hit.record_id is None or is_text(hit.record_id)
    require(named, f"search() gave a hit whose record_id is {brief(hit.record_id)}: it is such a str or None")
    scored = hit.score is None or is_finite(hit.score)
    require(scored, f"search() gave a hit whose score is {brief(hit.score)}: it is a finite number or None")


def _require_json(call: str, value: Any) -> None:
    try:
        json.dumps(dict(value or {}), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ViolationError(f"{call} gave {brief(value)}, which json cannot write: {error}") from error


def is_sequence(value: object) -> bool:
    """Whether it is a sequence and no text."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def is_text(value: object) -> bool:
    """Whether it is a text without a lone half of a surrogate pair."""
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)


def is_int(value: object) -> bool:
    """Whether it is a whole number and no bool."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_finite(value: object) -> bool:
    """Whether it is a number, neither NaN nor infinite, and no bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def brief(value: object, length: int = 80) -> str:
    """Show a value in at most ``length`` characters."""
    shown = repr(value[:length] if isinstance(value, str) else value)
    return shown if len(shown) <= length else f"{shown[:length]}..."
