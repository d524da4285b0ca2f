"""Which records should be held while the harness deletes: a set of constant size, in bounded memory."""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.soaking import Order

_REMEMBERED = 1_000


class LiveSet:
    """The ordinals of the records that were acknowledged and not deleted; ``deleted`` are the last of the others."""

    def __init__(self, order: Order, seed: int) -> None:
        self._random = random.Random(seed) if order == "random" else None  # noqa: S311 - no secret
        self._members: set[int] = set()
        self._oldest: deque[int] = deque()
        self._any: list[int] = []
        self.deleted: deque[int] = deque(maxlen=_REMEMBERED)

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, ordinal: int) -> bool:
        return ordinal in self._members

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._members))

    def add(self, first: int, count: int) -> None:
        """Take in records that were acknowledged."""
        added = range(first, first + count)
        self._members.update(added)
        (self._oldest if self._random is None else self._any).extend(added)

    def take(self, count: int) -> list[int]:
        """Choose at most ``count`` records to delete; they are live no more."""
        taken = [self._next() for _ in range(min(count, len(self._members)))]
        self._members.difference_update(taken)
        self.deleted.extend(taken)
        return taken

    def _next(self) -> int:
        if self._random is None:
            return self._oldest.popleft()
        place = self._random.randrange(len(self._any))
        self._any[place], self._any[-1] = self._any[-1], self._any[place]
        return self._any.pop()
