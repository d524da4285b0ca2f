from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from matplotlib.image import imread

from mempress.report.curves import panels
from mempress.report.figures import draw, figure
from tests.report.handmade import completed, crashed, event, hostile, sample, saturated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mempress.model import Summary

PANEL = 2
"""Health: its curves are flat and blue, so every red pixel is an event's."""


def pixels(data: bytes) -> NDArray[np.int_]:
    return (imread(io.BytesIO(data), format="png")[..., :3] * 255).astype(int)


def red_and_expected_columns(summary: Summary) -> tuple[list[int], list[float]]:
    """Give the columns that are red from top to bottom of the panel, and where the panel's axis has the events."""
    drawing = draw(summary)
    drawing.draw_without_rendering()
    axis = drawing.axes[PANEL]
    box = axis.get_window_extent()
    picture = pixels(figure(summary))
    panel = picture[picture.shape[0] - int(box.y1) + 2 : picture.shape[0] - int(box.y0) - 2]
    red, green, blue = panel[..., 0], panel[..., 1], panel[..., 2]
    is_red = (red - np.maximum(green, blue) > 30) & (abs(green - blue) < 20)
    places = [float(axis.transData.transform((event.records, 0.0))[0]) for event in summary.maintenance_events]
    return [int(column) for column in np.flatnonzero(is_red.mean(axis=0) > 0.5)], places


@pytest.mark.parametrize("loads", [[6_000], [2_000, 15_000], list(range(1_000, 20_001, 1_000))], ids=["1", "2", "20"])
def test_a_red_line_stands_at_the_load_of_each_event_and_nowhere_else(loads: list[int]) -> None:
    summary = msgspec.structs.replace(completed(), maintenance_events=[event(load) for load in loads])
    found, expected = red_and_expected_columns(summary)
    assert all(min(abs(column - place) for column in found) <= 1.0 for place in expected)
    assert all(min(abs(column - place) for place in expected) <= 2.0 for column in found)


def test_a_run_without_maintenance_has_no_red_line() -> None:
    assert red_and_expected_columns(saturated()) == ([], [])


@pytest.mark.parametrize("summary", [saturated(), crashed(), hostile(), completed("记忆🧠")])
def test_any_run_gives_a_picture_of_1200_pixels_without_a_warning(summary: Summary) -> None:
    picture = pixels(figure(summary))
    assert picture.shape == (1230, 1200, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 10


def test_a_sample_without_a_value_leaves_a_gap() -> None:
    rows = [sample(1_000, 1.0), sample(2_000, None), sample(3_000, 3.0), sample(4_000, 4.0)]
    _, search, _ = panels(msgspec.structs.replace(completed(), samples=rows))
    assert search.curves[0].pieces == (((1_000.0, 1.0),), ((3_000.0, 3.0), (4_000.0, 4.0)))


def test_an_objective_far_above_all_values_does_not_flatten_them() -> None:
    rows = [sample(load, 1.0) for load in range(1_000, 5_001, 1_000)]
    _, near, _ = panels(msgspec.structs.replace(completed(), samples=rows, objective_ms=3.0))
    _, far, _ = panels(msgspec.structs.replace(completed(), samples=rows, objective_ms=20.0))
    assert (near.limit, near.limit_label) == (3.0, "p95 objective 3.00 ms")
    assert (far.limit, far.limit_label) == (None, "p95 objective 20.0 ms, above this scale")
