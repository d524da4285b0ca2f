"""All systems in one picture: six figures against records or time, a colour, marker and dash for each system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mempress.format import plain
from mempress.report.along import axes, event_places, thinned
from mempress.report.canvas import DIM, DPI, GRID, SMALL, TEXT, drawable, encoded, stroke
from mempress.report.palette import looks
from mempress.report.plotting import Curve, Member, curve, members, saturation_row
from mempress.report.quantities import QUANTITIES
from mempress.report.scales import tick_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from mempress.model import Result
    from mempress.report.along import Along
    from mempress.report.quantities import Quantity

SHOWN = ("p95", "memory", "rate", "recall", "held", "health")
_TITLES = {"held": "Held"}
_INCHES = (7.0, 4.3)
_MARKERS = 12
_LOG_FROM = 50.0
_RUG = 0.028
"""The height of a row of ticks, as a share of a diagram's."""


def comparison(result: Result, kind: str = "png") -> bytes:
    """Give the picture as PNG, 2100 pixels wide, or as SVG."""
    return encoded(draw_all(result), kind)


def draw_all(result: Result) -> Figure:
    """Draw the picture."""
    systems = members(result.systems, looks(result.systems))
    along = axes(result.systems.values())[0]
    drawing = Figure(figsize=_INCHES, dpi=DPI, layout="constrained")
    drawing.suptitle(_title(result), fontsize=TEXT, parse_math=False, x=0.01, ha="left")
    by_key = {quantity.key: quantity for quantity in QUANTITIES}
    grid = drawing.subplots(2, 3, sharex=True)
    for axis, key in zip(grid.flat, SHOWN, strict=True):
        _diagram(axis, by_key[key], systems, along)
    for axis in grid[1]:
        axis.set_xlabel(along.label, fontsize=SMALL)
    drawing.legend(
        handles=[_handle(member) for member in systems],
        loc="outside lower left",
        ncols=min(4, len(systems)),
        fontsize=SMALL,
        frameon=False,
        handlelength=3.2,
    )
    return drawing


def _title(result: Result) -> str:
    what = f"{result.config.max_records:,} records offered"
    capacity = result.config.capacity_records
    if result.config.soak is not None:
        what = f"soaked with {result.config.soak.live_records:,} live records"
    elif capacity is not None:
        what = f"{what}, a capacity of {capacity:,}"
    return drawable(f"Workload {plain(result.workload.name, 60)}: {what}. Ticks: maintenance. Cross: saturated.")


def _handle(member: Member) -> Line2D:
    look, status = member.look, member.summary.status.replace("_", " ")
    label = f"{drawable(member.label)} ({status})".replace("$", r"\$")
    handle = Line2D([], [], color=look.light, marker=look.marker, markersize=3.6, linewidth=1.2, **stroke(look.dash))
    handle.set_label(f"\u200a{label}" if label.startswith("_") else label)  # one that begins so would be left out
    return handle


def _diagram(axis: Axes, quantity: Quantity, systems: Sequence[Member], along: Along) -> None:
    unit = "" if quantity.unit in ("share", "") else f" ({quantity.unit})"
    axis.set_title(f"{_TITLES.get(quantity.key, quantity.title)}{unit}", fontsize=TEXT, loc="left", pad=3.0)
    axis.tick_params(labelsize=SMALL, length=2.0, width=0.6)
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_linewidth(0.6)
    axis.grid(visible=True, color=GRID, linewidth=0.4)
    axis.set_axisbelow(True)
    curves = [curve(member.label, member, member.look.slot, quantity) for member in systems]
    for line in curves:
        _line(axis, line, along)
    _scales(axis, quantity, curves, along)
    for line in curves:
        _marks(axis, line, along)


def _line(axis: Axes, line: Curve, along: Along) -> None:
    look = line.member.look
    for piece in line.points(along):
        points = thinned(piece)
        axis.plot(
            [place for place, _ in points],
            [value for _, value in points],
            color=look.light,
            linewidth=1.1,
            marker=look.marker,
            markersize=2.8,
            markeredgewidth=0.0,
            markevery=max(1, len(points) // _MARKERS),
            **stroke(look.dash),
        )


def _scales(axis: Axes, quantity: Quantity, curves: Sequence[Curve], along: Along) -> None:
    axis.set_xlim(0.0, along.high * 1.02)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_words(value)))
    values = [value for line in curves for value in line.values]
    if not values:
        axis.text(0.5, 0.5, "not measured", transform=axis.transAxes, ha="center", color=DIM, fontsize=SMALL)
        axis.set_yticks([])
        return
    spans = min(values) > 0 and max(values) > _LOG_FROM * min(values)
    if spans and quantity.highest is None and quantity.key != "held":
        axis.set_yscale("log")
        axis.tick_params(which="minor", length=1.2, width=0.4)
    else:
        axis.set_ylim(0.0, 1.08 * (quantity.highest or max(values) or 1.0))
        axis.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_words(value)))


def _marks(axis: Axes, line: Curve, along: Along) -> None:
    """Put a tick at each maintenance event, in the system's row, and a cross on its curve where it saturated."""
    summary, colour = line.member.summary, line.member.look.light
    places = event_places(summary.maintenance_events, along)
    if places:
        low = 1.0 - _RUG * (line.member.at + 1)
        through = axis.get_xaxis_transform()
        axis.vlines(places, low + 0.005, low + _RUG, transform=through, color=colour, linewidth=0.6)
    row = saturation_row(summary)
    value = None if row is None else line.quantity.read(row)
    if row is not None and value is not None:
        at = along.of_row(row)
        axis.plot([at], [value], marker="x", color="#000000", markersize=4.5, markeredgewidth=1.1, zorder=5)
