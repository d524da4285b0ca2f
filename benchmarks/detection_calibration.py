"""Calibrate both detectors on synthetic traces and rewrite the tables of docs/detection.md.

    python benchmarks/detection_calibration.py [--traces 1000] [--cell 20] [--dry]

Takes about five minutes on two idle cores. The same arguments give the same tables.
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from mempress.detect import Agreement, agreement, statistical, threshold
from mempress.detect.series import DISK, HEALTH, MEMORY, SPEED
from mempress.testing.signals import GROWTHS, Event, Noise, Signal, draw_signal, labelled_trace

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "detection.md"
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"
LENGTHS, PHIS, EFFECTS = (20, 60, 200), (0.0, 0.3, 0.6), (2.0, 3.0, 4.0, 6.0, 8.0)
TOUCHED = {"one series (memory)": (MEMORY,), "all four series": (MEMORY, SPEED, HEALTH, DISK)}


@dataclass(frozen=True, slots=True)
class Score:
    """Both detectors on one trace."""

    statistical: Agreement
    threshold: Agreement


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table: traces of one length, noise, effect size and set of series shifted."""

    samples: int
    phi: float
    effect: float
    touched: tuple[str, ...]

    def signal(self, seed: int) -> Signal:
        """Draw a trace of the cell: any growth, one event anywhere but at the ends."""
        stream = np.random.default_rng((seed, self.samples))
        at = int(stream.integers(3, self.samples - 2))
        event = Event(at, dict.fromkeys(self.touched, self.effect))
        noise = Noise(self.phi, 0.02, proportional=bool(stream.integers(2)))
        growth = GROWTHS[stream.integers(len(GROWTHS))]
        return Signal(self.samples, growth, float(stream.uniform(1.0, 20.0)), noise, events=(event,))


def score(signal: Signal, seed: int) -> Score:
    """Judge one trace by both detectors."""
    trace = labelled_trace(signal, seed)
    known = [event.index for event in trace.events]
    found = (statistical(trace.points), threshold(trace.points))
    return Score(*(agreement([event.index for event in events], known) for events in found))


def score_drawn(seed: int, *, maintenance: bool) -> Score:
    """Judge one trace of the general draw."""
    return score(draw_signal(seed, maintenance=maintenance), seed)


def score_cell(cell: Cell, traces: int) -> Agreement:
    """Judge the traces of one cell by the statistical detector."""
    return sum((score(cell.signal(seed), seed).statistical for seed in range(traces)), start=Agreement())


def summary(pool: ProcessPoolExecutor, traces: int) -> list[str]:
    """Give the table of false alarms, precision and recall of both detectors."""
    without = list(pool.map(partial(score_drawn, maintenance=False), range(traces), chunksize=20))
    with_events = list(pool.map(partial(score_drawn, maintenance=True), range(traces), chunksize=20))
    lines = [
        f"| detector | {traces} traces without maintenance: share with any event | {traces} with: precision | recall |",
        "| --- | --- | --- | --- |",
    ]
    for name in ("statistical", "threshold"):
        alarms = sum(getattr(one, name).found > 0 for one in without) / traces
        total = sum((getattr(one, name) for one in with_events), start=Agreement())
        lines.append(f"| {name} | {alarms:.1%} | {_shown(total.precision)} | {_shown(total.recall)} |")
    return lines


def by_effect(pool: ProcessPoolExecutor, traces: int) -> list[str]:
    """Give recall and precision of the statistical detector by effect size, noise, length and series shifted."""
    rows = [(name, samples, phi) for name in TOUCHED for samples in LENGTHS for phi in PHIS]
    cells = [Cell(samples, phi, effect, TOUCHED[name]) for name, samples, phi in rows for effect in EFFECTS]
    scores = dict(zip(cells, pool.map(partial(score_cell, traces=traces), cells), strict=True))
    head = " | ".join(f"{effect:g} sigma" for effect in EFFECTS)
    lines = [f"| event shifts | samples | phi | {head} |", "| --- " * (3 + len(EFFECTS)) + "|"]
    for name, samples, phi in rows:
        row = [scores[Cell(samples, phi, effect, TOUCHED[name])] for effect in EFFECTS]
        shown = " | ".join(f"{_shown(one.recall)} / {_shown(one.precision)}" for one in row)
        lines.append(f"| {name} | {samples} | {phi:g} | {shown} |")
    return lines


def _shown(share: float | None) -> str:
    return "n/a" if share is None else f"{share:.3f}".rstrip("0").rstrip(".")


def main() -> None:
    """Print the tables, and write them between the markers of the document unless told not to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=1000, help="traces with and without maintenance")
    parser.add_argument("--cell", type=int, default=20, help="traces in each cell of the table by effect size")
    parser.add_argument("--dry", action="store_true", help="print only")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # matrices are small; read when a spawned process imports numpy
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        tables = [*summary(pool, options.traces), "", *by_effect(pool, options.cell)]
    text = "\n".join(tables)
    print(text)
    if not options.dry:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        after = rest.split(END)[1]
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
