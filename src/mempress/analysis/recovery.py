"""What became of a saturated system: emergency maintenance, restart, load again, and the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.detect import Objectives, StateOfHealth, States, Verdict, verdict
from mempress.detect.saturation import HEALTH_FLOOR
from mempress.health import Judge, p95_ms
from mempress.model import DIED, Recovery, RecoveryStep

if TYPE_CHECKING:
    from mempress.analysis.trail import Judged, Trail
    from mempress.config import RunConfig
    from mempress.samples import Sample

_MIB = 1 << 20


def recovery(trail: Trail, judged: Judged, config: RunConfig, *, saturated: bool) -> Recovery | None:
    """Judge the recovery; None where the system did not saturate."""
    if not saturated:
        return None
    load = trail.load()
    after = [sample for sample in trail.samples if sample.phase == "post_recovery"]
    moments = {
        "saturated": trail.final(),
        "after_emergency": _first(trail, "after_emergency"),
        "after_restart": _first(trail, "after_restart"),
        "after_load": after[-1] if after else None,
    }
    states = {name: _state(sample, judged) for name, sample in moments.items()}
    judgement = _died(trail) or verdict(
        States(
            saturated=states["saturated"],
            after_maintenance=states["after_emergency"],
            after_restart=states["after_restart"],
            after_load=states["after_load"],
            reference=_state(load[0], judged) if load else None,
        ),
        Objectives(p95_ms=judged.terms.objective_ms, memory_bytes=config.memory_limit_bytes),
    )
    return Recovery(
        verdict=judgement.outcome,
        reason=judgement.reason,
        steps=[_step(name, sample, judged) for name, sample in moments.items() if sample is not None],
        records_to_objective=_records_to_objective(trail, judged),
        second_saturation_at_records=_second_saturation(after, judged, config),
    )


def _died(trail: Trail) -> Verdict | None:
    """Give the verdict on a system that died in its recovery: it did not come back."""
    ended = trail.ended
    if ended is None or ended.status not in DIED or ended.phase not in {"recovery", "post_recovery"}:
        return None
    return Verdict("not", f"it ended in its recovery: {ended.reason}")


def _first(trail: Trail, mark: str) -> Sample | None:
    return next((sample for sample in trail.samples if sample.mark == mark), None)


def _state(sample: Sample | None, judged: Judged) -> StateOfHealth | None:
    if sample is None:
        return None
    return StateOfHealth(
        p95_ms=p95_ms(sample),
        health=judged.healths[sample.index].score,
        errors=sample.new_errors,
        memory_bytes=None if sample.memory is None else sample.memory.pss_bytes,
        retained=sample.held,
        recall=None if sample.answers is None else sample.answers.recall,
    )


def _step(moment: str, sample: Sample, judged: Judged) -> RecoveryStep:
    return RecoveryStep(
        moment=moment,
        records=sample.records,
        held=sample.held,
        memory_mb=None if sample.memory is None else sample.memory.pss_bytes / _MIB,
        p95_ms=p95_ms(sample),
        health=judged.healths[sample.index].score,
        recall=None if sample.answers is None else sample.answers.recall,
        errors=sample.new_errors,
    )


def _records_to_objective(trail: Trail, judged: Judged) -> int | None:
    """Give how many records were stored after saturation until the first sample within the objective."""
    final = trail.final()
    if final is None:
        return None
    for sample in trail.samples[final.index + 1 :]:
        p95, score = p95_ms(sample), judged.healths[sample.index].score
        fast = p95 is None or judged.terms.objective_ms is None or p95 <= judged.terms.objective_ms
        if fast and (score is None or score >= HEALTH_FLOOR) and not sample.new_errors:
            return sample.records - final.records
    return None


def _second_saturation(after: list[Sample], judged: Judged, config: RunConfig) -> int | None:
    """Judge the post-recovery load by the first load's objective."""
    again = Judge(
        capacity_records=config.capacity_records,
        memory_limit_bytes=config.memory_limit_bytes,
        given_objective_ms=judged.terms.objective_ms,
        k=config.saturation_samples,
    )
    for sample in after:
        again.add(sample, bounded=judged.terms.bounded)
    return again.saturation.records if again.saturation is not None else None
