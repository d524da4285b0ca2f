"""The page as plain values: what stands in it, in order; the templates only write it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.format import name, plain
from mempress.report.along import axes
from mempress.report.answering import answer_charts, answer_texts, answers_table
from mempress.report.content import document
from mempress.report.course import courses
from mempress.report.hover import hover_json
from mempress.report.overview import all_metrics, growth_across, overview
from mempress.report.palette import looks
from mempress.report.plotting import across, alone, members
from mempress.report.quantities import QUANTITIES, components, groups
from mempress.report.ranking import rankings
from mempress.report.system import recovery_table
from mempress.report.traffic import traffic_overview
from mempress.report.verdict import RECOVERED, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.comparison.places import Ranking
    from mempress.model import Result, Summary
    from mempress.report.blocks import Section, Table
    from mempress.report.charts import Chart
    from mempress.report.course import Courses
    from mempress.report.overview import AllMetrics, Overview
    from mempress.report.palette import Look
    from mempress.report.plotting import Member
    from mempress.report.ranking import Rankings
    from mempress.report.verdict import Verdict

_COMPONENT_HEIGHT = 84.0


@dataclass(frozen=True, slots=True)
class Badge:
    """A system as the page's legend shows it."""

    system: int
    slot: int
    label: str
    version: str
    status: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A system's figure in a card; ``width`` is its share of the largest, in hundredths."""

    system: int
    slot: int
    label: str
    text: str
    basis: str
    width: float
    best: str


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of all systems, as bars."""

    label: str
    how: str
    told: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class OfSystem:
    """A system's own part: its section, and its diagrams."""

    badge: Badge
    section: Section
    charts: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a saturated system: the verdict in words, and its figures before and after."""

    badge: Badge
    verdict: str
    table: Table


@dataclass(frozen=True, slots=True)
class PageContent:
    """All that the page shows."""

    title: str
    subtitle: str
    verdict: Verdict
    findings: tuple[str, ...]
    badges: tuple[Badge, ...]
    ranked: Rankings | None
    cards: tuple[Card, ...]
    overview: Overview
    metrics: AllMetrics
    traffic: Table | None
    courses: Courses
    charts: tuple[Chart, ...]
    not_drawn: tuple[str, ...]
    """Figures of which no system has two values."""
    components: tuple[Chart, ...]
    both_axes: bool
    axis_labels: tuple[tuple[str, str], ...]
    """Each axis by its kind, and what it measures."""
    answers: Table | None
    answer_charts: tuple[Chart, ...]
    growth: Table | None
    recoveries: tuple[Recovered, ...]
    systems: tuple[OfSystem, ...]
    others: tuple[Section, ...]
    hover: str


def page(result: Result) -> PageContent:
    """Give the page of a result."""
    look, systems, shown = looks(result.systems), result.systems, document(result)
    ranked, parts = rankings(result), components(result.systems.values())
    badges = tuple(_badge(at, key, summary, look[key]) for at, (key, summary) in enumerate(systems.items()))
    first = 2  # after the findings and the tables of all systems come the sections of each
    lanes = courses(systems, look)
    cast = members(systems, look)
    charts = [across(quantity, cast) for quantity in QUANTITIES]
    return PageContent(
        title=shown.title,
        subtitle=shown.subtitle,
        verdict=verdict(result, ranked),
        findings=tuple(plain(text, 1_000) for text in result.comparison.findings),
        badges=badges,
        ranked=ranked,
        cards=tuple(_card(ranking, badges, systems) for ranking in (ranked.figures if ranked else ())),
        overview=overview(result, ranked),
        metrics=all_metrics(result, ranked),
        traffic=traffic_overview(systems),
        courses=lanes,
        charts=tuple(chart for chart in charts if chart.drawn),
        not_drawn=tuple(chart.title for chart in charts if not chart.drawn),
        components=tuple(across(part, cast, _COMPONENT_HEIGHT) for part in parts),
        both_axes=len(lanes.x_ticks) > 1,
        axis_labels=tuple((axis.kind, axis.label) for axis in axes(systems.values())),
        answers=answers_table(systems),
        answer_charts=tuple(answer_charts(systems, look)),
        growth=growth_across(systems),
        recoveries=tuple(_recoveries(badges, systems)),
        systems=tuple(
            OfSystem(badge, section, _own(member))
            for badge, section, member in zip(badges, shown.sections[first:], cast, strict=False)
        ),
        others=shown.sections[first + len(systems) :],
        hover=hover_json(
            systems,
            (*QUANTITIES, *parts),
            {key: groups() for key, summary in systems.items() if summary.samples},
            answer_texts(systems),
        ),
    )


def _badge(at: int, key: str, summary: Summary, look: Look) -> Badge:
    version = "" if summary.version is None else plain(summary.version, 30)
    return Badge(at, look.slot, name(key), version, summary.status)


def _card(ranking: Ranking, badges: Sequence[Badge], systems: Mapping[str, Summary]) -> Card:
    places = {key: badges[at] for at, key in enumerate(systems)}
    largest = max(abs(mark.value) for mark in ranking.marks) or 1.0
    bars = tuple(
        Bar(
            places[mark.key].system,
            places[mark.key].slot,
            places[mark.key].label,
            mark.text,
            mark.basis,
            round(100.0 * mark.value / largest, 2),
            mark.best,
        )
        for mark in ranking.marks
    )
    return Card(ranking.label, ranking.how, ranking.told, bars)


def _recoveries(badges: Sequence[Badge], systems: Mapping[str, Summary]) -> Iterator[Recovered]:
    for badge, summary in zip(badges, systems.values(), strict=True):
        if summary.recovery is not None:
            words = RECOVERED[summary.recovery.verdict].removeprefix("and ")
            yield Recovered(badge, words, recovery_table(summary.recovery))


def _own(member: Member) -> tuple[Chart, ...]:
    return tuple(alone(member, group) for group in groups()) if member.summary.samples else ()
