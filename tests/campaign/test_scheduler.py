"""The scheduler against a scripted executor: every run gets its result, whatever is lost or fails on the way."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mempress.campaign.executors.base import Began, Broken, Done, Gone
from mempress.campaign.ledger import Ended, Failed, Lost, Started
from mempress.campaign.matrix import PlannedRun
from mempress.campaign.scheduler import MOST_FAILURES, MOST_LOSSES, Scheduler, Watcher
from mempress.config import RunConfig
from mempress.runfiles import RunFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.campaign.executors.base import Attempt, Report
    from mempress.campaign.ledger import Entry

CONFIG = RunConfig(systems=("null",))
DONE, DIED, BROKEN, LOST, SATURATED = "done", "died", "broken", "lost", "saturated"


def planned(count: int) -> list[PlannedRun]:
    return [PlannedRun(run=f"run-{n}", condition="", repeat=0, config=CONFIG) for n in range(count)]


class Kept:
    """A shelf and a ledger in memory."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.aside: Counter[str] = Counter()

    def files(self, run: str) -> RunFiles:
        return RunFiles(Path("/nowhere") / run)

    def put_aside(self, run: str) -> None:
        self.aside[run] += 1

    def write(self, entry: Entry) -> None:
        self.entries.append(entry)


class Scripted:
    """Gives each attempt the end that its script has next, ``done`` where it has no more; ends come in any order."""

    words = "scripted"

    def __init__(self, scripts: dict[str, list[str]], slots: int, seed: int) -> None:
        self._scripts = {run: list(script) for run, script in scripts.items()}
        self._slots = slots
        self._random = random.Random(seed)  # noqa: S311 - a script
        self._under_way: list[Attempt] = []
        self._began: list[Report] = []
        self.most = 0

    def slots(self) -> int:
        return self._slots

    def start(self, attempt: Attempt) -> None:
        assert attempt.planned.run not in [other.planned.run for other in self._under_way]
        self._under_way.append(attempt)
        self._began.append(Began(attempt.planned.run, "node"))
        self.most = max(self.most, len(self._under_way))

    def reports(self) -> Sequence[Report]:
        if self._began:
            told, self._began = self._began, []
            return told
        attempt = self._under_way.pop(self._random.randrange(len(self._under_way)))
        run = attempt.planned.run
        script = self._scripts.get(run, [])
        match script.pop(0) if script else DONE:
            case "broken":
                return [Broken(run, "node", "it broke")]
            case "lost":
                return [Gone(run, "node", "it went")]
            case "died":
                return [Done(run, "node", "crashed", 1.0, 10)]
            case "saturated":
                return [Done(run, "node", "saturated", 1.0, 10)]
            case _:
                return [Done(run, "node", "completed", 1.0, 10)]

    def close(self) -> None:
        pass


def go(scripts: dict[str, list[str]], count: int = 3, slots: int = 1, seed: int = 0) -> tuple[Kept, Scripted]:
    kept, executor = Kept(), Scripted(scripts, slots, seed)
    Scheduler(planned(count), executor, kept, kept, Watcher()).run()
    return kept, executor


def order(kept: Kept) -> list[str]:
    return [entry.run for entry in kept.entries if isinstance(entry, Started)]


def test_a_lost_run_comes_first_again_and_a_failed_one_last() -> None:
    kept, _ = go({"run-0": [LOST], "run-1": [BROKEN]})
    assert order(kept) == ["run-0", "run-0", "run-1", "run-2", "run-1"]
    assert kept.aside == {"run-0": 1, "run-1": 1}


def test_a_run_that_died_is_tried_once_more_and_then_stands() -> None:
    kept, _ = go({"run-0": [DIED, DIED]}, count=1)
    ends = [(entry.status, entry.kept) for entry in kept.entries if isinstance(entry, Ended)]
    assert ends == [("crashed", False), ("crashed", True)]
    assert kept.aside == {"run-0": 1}


def test_a_saturation_is_a_finding_and_is_not_tried_again() -> None:
    kept, _ = go({"run-0": [SATURATED]}, count=1)
    assert order(kept) == ["run-0"]


def test_a_run_on_which_the_harness_always_fails_is_recorded_as_failed() -> None:
    kept, _ = go({"run-0": [BROKEN] * 9}, count=2)
    told = [entry.again for entry in kept.entries if isinstance(entry, Failed)]
    assert told == [True] * (MOST_FAILURES - 1) + [False]
    assert any(isinstance(entry, Ended) and entry.run == "run-1" for entry in kept.entries)


def test_a_run_that_takes_every_node_with_it_is_given_up() -> None:
    kept, _ = go({"run-0": [LOST] * 99}, count=2)
    told = [entry.again for entry in kept.entries if isinstance(entry, Lost)]
    assert told == [True] * (MOST_LOSSES - 1) + [False]


@given(
    scripts=st.dictionaries(
        st.integers(0, 11).map(lambda n: f"run-{n}"), st.lists(st.sampled_from([DONE, DIED, BROKEN, LOST]), max_size=6)
    ),
    slots=st.integers(1, 5),
    seed=st.integers(0, 99),
)
def test_every_run_ends_exactly_once(scripts: dict[str, list[str]], slots: int, seed: int) -> None:
    """Each run has one result or one last failure, nothing is measured after it, and no slot is overfilled."""
    kept, executor = go(scripts, count=12, slots=slots, seed=seed)
    last = {
        entry.run: at
        for at, entry in enumerate(kept.entries)
        if (isinstance(entry, Ended) and entry.kept) or (isinstance(entry, Failed | Lost) and not entry.again)
    }
    finals = Counter(
        entry.run
        for entry in kept.entries
        if (isinstance(entry, Ended) and entry.kept) or (isinstance(entry, Failed | Lost) and not entry.again)
    )
    assert finals == {run.run: 1 for run in planned(12)}
    assert all(last[entry.run] >= at for at, entry in enumerate(kept.entries) if isinstance(entry, Started))
    assert executor.most <= slots
    starts = Counter(order(kept))
    ends = Counter(entry.run for entry in kept.entries if not isinstance(entry, Started) and hasattr(entry, "run"))
    assert starts == ends
