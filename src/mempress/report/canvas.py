"""What all pictures share: sizes, greys, and how a drawing becomes a file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

DPI = 300
TEXT = 8.0
SMALL = 7.0
"""Points, at the size at which a picture is drawn."""
EVENT_COLOUR = "#d00000"
DIM = "#555555"
GRID = "#dddddd"
_FIRST_UNDRAWN = 0x530


def encoded(drawing: Figure, kind: str) -> bytes:
    """Give a drawing as ``png`` or ``svg``; the same drawing, the same bytes."""
    data = io.BytesIO()
    if kind == "png":
        FigureCanvasAgg(drawing)
        drawing.savefig(data, format="png", metadata={"Software": "mempress"})
        return data.getvalue()
    FigureCanvasSVG(drawing)
    with rc_context({"svg.hashsalt": "mempress"}):
        drawing.savefig(data, format="svg", metadata={"Creator": "mempress", "Date": None})
    return data.getvalue()


def drawable(text: str) -> str:
    """Write letters that the library's own font lacks as escapes; it has Latin, Greek and Cyrillic ones."""
    return "".join(char if ord(char) < _FIRST_UNDRAWN else ascii(char)[1:-1] for char in text)


def stroke(dash: Sequence[float]) -> dict[str, Any]:
    """Give how a line is dashed, as matplotlib is told; a whole line is told nothing."""
    return {"dashes": tuple(dash), "dash_capstyle": "butt"} if dash else {}
