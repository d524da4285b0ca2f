"""A run as a picture: memory, latency and health against records or time; a red line at each maintenance event."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mempress.format import name
from mempress.report.curves import (
    MANY_EVENTS,
    axis_of,
    event_opacity,
    event_places,
    held_curve,
    last_place,
    panels,
    place_in_words,
    saturated_place,
    spans,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mempress.model import Summary
    from mempress.report.curves import Curve, Panel

COLOURS = ("#0072b2", "#e69f00", "#009e73")
"""Okabe and Ito's palette, to be told apart by everyone; lines differ in their markers too."""
EVENT_COLOUR = "#d00000"
_LIMIT_COLOUR = "#555555"
_MARKERS = ("o", "s", "^")
_FIRST_UNDRAWN = 0x530
_MANY_POINTS = 60
_INCHES = (12.0, 9.0)
_DPI = 100


def figure(summary: Summary) -> bytes:
    """Give the picture as PNG, 1200 pixels wide."""
    drawing = draw(summary)
    FigureCanvasAgg(drawing)
    data = io.BytesIO()
    drawing.savefig(data, format="png", metadata={"Software": "mempress"})
    return data.getvalue()


def draw(summary: Summary) -> Figure:
    """Draw the picture."""
    drawing = Figure(figsize=_INCHES, dpi=_DPI, layout="constrained")
    axes = drawing.subplots(3, 1, sharex=True)
    drawing.suptitle(_title(summary), fontsize=14, parse_math=False)
    for axis, panel in zip(axes, panels(summary), strict=True):
        _panel(axis, panel)
        _events(axis, summary)
        _course(axis, summary)
    _held(axes[0], held_curve(summary))
    for axis in axes:
        _legend(axis)
    _x_axis(axes[-1], summary)
    return drawing


def _title(summary: Summary) -> str:
    status = summary.status.replace("_", " ")
    events = len(summary.maintenance_events)
    found = f"{events:,} maintenance event{'' if events == 1 else 's'}"
    return f"{_drawable(name(summary.name))}: {status} at {summary.metrics.max_records:,} records, {found}"


def _drawable(text: str) -> str:
    """Write letters that the library's own font lacks as escapes; it has Latin, Greek and Cyrillic ones."""
    return "".join(char if ord(char) < _FIRST_UNDRAWN else ascii(char)[1:-1] for char in text)


def _panel(axis: Axes, panel: Panel) -> None:
    axis.set_ylabel(panel.label, fontsize=11)
    axis.spines[["top", "right"]].set_visible(False)
    if not any(curve.values for curve in panel.curves):
        axis.text(0.5, 0.5, "not measured", transform=axis.transAxes, ha="center", va="center", color=_LIMIT_COLOUR)
        axis.set_yticks([])
        return
    for curve in panel.curves:
        _line(axis, curve)
    _scale(axis, panel)
    _limit(axis, panel)
    axis.grid(visible=True, color="#dddddd", linewidth=0.6)
    axis.set_axisbelow(True)


def _limit(axis: Axes, panel: Panel) -> None:
    """Draw the limit; one that lies above the scale is told in the corner."""
    if panel.limit is None:
        axis.text(1.0, 1.02, panel.limit_label, transform=axis.transAxes, ha="right", fontsize=9, color=_LIMIT_COLOUR)
        return
    axis.axhline(panel.limit, color=_LIMIT_COLOUR, linestyle="--", linewidth=1.2)
    axis.annotate(
        panel.limit_label,
        (0.0, panel.limit),
        xycoords=("axes fraction", "data"),
        xytext=(4, 3),
        textcoords="offset points",
        fontsize=9,
        color=_LIMIT_COLOUR,
    )


def _scale(axis: Axes, panel: Panel) -> None:
    if panel.logarithmic:
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
        return
    values = [value for curve in panel.curves for value in curve.values]
    axis.set_ylim(0.0, 1.1 * (panel.highest or max([*values, panel.limit or 0.0]) or 1.0))


def _line(axis: Axes, curve: Curve) -> None:
    """Draw the pieces of a curve; a lone sample between two gaps stays to be seen by its marker."""
    size = 4.0 if len(curve.values) <= _MANY_POINTS else 2.0
    for at, piece in enumerate(curve.pieces):
        axis.plot(
            [place for place, _ in piece],
            [value for _, value in piece],
            color=COLOURS[curve.colour],
            marker=_MARKERS[curve.colour],
            markersize=size,
            linewidth=1.6,
            label=curve.label if at == 0 else None,
        )


def _held(axis: Axes, curve: Curve) -> None:
    """Show the records held on an axis of their own, beside memory."""
    if not curve.values:
        return
    second = axis.twinx()
    _line(second, curve)
    second.set_ylabel("Records held", fontsize=11)
    second.set_ylim(bottom=0.0)
    second.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    second.spines["top"].set_visible(False)
    axis.plot([], [], color=COLOURS[curve.colour], marker=_MARKERS[curve.colour], markersize=4, label="records held")


def _events(axis: Axes, summary: Summary) -> None:
    places = event_places(summary)
    many = len(places) > MANY_EVENTS
    for at, place in enumerate(places):
        axis.axvline(
            place,
            color=EVENT_COLOUR,
            alpha=event_opacity(len(places)),
            linewidth=0.9 if many else 1.3,
            zorder=1.5,
            label="maintenance" if at == 0 else None,
        )


def _course(axis: Axes, summary: Summary) -> None:
    """Mark where the system saturated, and what was loaded after its recovery."""
    saturated = saturated_place(summary)
    if saturated is not None:
        axis.axvline(saturated, color=_LIMIT_COLOUR, linestyle=":", linewidth=1.6, zorder=1.4, label="saturated")
    for span in spans(summary):
        axis.axvspan(span.low, span.high, color="#999999", alpha=0.15, linewidth=0, label=span.label)


def _legend(axis: Axes) -> None:
    handles, _ = axis.get_legend_handles_labels()
    if handles:
        legend = axis.legend(
            loc="upper left", bbox_to_anchor=(0.0, 1.13), ncols=len(handles), fontsize=9, frameon=False
        )
        for line in legend.get_lines():
            line.set_alpha(1.0)


def _x_axis(axis: Axes, summary: Summary) -> None:
    axis.set_xlabel(axis_of(summary).label, fontsize=11)
    axis.set_xlim(0, last_place(summary) * 1.02)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=summary.soak is None))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: place_in_words(value)))
