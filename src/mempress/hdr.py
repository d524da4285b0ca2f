"""Times as HdrHistogram logs, which the common tools read: one interval a line, values in nanoseconds.

The format is that of the library's own logs (text, version 1.3, histograms in the V2 encoding, compressed): lines of
start and length in seconds, largest value in milliseconds, and the histogram. Values keep three significant digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from mempress import __version__
from mempress.analysis.traffic.operations import read_operations
from mempress.analysis.trail import read_trail
from mempress.errors import UsageError
from mempress.journal import read_journal
from mempress.runfiles import RunFiles, read_head, write_whole
from mempress.traffic import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mempress.analysis.trail import Trail
    from mempress.model import RunHead

DIRECTORY = "hdr"
_MOST_NS = 7 * 24 * 3_600 * 1_000_000_000
_DIGITS = 3
_LEGEND = '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"'


@dataclass(frozen=True, slots=True)
class Interval:
    """Values of a stretch of time; ``start_s`` is from the run's begin, or on the traffic's schedule."""

    start_s: float
    length_s: float
    values_ns: Sequence[int] | NDArray[np.int64]


def write_hdr(directory: Path) -> list[Path]:
    """Write a run's logs into ``hdr/`` in its directory; gives their paths.

    ``checkpoint-search.hlog`` has the closed-loop searches, an interval for each sample. Where there was traffic,
    ``traffic-KIND-response.hlog`` (of an open loop) and ``traffic-KIND-service.hlog`` have one for each segment.

    Raises:
        UsageError: the library is not installed.
        JournalError: the run's head or journal cannot be read.
    """
    head, files = read_head(directory), RunFiles(directory)
    trail = read_trail(read_journal(files.journal), head.config)
    logs = dict(_logs(trail, head))
    written = []
    for name, intervals in logs.items():
        path = directory / DIRECTORY / f"{name}.hlog"
        write_whole(path, _log(intervals, head).encode("ascii"))
        written.append(path)
    return written


def _logs(trail: Trail, head: RunHead) -> Iterator[tuple[str, list[Interval]]]:
    starts = [0, *(sample.t_ns for sample in trail.samples)]
    yield (
        "checkpoint-search",
        [
            Interval(
                start / 1e9,
                (sample.t_ns - start) / 1e9,
                [asked.latency_ns for asked in sample.searches if asked.hits is not None],
            )
            for start, sample in zip(starts, trail.samples, strict=False)
        ],
    )
    segments = [segment for segment in trail.traffic if segment.phase == "load" and segment.kinds]
    for letter, kind in KINDS.items():
        for what in ("response", "service"):
            found = []
            for segment in segments:
                operations = read_operations([segment], head.config.batch_size)
                of_kind = operations.are(letter) & ~operations.failed
                if of_kind.any() and (operations.open_loop or what == "service"):
                    length = (segment.ended_ns - segment.began_ns) / 1e9
                    found.append(Interval(segment.began_ns / 1e9, length, getattr(operations, what)[of_kind]))
            if found:
                yield f"traffic-{kind}-{what}", found


def _log(intervals: Sequence[Interval], head: RunHead) -> str:
    started = datetime.fromisoformat(head.started)
    lines = [
        f"#[Logged with mempress {__version__}]",
        "#[Histogram log format version 1.3]",
        f"#[StartTime: {started.timestamp():.3f} (seconds since epoch), {started.isoformat(sep=' ')}]",
        _LEGEND,
        *(_line(interval) for interval in intervals if len(interval.values_ns)),
    ]
    return "\n".join(lines) + "\n"


def _line(interval: Interval) -> str:
    histogram = _histogram()
    values, counts = np.unique(np.asarray(interval.values_ns, dtype=np.int64), return_counts=True)
    for value, count in zip(np.minimum(values, _MOST_NS).tolist(), counts.tolist(), strict=True):
        histogram.record_value(value, count)
    encoded: bytes = histogram.encode()
    return f"{interval.start_s:.3f},{interval.length_s:.3f},{values.max() / 1e6:.3f},{encoded.decode('ascii')}"


def _histogram() -> Any:
    try:
        from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]  # it has no types  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError("HdrHistogram logs need its library: pip install 'mempress[hdr]'.") from None
    return HdrHistogram(1, _MOST_NS, _DIGITS)
