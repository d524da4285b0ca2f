"""The logs are read back by the HdrHistogram library itself, and hold the very times of the journal."""

from __future__ import annotations

import sys
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import pytest
from hdrh.histogram import HdrHistogram  # type: ignore[import-untyped]  # it has no types
from hdrh.log import HistogramLogReader  # type: ignore[import-untyped]  # as above

from mempress.errors import UsageError
from mempress.hdr import write_hdr
from mempress.journal import Sampled, TrafficSegment, read_journal
from mempress.runfiles import RunFiles, run_files
from mempress.traffic import Traffic

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Bench

PERFECT = "mempress.testing.controls:Perfect"
PRECISION = 1e-3


def read(path: Path) -> list[Any]:
    """Give the intervals of a log."""
    reader = HistogramLogReader(str(path), HdrHistogram(1, 7 * 24 * 3_600 * 10**9, 3))
    intervals = []
    while (histogram := reader.get_next_interval_histogram()) is not None:
        intervals.append(histogram)
    reader.close()
    return intervals


def total(intervals: list[Any]) -> Any:
    """Give all intervals as one histogram."""
    whole = HdrHistogram(1, 7 * 24 * 3_600 * 10**9, 3)
    for interval in intervals:
        whole.add(interval)
    return whole


def same(histogram: Any, values_ns: list[int]) -> bool:
    """Whether a histogram holds just these values, to three significant digits, at every percentile that they have."""
    ordered = sorted(values_ns)
    places = range(len(ordered))
    found = [histogram.get_value_at_percentile(100 * (place + 0.75) / len(ordered)) for place in places]
    counted: bool = histogram.get_total_count() == len(ordered)
    return counted and all(abs(a - b) <= PRECISION * b + 1 for a, b in zip(found, ordered, strict=True))


def test_response_and_service_of_each_kind_come_back_as_they_stand_in_the_journal(bench: Bench, tmp_path: Path) -> None:
    mix = {"store": 50.0, "search": 40.0, "delete": 10.0}
    bench(PERFECT, traffic=Traffic(mix=mix, rate=3_000.0), capacity_records=None)
    files = RunFiles(run_files(tmp_path / "out", "perfect").directory)
    events = list(read_journal(files.journal))
    segments = [event for event in events if isinstance(event, TrafficSegment)]
    written = {path.stem: read(path) for path in write_hdr(files.directory)}
    assert set(written) == {
        "checkpoint-search",
        *(f"traffic-{kind}-{what}" for kind in mix for what in ("response", "service")),
    }
    for kind, letter in (("store", "s"), ("search", "q"), ("delete", "d")):
        service = [
            took for part in segments for took, of in zip(part.service_ns, part.kinds, strict=True) if of == letter
        ]
        response = [
            took + wait
            for part in segments
            for took, wait, of in zip(part.service_ns, part.wait_ns, part.kinds, strict=True)
            if of == letter
        ]
        assert same(total(written[f"traffic-{kind}-service"]), service)
        assert same(total(written[f"traffic-{kind}-response"]), response)
    searches = [asked.latency_ns for event in events if isinstance(event, Sampled) for asked in event.searches]
    assert same(total(written["checkpoint-search"]), searches)
    spans = [
        interval.get_end_time_stamp() - interval.get_start_time_stamp() for interval in written["traffic-store-service"]
    ]
    assert spans == pytest.approx([(part.ended_ns - part.began_ns) / 1e6 for part in segments], abs=2.0)
    assert list(accumulate(spans)) == sorted(accumulate(spans))


def test_a_closed_loop_without_traffic_has_the_searches_of_its_checkpoints_alone(bench: Bench, tmp_path: Path) -> None:
    bench(PERFECT)
    files = RunFiles(run_files(tmp_path / "out", "perfect").directory)
    (path,) = write_hdr(files.directory)
    assert len(read(path)) == len([event for event in read_journal(files.journal) if isinstance(event, Sampled)])


def test_without_the_library_the_error_says_what_to_install(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench(PERFECT)
    monkeypatch.setitem(sys.modules, "hdrh.histogram", None)
    with pytest.raises(UsageError, match=r"pip install 'mempress\[hdr\]'"):
        write_hdr(run_files(tmp_path / "out", "perfect").directory)
