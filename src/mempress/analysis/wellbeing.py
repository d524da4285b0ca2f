"""Health explained: the formula of each component with a run's own figures, and what pulled the score down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import figure, measure
from mempress.health import WEIGHTS, contributions
from mempress.model import HealthTerm, LowestHealth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.analysis.trail import Judged, Trail
    from mempress.health import Terms
    from mempress.samples import Sample

_MIB = 1 << 20
_NAMED = 3
"""So many of the components that pulled a score down are named."""


def health_terms(terms: Terms) -> list[HealthTerm]:
    """Give each component's weight and formula; ``docs/metrics.md`` has them in full."""
    objective = measure(terms.objective_ms, "ms")
    rate = measure(terms.reference_store_rate, "records/s")
    capacity = f", {terms.capacity_records:,} records at most" if terms.bounded and terms.capacity_records else ""
    limit = None if terms.memory_limit_bytes is None else terms.memory_limit_bytes / _MIB
    formulas = {
        "latency": f"1 - log10(3 x search p95 / objective); objective {objective}",
        "errors": "1 - 10 x errors / operations since the sample before",
        "answers": "recall / recall that the capacity allows",
        "reconciliation": f"1 - 5 x (records too few or too many) / records that should be held{capacity}",
        "throughput": f"store rate / half the reference; reference {rate}",
        "headroom": f"2 x (1 - memory / limit); limit {measure(limit, 'MiB')}",
    }
    return [
        HealthTerm(component=name, weight=weight, formula=f"{formulas[name]}, within 0 and 1")
        for name, weight in WEIGHTS.items()
    ]


def lowest_health(trail: Trail, judged: Judged) -> LowestHealth | None:
    """Give the load's sample with the lowest score, the first of several; None where none has one."""
    scored = [(score, sample) for sample in trail.load() if (score := judged.healths[sample.index].score) is not None]
    if not scored:
        return None
    score, sample = min(scored, key=lambda pair: pair[0])
    lost = _lost(contributions(judged.healths[sample.index]))
    return LowestHealth(records=sample.records, score=score, lost=lost, words=_words(sample, score, lost))


def _lost(parts: Mapping[str, tuple[float, float] | None]) -> dict[str, float]:
    """Give what each component took: its share of the weight less what it contributed."""
    lost = {name: part[0] - part[1] for name, part in parts.items() if part is not None}
    taken = {name: value for name, value in lost.items() if value > 0.0}
    return dict(sorted(taken.items(), key=lambda item: -item[1]))


def _words(sample: Sample, score: float, lost: Mapping[str, float]) -> str:
    at = f"at {sample.records:,} records, {figure(score, 'share')}"
    if not lost:
        return f"Lowest {at}: every component that was measured was at 1."
    named = [f"{name} took {figure(value, 'share')}" for name, value in list(lost.items())[:_NAMED]]
    rest = sum(list(lost.values())[_NAMED:])
    others = f", the others {figure(rest, 'share')}" if rest else ""
    return f"Lowest {at}: {', '.join(named)}{others}."
