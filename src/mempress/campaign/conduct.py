"""Takes a campaign from its plan to the last run: the executor, the ledger and the scheduler together."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from mempress.campaign.ledger import Closed, Ledger, Opened
from mempress.campaign.scheduler import Scheduler, Watcher
from mempress.errors import MempressError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.campaign.book import Book, Plan
    from mempress.campaign.executors.base import Executor
    from mempress.campaign.matrix import PlannedRun


class Hearer(Watcher):
    """A watcher that is told beforehand what is to come."""

    def begins(self, kept: int, left: Sequence[PlannedRun], slots: int) -> None:
        """So many runs stand, these are left, so many go on at a time."""


def conduct(book: Book, plan: Plan, make: Callable[[], Executor], hearer: Hearer, *, resume: bool) -> None:
    """Measure what is not measured yet. The book is held by the caller.

    Raises:
        UsageError: the executor cannot be had, or the directory holds something else; nothing was started then.
        MempressError: the executor has nowhere left to measure; what was measured stands.
        KeyboardInterrupt: after what was under way has been stopped.
    """
    with closing(make()) as executor:
        kept = book.begin(plan, resume=resume)
        left = [run for run in plan.runs if run.run not in kept]
        ledger = Ledger(book.ledger)
        how = "stopped"
        try:
            ledger.write(Opened(executor=executor.words, kept=len(kept), left=len(left)))
            hearer.begins(len(kept), left, executor.slots())
            Scheduler(left, executor, book, ledger, hearer).run()
            how = "complete"
        except MempressError as error:
            how = str(error)
            raise
        finally:
            executor.close()
            ledger.write(Closed(how=how))
            ledger.close()
