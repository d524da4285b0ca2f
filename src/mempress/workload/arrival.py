"""When operations are due and of which kind: a seeded schedule, the same for every system."""

from __future__ import annotations

import math
from itertools import count
from typing import TYPE_CHECKING

from mempress.traffic import KINDS
from mempress.workload.chance import shuffled, stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.traffic import Arrival

_NS_PER_SECOND = 1_000_000_000


def due_times(arrival: Arrival, rate: float, *names: object) -> Iterator[int]:
    """Give when each operation is due, in nanoseconds since the schedule began, without end.

    ``constant``: the n-th, from 0 on, is due at n / rate. ``poisson``: gaps are exponential with mean 1 / rate, as they
    are between the requests of many who know nothing of each other. ``names`` seed the stream.
    """
    gap_ns = _NS_PER_SECOND / rate
    if arrival == "constant":
        yield from (round(number * gap_ns) for number in count())
    draw = stream("arrival", *names)
    due = 0.0
    while True:
        due -= math.log(1.0 - draw.random()) * gap_ns
        yield round(due)


def operations(mix: Mapping[str, float], first: int, stores: int, *names: object) -> str:
    """Give the letters of the operations that come with records ``first`` to ``first + stores - 1``, in random order.

    Over the records so far each kind is as frequent as the mix says, to within one. ``names`` seed the order.
    """
    per_store = {letter: mix.get(kind, 0.0) / mix["store"] for letter, kind in KINDS.items()}
    letters = "".join(
        letter * (round((first + stores) * share) - round(first * share)) for letter, share in per_store.items()
    )
    return "".join(shuffled(letters, stream("operations", *names, first)))
