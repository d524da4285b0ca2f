"""The verdict on a fault, in words that bear its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import figure, measure, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mempress.analysis.trail import Trail
    from mempress.faultspec import FaultSpec
    from mempress.journal import FaultEnded
    from mempress.model import FaultOutcome, Summary

_ENDS_PROCESS = frozenset({"kill", "restart"})


def not_made(spec: FaultSpec, trail: Trail, skipped: str | None) -> str:
    """Say why a fault was not made; ``skipped`` is the reason that the journal gives."""
    if skipped is not None:
        return f"not made: {skipped}"
    offered = [call for call in trail.stored if call.phase == spec.phase]
    if not offered:
        return f"not made: the run had no phase {spec.phase}"
    last = offered[-1].first + len(offered[-1].importance)
    return f"not made: the {spec.phase.replace('_', '-')} ended at {last:,} records offered, before its place"


def verdict(found: FaultOutcome, trail: Trail, ended: FaultEnded | None) -> str:
    """Say what became of the records, and of what else the fault touched."""
    if ended is None:
        why = trail.ended.reason if trail.ended is not None else "the harness was stopped"
        return f"unknown: the run ended while it lasted ({why})"
    if ended.reopened is not None and ended.reopened.error is not None:
        return f"it did not open again: {ended.reopened.error}"
    return "; ".join(_parts(found, persistent="persistence" in trail.capabilities))


def fault_findings(shown: str, summary: Summary) -> Iterator[str]:
    """Say what each fault did to a system, which is shown under this name."""
    for found in summary.faults:
        where = "" if found.records is None else f" at {found.records:,} records"
        yield f"{shown}, fault {plain(found.fault, 20)}{where}: {plain(found.verdict, 800)}."


def losses(shown: str, runs: Sequence[Summary]) -> Iterator[str]:
    """Say of each fault what every run lost: the one that stands for the system may be a lucky one."""
    if len(runs) > 1:
        for faults in zip(*(run.faults for run in runs), strict=False):
            lost = ", ".join(figure(found.lost, "records") for found in faults)
            yield f"{shown}, fault {plain(faults[0].fault, 20)} in each of its {len(runs)} runs: records lost {lost}."


def _parts(found: FaultOutcome, *, persistent: bool) -> Iterator[str]:
    yield _records(found, persistent=persistent)
    if found.fault == "disk-full":
        yield _full_disk(found)
    if found.fault == "slow-disk":
        yield f"a store call took {_in_turn(found.store_ms, 'ms')}"
    if found.fault == "clock-jump" and any(value is not None for value in found.recall.values()):
        yield f"recall was {_in_turn(found.recall, 'share')}"
    if found.corrupt:
        yield f"{found.corrupt:,} came back with another text"
    if found.deleted:
        yield f"{_of(found.came_back, found.deleted)} deleted records came back"
    if found.unacknowledged:
        there = _of(found.unacknowledged_found, found.unacknowledged)
        yield f"{there} records of the store call that it cut short are there"
    if found.downtime_s is not None:
        yield f"open again after {found.downtime_s:.3g} s"


def _full_disk(found: FaultOutcome) -> str:
    offered = found.acknowledged_during + found.refused_during
    if found.refused_during:
        said = f" ({plain(found.first_error, 120)})" if found.first_error else ""
        took = f"refused {found.refused_during:,} of the {offered:,} records offered to a full disk{said}"
    elif found.counted.get("refused") == 0:
        took = f"took the {offered:,} records offered to a full disk without asking for more room"
    else:
        took = f"acknowledged all {offered:,} records offered to a full disk"
    if found.went_on is None:
        return took
    return f"{took}, and {'went on' if found.went_on else 'did not go on'} when there was room"


def _in_turn(values: Mapping[str, float | None], unit: str) -> str:
    return ", ".join(f"{measure(value, unit)} {name}" for name, value in values.items() if value is not None)


def _records(found: FaultOutcome, *, persistent: bool) -> str:
    if found.audited is None or found.found is None or found.lost is None:
        return "nothing had been acknowledged before it" if found.audited == 0 else "unknown: it could not be audited"
    if found.fault in _ENDS_PROCESS and not persistent:
        if not found.found:
            return f"holds nothing after a {found.fault}, as it declares (no persistence)"
        return f"holds {found.found:,} of {found.audited:,} records, though it declares no persistence"
    evicted = ""
    if found.evicted:
        evicted = f", {found.evicted:,} more went as its own rule allows (capacity or testimony)"
    if found.lost:
        return f"lost {found.lost:,} of {_base(found)}{_interval(found)}{evicted}"
    there = f"all {found.found:,}" if not found.evicted else f"{found.found:,}"
    return f"lost nothing of {_base(found)}: {there} are there{evicted}"


def _base(found: FaultOutcome) -> str:
    if found.lost_share is None:
        return f"{found.audited:,} acknowledged records"
    return f"a sample of {found.audited:,} of {found.population:,} acknowledged records"


def _interval(found: FaultOutcome) -> str:
    if found.lost_share is None:
        return ""
    share = found.lost_share
    return f" ({share.share:.1%}, 95% interval {share.low:.1%} to {share.high:.1%})"


def _of(part: int | None, whole: int) -> str:
    if part == whole:
        return f"all {whole:,}"
    return f"{part or 'none':,} of {whole:,}" if part else f"none of {whole:,}"
