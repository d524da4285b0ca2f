"""The plan of the facts workload: which record tells, tells again or changes which fact, without a word of text.

It takes some 16 bytes a record, and answers which records tell the truth about a fact at any load.
"""

from __future__ import annotations

from array import array
from struct import Struct
from typing import TYPE_CHECKING

from mempress.workload.chance import stream, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.workload.importance import Law

TELLINGS = 4
"""In how many ways a value can be told; so many records at most tell the same."""
_CHANGES_BELOW = int(0.14 * 65_536)
_REPEATS_BELOW = int(0.26 * 65_536)
_LAYOUT = Struct("<QHHI")
_CHUNK = 4_096


class History:
    """Grows on demand, always the same for (seed, laws, batch_size).

    Arrays by ordinal: ``level`` is the importance in ten-thousandths; ``fact`` the number of the fact told, ~fact for
    chatter that merely mentions its person; ``revision`` how often the fact had changed; ``telling`` how often this
    revision was told before; ``previous`` the ordinal that told of the fact before, or -1.
    """

    def __init__(self, seed: int, laws: Sequence[Law], batch_size: int) -> None:
        self._laws = tuple(laws)
        self._batch_size = batch_size
        self._stream = stream("facts", seed, "history")
        self.level = array("H")
        self.fact = array("i")
        self.revision = array("H")
        self.telling = array("B")
        self.previous = array("i")
        self._latest = array("i")

    def __len__(self) -> int:
        return len(self.fact)

    def reach(self, count: int) -> None:
        """Plan at least the first ``count`` records."""
        while len(self) < count:
            batch, done = divmod(len(self), self._batch_size)
            self._extend(self._laws[batch % len(self._laws)], min(_CHUNK, self._batch_size - done))

    def _extend(self, law: Law, count: int) -> None:
        draws = list(words(self._stream, _LAYOUT, count))
        levels = law.draw((bits, share) for bits, share, _, _ in draws)
        self.level.extend(levels)
        low, chatter = law.low_level, law.chatter_per_256
        latest, add = self._latest, self._append
        for level, (_, _, fate, where) in zip(levels, draws, strict=True):
            if level <= low and where & 255 < chatter:
                add(~self._recent(len(latest), where))
            elif fate < _REPEATS_BELOW and (told := self._told(where)) >= 0:
                self._tell_again(told, changed=fate < _CHANGES_BELOW)
            else:
                latest.append(len(self.fact))
                add(len(latest) - 1)

    @staticmethod
    def _recent(count: int, where: int) -> int:
        """Draw from 0..count-1 (0 if none), the age with a density as 1 / sqrt(age)."""
        share = where / 4_294_967_296
        return max(0, count - 1 - int(count * share * share))

    def _told(self, where: int) -> int:
        """Draw a fact told before, by its record; negative where that is chatter or there is none."""
        return self.fact[self._recent(len(self), where)] if self.fact else -1

    def _tell_again(self, fact: int, *, changed: bool) -> None:
        before = self._latest[fact]
        revision, telling = self.revision[before], self.telling[before] + 1
        if changed or telling == TELLINGS:
            revision, telling = revision + 1, 0
        self._latest[fact] = len(self)
        self._append(fact, revision, telling, before)

    def _append(self, fact: int, revision: int = 0, telling: int = 0, previous: int = -1) -> None:
        self.fact.append(fact)
        self.revision.append(revision)
        self.telling.append(telling)
        self.previous.append(previous)

    def truth(self, fact: int, stored: int) -> list[int]:
        """Give the ordinals, newest first, that tell the newest value of a fact among the first ``stored`` records."""
        ordinal = self._latest[fact]
        while ordinal >= stored:
            ordinal = self.previous[ordinal]
        if ordinal < 0:
            return []
        told = [ordinal]
        while self.telling[ordinal]:
            ordinal = self.previous[ordinal]
            told.append(ordinal)
        return told
