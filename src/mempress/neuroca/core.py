"""What the parts of one engine share. Every part is called under the engine's lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mempress.neuroca.backlog import Backlog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.neuroca.budget import Budget
    from mempress.neuroca.events import Testimony
    from mempress.neuroca.facts import Facts
    from mempress.neuroca.ids import Ids
    from mempress.neuroca.index import VectorIndex
    from mempress.neuroca.ledger import Ledger
    from mempress.neuroca.policies.view import WorthPolicy
    from mempress.neuroca.settings import Settings
    from mempress.neuroca.store import Store
    from mempress.neuroca.words import Words


@dataclass(slots=True)
class Core:
    """The parts of one engine.

    Attributes:
        index: None where the engine has neither an embedder nor vectors.
        hand: the slot from which on lines are saved next; ``unsaved``: records stored since the last such round.
        unmaintained: records that were stored the short way since the last step of maintenance.
        backlog: what the index and the names have still to learn of records stored the short way.
        touches: accesses not yet counted: slots, what each weighs, and when.
        stale: the index or ledger may disagree with the store, and must be rebuilt before the next use.
    """

    settings: Settings
    store: Store
    ledger: Ledger
    ids: Ids
    facts: Facts
    index: VectorIndex
    words: Words
    budget: Budget
    worth: WorthPolicy
    testimony: Testimony
    now: Callable[[], float]
    backlog: Backlog = field(default_factory=Backlog)
    touches: list[tuple[Sequence[int], Sequence[float], float]] = field(default_factory=list)
    hand: int = 0
    unsaved: int = 0
    unmaintained: int = 0
    stale: bool = False
