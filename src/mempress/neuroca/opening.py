"""Opening a store: one process, the schema, the ledger and the index built from what is on disk.

There is no index file that could be torn or missing: the index is made from the stored vectors each time, 100,000 in
under a second. Every record's checksum is verified on the way.
"""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING

import numpy as np

from mempress.neuroca import schema
from mempress.neuroca.budget import Budget
from mempress.neuroca.core import Core
from mempress.neuroca.errors import DamagedError, LockedError, SettingsError, StorageError
from mempress.neuroca.events import Testimony
from mempress.neuroca.facts import Facts
from mempress.neuroca.ids import Ids
from mempress.neuroca.indexes import open_index
from mempress.neuroca.ledger import Ledger
from mempress.neuroca.policies import worth_policy
from mempress.neuroca.salvage import Salvaged, finish_exchange, salvage
from mempress.neuroca.store import Store
from mempress.neuroca.vectors import matrix_of
from mempress.neuroca.words import MODE, WATERMARK, Words
from mempress.neuroca.writing import ACCESS_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mempress.neuroca.index import VectorIndex
    from mempress.neuroca.ledger import Entry
    from mempress.neuroca.settings import Settings
    from mempress.neuroca.store import Row

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
    scan = store.scan(state=False)
    while block := list(islice(scan, _BATCH)):
        whole = [row.checksum == checksum for row, _, checksum in block]
        sound = [(row, entry) for (row, entry, _), right in zip(block, whole, strict=True) if right]
        damaged += [(row.slot, row.id) for (row, _, _), right in zip(block, whole, strict=True) if not right]
        _adopt(parts, sound)
        named = words.mode == "names"
        contents = {
            row.slot: words.content(row.text)
            for row, entry in sound
            if named or (words.mode == "all" and entry.arrived >= watermark)
        }
        words.settle(contents, written=False)
    ledger.adopt_lines(*store.lines())
    ledger.finish_adopting()
    parts.ids.finish_adopting(ledger.alive())
    parts.facts.finish_adopting(ledger.redundancy)
    with store.transaction():
        store.drop([slot for slot, _ in damaged])
        written = words.write({}, ledger.arrivals, force=words.waiting > 0)
    words.settle({}, written=written)
    return [name for _, name in damaged]


def _adopt(parts: _Parts, sound: list[tuple[Row, Entry]]) -> None:
    if not sound:
        return
    slots = [row.slot for row, _ in sound]
    parts.ledger.adopt([entry for _, entry in sound])
    parts.ids.adopt(slots, [row.id for row, _ in sound])
    parts.facts.adopt(slots, [row.metadata for row, _ in sound])
    vectors = {row.slot: row.vector for row, _ in sound if row.vector is not None}
    if vectors:
        parts.index.add(*matrix_of(vectors))
