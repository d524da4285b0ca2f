"""Calibrate the judgement of a soak on synthetic courses of memory and rewrite the tables of docs/soak.md.

    python benchmarks/leak_calibration.py [--courses 300] [--dry]

Takes about two minutes on two idle cores. The same arguments give the same tables.
"""

from __future__ import annotations

import argparse
import math
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mempress.detect.persistent import coefficient
from mempress.detect.trend import STRETCHES, find_trend
from mempress.stats.blocks import resample
from mempress.stats.student import student_quantile
from mempress.testing.soaksignals import KINDS, TIMES, course

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from mempress.detect.trend import Judgement

    Array = NDArray[np.float64]

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "soak.md"
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"
FLOOR = 0.2
LEAKS = (0.0, 0.3, 0.5, 1.0, 2.0)
WITH_A_SIZE = ("quiet", "drifting", "sawtooth", "slow sawtooth", "mixed")
"""The kinds whose noise has a size that does not change: an interval can be held to its level on these."""
_DRAWS = 400


def judged(kind: str, courses: int) -> list[Counter[Judgement]]:
    """Give how often each judgement came, for each leak."""
    counts = []
    for leak in LEAKS:
        trends = [
            find_trend(TIMES.tolist(), course(kind, seed, leak), floor=FLOOR, envelope="lowest")
            for seed in range(courses)
        ]
        counts.append(Counter(trend.judgement for trend in trends if trend is not None))
    return counts


def verdicts(pool: ProcessPoolExecutor, courses: int) -> list[str]:
    """Give the table of judgements by kind of course and leak."""
    found = dict(zip(KINDS, pool.map(partial(judged, courses=courses), KINDS), strict=True))
    heads = " | ".join(f"leak {leak:g} MiB/min" for leak in LEAKS)
    lines = [f"| course | {heads} |", "| --- " * (1 + len(LEAKS)) + "|"]
    for kind, counts in found.items():
        cells = (f"{one['rises'] / courses:.0%} / {one['flat'] / courses:.0%}" for one in counts)
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    together = [sum((counts[at] for counts in found.values()), start=Counter()) for at in range(len(LEAKS))]
    cells = (f"{one['rises'] / one.total():.1%} / {one['flat'] / one.total():.1%}" for one in together)
    lines.append(f"| all | {' | '.join(cells)} |")
    return lines


def hac(at: Array, values: Array) -> tuple[float, float]:
    """Give least squares' interval with the long-run variance by cosines (Lazarus, Lewis, Stock and Watson, 2018)."""
    n, centred = len(at), at - at.mean()
    squares = float(centred @ centred)
    slope = float(centred @ values) / squares
    scores = centred * (values - values.mean() - slope * centred)
    degrees = max(4, round(0.4 * n ** (2 / 3)))
    waves = np.cos(np.pi * np.arange(1, degrees + 1)[:, None] * (np.arange(n) + 0.5) / n)
    variance = float(((math.sqrt(2 / n) * waves @ scores) ** 2).mean())
    reach = student_quantile(degrees, 0.05) * math.sqrt(n * variance) / squares
    return slope - reach, slope + reach


def bootstrap(at: Array, values: Array) -> tuple[float, float]:
    """Give the interval of Theil and Sen's slope by a bootstrap of blocks of residuals."""
    first, second = np.triu_indices(len(at), 1)

    def slope(series: Array) -> Array:
        rises = (series[..., second] - series[..., first]) / (at[second] - at[first])
        return np.asarray(np.median(rises, axis=-1))

    line = float(slope(values)) * at
    drawn = line + resample(values - line, _DRAWS, np.random.default_rng(1))
    low, high = np.quantile(slope(drawn), [0.025, 0.975])
    return float(low), float(high)


def persistent(at: Array, values: Array) -> tuple[float, float]:
    """Give the interval that the judgement uses."""
    found = coefficient(np.column_stack([np.ones_like(at), at - at.mean()]), values, 1)
    return found.low, found.high


METHODS: Mapping[str, Callable[[Array, Array], tuple[float, float]]] = {
    "persistent noise, averaged (used)": persistent,
    "least squares, long-run variance estimated (HAC)": hac,
    "Theil-Sen, block bootstrap": bootstrap,
}


def held(kind: str, courses: int) -> list[tuple[int, float]]:
    """Give for each method how often its interval held a leak of 1 MiB/min, and its mean width."""
    found = []
    series = [lowest(course(kind, seed, 1.0)) for seed in range(courses)]
    for method in METHODS.values():
        ends = [method(*one) for one in series]
        found.append((sum(low <= 1.0 <= high for low, high in ends), sum(high - low for low, high in ends) / courses))
    return found


def lowest(values: list[float]) -> tuple[Array, Array]:
    """Give the lowest value of each stretch after the first two minutes, where every warm-up is over."""
    parts = np.array_split(np.array(values), STRETCHES)
    places = np.array([part.mean() for part in np.array_split(TIMES, STRETCHES)])
    after = places > 4.0
    return places[after], np.array([part.min() for part in parts])[after]


def intervals(pool: ProcessPoolExecutor, courses: int) -> list[str]:
    """Give the table of methods: how often their intervals hold the truth."""
    found = dict(zip(WITH_A_SIZE, pool.map(partial(held, courses=courses), WITH_A_SIZE), strict=True))
    lines = [f"| 95% interval by | {' | '.join(WITH_A_SIZE)} |", "| --- " * (1 + len(WITH_A_SIZE)) + "|"]
    for at, method in enumerate(METHODS):
        cells = (f"{found[kind][at][0] / courses:.0%}, {found[kind][at][1]:.2f}" for kind in WITH_A_SIZE)
        lines.append(f"| {method} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Print the tables, and write them between the markers of the document unless told not to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=300, help="courses of each kind and leak")
    parser.add_argument("--dry", action="store_true", help="print only")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # matrices are small; read when a spawned process imports numpy
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        tables = [*verdicts(pool, options.courses), "", *intervals(pool, options.courses)]
    text = "\n".join(tables)
    print(text)
    if not options.dry:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        after = rest.split(END)[1]
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
