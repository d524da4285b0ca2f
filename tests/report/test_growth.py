"""The growth table shows each law with its coefficients, and the words of its objective; no law where there is none."""

from __future__ import annotations

import msgspec

from mempress.model import Foresight, GrowthLaw
from mempress.report.growth import growth_table, growth_tables

FIT = GrowthLaw(
    law="linear",
    coefficients=[4.0, 0.5],
    interval=[0.4, 0.6],
    relative_error=0.02,
    n=12,
    bytes_per_record=None,
    objective=20.0,
    crossing_records=32.0,
    crossing_interval=[30.0, 35.0],
    passed_at_records=None,
    words="search p95 passes 20 ms at about 32 records (30 to 35)",
    foresight=None,
)


def test_a_fit_with_an_objective_is_one_row() -> None:
    table = growth_table({"search_p95_ms": FIT})
    assert table.rows == (
        (
            "Search p95 (ms)",
            "linear",
            "4 + 0.5 n",
            "0.020",
            "12",
            "search p95 passes 20 ms at about 32 records (30 to 35)",
        ),
    )


def test_figures_without_a_fit_are_left_out_and_said() -> None:
    table = growth_table({"search_p95_ms": None, "memory_mb": None})
    assert table.rows == ()
    assert table.note == "No law."


def test_what_was_foreseen_stands_in_a_table_of_its_own() -> None:
    foresight = Foresight(
        from_records=10,
        n=6,
        law="linear",
        at_records=30,
        foreseen=18.0,
        measured=20.0,
        error=-0.1,
        crossing_foreseen=33.0,
        crossing_interval=[28.0, None],
        crossing_measured=30.0,
        crossing_error=0.1,
        words="that search p95 passes 20 ms was foreseen at about 33 records, and it did at 30: off by +10%",
    )
    _, table = growth_tables({"search_p95_ms": msgspec.structs.replace(FIT, foresight=foresight), "disk_mb": None})
    assert table.rows == (("Search p95 (ms)", "linear", "18.0", "20.0", "-10.0%", foresight.words),)
    assert "up to 10 records (n=6); measured at 30" in table.note
