"""The table: its golden form, its width, and what names can do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from mempress.model import StoreRate
from mempress.versus import judge
from mempress.versus.text import WIDTH, render
from tests.report.handmade import HOSTILE, latency
from tests.versus.build import MACHINE, conditions, run, side, system

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_table_is_as_agreed(same_as_golden: Callable[[str, str], None]) -> None:
    rate = StoreRate(mean=123_456_789.0, first_batch=None, last_batch=5_000.0)
    base = system(*(run(p50=1.0, disk_mb=10.0 + n / 10, store_records_per_second=rate) for n in range(3)))
    worse = system(
        *(
            run(p50=1.3, disk_mb=4_000.0 + n, final_query_latency_ms=latency(1.3), errors_encountered=2)
            for n in range(3)
        )
    )
    versus = judge(
        side("results/base", {"neuroca": base, "agno": system(run())}),
        side(
            "results/other",
            {"neuroca": worse, "agno": system(run(recall_at_k=0.5))},
            conditions(environment=MACHINE | {"cores": 4}),
        ),
    )
    same_as_golden("compare.txt", render(versus))


def test_hostile_names_and_paths_stay_text_within_the_width() -> None:
    systems = {HOSTILE: system(run(), version=HOSTILE), "\x1b[2J" * 50: system(run())}
    other = {HOSTILE: system(run(disk_mb=1e12), version="x" * 5_000)}
    machine = conditions(environment=MACHINE | {"cpu": HOSTILE})
    shown = render(judge(side("one\n\x1b[31m" + "d" * 500, systems), side("two", other, machine)))
    assert all(letter.isprintable() for letter in shown.replace("\n", ""))
    assert max(map(len, shown.splitlines())) <= WIDTH


ANY = st.floats(min_value=0.0, max_value=1e12) | st.sampled_from([0.0, 1e-12, 999_999_999.0])


@settings(max_examples=60, deadline=None)
@given(base=st.lists(ANY, min_size=2, max_size=2), other=st.lists(ANY, min_size=2, max_size=2))
def test_any_figures_fit_the_width(base: list[float], other: list[float]) -> None:
    first, second = (
        system(
            *(
                run(
                    disk_mb=value,
                    errors_encountered=int(value),
                    store_records_per_second=StoreRate(mean=value, first_batch=value, last_batch=None),
                )
                for value in values
            )
        )
        for values in (base, other)
    )
    shown = render(judge(side("one", {"a": first}), side("two", {"a": second})))
    assert max(map(len, shown.splitlines())) <= WIDTH
