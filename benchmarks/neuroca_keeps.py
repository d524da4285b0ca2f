"""What each eviction policy keeps, through the engine itself, against the best that could be kept.

    python benchmarks/neuroca_keeps.py [--capacity 300] [--full]       (--full: 2,000)

Ten times the capacity is offered, in 40 periods; after each, records out of all that were offered are asked for by id.
An access that finds its record earns its value; what was evicted stays gone. Scenarios:

    no use       nothing is asked for; the figure is the importance held / that of the best choice of equally many
    stationary   a record's rate is importance x lognormal(0, 1), for ever; value: its importance
    decay        the same rate over (1 + age in periods)
    bursts       as decay; one record in ten is asked for 20 times as often in two later periods
    noise        as decay, but rate and value have nothing to do with importance; value: 1

The optimum is clairvoyant: the linear program that decides for each record how long it is held, given all accesses to
come, under the capacity at the end of each period. Its Lagrangian dual is minimised by subgradient steps; by weak
duality each of its values is an upper bound, so every share shown is at most the true one.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from neuroca_material import load, table

from mempress.neuroca import Neuroca, Record, Settings
from mempress.neuroca.policies import WORTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

PERIODS = 40
TIMES = 10
ACCESSES_PER_CAPACITY = 0.5
SCENARIOS = ("no use", "stationary", "decay", "bursts", "noise")
BARS = {"no use": 0.80, "stationary": 0.60, "decay": 0.75}


@dataclass(frozen=True)
class Stream:
    """Records by arrival; ``asked[p]`` are those asked for after period p."""

    capacity: int
    importance: NDArray[np.float64]
    value: NDArray[np.float64]
    arrived: NDArray[np.int64]
    asked: list[NDArray[np.int64]]


def stream(scenario: str, capacity: int, seed: int = 0) -> Stream:
    """Draw a stream."""
    rng = np.random.default_rng(seed)
    count = TIMES * capacity
    importance = rng.random(count)
    arrived = np.arange(count) * PERIODS // count
    noise = scenario == "noise"
    rate = rng.lognormal(0, 1, count) * (1.0 if noise else importance)
    burst_at = np.where(rng.random(count) < 0.1, arrived + rng.integers(3, 15, count), -9)
    asked = []
    for period in range(PERIODS):
        now = np.where(arrived <= period, rate, 0.0)
        if scenario != "stationary":
            now /= 1.0 + np.maximum(period - arrived, 0)
        if scenario == "bursts":
            now *= np.where((period - burst_at >= 0) & (period - burst_at < 2), 20.0, 1.0)
        draws = 0 if scenario == "no use" else int(capacity * ACCESSES_PER_CAPACITY)
        asked.append(rng.choice(count, draws, p=now / now.sum()))
    value = np.ones(count) if noise else importance
    return Stream(capacity, importance, value, arrived, asked)


def earned(worth: str, offered: Stream) -> tuple[float, float]:
    """Run the engine with a policy; give the value earned, and the importance held at the end."""
    clock = _Clock()
    settings = Settings(capacity_records=offered.capacity, words="off", worth=worth)
    value = 0.0
    with tempfile.TemporaryDirectory() as place, Neuroca(place, settings, now=clock) as memory:
        for period in range(PERIODS):
            for number in np.flatnonzero(offered.arrived == period):
                clock.seconds += 1
                memory.store([Record(str(number), "note", float(offered.importance[number]))])
            for number in offered.asked[period]:
                clock.seconds += 1
                value += float(offered.value[number]) if memory.get([str(number)]) else 0.0
        held = memory.get([str(number) for number in range(len(offered.importance))], reinforce=False)
    return value, sum(float(offered.importance[int(name)]) for name in held)


class _Clock:
    seconds = 1.7e9

    def __call__(self) -> float:
        return self.seconds


def bound(offered: Stream, steps: int = 400) -> float:
    """Give an upper bound on what any policy without re-admission can earn.

    A record held to the end of period t - 1 earns its accesses up to t, and takes one place at the end of each period
    from its arrival to t - 1. With a price for a place in each period, each record's best end is found alone.
    """
    gain = np.zeros((len(offered.value), PERIODS))
    for period, asked in enumerate(offered.asked):
        np.add.at(gain[:, period], asked, offered.value[asked])
    free = gain[np.arange(len(gain)), offered.arrived].sum()
    gain[np.arange(len(gain)), offered.arrived] = 0.0
    total = np.cumsum(gain, axis=1)
    price = np.full(PERIODS, gain.sum() / PERIODS / offered.capacity / 4)
    best = np.inf
    for step in range(steps):
        paid = np.concatenate([[0.0], np.cumsum(price)])[:PERIODS]
        net = total - (paid[None, :] - paid[offered.arrived][:, None])
        net[np.arange(PERIODS)[None, :] < offered.arrived[:, None]] = 0.0
        end = net.argmax(axis=1)
        dual = offered.capacity * price.sum() + np.maximum(net.max(axis=1), 0.0).sum()
        best = min(best, dual)
        places = np.bincount(offered.arrived, minlength=PERIODS) - np.bincount(end, minlength=PERIODS)
        slack = offered.capacity - np.cumsum(places)
        price = np.maximum(0.0, price - (0.5 * price.mean() / offered.capacity) / np.sqrt(step + 1) * slack)
    return float(best + free)


def main() -> None:
    """Print the table of all policies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--capacity", type=int, default=300)
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    capacity = 2_000 if options.full else options.capacity
    streams = {name: stream(name, capacity) for name in SCENARIOS}
    bounds = {name: bound(offered) for name, offered in streams.items() if name != "no use"}
    rows: list[list[object]] = []
    for worth in WORTH:
        row: list[object] = [worth]
        for name, offered in streams.items():
            value, held = earned(worth, offered)
            best = np.sort(offered.importance)[-capacity:].sum()
            row.append(f"{held / best if name == 'no use' else value / bounds[name]:.2f}")
        rows.append(row)
    rows.append(["bar", *(f"{BARS[name]:.2f}" if name in BARS else "" for name in SCENARIOS)])
    print(f"capacity {capacity:,}, {TIMES * capacity:,} offered, {load()}")
    table(("policy", *SCENARIOS), rows)


if __name__ == "__main__":
    main()
