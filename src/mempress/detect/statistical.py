"""The statistical detector: maintenance events told from noise, growth and hiccups, on all series at once.

Each noisy series is explained by growth, lasting steps, kinks, outliers and autocorrelated noise (``steps``); exact
counts are judged on their own (``counts``). A step counts if it is an improvement, larger than the effect floor and
significant after correction for every position and every series looked at; or if several series take one at the same
sample that is significant for them together (``together``). ``docs/detection.md`` has the method and its calibration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mempress.detect.counts import removals_held, removals_sampled
from mempress.detect.series import REASONS, REMOVED, Detection
from mempress.detect.together import find_together
from mempress.detect.tracks import Track, read_tracks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.detect.counts import Removal
    from mempress.detect.series import JSON, TracePoint
    from mempress.detect.together import Together

ALPHA = 0.01
"""The default chance of any event in a trace without maintenance."""

CONFIRMED = 0.01
"""The one-look p under which a series joins an event that others show."""

LEAST_SAMPLES = 2
WINDOW = 240
"""A longer trace is judged in windows of so many samples."""

_MOVABLE = 0.1
"""The one-look p under which a step is as well explained at the place of a surer one nearby."""
_NEAR = 3
"""A step's place is uncertain by so many samples at most."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """One reason for an event at a sample; ``rank`` says how sure its place is (lower is surer)."""

    place: int
    reason: str
    rank: float
    evidence: Mapping[str, JSON]
    track: Track | None = None


def statistical(points: Sequence[TracePoint], *, alpha: float = ALPHA) -> list[Detection]:
    """Find the maintenance events of a trace; ``alpha`` bounds the chance of any event where there was none.

    Half of it is spent on each series alone, half on all of them together. Too few samples give no event. A long trace
    is judged in windows that overlap by half, each in its middle: the time grows with the square of a window.
    """
    if len(points) <= WINDOW:
        return _judge(points, alpha)
    starts = range(0, len(points) - WINDOW // 2, WINDOW // 2)
    return [found for start in starts for found in _in_window(points, start, alpha / len(starts))]


def _in_window(points: Sequence[TracePoint], start: int, alpha: float) -> Iterator[Detection]:
    """Give the events in the middle half of a window; at an end of the trace, up to there."""
    window = points[start : start + WINDOW]
    low = WINDOW // 4 if start else 0
    high = WINDOW * 3 // 4 if start + WINDOW < len(points) else len(window)
    for found in _judge(window, alpha):
        if low <= found.index < high:
            yield replace(found, index=start + found.index)


def _judge(points: Sequence[TracePoint], alpha: float) -> list[Detection]:
    if len(points) < LEAST_SAMPLES:
        return []
    tracks = read_tracks(points, alpha / 2)
    removed = list(_removed(points, alpha))
    informed = [track.with_steps([finding.place for finding in removed], CONFIRMED) for track in tracks]
    together = find_together(informed, len(points), alpha / 2)
    findings = [*removed, *_alone(tracks, len(points)), *_joined(together, tracks)]
    return [_detection(points, together.tracks, group) for group in _grouped(findings)]


def _removed(points: Sequence[TracePoint], alpha: float) -> Iterator[_Finding]:
    """Give the removals by exact counts; by sampled ids where there is no count."""
    held = removals_held(points)
    yield from (_Finding(found.index, REMOVED, -1.0, _of_count(found, "retained")) for found in held)
    if all(point.retained is None for point in points):
        for found in removals_sampled(points, alpha):
            yield _Finding(found.index, REMOVED, found.p or 0.0, _of_count(found, "sampled_gone"))


def _of_count(found: Removal, source: str) -> dict[str, JSON]:
    return {
        "detector": "statistical",
        "source": source,
        "statistic": found.statistic,
        "p": found.p,
        "before": found.before,
        "after": found.after,
        "effect": found.after - found.before,
    }


def _alone(tracks: Sequence[Track], samples: int) -> Iterator[_Finding]:
    for track in tracks:
        for step in track.improvements():
            p = min(1.0, track.p_of(step) * samples * len(tracks))
            yield _Finding(track.places[step.index], track.kind.reason, p, track.evidence(step, p), track)


def _joined(together: Together, alone: Sequence[Track]) -> Iterator[_Finding]:
    """Give the findings of the samples at which the series together improve; not again what one shows alone."""
    known = {(track.kind.reason, track.places[step.index]) for track in alone for step in track.improvements()}
    for place, p in together.places:
        for track in together.tracks:
            step = track.step_at_place(place)
            if step is None or (track.kind.reason, place) in known:
                continue
            if track.p_of(step) < CONFIRMED and track.large_enough(step):
                yield _Finding(place, track.kind.reason, p, track.evidence(step, p), track)


def _grouped(findings: list[_Finding]) -> list[list[_Finding]]:
    """Group the findings of one event, the surest place first in each group."""
    groups: list[list[_Finding]] = []
    for finding in sorted(findings, key=lambda one: one.rank):
        own = next((group for group in groups if _belongs(finding, group[0])), None)
        if own is None:
            groups.append([finding])
        else:
            own.append(finding)
    return sorted(groups, key=lambda group: group[0].place)


def _belongs(finding: _Finding, surer: _Finding) -> bool:
    """Tell whether a finding is of the surer one's event: at its sample or a neighbour, or as well explained there."""
    apart = abs(finding.place - surer.place)
    if apart <= 1:
        return not (finding.rank < 0.0 and apart)
    if apart > _NEAR or finding.track is None:
        return False
    track = finding.track
    if surer.place not in track.places:
        return False
    step = track.model.moved_step(track.places.index(finding.place), track.places.index(surer.place))
    return step is not None and track.p_of(step) < _MOVABLE


def _detection(points: Sequence[TracePoint], tracks: Sequence[Track], group: Sequence[_Finding]) -> Detection:
    """Make the event of a group, joined by the series that confirm it there.

    A neighbour's finding gives its reason only where its values improve at the event itself too.
    """
    place = group[0].place
    shown = [one for one in group if one.place == place or one.track is None or one.track.improves_at(place)]
    evidence = {finding.reason: finding.evidence for finding in reversed(shown)}
    for track in tracks:
        step = None if track.kind.reason in evidence else track.step_at_place(place)
        if step is not None and track.p_of(step) < CONFIRMED and track.large_enough(step):
            evidence[track.kind.reason] = track.evidence(step, track.p_of(step))
    reasons = tuple(reason for reason in REASONS if reason in evidence)
    return Detection(place, points[place].records, reasons, {reason: evidence[reason] for reason in reasons})
