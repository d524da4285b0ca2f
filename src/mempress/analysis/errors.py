"""What went wrong in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.model import DIED, ErrorEntry

if TYPE_CHECKING:
    from mempress.analysis.trail import Trail
    from mempress.journal import Status


def errors(trail: Trail, status: Status, reason: str) -> list[ErrorEntry]:
    """Give all errors in order; the end of a system that died is the last of them.

    One whose load was ended at its time limit lived: that is no error.
    """
    entries = [
        ErrorEntry(
            phase=failed.phase,
            records=failed.records,
            kind=failed.kind,
            operation=failed.operation,
            message=failed.message,
            count=failed.count,
        )
        for failed in trail.failed
    ]
    ended = trail.ended
    if (
        ended is not None
        and status in DIED
        and not ended.out_of_time
        and not (entries and entries[-1].message == reason)
    ):
        entries.append(
            ErrorEntry(
                phase=ended.phase,
                records=ended.records,
                kind="fatal",
                operation="run",
                message=reason,
                count=1,
            )
        )
    return entries
