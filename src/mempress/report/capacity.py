"""What a system takes under a memory limit, as a document: the sentence, the trials, and how it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import UNMEASURED, figure, measure, plain
from mempress.report.blocks import Document, Points, Section, Table

if TYPE_CHECKING:
    from mempress.model.capacity import Capacity, CapacityProbe, CapacityTrial, Question

_MIB = 1 << 20
_OUTCOMES = {
    "edge": "found",
    "at_least": "no end reached",
    "keeps_within": "keeps within the limit",
    "never": "never taken",
}


def capacity_document(found: Capacity) -> Document:
    """Give the whole report of a search for the capacity."""
    probes = [(trial, probe) for trial in found.trials for probe in trial.probes]
    sections = (
        Section("Finding", (Points((plain(found.words, 600), *_spread(found))), trials_table(found))),
        Section("Every run", (_probes_table(probes),)),
        Section("How it was asked", (Points(_conditions(found)),)),
    )
    return Document("Capacity", f"{plain(found.label)}: {_asked(found)}", sections)


def capacity_summary(found: Capacity) -> Document:
    """Give what a terminal shows: the sentence and the trials."""
    return Document("Capacity", "", capacity_document(found).sections[:1])


def trials_table(found: Capacity) -> Table:
    """Give what each trial found."""
    columns = ("Trial", "Outcome", "Held", "Offered", "Limit (MiB)", "Failed at", "Runs")
    rows = tuple(_trial_row(trial, found) for trial in found.trials)
    note = "Held and Offered: in the largest run that was taken. Failed at: the nearest records, or MiB, that were not."
    return Table(columns, rows, frozenset(range(2, len(columns))), title="Trials", note=note)


def _trial_row(trial: CapacityTrial, found: Capacity) -> tuple[str, ...]:
    limit = trial.figure if found.question == "memory" else found.memory_limit_bytes
    return (
        f"{trial.trial}",
        _OUTCOMES[trial.outcome],
        figure(trial.records_held, "records"),
        figure(trial.records_offered, "records"),
        _mib(limit),
        figure(trial.fails_at, "records") if found.question == "records" else _mib(trial.fails_at),
        f"{len(trial.probes)}",
    )


def _probes_table(probes: list[tuple[CapacityTrial, CapacityProbe]]) -> Table:
    columns = ("Run", "Records", "Limit (MiB)", "Acknowledged", "Held", "Peak (MiB)", "Taken", "Why not")
    rows = tuple(
        (
            probe.run,
            f"{probe.records:,}",
            _mib(probe.memory_limit_bytes),
            f"{probe.acknowledged:,}",
            figure(probe.held, "records"),
            figure(probe.peak_memory_mb, "MiB"),
            "yes" if probe.taken else "no",
            plain(probe.why_not or "", 160),
        )
        for _, probe in probes
    )
    return Table(columns, rows, frozenset(range(1, 6)))


def _spread(found: Capacity) -> tuple[str, ...]:
    if found.spread is None or len(found.trials) < 2:
        return ()
    resolution = f"{found.resolution * 100:.3g}%"
    return (f"The trials lie within {found.spread:.1%} of their median; each was searched to {resolution}.",)


def _asked(found: Capacity) -> str:
    return _QUESTIONS[found.question].format(
        limit=measure((found.memory_limit_bytes or 0) / _MIB, "MiB"), records=found.records or 0
    )


_QUESTIONS: dict[Question, str] = {
    "records": "the most records under a memory limit of {limit}.",
    "memory": "the least memory limit for {records:,} records.",
}


def _conditions(found: Capacity) -> tuple[str, ...]:
    mechanisms = found.environment.get("mechanisms", {})
    workload = found.trials[0].probes[-1] if found.trials and found.trials[0].probes else None
    return (
        f"Limit: {plain(str(mechanisms.get('memory_limit', UNMEASURED)), 600)}",
        f"Workload {plain(found.config.workload)}, seed {found.seed}"
        + ("" if workload is None else f"; SHA-256 of {workload.records:,} records: {workload.workload_sha256}"),
        "A run is taken if every store was acknowledged, the searches after the last record returned within the "
        "objective, and nothing died; of memory it is also asked that every record is held, where that can be counted.",
    )


def _mib(size_bytes: int | None) -> str:
    return UNMEASURED if size_bytes is None else figure(size_bytes / _MIB, "MiB")
