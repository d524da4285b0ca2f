"""Opening a store: one process, the schema, the ledger and the index built from what is on disk.

There is no index file that could be torn or missing: the index is made from the stored vectors each time, 100,000 in
under a second. Every record's checksum is verified on the way.
"""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from mempress.neuroca import schema
from mempress.neuroca.budget import Budget
from mempress.neuroca.core import Core
from mempress.neuroca.errors import DamagedError, LockedError, SettingsError, StorageError
from mempress.neuroca.events import Testimony
from mempress.neuroca.facts import Facts
from mempress.neuroca.ids import Ids
from mempress.neuroca.indexes import open_index
from mempress.neuroca.ledger import FIXED, Ledger
from mempress.neuroca.policies import worth_policy
from mempress.neuroca.salvage import Salvaged, finish_exchange, salvage
from mempress.neuroca.store import Store, Wide, checksum
from mempress.neuroca.vectors import matrix_of
from mempress.neuroca.words import MODE, WATERMARK, Words
from mempress.neuroca.writing import ACCESS_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mempress.neuroca.index import VectorIndex
    from mempress.neuroca.settings import Settings

_BATCH = 2_048


@dataclass(frozen=True, slots=True)
class Opening:
    """What an opening found.

    Attributes:
        records: held after it.
        lost: ids of damaged records, now gone; ``lost_unnamed`` more whose ids could not be read.
        salvaged: the file was damaged; the old one is kept as ``neuroca.db.damaged``.
        seconds: how long it took.
    """

    records: int
    lost: tuple[str, ...]
    lost_unnamed: int
    salvaged: bool
    seconds: float


def lock(directory: Path) -> IO[bytes]:
    """Make the directory this process's own; the lock ends with the file's closing, or with the process.

    Raises:
        LockedError: another engine has it; names its process where known.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        file = (directory / "lock").open("a+b")
    except OSError as error:
        raise StorageError(f"{directory} cannot be used: {error}. Give a directory that can be written.") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        owner = file.read(32).decode("ascii", "replace").strip() or "unknown"
        file.close()
        raise LockedError(
            f"{directory} is open in process {owner}: a store belongs to one engine at a time; close that one first."
        ) from error
    try:
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        file.flush()
    except OSError:
        pass  # a full disk: the lock holds, only its owner's number is not written
    return file


def open_core(directory: Path, settings: Settings, *, vectored: bool, now: Callable[[], float]) -> tuple[Core, Opening]:
    """Open or make the store in a locked directory."""
    start = time.perf_counter()
    worth = worth_policy(settings.worth)
    finish_exchange(directory)
    saved = Salvaged(0, (), 0)
    try:
        core, lost = _load(directory, settings, worth_name=worth.name, vectored=vectored, now=now)
        salvaged = False
    except DamagedError:
        saved, salvaged = salvage(directory), True
        core, lost = _load(directory, settings, worth_name=worth.name, vectored=vectored, now=now)
    names = tuple(sorted({*lost, *saved.lost}))
    opening = Opening(core.ledger.live, names, saved.lost_unnamed, salvaged, time.perf_counter() - start)
    if salvaged or names:
        core.testimony.note(recovered=1)
        core.testimony.explain(f"{len(names) + saved.lost_unnamed} damaged records lost, {core.ledger.live} kept")
    return core, opening


def rebuild(core: Core) -> None:
    """Make ledger and index anew from the store; saved state only, so accesses since the last save are forgotten."""
    core.ledger, core.ids, core.facts = Ledger(), Ids(core.budget.records or 0), Facts(core.settings.fact_keys)
    core.index = open_index(core.settings.index, core.settings.dimension)
    core.touches.clear()
    core.backlog.clear()
    _fill(core.store, _Parts(core.ledger, core.ids, core.facts, core.index, core.words))
    core.stale = False


def _load(
    directory: Path, settings: Settings, *, worth_name: str, vectored: bool, now: Callable[[], float]
) -> tuple[Core, list[str]]:
    budget = Budget(settings, vectored=vectored)
    store = Store(directory, settings, max_pages=budget.max_pages, log_bytes=budget.log_bytes)
    try:
        store.verify()
        words = _words(store, settings, vectored=vectored)
        _check_dimension(store, settings)
        ledger, ids, facts = Ledger(), Ids(budget.records or 0), Facts(settings.fact_keys)
        index = open_index(settings.index, settings.dimension)
        if vectored:
            _warm_up(index, settings.dimension)
        lost = _fill(store, _Parts(ledger, ids, facts, index, words))
    except BaseException:
        store.close()
        raise
    core = Core(settings, store, ledger, ids, facts, index, words, budget, worth_policy(worth_name), Testimony(), now)
    return core, lost


def _words(store: Store, settings: Settings, *, vectored: bool) -> Words:
    mode = settings.words if settings.words != "auto" else ("names" if vectored else "all")
    if store.read_meta(MODE) != mode:
        with store.transaction():
            store.execute(schema.RENEW_WORDS)
            store.write_meta(**{MODE: mode, WATERMARK: 0})
    return Words(store, mode)


def _check_dimension(store: Store, settings: Settings) -> None:
    known = store.read_meta("dimension")
    if known is None:
        with store.transaction():
            store.write_meta(dimension=settings.dimension)
    elif known != settings.dimension:
        raise SettingsError(
            f"{store.path} holds vectors of dimension {known}, the settings say {settings.dimension}: "
            f"set dimension={known}, or give a new directory."
        )


def _warm_up(index: VectorIndex, dimension: int) -> None:
    """Let the index make its rotation now and not in the first store (0.1 s)."""
    vector = np.full((1, dimension), 1.0 / np.sqrt(dimension), np.float32)
    index.add([0], vector)
    index.search(vector, 1)
    index.remove([0])


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is filled from the store."""

    ledger: Ledger
    ids: Ids
    facts: Facts
    index: VectorIndex
    words: Words


def _fill(store: Store, parts: _Parts) -> list[str]:
    """Read all once: ledger, vectors, and the words that their index lacks; drop damaged records and give their ids."""
    ledger, words = parts.ledger, parts.words
    watermark = int(store.read_meta(WATERMARK, 0))
    ledger.access_clock = float(store.read_meta(ACCESS_CLOCK, 0.0))
    damaged: list[tuple[int, str]] = []
    for wide, checksums, fixed in store.blocks(_BATCH):
        found = [*map(checksum, *wide[1:])]
        if found == checksums:
            _adopt(parts, wide, fixed, watermark)
            continue
        sound = [at for at, (one, other) in enumerate(zip(found, checksums, strict=True)) if one == other]
        damaged += [(wide.slots[at], wide.ids[at]) for at in {*range(len(found))}.difference(sound)]
        _adopt(parts, Wide(*(_some(part, sound) for part in wide)), [_some(part, sound) for part in fixed], watermark)
    ledger.adopt_lines(*store.lines())
    ledger.finish_adopting()
    parts.ids.finish_adopting(ledger.alive())
    parts.facts.finish_adopting(ledger.redundancy)
    with store.transaction():
        store.drop([slot for slot, _ in damaged])
        written = words.write({}, ledger.arrivals, force=words.waiting > 0)
    words.settle({}, written=written)
    return [name for _, name in damaged]


def _some(column: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [column[at] for at in places]


def _adopt(parts: _Parts, wide: Wide, fixed: Sequence[Sequence[Any]], watermark: int) -> None:
    """Take over records as just stored; what has changed since is in their lines."""
    slots, arrived = wide.slots, fixed[FIXED.index("arrived")]
    parts.ledger.put(slots, fixed)
    parts.ids.adopt(slots, wide.ids)
    parts.facts.adopt(slots, wide.metadata)
    vectors = {slot: vector for slot, vector in zip(slots, wide.vectors, strict=True) if vector is not None}
    if vectors:
        parts.index.add(*matrix_of(vectors))
    parts.words.note(slots, wide.texts)
    unknown = [at for at, number in enumerate(arrived) if number >= watermark] if parts.words.mode == "all" else []
    parts.words.settle(parts.words.changes(_some(slots, unknown), _some(wide.texts, unknown)), written=False)
