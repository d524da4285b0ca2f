"""How far a single run can go: what the harness itself takes, as a function of the records; the table of docs/scale.md.

    python benchmarks/single_run_scale.py [--sizes 20000 80000 320000] [--repeats 2] [--samples N] [--json FILE]

Runs the null system, which stores nothing, so that all that grows is the harness's own: its memory, its time, the
journal, and the time and memory of the analysis. Each run and each analysis is a process of its own. The figures are
extrapolated by the growth laws that the project fits to systems (mempress.detect.growth), from three different sizes at
least. A sample follows each batch, as in `mempress run`; with --samples a run takes about so many, whatever its size
(batches_per_sample). Some minutes on an idle machine at the sizes above.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from mempress.analysis import analyse
from mempress.clock import clock_ns
from mempress.config import RunConfig
from mempress.detect.growth import LEAST_SAMPLES, fit_growth
from mempress.journal import Spent, read_journal
from mempress.runfiles import RunFiles
from mempress.runner.benchmark import Listener
from mempress.runner.environment import read_noise
from mempress.runner.single import SingleRun, run_single

SIZES = (20_000, 80_000, 320_000)
ASKED = (1_000_000, 10_000_000, 100_000_000)
FIGURES = {
    "harness_mib": "harness, peak MiB",
    "harness_s": "harness, own seconds",
    "journal_mib": "journal, MiB",
    "analysis_s": "analysis, seconds",
    "analysis_mib": "analysis, peak MiB",
}
_MIB = 1 << 20
_KIB = 1 << 10


def main() -> None:
    """Measure, extrapolate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--samples", type=int, default=0, help="about so many in each run; default: one a batch")
    parser.add_argument("--json", type=Path, help="keep what was measured; where it is there, only extrapolate")
    parser.add_argument("--child", nargs=4, metavar=("STEP", "RECORDS", "SAMPLES", "DIRECTORY"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        step, records, samples, directory = arguments.child
        print(json.dumps(run(int(records), int(samples), Path(directory)) if step == "run" else judge(Path(directory))))
        return
    if len(set(arguments.sizes)) < 3 or len(arguments.sizes) * arguments.repeats < LEAST_SAMPLES:
        parser.error(f"give three sizes and at least {LEAST_SAMPLES} runs in all, for a law needs them")
    if arguments.json is not None and arguments.json.exists():
        rows = json.loads(arguments.json.read_text("utf-8"))
    else:
        rows = measure(arguments.sizes, arguments.repeats, arguments.samples)
        if arguments.json is not None:
            arguments.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    report(rows)


def measure(sizes: list[int], repeats: int, samples: int) -> list[dict[str, float]]:
    """Run and judge the null system at each size; gives a row for each run."""
    rows = []
    for records in sorted(sizes * repeats):
        with tempfile.TemporaryDirectory(prefix="mempress-scale-") as scratch:
            directory = Path(scratch) / "run"
            parts = [child(step, records, samples, directory) for step in ("run", "judge")]
            row = {"records": float(records), **parts[0], **parts[1]}
        print(" ".join(f"{key} {value:,.5g}" for key, value in row.items()), file=sys.stderr, flush=True)
        rows.append(row)
    return rows


def child(step: str, records: int, samples: int, directory: Path) -> dict[str, float]:
    """Do a step in a process of its own."""
    words = [sys.executable, __file__, "--child", step, str(records), str(samples), str(directory)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)  # noqa: S603 - this file
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def run(records: int, samples: int, directory: Path) -> dict[str, float]:
    """Run the null system with the settings of `mempress run`, but for how many samples are taken."""
    config = RunConfig(systems=("null",), max_records=records, capacity_records=None)
    if samples:
        every = max(1, records // config.batch_size // samples)
        config = msgspec.structs.replace(config, batches_per_sample=every)
    began = clock_ns()
    run_single(SingleRun(config, RunFiles(directory), "", 0, {}), Listener())
    whole_s = (clock_ns() - began) / 1e9
    journal = RunFiles(directory).journal
    system_s = sum(event.system_ns for event in read_journal(journal) if isinstance(event, Spent)) / 1e9
    return {
        "harness_mib": peak_mib(),
        "harness_s": whole_s - system_s,
        "journal_mib": journal.stat().st_size / _MIB,
    }


def judge(directory: Path) -> dict[str, float]:
    """Judge the run."""
    began = clock_ns()
    analyse(directory)
    return {"analysis_s": (clock_ns() - began) / 1e9, "analysis_mib": peak_mib()}


def peak_mib() -> float:
    """Give the highest resident size of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB / _MIB


def report(rows: list[dict[str, float]]) -> None:
    """Print what was measured, and what it will be at the sizes asked for."""
    loads = [row["records"] for row in rows]
    print(f"load {read_noise().load_1m}; {len(rows)} runs of the null system, batches of 1,000, 50 searches a sample")
    sizes = sorted(set(loads))
    heads = [f"{size:,.0f}" for size in sizes]
    print("| figure | " + " | ".join(heads) + " | law, n records | " + " | ".join(f"{n:,}" for n in ASKED) + " |")
    print("| --- " * (len(sizes) + len(ASKED) + 2) + "|")
    for key, label in FIGURES.items():
        values = [row[key] for row in rows]
        measured = [smallest(key, rows, size) for size in sizes]
        fit = fit_growth(loads, values)
        if fit is None:
            continue
        a, b = fit.coefficients
        foreseen = []
        for asked in ASKED:
            drawn = sorted(curve.at(asked) for curve in fit.replicates)
            low, high = drawn[int(0.025 * len(drawn))], drawn[math.ceil(0.975 * len(drawn)) - 1]
            foreseen.append(f"{fit.predict(asked):,.4g} ({low:,.3g} to {high:,.3g})")
        law = f"{fit.law}: {a:.3g} + {b:.3g} f(n)"
        print(
            f"| {label} | "
            + " | ".join(f"{value:,.4g}" for value in measured)
            + f" | {law} | "
            + " | ".join(foreseen)
            + " |"
        )


def smallest(key: str, rows: list[dict[str, float]], size: float) -> float:
    """Give the least of a figure at a size: what disturbed a run only added to it."""
    return min(row[key] for row in rows if row["records"] == size)


if __name__ == "__main__":
    main()
