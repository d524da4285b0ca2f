"""How the final probes were answered: by importance and by age of what they ask for, and what could have been had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mempress.format import UNMEASURED, figure, name
from mempress.report.blocks import Table
from mempress.report.charts import WIDTH, Chart, Geometry, Line, Tick
from mempress.report.scales import Scale, tick_words, value_scale
from mempress.stats.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mempress.model import Answers, Recall, Summary
    from mempress.report.palette import Look

_HEIGHT = 170.0
_EITHER = "always"
_SHARES: tuple[tuple[str, Callable[[Answers], float | None]], ...] = (
    ("Answered (recall)", lambda found: found.recall),
    ("Attainable within its capacity", lambda found: found.attainable),
    ("Answer held, found or not", lambda found: found.held_share),
    ("Held by the best choice, at most", lambda found: found.held_share_oracle),
    ("Held by the most important", lambda found: found.held_share_importance),
    ("Held by a random choice", lambda found: found.held_share_random),
    ("Held by first in, first out", lambda found: found.held_share_fifo),
)


def answer_charts(systems: Mapping[str, Summary], looks: Mapping[str, Look]) -> list[Chart]:
    """Give recall by importance and by age; none of what no system has."""
    kinds = (
        ("by-importance", "Recall by importance", "Importance of the record asked for", _by_importance),
        ("by-age", "Recall by age", "Records stored since the one asked for", _by_age),
    )
    charts = []
    for key, title, along, read in kinds:
        classes = {system: read(summary.answers) for system, summary in systems.items()}
        if any(classes.values()):
            charts.append(_chart(key, title, along, classes, looks))
    return charts


def answer_texts(systems: Mapping[str, Summary]) -> dict[str, Any]:
    """Give what stands beside a pointer in each of the diagrams."""
    reads = {"by-importance": (_by_importance, "{:.1f}"), "by-age": (_by_age, "{:,.0f}")}
    found: dict[str, Any] = {}
    for key, (read, form) in reads.items():
        classes = {system: read(summary.answers) for system, summary in systems.items()}
        if not any(classes.values()):
            continue
        x = _x(key, classes)
        found[key] = [
            {
                "system": at,
                "texts": [_recall(item) for item in items],
                "places": [x.at(_middle(item)) for item in items],
                "at": [f"{form.format(item.low)} to {form.format(item.high)}" for item in items],
            }
            for at, items in enumerate(classes.values())
        ]
    return found


def answers_table(systems: Mapping[str, Summary]) -> Table | None:
    """Give what was answered beside what other ways to choose would have held, of all systems; None without probes."""
    known = {key: summary.answers for key, summary in systems.items() if summary.answers.n}
    if not known:
        return None
    rows = [(label, *(figure(read(found), "share") for found in known.values())) for label, read in _SHARES]
    rows.append(("Probes", *(f"{found.n:,}" for found in known.values())))
    note = "Shares of the probes at each system's final load; the choices are of as many records as it held."
    columns = ("Share of probes", *(name(key) for key in known))
    return Table(columns, tuple(rows), frozenset(range(1, len(columns))), note=note)


def _chart(
    key: str, title: str, along: str, classes: Mapping[str, Sequence[Recall]], looks: Mapping[str, Look]
) -> Chart:
    x, y = _x(key, classes), value_scale([], _HEIGHT, 6.0, 1.0)
    lines = tuple(
        _line(at, name(system), looks[system], [(x.at(_middle(item)), y.at(item.recall)) for item in items])
        for at, (system, items) in enumerate(classes.items())
    )
    words = "; ".join(
        f"{name(system)}: {', '.join(map(_recall, items)) or UNMEASURED}" for system, items in classes.items()
    )
    missing = [name(system) for system, items in classes.items() if not items]
    return Chart(
        key=key,
        title=title,
        unit="",
        how="Recall of the final probes, in classes; each mark stands in the middle of its class.",
        words=f"{title}, {along.lower()}: {words}.",
        height=_HEIGHT,
        fits="lin",
        both=False,
        lines=lines,
        x_ticks={_EITHER: tuple(Tick(round(x.at(value) / 10.0, 2), tick_words(value)) for value in x.ticks())},
        y_ticks={"lin": tuple(Tick(y.at(value), tick_words(value)) for value in y.ticks())},
        limits=(),
        saturated=(),
        events=(),
        notes=(f"Along: {along[:1].lower()}{along[1:]}.", *([f"n/a for {', '.join(missing)}."] if missing else [])),
    )


def _line(at: int, label: str, look: Look, points: Sequence[tuple[float, float]]) -> Line:
    piece = " ".join(f"{place:g},{value:g}" for place, value in points)
    marks = tuple((round(place / 10.0, 2), value) for place, value in points)
    return Line(
        at, label, look.slot, look.slot, (Geometry(_EITHER, "lin", (piece,) if len(points) > 1 else (), marks),)
    )


def _x(key: str, classes: Mapping[str, Sequence[Recall]]) -> Scale:
    high = 1.0 if key == "by-importance" else max(item.high for items in classes.values() for item in items)
    return Scale(0.0, high or 1.0, 0.0, WIDTH)


def _middle(item: Recall) -> float:
    return (item.low + item.high) / 2.0


def _recall(item: Recall) -> str:
    low, high = wilson(round(item.recall * item.n), item.n)
    return f"{figure(item.recall, 'share')} (n={item.n:,}, 95% {figure(low, 'share')} to {figure(high, 'share')})"


def _by_importance(found: Answers) -> Sequence[Recall]:
    return found.by_importance


def _by_age(found: Answers) -> Sequence[Recall]:
    return found.by_age_records
