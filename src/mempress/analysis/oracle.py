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
    """One operation of a trace: an item is stored (again), or used."""

    item: int
    use: bool


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
        item, use = trace[place]
        ends[place] = seen.get(item, -1)
        seen[item] = place if use else -1
    return ends


def fifo_served(trace: Sequence[Operation], capacity: int) -> int:
    """Give the uses that are served by holding the items stored last; one stored again counts as new."""
    order: deque[tuple[int, int]] = deque()
    newest: dict[int, int] = {}
    served = 0
    for place, (item, use) in enumerate(trace):
        if use:
            served += item in newest
            continue
        newest[item] = place
        order.append((item, place))
        while len(newest) > capacity:
            old, stored = order.popleft()
            if newest[old] == stored:
                del newest[old]
    return served


def random_served(trace: Sequence[Operation], capacity: int) -> float:
    """Give the uses served, on average, by holding at each time a random choice of the items stored so far."""
    stored: set[int] = set()
    served = 0.0
    for item, use in trace:
        if not use:
            stored.add(item)
        elif item in stored:
            served += min(1.0, capacity / len(stored))
    return served
