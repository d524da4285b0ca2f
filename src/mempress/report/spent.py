"""Where the time of the command that ran a benchmark went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import figure, measure, plain
from mempress.report.blocks import Table

if TYPE_CHECKING:
    from mempress.model import CommandTime, Result

_STAGES = {
    "workload": "Making the workload",
    "calibration": "Measuring what the harness adds",
    "environments": "Preparing environments",
    "runs": "Runs: feeding, reading memory, writing the journal",
    "judging": "Judging the journals",
    "pictures": "Drawing pictures",
    "other": "Starting, loading libraries, the rest",
}


def time_words(time: CommandTime) -> str:
    """Give it in one sentence."""
    waiting = f", {_share(time.waiting_s / time.whole_s)} waiting as asked for" if time.waiting_s else ""
    return (
        f"The command took {measure(time.whole_s, 's')}: {_share(time.systems_s / time.whole_s)} inside the systems"
        f"{waiting}, {_share(time.own_share)} the harness's own."
    )


def time_table(result: Result, time: CommandTime) -> Table:
    """Give the stages, and what each system's run took in all and inside the system."""
    rows = [("Inside the systems", *_seconds(time.systems_s, time))]
    if time.waiting_s:
        rows.append(("Waiting, by --rate or --pause", *_seconds(time.waiting_s, time)))
    rows += [(_STAGES.get(key, plain(key, 40)), *_seconds(spent, time)) for key, spent in time.own_s.items()]
    rows.append(("In all", *_seconds(time.whole_s, time)))
    runs = "; ".join(
        f"{plain(key, 40)} {measure(run.time.whole_s, 's')}, of it {measure(run.time.system_s, 's')} inside it"
        for key, run in result.systems.items()
        if run.time is not None
    )
    note = f"{time_words(time)} The runs shown: {runs}. Writing this text is not counted."
    return Table(("Part", "Seconds", "Share"), tuple(rows), frozenset({1, 2}), title="Where the time went", note=note)


def _seconds(seconds: float, time: CommandTime) -> tuple[str, str]:
    return figure(seconds, "s"), _share(seconds / time.whole_s)


def _share(share: float) -> str:
    return f"{share:.1%}"
