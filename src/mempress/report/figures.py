"""A run as a picture: memory, latency and health against records or time; a red line at each maintenance event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mempress.format import name
from mempress.report.canvas import DIM, DPI, EVENT_COLOUR, GRID, SMALL, TEXT, drawable, encoded, stroke
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
from mempress.report.palette import LOOKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mempress.model import Summary
    from mempress.report.curves import Curve, Panel
    from mempress.report.palette import Look

_INCHES = (4.0, 4.1)
"""A column of a paper is a little narrower: texts stay over six points there."""
_HELD_COLOUR = "#6b7480"
_DASHES: tuple[tuple[float, ...], ...] = ((), (4.0, 1.6), (1.2, 1.4))
_MANY_POINTS = 40
_HIGH = 0.85


def figure(summary: Summary, look: Look = LOOKS[0], kind: str = "png") -> bytes:
    """Give the picture, as PNG 1200 pixels wide or as SVG."""
    return encoded(draw(summary, look), kind)


def draw(summary: Summary, look: Look = LOOKS[0]) -> Figure:
    """Draw the picture; all curves are in the system's colour, and differ by dash."""
    drawing = Figure(figsize=_INCHES, dpi=DPI, layout="constrained")
    drawing.get_layout_engine().set(h_pad=0.03, w_pad=0.03)  # type: ignore[union-attr, call-arg] # of the layout asked for
    axes = drawing.subplots(3, 1, sharex=True)
    drawing.suptitle(_title(summary), fontsize=TEXT, parse_math=False, x=0.01, ha="left", fontweight="bold")
    for axis, panel in zip(axes, panels(summary), strict=True):
        _panel(axis, panel, look)
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
    return f"{drawable(name(summary.name))}: {status} at {summary.metrics.max_records:,} records\n{found}"


def _panel(axis: Axes, panel: Panel, look: Look) -> None:
    axis.set_ylabel(panel.label, fontsize=SMALL)
    axis.tick_params(labelsize=SMALL, length=2.0, width=0.6)
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_linewidth(0.6)
    if not any(curve.values for curve in panel.curves):
        axis.text(
            0.5, 0.5, "not measured", transform=axis.transAxes, ha="center", va="center", color=DIM, fontsize=SMALL
        )
        axis.set_yticks([])
        return
    for curve in panel.curves:
        _line(axis, curve, look)
    _scale(axis, panel)
    _limit(axis, panel)
    axis.grid(visible=True, color=GRID, linewidth=0.4)
    axis.set_axisbelow(True)


def _limit(axis: Axes, panel: Panel) -> None:
    """Draw the limit; one that lies above the scale is told in the corner."""
    if panel.limit is None:
        axis.text(1.0, 1.02, panel.limit_label, transform=axis.transAxes, ha="right", fontsize=SMALL, color=DIM)
        return
    axis.axhline(panel.limit, color=DIM, dashes=(6.0, 3.0), linewidth=0.7)
    axis.annotate(
        panel.limit_label,
        (0.0, panel.limit),
        xycoords=("axes fraction", "data"),
        xytext=(3, -7.5 if _high(axis, panel.limit) else 2),
        textcoords="offset points",
        fontsize=SMALL,
        color=DIM,
    )


def _high(axis: Axes, value: float) -> bool:
    """Tell whether a value stands so high in a diagram that nothing can be written over it."""
    return float(axis.transLimits.transform(axis.transScale.transform((0.0, value)))[1]) > _HIGH


def _scale(axis: Axes, panel: Panel) -> None:
    if panel.logarithmic:
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
        axis.tick_params(which="minor", length=1.2, width=0.4)
        return
    values = [value for curve in panel.curves for value in curve.values]
    axis.set_ylim(0.0, 1.1 * (panel.highest or max([*values, panel.limit or 0.0]) or 1.0))
    axis.yaxis.set_major_locator(MaxNLocator(nbins=5))


def _line(axis: Axes, curve: Curve, look: Look) -> None:
    """Draw the pieces of a curve; a lone sample between two gaps stays to be seen by its marker."""
    few = len(curve.values) <= _MANY_POINTS and curve.colour == 0
    for at, piece in enumerate(curve.pieces):
        axis.plot(
            [place for place, _ in piece],
            [value for _, value in piece],
            color=look.light,
            marker=look.marker if few or len(piece) == 1 else "",
            markersize=2.6,
            markeredgewidth=0.0,
            linewidth=1.1,
            label=curve.label if at == 0 else None,
            **stroke(_DASHES[curve.colour]),
        )


def _held(axis: Axes, curve: Curve) -> None:
    """Show the records held on an axis of their own, beside memory."""
    if not curve.values:
        return
    second = axis.twinx()
    for piece in curve.pieces:
        second.plot(*zip(*piece, strict=True), color=_HELD_COLOUR, linewidth=1.0, **stroke(_DASHES[2]))
    second.set_ylabel("Records held", fontsize=SMALL)
    second.tick_params(labelsize=SMALL, length=2.0, width=0.6)
    second.set_ylim(0.0, 1.1 * max(curve.values) or 1.0)
    second.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, steps=[1, 2, 2.5, 5, 10]))
    second.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    second.spines[["top", "left", "bottom"]].set_visible(False)
    second.spines["right"].set_linewidth(0.6)
    axis.plot([], [], color=_HELD_COLOUR, linewidth=1.0, label="records held", **stroke(_DASHES[2]))


def _events(axis: Axes, summary: Summary) -> None:
    places = event_places(summary)
    if not places:
        return
    axis.vlines(
        places,
        0.0,
        1.0,
        transform=axis.get_xaxis_transform(),
        color=EVENT_COLOUR,
        alpha=event_opacity(len(places)),
        linewidth=0.5 if len(places) > MANY_EVENTS else 0.7,
        zorder=1.5,
        label="maintenance",
    )


def _course(axis: Axes, summary: Summary) -> None:
    """Mark where the system saturated, and what was loaded after its recovery."""
    saturated = saturated_place(summary)
    if saturated is not None:
        axis.axvline(saturated, color=DIM, dashes=(1.2, 1.6), linewidth=1.0, zorder=1.4, label="saturated")
    for span in spans(summary):
        axis.axvspan(span.low, span.high, color="#999999", alpha=0.15, linewidth=0, label=span.label)


def _legend(axis: Axes) -> None:
    handles, _ = axis.get_legend_handles_labels()
    if handles:
        legend = axis.legend(
            loc="lower left",
            bbox_to_anchor=(0.0, 0.98),
            ncols=len(handles),
            fontsize=SMALL,
            frameon=False,
            handlelength=1.6,
            columnspacing=1.0,
            handletextpad=0.4,
            borderpad=0.1,
            borderaxespad=0.0,
        )
        for handle in legend.legend_handles:
            if isinstance(handle, LineCollection):
                handle.set_alpha(1.0)


def _x_axis(axis: Axes, summary: Summary) -> None:
    axis.set_xlabel(axis_of(summary).label, fontsize=SMALL)
    axis.set_xlim(0, last_place(summary) * 1.02)
    axis.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=summary.soak is None, steps=[1, 2, 2.5, 5, 10]))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: place_in_words(value)))
