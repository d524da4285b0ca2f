"""What could have been kept by one who knows all uses to come: the offline oracle, and two ways to compare it with.

A trace is the order in which items are stored and used. Between two operations at most ``capacity`` items are held; a
use is served if its item is held then.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Operation(NamedTuple):
    """One operation of a trace: an item is stored (again), or used.

    ``others`` are the items stored just before it, each once, that no operation names.
    """

    item: int
    use: bool
    others: int = 0


def most_served(trace: Sequence[Operation], capacity: int) -> int:
    """Give the most uses that can be served, knowing the whole trace; O(n log n).

    It may drop an item at any time, or never take it, and each store or use of an item offers it anew, served or not.
    Under these terms no schedule serves more; a system that a missed use brings nothing back to can serve fewer, so for
    it the figure is an upper bound.

    Between two neighbouring operations on an item, of which the later one is a use, lies an interval in which the item
    must be held for that use to be served. To serve most is to choose as many intervals as possible of which no more
    than ``capacity`` overlap: of too many, the one that ends last is given up (Faigle and Nawijn, Discrete Applied
    Mathematics 58, 1995). For page replacement that is Belady's MIN (IBM Systems Journal 5, 1966) with bypass.
    """
    ends = _next_uses(trace)
    held = bytearray(len(trace))  # by the place of the use that ends the interval
    latest: list[int] = []
    served = count = 0
    for place, end in enumerate(ends):
        if held[place]:
            served += 1
            count -= 1
        if end < 0 or not capacity:
            continue
        held[end] = 1
        heappush(latest, -end)
        count += 1
        if count > capacity:
            held[-heappop(latest)] = 0
            count -= 1
    return served


def _next_uses(trace: Sequence[Operation]) -> list[int]:
    """Give for each operation the place of the next one on its item where that is a use, else -1."""
    ends = [-1] * len(trace)
    seen: dict[int, int] = {}
    for place in range(len(trace) - 1, -1, -1):
        item, use, _ = trace[place]
        ends[place] = seen.get(item, -1)
        seen[item] = place if use else -1
    return ends


def fifo_served(trace: Sequence[Operation], capacity: int) -> int:
    """Give the uses that are served by holding the items stored last; one stored again counts as new."""
    queue = _Queue(capacity)
    served = 0
    for place, (item, use, others) in enumerate(trace):
        queue.store_others(others)
        if use:
            served += item in queue
        else:
            queue.store(item, place)
    return served


class _Queue:
    """Items in the order in which they were last stored; others are counted, not named."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._order: deque[tuple[int | None, int]] = deque()
        """An item and the place where it was stored, or None and how many others."""
        self._newest: dict[int, int] = {}
        self._others = 0

    def __contains__(self, item: int) -> bool:
        return item in self._newest

    def store(self, item: int, place: int) -> None:
        """Take an item in, or make it new again."""
        self._newest[item] = place
        self._order.append((item, place))
        self._drop()

    def store_others(self, count: int) -> None:
        """Take so many others in."""
        if count:
            self._order.append((None, count))
            self._others += count
            self._drop()

    def _drop(self) -> None:
        while (excess := len(self._newest) + self._others - self._capacity) > 0:
            old, place = self._order.popleft()
            if old is not None:
                if self._newest[old] == place:
                    del self._newest[old]
                continue
            self._others -= min(place, excess)
            if place > excess:
                self._order.appendleft((None, place - excess))


def random_served(trace: Sequence[Operation], capacity: int) -> float:
    """Give the uses served, on average, by holding at each time a random choice of the items stored so far."""
    stored: set[int] = set()
    served, unnamed = 0.0, 0
    for item, use, others in trace:
        unnamed += others
        if not use:
            stored.add(item)
        elif item in stored:
            served += min(1.0, capacity / (len(stored) + unnamed))
    return served
