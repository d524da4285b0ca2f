"""What every view of a benchmark has in common, live or in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.runner.benchmark import Listener

if TYPE_CHECKING:
    from mempress.cli.spending import Spending
    from mempress.runner.benchmark import RunNotice
    from mempress.samples import Sample

OF_A_SOAK = frozenset({"fill", "soak"})


class Watch(Listener):
    """Hears what a benchmark does, while it is entered, and keeps the account of its time."""

    def __init__(self, spending: Spending | None = None) -> None:
        self._spending = spending

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end here."""

    def spent(self, stage: str, spent_ns: int) -> None:
        """Keep the account."""
        if self._spending is not None:
            self._spending.add(stage, spent_ns)


def seconds_left(notice: RunNotice, sample: Sample | None, elapsed: float) -> float | None:
    """Give how long a load takes at most at the rate so far, or a soak by its schedule; None where it is not known."""
    if sample is None:
        return None
    if notice.soak_seconds is not None:
        return max(0.0, notice.soak_seconds - elapsed) if sample.mark == "soak" else None
    if sample.phase != "load" or not 0 < sample.offered < notice.records or elapsed <= 0:
        return None
    return (notice.records - sample.offered) * elapsed / sample.offered
