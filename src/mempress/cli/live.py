"""A view of a benchmark while it runs, on a terminal: a line for each run, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from mempress.cli.watching import OF_A_SOAK, Watch, seconds_left
from mempress.format import UNMEASURED, duration, figure, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console, RenderableType

    from mempress.cli.spending import Spending
    from mempress.runner.benchmark import RunNotice
    from mempress.samples import Sample

_MIB = 1 << 20
_SHOWN = 12
_POINTS = 16
_PER_SECOND = 2
_COLUMNS = (
    *(("run", 0), ("phase", 0), ("records", 0), ("records/s", 110), ("memory", 0), ("search p95", 0)),
    *(("health", 80), ("p95 so far", 96), ("left", 60)),
)
"""Each with the width of the terminal from which on there is room for it."""
_TO_THE_LEFT = frozenset({"run", "phase", "p95 so far"})
_BLOCKS = "▁▂▃▄▅▆▇█"
_LETTERS = "_.-=+*#@"
_RUNNING = ""


@dataclass(slots=True)
class RunView:
    """What is shown of a run; ``status`` is empty while it is under way."""

    notice: RunNotice
    began_s: float
    ended_s: float | None = None
    status: str = _RUNNING
    sample: Sample | None = None
    health: float | None = None
    p95s_ms: list[float] = field(default_factory=list)


class LiveView(Watch):
    """Draws all runs of a benchmark twice a second in place; what else is written on standard error stands above it."""

    def __init__(
        self, console: Console, spending: Spending | None = None, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(spending)
        self._clock = clock
        self._runs: list[RunView] = []
        self._note = ""
        self._blocks = _BLOCKS if console.encoding.lower().startswith("utf") else _LETTERS
        self._console = console
        self._live = Live(get_renderable=self.view, console=console, refresh_per_second=_PER_SECOND)

    def __enter__(self) -> LiveView:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._note = ""
        self._live.stop()

    def preparing(self, text: str) -> None:
        """Show how an environment comes about."""
        self._note = plain(text)

    def run_began(self, notice: RunNotice) -> None:
        """Begin a line for the run."""
        self._note = ""
        self._runs.append(RunView(notice, self._clock()))

    def sampled(self, sample: Sample, health: float | None = None) -> None:
        """Show where the run stands."""
        run = self._runs[-1]
        run.sample, run.health = sample, run.health if health is None else health
        if (p95 := sample.p95_ms) is not None:
            run.p95s_ms.append(p95)

    def run_ended(self, status: str) -> None:
        """Show how the run ended."""
        run = self._runs[-1]
        run.status, run.ended_s = status, self._clock()

    def view(self) -> RenderableType:
        """Give what is shown now, as wide as the terminal has room for."""
        parts: list[RenderableType] = []
        if earlier := len(self._runs) - _SHOWN:
            parts += [Text(f"{earlier} runs before", style="dim")] if earlier > 0 else []
        if self._runs:
            parts.append(self._table(self._runs[-_SHOWN:]))
        if self._note:
            parts.append(Text(self._note, overflow="ellipsis", no_wrap=True))
        return Group(*parts)

    def _table(self, runs: Sequence[RunView]) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        shown = [at for at, (_, least) in enumerate(_COLUMNS) if self._console.width >= least]
        for at in shown:
            title = _COLUMNS[at][0]
            right = title not in _TO_THE_LEFT
            table.add_column(title, justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
        for run in runs:
            cells = self._cells(run)
            table.add_row(*(cells[at] for at in shown), style="" if run.status == _RUNNING else "dim")
        return table

    def _cells(self, run: RunView) -> list[Text]:
        sample, elapsed = run.sample, (run.ended_s or self._clock()) - run.began_s
        title = Text(plain(run.notice.run, 24), style="bold" if run.status == _RUNNING else "")
        phase = run.status.replace("_", " ") or (sample.phase if sample is not None else "setup")
        if sample is None:
            return [title, Text(phase), *(Text(UNMEASURED) for _ in range(5)), Text(), Text(self._left(run, elapsed))]
        p95 = run.p95s_ms[-1] if run.p95s_ms else None
        memory = None if sample.memory is None else sample.memory.pss_bytes / _MIB
        soaks = sample.mark in OF_A_SOAK
        stored = sample.records if soaks else sample.offered
        return [
            title,
            Text(phase.replace("_", " ")),
            Text(f"{stored:,}" if soaks else f"{stored:,}/{run.notice.records:,}"),
            Text(figure(stored / elapsed if elapsed > 0 else None, "records")),
            Text(_with_unit(memory, "MiB")),
            Text(_with_unit(p95, "ms")),
            Text(figure(run.health, "share"), style=_style(run.health)),
            Text(sparkline(run.p95s_ms[-_POINTS:], self._blocks), style="cyan"),
            Text(self._left(run, elapsed)),
        ]

    def _left(self, run: RunView, elapsed: float) -> str:
        """Give how long it may take yet; of a run that has ended, how long it took."""
        if run.status != _RUNNING:
            return f"took {duration(elapsed)}"
        left = seconds_left(run.notice, run.sample, elapsed)
        return f"after {duration(elapsed)}" if left is None else duration(left)


def sparkline(values: Sequence[float], blocks: str = _BLOCKS) -> str:
    """Give a letter for each value, from the lowest to the highest of them."""
    if not values:
        return ""
    low, high = min(values), max(values)
    steps = len(blocks) - 1
    return "".join(
        blocks[round(steps * (value - low) / (high - low)) if high > low else steps // 2] for value in values
    )


def _with_unit(value: float | None, unit: str) -> str:
    return UNMEASURED if value is None else f"{figure(value, unit)} {unit}"


def _style(health: float | None) -> str:
    return "" if health is None else "green" if health >= 0.8 else "yellow" if health >= 0.5 else "red"
