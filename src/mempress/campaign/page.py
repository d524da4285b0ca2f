"""A campaign's result as a document: how it went, then each condition with all its systems side by side."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from mempress.comparison.metrics import METRICS, Metric
from mempress.format import UNMEASURED, figure, listed, plain
from mempress.report.blocks import Document, Points, Section, Table
from mempress.report.html import html_document
from mempress.report.markdown import markdown_document
from mempress.report.names import HTML, MARKDOWN
from mempress.runfiles import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mempress.campaign.merge import CampaignFacts, CampaignResult, Group, Spread

_UNITS = ("ms", "MiB", "B", "records/s")


def write_pages(result: CampaignResult, out: Path) -> list[Path]:
    """Write the page in both forms; gives their paths."""
    shown = document(result)
    write_whole(out / MARKDOWN, markdown_document(shown).encode())
    write_whole(out / HTML, html_document(shown).encode())
    return [out / MARKDOWN, out / HTML]


def document(result: CampaignResult) -> Document:
    """Give the whole page."""
    facts = result.campaign
    sections = [
        Section(
            "How it went", (Points(tuple(plain(text, 500) for text in result.comparison.findings)), *_tables(facts))
        ),
        *(Section(plain(title, 120), (_condition(groups),)) for title, groups in _conditions(facts)),
    ]
    return Document(f"Campaign {plain(facts.name, 60)}", subtitle(facts), tuple(sections))


def subtitle(facts: CampaignFacts) -> str:
    """Say what was measured, and by what."""
    executors = listed([plain(words, 200) for words in facts.executors]) or "unknown"
    return f"{facts.planned:,} runs, in an order drawn with seed {facts.seed}; measured by: {executors}."


def overview(result: CampaignResult) -> Document:
    """Give what a terminal shows: how it went, and a line for each group."""
    facts = result.campaign
    rows = []
    for name, group in facts.groups.items():
        shown = [_middle(group.spread.get(metric.key), metric) for metric in METRICS if metric.key in _OVERVIEW]
        rows.append((plain(name, 60), _statuses(group), *shown))
    labels = [_OVERVIEW[metric.key] for metric in METRICS if metric.key in _OVERVIEW]
    columns = ("Group", "Runs", *labels)
    table = Table(columns, tuple(rows), frozenset(range(2, len(columns))), note="Medians; the page has the spread too.")
    points = Points(tuple(plain(text, 400) for text in result.comparison.findings))
    return Document(facts.name, subtitle(facts), (Section("", (table, points)),))


_OVERVIEW = {
    "retained_records": "Held",
    "final_memory_mb": "MiB",
    "final_query_latency_ms.p50": "p50 ms",
    "health_score": "Health",
    "recall_at_k": "Recall",
}


def _tables(facts: CampaignFacts) -> Iterator[Table]:
    matrix = [(plain(axis), plain(_values(values), 500)) for axis, values in facts.matrix.items()]
    yield Table(("Axis", "Values"), tuple(matrix), title="Matrix")
    machines = [(label, plain(words, 300)) for label, words in facts.machines.items()]
    yield Table(("Machine", "What it is"), tuple(machines), title="Machines")
    nodes = [(plain(node), f"{count:,}") for node, count in sorted(facts.nodes.items())]
    yield Table(("Node", "Runs"), tuple(nodes), frozenset({1}), title="Nodes")


def _values(values: object) -> str:
    return msgspec.json.encode(values).decode()


def _conditions(facts: CampaignFacts) -> Iterator[tuple[str, list[tuple[str, Group]]]]:
    """Give the groups that may be held against each other: one condition, one kind of machine."""
    found: dict[tuple[str, str], list[tuple[str, Group]]] = defaultdict(list)
    for name, group in facts.groups.items():
        found[group.condition, group.machine].append((name, group))
    for (condition, machine), groups in found.items():
        where = machine if len(facts.machines) > 1 else ""
        yield ", ".join(filter(None, (condition, where))) or "All runs", groups


def _condition(groups: Sequence[tuple[str, Group]]) -> Table:
    columns = ("Metric", *(plain(group.system, 60) for _, group in groups))
    rows = [("Runs", *(_statuses(group) for _, group in groups))]
    rows += [
        (_label(metric), *(_cell(group.spread.get(metric.key), metric) for _, group in groups)) for metric in METRICS
    ]
    note = "Median (lowest to highest) over seeds and repeats. n/a: not measured."
    return Table(columns, tuple(rows), frozenset(range(1, len(columns))), note=note)


def _label(metric: Metric) -> str:
    return f"{metric.label} ({metric.unit})" if metric.unit in _UNITS else metric.label


def _cell(spread: Spread | None, metric: Metric) -> str:
    if spread is None:
        return UNMEASURED
    middle, low, high = (figure(value, metric.unit) for value in (spread.median, spread.low, spread.high))
    return middle if low == high else f"{middle} ({low} to {high})"


def _middle(spread: Spread | None, metric: Metric) -> str:
    return UNMEASURED if spread is None else figure(spread.median, metric.unit)


def _statuses(group: Group) -> str:
    return ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in group.statuses.items())
