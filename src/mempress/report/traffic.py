"""The traffic of a load, in a report: what was offered, how long it took, and what it met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import UNMEASURED, figure, measure, name, plain
from mempress.report.blocks import Points, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mempress.model import Summary
    from mempress.model.traffic import Backlog, Meanwhile, Quantiles, TrafficFigures
    from mempress.report.blocks import Block

_PERCENTILES = {"p50": "50th", "p95": "95th", "p99": "99th", "p999": "99.9th"}
_SPELLS = {"maintenance": "requested maintenance", "stall": "a stall"}
_ROWS_SHOWN = 40


def traffic_overview(systems: Mapping[str, Summary]) -> Table | None:
    """Give the traffic of all systems side by side; None where there was none."""
    found = {key: summary.traffic for key, summary in systems.items() if summary.traffic is not None}
    if not found:
        return None
    rows = tuple(
        (
            name(key),
            figure(traffic.offered_per_second),
            figure(traffic.achieved_per_second),
            _sustained(traffic),
            *(_of_search(traffic.response_ms, percentile) for percentile in ("p50", "p99")),
            *(_of_search(traffic.service_ms, percentile) for percentile in ("p50", "p99")),
        )
        for key, traffic in found.items()
    )
    columns = ("System", "Due/s", "Done/s", "Sustained", "Response p50", "p99", "Service p50", "p99")
    asked = next(iter(found.values())).asked.words
    note = f"Offered: {asked}. Response and service of a search, in ms: from when it was due; the call alone."
    return Table(columns, rows, frozenset({1, 2, 4, 5, 6, 7}), title="Traffic", note=note)


def traffic_blocks(traffic: TrafficFigures) -> Iterator[Block]:
    """Give all that is known of one system's traffic."""
    yield traffic_points(traffic)
    yield from traffic_tables(traffic)
    yield _rows(traffic)


def traffic_points(traffic: TrafficFigures) -> Points:
    """Say what was offered, whether it was kept up with, and what was waited for."""
    return Points(tuple(_points(traffic)))


def traffic_tables(traffic: TrafficFigures) -> list[Table]:
    """Give the times of operations, and those of searches while something else went on."""
    return [_times(traffic), *([_meanwhile(traffic)] if traffic.meanwhile else [])]


def _points(traffic: TrafficFigures) -> Iterator[str]:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in traffic.operations.items())
    clients = "one client" if traffic.clients == 1 else f"{traffic.clients} clients"
    yield (
        f"Traffic: {traffic.asked.words}, from {clients}; in {measure(traffic.schedule_s, 's')} on the schedule: "
        f"{counts}."
    )
    yield from (f"No {kind} was offered: {plain(reason, 120)}." for kind, reason in traffic.left_out.items())
    if traffic.failed:
        failed = ", ".join(f"{count:,} {kind}" for kind, count in traffic.failed.items())
        yield f"Raised, and not among the times: {failed}."
    yield f"Sustained: {_sustained(traffic)}; {plain(traffic.sustained_words)}."
    if traffic.backlog_most is not None:
        yield f"Waiting at most: {_backlog(traffic.backlog_most)}; at the end: {_backlog(traffic.backlog_end)}."
    if traffic.recall is not None:
        yield f"Recall of the traffic's searches: {figure(traffic.recall, 'share')} (n={traffic.recall_n:,})."
    if traffic.begun_late_us is not None:
        late = measure(traffic.begun_late_us, "us")
        yield f"An operation that found its client idle began {late} late at the median: the harness's own share."
    if traffic.drained_s:
        yield f"Clients idled {measure(traffic.drained_s, 's')} in all, waiting for the last call of their segments."


def _sustained(traffic: TrafficFigures) -> str:
    if traffic.asked.rate is None:
        return "closed loop"
    return {True: "yes", False: "no", None: "unknown"}[traffic.sustained]


def _backlog(backlog: Backlog | None) -> str:
    if backlog is None:
        return UNMEASURED
    if not backlog.operations:
        return "none"
    return f"{figure(backlog.operations, 'values')} operations, up to {measure(backlog.ms, 'ms')} late"


def _of_search(times: Mapping[str, Quantiles] | None, percentile: str) -> str:
    return UNMEASURED if times is None or "search" not in times else _cell(times["search"], percentile)


def _cell(times: Quantiles, percentile: str) -> str:
    value: float | None = getattr(times, percentile)
    return "insufficient" if value is None else figure(value, "ms")


def _interval(times: Quantiles, percentile: str) -> str:
    found = times.intervals.get(percentile)
    return UNMEASURED if found is None else f"{figure(found[0], 'ms')} to {figure(found[1], 'ms')}"


def _times(traffic: TrafficFigures) -> Table:
    """Give each percentile with its interval, response beside service; in a closed loop service alone."""
    both = {"Response": traffic.response_ms, "Service": traffic.service_ms}
    shown = {label: times for label, times in both.items() if times is not None}
    rows = tuple(
        (
            f"{kind} (n={times.n:,})" if percentile == "p50" else "",
            label,
            *(cell for of in shown.values() for cell in (_cell(of[kind], percentile), _interval(of[kind], percentile))),
        )
        for kind, times in traffic.service_ms.items()
        for percentile, label in _PERCENTILES.items()
    )
    columns = ("Operation", "Percentile", *(column for label in shown for column in (f"{label} (ms)", "95% interval")))
    note = "Response: from when it was due, so that what waits behind a slow call counts. Service: the call alone."
    return Table(columns, rows, frozenset(range(1, len(columns))), title="Times of the traffic", note=note)


def _meanwhile(traffic: TrafficFigures) -> Table:
    rows = tuple(row for spells in traffic.meanwhile for row in _apart(spells))
    columns = ("Searches", "n", "p50 (ms)", "p95 (ms)", "p99 (ms)", "Slowest (ms)")
    note = f"By their {traffic.searches_from} time. A stall: a call of over 100 ms and over 20 times its kind's median."
    return Table(columns, rows, frozenset(range(1, 6)), title="Searches during maintenance and stalls", note=note)


def _apart(spells: Meanwhile) -> Iterator[tuple[str, ...]]:
    what = _SPELLS[spells.what]
    lasted = f"{spells.spells:,} in {measure(spells.total_s, 's')}, longest {measure(spells.longest_s, 's')}"
    for label, times in ((f"during {what} ({lasted})", spells.within), (f"not during {what}", spells.otherwise)):
        cells = (_cell(times, percentile) for percentile in ("p50", "p95", "p99"))
        yield label, f"{times.n:,}", *cells, figure(times.max, "ms")


def _rows(traffic: TrafficFigures) -> Table:
    shown = traffic.rows[-_ROWS_SHOWN:]
    rows = tuple(
        (
            f"{row.records:,}",
            f"{row.operations:,}",
            figure(row.late_ms, "ms"),
            figure(row.search_p50_ms, "ms"),
            figure(row.search_p95_ms, "ms"),
        )
        for row in shown
    )
    columns = ("Records", "Operations", "Late at its end (ms)", "Search p50 (ms)", "Search p95 (ms)")
    cut = f" The last {_ROWS_SHOWN} of {len(traffic.rows):,} batches." if len(traffic.rows) > len(shown) else ""
    note = f"Searches by their {traffic.searches_from} time.{cut}"
    return Table(columns, rows, frozenset(range(5)), title="Traffic as the load grew", note=note)
