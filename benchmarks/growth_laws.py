"""Whether the law of a growing search is named, and its crossing foreseen from the first third of the load.

    python benchmarks/growth_laws.py [--records 2500]

Three scripted systems whose searches take a time that is linear, logarithmic or quadratic in the records held break
their objective at four fifths of the load. The bar: the law is named, and the crossing that the first third foretells
lies within 15% of the true one. Times are those of the clock: a busy machine stretches single searches.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from neuroca_material import load, table

from mempress.analysis import analyse
from mempress.config import RunConfig
from mempress.runner.benchmark import Listener, run_benchmark

if TYPE_CHECKING:
    from mempress.model import GrowthLaw

SCRIPTED = "mempress.testing.scripted"
BAR = 0.15


def main() -> None:
    """Run, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_500)
    records = parser.parse_args().records
    breaks_at = records * 4 // 5
    laws = {
        "linear": ("LinearSearch", {"ns_per_record": 2_000}, 2e-3 * breaks_at),
        "log": ("LogarithmicSearch", {"ns_per_log": 700_000}, 0.7 * math.log1p(breaks_at)),
        "quadratic": ("QuadraticSearch", {"ns_per_1k_records": 2_000_000}, 2.0 * (breaks_at / 1_000) ** 2),
    }
    rows = [row(law, growth_of(*script, records), breaks_at) for law, script in laws.items()]
    print(f"{records:,} records; the bar is {BAR:.0%}; {load()}")
    table(("law", "named", "breaks at", "foreseen", "measured", "error", "bar"), rows)


def growth_of(system: str, cost: dict[str, int], objective_ms: float, records: int) -> GrowthLaw | None:
    """Run a scripted system; gives how its search grew."""
    config = RunConfig(
        systems=(f"{SCRIPTED}:{system}",),
        max_records=records,
        batch_size=100,
        queries=25,
        maintenance_interval=0,
        objective_ms=objective_ms,
        continue_after_saturation=True,
        options={system.lower(): cost},
    )
    with tempfile.TemporaryDirectory() as scratch:
        (directory,) = run_benchmark(config, Path(scratch), Listener())
        return (analyse(directory).growth or {}).get("search_p95_ms")


def row(law: str, found: GrowthLaw | None, breaks_at: int) -> list[object]:
    """Give what was named and foreseen of one system."""
    if found is None or found.foresight is None:
        return [law, "nothing", f"{breaks_at:,}", "n/a", "n/a", "n/a", "missed"]
    foreseen, measured = found.foresight.crossing_foreseen, found.foresight.crossing_measured
    error = math.inf if foreseen is None else foreseen / breaks_at - 1.0
    held = found.law == law and abs(error) <= BAR
    shown = ["never" if value is None else f"{value:,.0f}" for value in (foreseen, measured)]
    return [law, found.law, f"{breaks_at:,}", *shown, f"{error:+.1%}", "met" if held else "missed"]


if __name__ == "__main__":
    main()
