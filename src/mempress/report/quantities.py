"""What the page's curves show: each figure of a sample, with its unit, and how it was measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mempress.format import measure, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mempress.model import SampleRow, Summary


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure of each sample. ``key`` names its chart; ``highest`` is the top of the axis where it is known."""

    key: str
    title: str
    unit: str
    read: Callable[[SampleRow], float | None]
    how: str
    highest: float | None = None
    basis: Callable[[SampleRow], str] = lambda _: ""
    """What a value rests on: n, for one."""
    objective: Callable[[Summary], float | None] = lambda _: None
    beside: Callable[[SampleRow], float | None] | None = None
    """A second, thinner curve of the same unit, such as what was stored beside what is held."""
    beside_label: str = ""

    def words(self, row: SampleRow) -> str:
        """Write the figure with its unit and what it rests on."""
        value = self.read(row)
        basis = self.basis(row)
        text = measure(value, self.unit)
        return f"{text} ({basis})" if basis and value is not None else text


def _searches(row: SampleRow) -> str:
    return f"n={row.latency_ms.n:,}"


def _of_stored(row: SampleRow) -> str:
    return f"of {row.records:,} stored"


QUANTITIES: tuple[Quantity, ...] = (
    Quantity(
        "p50",
        "Search, median",
        "ms",
        lambda row: row.latency_ms.p50,
        "The median of the searches timed at each sample, around the call alone, in the worker.",
        basis=_searches,
    ),
    Quantity(
        "p95",
        "Search, p95",
        "ms",
        lambda row: row.latency_ms.p95,
        "The 95th percentile of the same searches. The thin dashed line is the system's service objective, by which it "
        "saturates.",
        basis=_searches,
        objective=lambda summary: summary.objective_ms,
    ),
    Quantity(
        "p99",
        "Search, p99",
        "ms",
        lambda row: row.latency_ms.p99,
        "The 99th percentile, from samples of 1,000 searches on; of fewer there is none.",
        basis=_searches,
    ),
    Quantity(
        "memory",
        "Memory",
        "MiB",
        lambda row: row.memory_mb,
        "PSS of the system's processes, read from outside as they are, not settled; their interpreter counts.",
    ),
    Quantity(
        "disk",
        "Disk",
        "MiB",
        lambda row: row.disk_mb,
        "What is allocated under the system's working directory.",
    ),
    Quantity(
        "rate",
        "Stored",
        "records/s",
        lambda row: row.store_rate,
        "Records of a batch by the time in its store and flush calls.",
    ),
    Quantity(
        "held",
        "Held and stored",
        "records",
        lambda row: row.held,
        "Records held by the system's own count; the thin dotted line is what it acknowledged. Where they part, it "
        "forgets.",
        basis=_of_stored,
        beside=lambda row: row.records,
        beside_label="stored",
    ),
    Quantity(
        "recall",
        "Recall",
        "share",
        lambda row: row.recall,
        "Share of the answers found, over the probes of each sample with known answers.",
        highest=1.0,
        basis=lambda row: f"n={row.recall_n:,}",
    ),
    Quantity(
        "health",
        "Health",
        "share",
        lambda row: row.health,
        "One formula for all systems, from the components that could be measured; each stands below.",
        highest=1.0,
    ),
)


@dataclass(frozen=True, slots=True)
class Group:
    """What one diagram of a single system shows: ``lead`` gives its title, unit and objective, ``lines`` its curves."""

    lead: Quantity
    lines: tuple[Quantity, ...]


def groups() -> tuple[Group, ...]:
    """Give the diagrams of a single system: its latency, its memory, its health."""
    by_key = {quantity.key: quantity for quantity in QUANTITIES}
    latency = replace(
        by_key["p95"],
        key="latency",
        title="Search: median, p95 and p99",
        how="Whole line: the median; dashed: the 95th percentile; dotted: the 99th, from samples of 1,000 searches on.",
    )
    return (
        Group(latency, (by_key["p50"], by_key["p95"], by_key["p99"])),
        Group(by_key["memory"], (by_key["memory"],)),
        Group(by_key["health"], (by_key["health"],)),
    )


def components(systems: Iterable[Summary]) -> tuple[Quantity, ...]:
    """Give a quantity for each component of the health that any system has a value of."""
    found: dict[str, str] = {}
    for summary in systems:
        terms = {term.component: term.formula for term in summary.health_terms}
        for key in (key for row in summary.samples for key, value in row.components.items() if value is not None):
            found.setdefault(key, terms.get(key, ""))
    return tuple(_component(number, key, formula) for number, (key, formula) in enumerate(found.items()))


def _component(number: int, key: str, formula: str) -> Quantity:
    how = f"Value: {plain(formula, 160)}." if formula else "A component of the health."
    title = plain(key, 40)
    return Quantity(
        f"component-{number}", title[:1].upper() + title[1:], "share", lambda row: row.components.get(key), how, 1.0
    )
