"""What a soak showed, in sentences; none speaks of what was not measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.analysis.trends import NAMES
from mempress.format import duration, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import Soak, Summary
    from mempress.soaking import Hold

_VERDICTS = {
    "leaks": "its memory leaks",
    "flat": "its memory stands still",
    "undecided": "whether its memory leaks is undecided",
    "unknown": "whether its memory leaks is unknown",
}
_HOLDS: Mapping[Hold, str] = {
    "capacity": "under its own capacity",
    "delete": "the {order} deleted for each new one",
    "search": "searched alone, for it has neither a delete nor a capacity that was to be used",
}


def soak_ending(shown: str, summary: Summary, soak: Soak) -> str:
    """Say how long a system was soaked, how, what became of it, and whether it leaks; without a full stop."""
    order = "oldest records" if soak.order == "oldest" else "records at random"
    how = _HOLDS[soak.hold].format(order=order)
    ended = "" if summary.status == "completed" else f" ({summary.status.replace('_', ' ')}: {summary.reason})"
    soaked = f"{shown} was soaked for {duration(soak.seconds)} with {soak.live_records:,} records, {how}{ended}"
    return f"{soaked}: {_VERDICTS[soak.verdict]}"


def soak_findings(shown: str, summary: Summary, soak: Soak) -> Iterator[str]:
    """Give the findings after the ending, each with a full stop."""
    yield from _trends(shown, soak)
    yield _steady(shown, soak)
    if soak.objective_broken_at_s is not None:
        yield f"{shown} broke its service objective {duration(soak.objective_broken_at_s)} into the soak."
    yield from _unfaithful(shown, soak)
    errors = summary.metrics.errors_encountered
    if errors:
        yield f"{shown} had {errors:,} {'error' if errors == 1 else 'errors'}."


def _trends(shown: str, soak: Soak) -> Iterator[str]:
    """Give a sentence to each figure that moved or may have, and one to all that stand still."""
    told = [trend for trend in soak.trends if trend.figure != "harness_memory" or trend.judgement == "rises"]
    for trend, words in zip(soak.trends, soak.words, strict=True):
        if trend in told and trend.judgement != "flat":
            yield f"{shown}: {words}."
    still = [NAMES[trend.figure] for trend in told if trend.judgement == "flat"]
    if still:
        yield f"{shown}: {listed(still)} {'stands' if len(still) == 1 else 'stand'} still."


def _steady(shown: str, soak: Soak) -> str:
    if soak.steady_from_s is None:
        return f"{shown} was not found to reach a steady state in all figures."
    if soak.steady_from_s < 1.0:
        return f"{shown} was steady in all figures from the beginning of the soak on."
    return f"{shown} was steady in all figures from {duration(soak.steady_from_s)} into the soak on."


def _unfaithful(shown: str, soak: Soak) -> Iterator[str]:
    if soak.missing:
        yield f"{shown} did not find {soak.missing:,} records that it was told to delete: they were lost before."
    if soak.ghosts:
        yield f"{shown} gave {soak.ghosts:,} hits on records that had been deleted."
    if soak.live is not None and soak.found is not None and soak.found < soak.live:
        yield f"{shown} held {soak.found:,} of the {soak.live:,} records that it should hold at the end."
    if soak.altered:
        yield f"{shown} held {soak.altered:,} records whose text had changed."
    if soak.came_back:
        yield f"{soak.came_back:,} of the records deleted last from {shown} were there at the end."
