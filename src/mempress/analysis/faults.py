"""What became of the system under each fault: audits before and after it, held against each other."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.analysis.answers import unpack
from mempress.analysis.faultwords import not_made, verdict
from mempress.analysis.shares import share_of
from mempress.journal import Audited, FaultBegan, FaultEnded, FaultSkipped, FaultStage
from mempress.model import FaultOutcome
from mempress.percentile import percentile
from mempress.samples import removed_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mempress.analysis.trail import Trail
    from mempress.config import RunConfig
    from mempress.faultspec import FaultSpec
    from mempress.samples import Sample

_HELD_BEFORE = frozenset({"acknowledged", "restored"})
_NEIGHBOURS = 5


def faults(trail: Trail, config: RunConfig) -> list[FaultOutcome]:
    """Give what became of each fault that was asked for, in the order of the configuration."""
    return [_outcome(number, spec, trail, config) for number, spec in enumerate(config.fault_specs())]


@dataclass(frozen=True, slots=True)
class _Fault:
    """One fault that was begun, and the journal around it."""

    began: FaultBegan
    ended: FaultEnded | None
    stages: Sequence[FaultStage]
    audits: Sequence[Audited]
    trail: Trail
    config: RunConfig

    @property
    def records(self) -> int:
        """Acknowledged when it fell: a kill may have had to wait for a call that it could meet."""
        struck = None if self.ended is None else self.ended.struck
        if self.ended is None or struck is None:
            return self.began.records
        return self.ended.records + (struck.count if struck.acknowledged else 0)

    @property
    def over_ns(self) -> float:
        """When what disturbed the system was over: before a stage in which there was room again."""
        room = (float(stage.t_ns) for stage in self.stages if stage.stage == "room")
        return next(room, math.inf if self.ended is None else self.ended.t_ns)

    def during(self, t_ns: int) -> bool:
        """Whether a moment lies within it."""
        return self.began.t_ns < t_ns and (self.ended is None or t_ns <= self.ended.t_ns)

    def asked(self, moment: str | None, subjects: Iterable[str]) -> list[Audited]:
        """Give the audits of a moment (None: any) and of these subjects."""
        return [audit for audit in self.audits if moment in (None, audit.moment) and audit.subject in subjects]


@dataclass(frozen=True, slots=True)
class _Count:
    """What audits found together."""

    asked: int
    found: int
    changed: int


def _outcome(number: int, spec: FaultSpec, trail: Trail, config: RunConfig) -> FaultOutcome:
    lines = [line for line in trail.faults if line.fault == number]
    began = next((line for line in lines if isinstance(line, FaultBegan)), None)
    if began is None:
        skipped = next((line for line in lines if isinstance(line, FaultSkipped)), None)
        words = not_made(spec, trail, None if skipped is None else skipped.reason)
        return FaultOutcome(fault=spec.name, phase=spec.phase, share=spec.share, made=False, verdict=words)
    fault = _Fault(
        began,
        next((line for line in lines if isinstance(line, FaultEnded)), None),
        [line for line in lines if isinstance(line, FaultStage)],
        [line for line in lines if isinstance(line, Audited)],
        trail,
        config,
    )
    found = FaultOutcome(
        fault=spec.name,
        phase=spec.phase,
        share=spec.share,
        made=True,
        verdict="",
        records=fault.records,
        mechanism=began.mechanism,
        terms=began.terms,
        **_holdings(fault),
        **_cut_short(fault),
        **_course(fault),
        **_stretches(fault),
    )
    return msgspec.structs.replace(found, verdict=verdict(found, trail, fault.ended))


def _holdings(fault: _Fault) -> dict[str, Any]:
    """Give what was there after it of what was there before."""
    after = fault.asked("after", _HELD_BEFORE)
    if not after:
        nothing = bool(fault.ended) and not fault.asked("before", _HELD_BEFORE) and not fault.began.records
        return {"audited": 0 if nothing else None}
    count, population = _count(after), sum(audit.population for audit in after)
    missing = count.asked - count.found
    by_rule = round(_evicted_at_most(fault, population) * count.asked / max(1, population))
    lost = max(0, missing - by_rule)
    deleted = fault.asked(None, {"deleted"})
    gone = _count(deleted)
    return {
        "method": after[0].method,
        "population": population,
        "audited": count.asked,
        "found": count.found,
        "lost": lost,
        "lost_share": share_of(lost, count.asked, population) if count.asked < population else None,
        "evicted": missing - lost,
        "corrupt": count.changed,
        "deleted": gone.asked if deleted else None,
        "came_back": gone.found if deleted else None,
    }


def _evicted_at_most(fault: _Fault, held: int) -> int:
    """Give how many records may be gone by the system's own rule.

    What it testified to since the fault began, or what its capacity forces out for the records offered since. A kill
    takes the testimony with it: there as many may be gone as ever went over one batch before.
    """
    trail, capacity = fault.trail, fault.config.capacity_records
    bounded = "bounded" in trail.capabilities
    testified = sum(
        removed_by(item) for said in trail.testified if fault.during(said.t_ns) for item in said.events
    ) + sum(removed_by(asked.value) for asked in trail.maintained if fault.during(asked.t_ns))
    struck = None if fault.ended is None else fault.ended.struck
    refused = sum(len(call.importance) for call in trail.stored if fault.during(call.t_ns) and call.error is not None)
    offered = refused if struck is None or struck.acknowledged else struck.count
    forced = max(0, held + offered - capacity) if bounded and capacity is not None else 0
    before = _largest_eviction(fault) if struck is not None and struck.count else 0
    return max(testified, forced, before)


def _largest_eviction(fault: _Fault) -> int:
    """Give the most records that went between two samples before the fault, of a system that evicts by declaration."""
    trail = fault.trail
    if "bounded" not in trail.capabilities and "events" not in trail.capabilities:
        return 0
    samples = [sample for sample in trail.samples if sample.t_ns < fault.began.t_ns]
    return max((_went(earlier, later) for earlier, later in pairwise(samples)), default=0)


def _went(earlier: Sample, later: Sample) -> int:
    if earlier.held is None or later.held is None:
        return later.removed - earlier.removed
    return max(later.removed - earlier.removed, earlier.held + later.records - earlier.records - later.held)


def _cut_short(fault: _Fault) -> dict[str, Any]:
    """Give what the fault interrupted, and whether the system came up again."""
    ended = fault.ended
    if ended is None:
        return {}
    cut = fault.asked("after", {"unacknowledged"})
    found: dict[str, Any] = {"counted": ended.counted}
    if cut:
        found |= {"unacknowledged": _count(cut).asked, "unacknowledged_found": _count(cut).found}
    if ended.struck is not None:
        found |= {"in_call_ms": _ms(ended.struck.into_call_ns), "usual_call_ms": _ms(ended.struck.usual_call_ns)}
    if (again := ended.reopened) is not None:
        found |= {"reopened": again.error is None, "downtime_s": again.down_ns / 1e9, "open_s": again.open_ns / 1e9}
    return found


def _course(fault: _Fault) -> dict[str, Any]:
    """Give what the load met while it lasted, and how it went on."""
    began, over = fault.began.t_ns, fault.over_ns
    stored = [call for call in fault.trail.stored if began < call.t_ns <= over]
    failed = [error for error in fault.trail.failed if fault.during(error.t_ns)]
    later = next((call for call in fault.trail.stored if call.t_ns > over), None)
    return {
        "acknowledged_during": sum(len(call.importance) for call in stored if call.error is None),
        "refused_during": sum(len(call.importance) for call in stored if call.error is not None),
        "went_on": None if later is None else later.error is None,
        "errors": sum(error.count for error in failed),
        "first_error": failed[0].message if failed else None,
    }


def _stretches(fault: _Fault) -> dict[str, Any]:
    """Give the median times of store calls and searches, and the recall, before, in each stage, and after."""
    last = math.inf if fault.ended is None else fault.ended.t_ns
    stages = [(stage.stage, float(stage.t_ns)) for stage in fault.stages] or [("", float(fault.began.t_ns))]
    stores, searches, recalls = {}, {}, {}
    for (name, low), (_, high) in pairwise([("before", 0.0), *stages, ("after", last), ("", math.inf)]):
        if not name:
            continue
        near = slice(-_NEIGHBOURS, None) if name == "before" else slice(0, _NEIGHBOURS)
        calls = [call.latency_ns / 1e6 for call in fault.trail.stored if low < call.t_ns <= high and not call.error]
        samples = [s for s in fault.trail.samples if low < s.t_ns <= high and s.mark in {"batch", "fault"}]
        stores[name] = median(calls[near]) if calls else None
        searches[name] = percentile([ms for sample in samples[near] for ms in sample.latencies_ms], 50)
        answers = [sample.answers.recall for sample in samples[near] if sample.answers is not None]
        recalls[name] = fmean(answers) if answers else None
    return {"store_ms": stores, "search_p50_ms": searches, "recall": recalls}


def _count(audits: Iterable[Audited]) -> _Count:
    asked = found = changed = 0
    for audit in audits:
        size = _asked(audit)
        asked += size
        found += sum(unpack(audit.found, size))
        changed += 0 if audit.changed is None else sum(unpack(audit.changed, size))
    return _Count(asked, found, changed)


def _asked(audit: Audited) -> int:
    if isinstance(audit.asked, str):
        return int.from_bytes(base64.b64decode(audit.asked)).bit_count()
    return sum(count for _, count in audit.asked)


def _ms(value_ns: int | None) -> float | None:
    return None if value_ns is None else value_ns / 1e6
