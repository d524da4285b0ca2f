"""The growth table shows each law with its coefficients, and the words of its objective; no law where there is none."""

from __future__ import annotations

from mempress.report.growth import growth_table

FIT = {"law": "linear", "coefficients": [4.0, 0.5], "interval": [0.4, 0.6], "relative_error": 0.02, "n": 12}


def test_a_fit_with_an_objective_is_one_row() -> None:
    table = growth_table({"search_p95_ms": FIT | {"words": "search p95 passes 20 ms at about 32 records (30 to 35)"}})
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
