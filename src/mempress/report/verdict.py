"""The verdict: what became of the systems in one sentence, and what sets them apart, from the figures alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.analysis.noise import is_noisy
from mempress.comparison.findings import ending
from mempress.format import figure, listed, name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import Result, Summary
    from mempress.report.ranking import Rankings

_ENDED = {
    "crashed": "crashed",
    "killed_at_limit": "was killed at its memory limit",
    "timed_out": "stopped answering",
    "interrupted": "was interrupted",
}
RECOVERED = {
    "recovered": "and came back",
    "partly": "and came back in part",
    "not": "and did not come back",
    "unknown": "and whether it came back is unknown",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``headline`` is one sentence; ``points`` say what is told apart; ``doubts`` what the reader must bear in mind."""

    headline: str
    points: tuple[str, ...]
    doubts: tuple[str, ...]


def verdict(result: Result, ranked: Rankings | None) -> Verdict:
    """Give the verdict; each part of it stands on figures that the report shows."""
    told = () if ranked is None else tuple(ranking.sentence for ranking in ranked.figures if ranking.told)
    level = () if ranked is None else tuple(ranking.label.lower() for ranking in ranked.figures if not ranking.told)
    points = [*told, *([f"No difference beyond noise in {listed(level)}."] if level else [])]
    return Verdict(_headline(result.systems), tuple(points), tuple(_doubts(result, ranked)))


def _headline(systems: Mapping[str, Summary]) -> str:
    if len(systems) == 1 or any(summary.soak is not None for summary in systems.values()):
        return " ".join(ending(key, summary) for key, summary in systems.items())
    took = [name(key) for key, summary in systems.items() if summary.status == "completed"]
    parts = [_took(took, systems)] if took else []
    parts += [_ended(name(key), summary) for key, summary in systems.items() if summary.status != "completed"]
    return f"{'; '.join(parts)}."


def _took(took: list[str], systems: Mapping[str, Summary]) -> str:
    """Say who took all that was offered, or, where the numbers differ, who came to the end."""
    reached = {summary.metrics.max_records for summary in systems.values() if summary.status == "completed"}
    what = f"took all {reached.pop():,} records" if len(reached) == 1 else "came to the end of the load"
    every = "Both " if len(took) == 2 else ""
    who = f"All {len(took)} systems" if len(took) == len(systems) and len(took) > 2 else f"{every}{listed(took)}"
    return f"{who} {what} without saturating"


def _ended(shown: str, summary: Summary) -> str:
    reached = figure(summary.metrics.max_records, "records")
    if summary.status == "unavailable":
        return f"{shown} could not be started"
    if summary.status == "saturated":
        back = RECOVERED[summary.recovery.verdict] if summary.recovery is not None else ""
        return f"{shown} saturated at {reached} {back}".rstrip()
    return f"{shown} {_ENDED[summary.status]} at {figure(summary.ended_at_records, 'records')}"


def _doubts(result: Result, ranked: Rankings | None) -> Iterator[str]:
    noisy = [name(key) for key, summary in result.systems.items() if summary.samples and is_noisy(summary.noise)]
    if noisy:
        yield f"The machine was busy with other things while {listed(noisy)} ran: times deserve doubt."
    if ranked is not None and not ranked.final:
        yield (
            f"The systems did not end at the same load; they are compared at {ranked.records:,} records, the highest "
            "at which all were measured."
        )
    single = [name(key) for key, runs in result.repeats.items() if len(runs) < 2]
    if ranked is not None and single:
        who = "each" if len(single) == len(result.repeats) else f"of {listed(single)}"
        yield f"One run {who}: how much differs from run to run is unknown. --repeats 3 would tell."
