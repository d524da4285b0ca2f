"""Systems of which little is known, and one whose every text is hostile."""

from __future__ import annotations

import msgspec

from mempress.model import Deletion, ErrorEntry, FaultOutcome, LookedForDeleted, Summary
from tests.report.handmade.measured import completed, saturated
from tests.report.handmade.parts import HOSTILE, event, no_answers, reconciliation, unmeasured


def crashed(name: str = "brittle") -> Summary:
    """Died in its first batch: nearly nothing is known."""
    base = completed(name)
    return msgspec.structs.replace(
        base,
        status="crashed",
        reason="the process was ended by SIGSEGV, in phase load after 0 acknowledged records",
        ended_in_phase="load",
        ended_at_records=0,
        version=None,
        capabilities=[],
        facts=[],
        objective_ms=None,
        reference_ms=None,
        metrics=unmeasured(errors=1),
        memory_mb={"baseline": 31.0, "final": None},
        retained_by=None,
        health_components={},
        health_terms=[],
        lowest_health=None,
        maintenance_events=[],
        detectors=None,
        errors=[ErrorEntry(phase="load", records=0, kind="fatal", operation="store", message="SIGSEGV", count=1)],
        answers=no_answers(),
        reconciliation=reconciliation(
            acknowledged=0,
            said_removed=0,
            held=None,
            held_by=None,
            held_low=None,
            held_high=None,
            reconciled=None,
            retrievable=None,
        ),
        forgetting=None,
        readability=None,
        deletion=None,
        growth=None,
        samples=[],
        noise={"steal_share": None, "stall_share": None, "load_1m_max": None},
        output_bytes=21,
        output_tail="Segmentation fault\n```",
    )


def unavailable(name: str = "missing") -> Summary:
    return msgspec.structs.replace(
        crashed(name), status="unavailable", reason="No module named 'missing'", ended_in_phase="setup", output_tail=""
    )


def interrupted(name: str = "neuroca") -> Summary:
    base = completed(name)
    return msgspec.structs.replace(
        base,
        status="interrupted",
        reason="stopped by the user",
        ended_in_phase="load",
        ended_at_records=4_000,
        samples=base.samples[:4],
        metrics=msgspec.structs.replace(unmeasured(errors=0), max_records=4_000),
        maintenance_events=[],
        detectors=None,
        answers=no_answers(),
    )


def hostile() -> Summary:
    """Every text that a system can write holds markup, escapes, marks and 10,000 characters."""
    base = saturated(HOSTILE)
    return msgspec.structs.replace(
        base,
        system=HOSTILE,
        reason=HOSTILE,
        version=HOSTILE,
        capabilities=[HOSTILE],
        reconciliation=reconciliation(held_by=HOSTILE, retrievable_of=HOSTILE),
        deletion=Deletion(
            deleted=1,
            said=None,
            latency_ms=1.0,
            error=HOSTILE,
            looks=[LookedForDeleted(moment=HOSTILE, got=None, found=0, searched=1, came_back=0)],
        ),
        facts=[HOSTILE],
        retained_by=HOSTILE,
        ended_in_phase=HOSTILE,
        health_components={HOSTILE: 0.5},
        memory_mb={HOSTILE: 1.0},
        maintenance_events=[
            event(
                3_000,
                phase=HOSTILE,
                reasons=[HOSTILE],
                effects={HOSTILE: {"before": 1.0, "after": 2.0}},
                evidence={"x": "</script>" * 500},
            )
        ],
        errors=[ErrorEntry(phase=HOSTILE, records=1, kind="exception", operation=HOSTILE, message=HOSTILE, count=1)],
        output_bytes=99,
        output_tail=HOSTILE,
        faults=[FaultOutcome(fault=HOSTILE, phase=HOSTILE, share=0.5, made=True, verdict=HOSTILE, mechanism=HOSTILE)],
    )
