"""The figures of a soak that should stand still, and whether they do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from mempress.detect.trend import LEAST_VALUES, find_trend
from mempress.format import figure
from mempress.model import SoakTrend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mempress.analysis.trail import Judged, Trail
    from mempress.detect.trend import Envelope
    from mempress.journal import MemoryRead
    from mempress.model import Figure
    from mempress.samples import Sample

_MIB = 1 << 20
_NS_PER_MINUTE = 60e9
_SECONDS_PER_MINUTE = 60.0
_SHOWN_SHARE = 1e-3


@dataclass(frozen=True)
class Course:
    """A soak proper, without its fill."""

    trail: Trail
    judged: Judged

    @cached_property
    def samples(self) -> list[Sample]:
        """The stretches, in order."""
        return [sample for sample in self.trail.load() if sample.mark == "soak"]

    @cached_property
    def began_ns(self) -> int:
        """When the fill was over."""
        filled = [sample.t_ns for sample in self.trail.load() if sample.mark == "fill"]
        return filled[-1] if filled else 0

    @property
    def seconds(self) -> float:
        """How long it went on."""
        return self.minute_of(self.samples[-1].t_ns) * _SECONDS_PER_MINUTE if self.samples else 0.0

    def minute_of(self, t_ns: int) -> float:
        """Give a moment as minutes since the fill was over."""
        return (t_ns - self.began_ns) / _NS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class _Kind:
    """One figure: how it is read, which value stands for a while, and what rise over the whole soak matters."""

    unit: str
    read: Callable[[Sample, Course], float | None]
    envelope: Envelope
    least: float
    share: float
    """Of its level; the larger of this and ``least`` is the floor."""


def _unreclaimable(memory: MemoryRead | None) -> float | None:
    """Give memory without mapped files, whose pages the kernel takes back as it likes; MiB."""
    return None if memory is None else (memory.rss_bytes - memory.rss_file_bytes) / _MIB


def _health_lost(sample: Sample, course: Course) -> float | None:
    score = course.judged.healths[sample.index].score
    return None if score is None else 1.0 - score


_KINDS: Mapping[Figure, _Kind] = {
    "memory": _Kind("MiB", lambda sample, _: _unreclaimable(sample.memory), "lowest", 2.0, 0.01),
    "disk": _Kind(
        "MiB", lambda sample, _: None if sample.disk is None else sample.disk.used_bytes / _MIB, "lowest", 2.0, 0.01
    ),
    "search_p95": _Kind("ms", lambda sample, _: sample.p95_ms, "middle", 0.02, 0.1),
    "health_lost": _Kind("share", _health_lost, "middle", 0.05, 0.0),
}
_HARNESS = _Kind("MiB", lambda _, __: None, "lowest", 2.0, 0.01)


def trends(course: Course) -> list[SoakTrend]:
    """Give the trend of each figure, memory first, that of the harness's own memory last."""
    minutes = [course.minute_of(sample.t_ns) for sample in course.samples]
    found = [
        _trend(name, kind, minutes, [kind.read(sample, course) for sample in course.samples])
        for name, kind in _KINDS.items()
    ]
    own = [event.harness_rss_bytes / _MIB for event in course.trail.soaked if event.mark == "soak"]
    return [*found, _trend("harness_memory", _HARNESS, minutes, own)]


def _trend(name: Figure, kind: _Kind, minutes: list[float], values: list[float | None] | list[float]) -> SoakTrend:
    known = [value for value in values if value is not None]
    level = median(known) if known else 0.0
    floor = max(kind.least, kind.share * level) / minutes[-1] if minutes and minutes[-1] > 0 else 0.0
    found = find_trend(minutes, values, floor=floor, envelope=kind.envelope)
    if found is None:
        reason = "not measured" if not known else f"under {LEAST_VALUES} stretches: soak longer"
        return SoakTrend(
            figure=name,
            unit=kind.unit,
            judgement="unknown",
            reason=reason,
            per_minute=None,
            low=None,
            high=None,
            floor=None,
            steady_from_s=None,
            level=None,
        )
    return SoakTrend(
        figure=name,
        unit=kind.unit,
        judgement=found.judgement,
        reason=found.reason,
        per_minute=found.slope,
        low=found.low,
        high=found.high,
        floor=floor,
        steady_from_s=None if found.steady_from is None else found.steady_from * _SECONDS_PER_MINUTE,
        level=found.level,
    )


NAMES: Mapping[Figure, str] = {
    "memory": "its memory",
    "disk": "its disk",
    "search_p95": "its search p95",
    "health_lost": "its health",
    "harness_memory": "the harness's own memory",
}
_RISES: Mapping[Figure, str] = {
    "memory": "leaks",
    "disk": "grows",
    "search_p95": "rises",
    "health_lost": "falls",
    "harness_memory": "grows",
}


def in_words(trend: SoakTrend) -> str:
    """Say a trend in a sentence without a full stop."""
    what = NAMES[trend.figure]
    if trend.per_minute is None or trend.low is None or trend.high is None or trend.floor is None:
        return f"whether {what} stands still is unknown: {trend.reason}"
    unit = f"{trend.unit}/min" if trend.unit != "share" else "/min"
    slope, low, high, floor = (figure(value) for value in shown_slopes(trend))
    figures = f"{slope} {unit} ({low} to {high}; what counts is over {floor})"
    if trend.judgement == "rises":
        return f"{what} {_RISES[trend.figure]}: {figures}"
    if trend.judgement == "flat":
        return f"{what} stands still: {figures}"
    return f"whether {what} stands still is undecided: {figures}; {trend.reason}"


def shown_slopes(trend: SoakTrend) -> tuple[float | None, ...]:
    """Give slope, low, high and floor as they are shown: what is under a thousandth of the floor is 0."""
    least = (trend.floor or 0.0) * _SHOWN_SHARE
    values = (trend.per_minute, trend.low, trend.high, trend.floor)
    return tuple(None if value is None else value if abs(value) >= least else 0.0 for value in values)
