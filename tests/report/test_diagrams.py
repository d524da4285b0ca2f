"""What diagrams are drawn from: thinning, scales, looks, the course of a run, and the picture of all systems."""

from __future__ import annotations

import io
from itertools import combinations
from xml.etree import ElementTree as ET

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from mempress.report.along import MOST_POINTS, apart, axes, spread, thinned
from mempress.report.course import courses
from mempress.report.figures import figure
from mempress.report.palette import LOOKS, looks
from mempress.report.plotting import across, members
from mempress.report.quantities import QUANTITIES
from mempress.report.scales import Scale, log_scale, tick_words, value_scale
from mempress.report.sidebyside import SHOWN, comparison, draw_all
from tests.report.handmade import completed, crashed, event, hostile, result_of, sample, saturated

# How protanopes and deuteranopes see linear red, green and blue: Vienot, Brettel and Mollon, 1999.
_BLIND = {
    "protan": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "deutan": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}

# Linear red, green and blue as Oklab, in which distances are as seen: Ottosson, 2020.
_TO_CONES = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]])
_TO_LAB = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=3_000))
def test_a_thinned_curve_keeps_its_ends_and_its_extremes(values: list[float]) -> None:
    points = [(float(at), value) for at, value in enumerate(values)]
    kept = thinned(points)
    assert len(kept) <= max(MOST_POINTS + 4, len(points) if len(points) <= MOST_POINTS else 0)
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert (min(value for _, value in kept), max(value for _, value in kept)) == (min(values), max(values))
    assert sorted(kept) == list(kept)
    assert set(kept) <= set(points)


@given(st.lists(st.integers(0, 10**7), unique=True, max_size=2_000), st.integers(2, 300))
def test_places_that_cannot_be_told_apart_are_one_and_none_is_far_from_one_that_is_kept(
    loads: list[int], most: int
) -> None:
    places = sorted(map(float, loads))
    kept = apart(places, most)
    assert set(kept) <= set(places)
    assert len(kept) <= max(most + 1, 0)
    cell = places[-1] / most if places else 0.0
    assert all(min(abs(place - near) for near in kept) <= cell for place in places)


def test_evenly_chosen_places_have_both_ends() -> None:
    assert spread(5, 10) == [0, 1, 2, 3, 4]
    chosen = spread(10_000, 200)
    assert (chosen[0], chosen[-1], len(chosen)) == (0, 9_999, 200)


@given(st.floats(1e-6, 1e9), st.floats(1.01, 1e6))
def test_ticks_are_within_their_scale_few_and_round(low: float, factor: float) -> None:
    for scale in (value_scale([low * factor], 170.0, 6.0), log_scale([low, low * factor * 2.0], 170.0, 6.0)):
        assert scale is not None
        ticks = scale.ticks()
        assert 1 <= len(ticks) <= 12
        assert all(scale.low <= tick <= scale.high for tick in ticks)
        assert [scale.at(tick) for tick in ticks] == sorted((scale.at(tick) for tick in ticks), reverse=True)


def test_what_is_no_positive_value_has_no_logarithm() -> None:
    assert log_scale([0.0, 5.0], 170.0, 6.0) is None
    assert log_scale([], 170.0, 6.0) is None
    assert log_scale([5.0, 6.0], 170.0, 6.0) is None
    assert Scale(0.0, 10.0, 0.0, 1_000.0).at(25.0) == 1_000.0
    assert [tick_words(value) for value in (0.25, 1_000.0, 12_000.0, 12_500.0)] == ["0.25", "1,000", "12k", "12,500"]


def test_a_system_looks_the_same_in_every_report_unless_two_would_look_alike() -> None:
    alone = {name: looks([name])[name] for name in ("neuroca", "agno", "chroma", "lancedb")}
    assert looks(["neuroca", "agno"]) == {name: alone[name] for name in ("neuroca", "agno")}
    assert looks(["agno", "neuroca"]) == looks(["neuroca", "agno"])
    both = looks(["chroma", "lancedb"])
    assert both["chroma"] == alone["chroma"]
    assert both["lancedb"] != both["chroma"]
    many = looks([f"s{at}" for at in range(8)])
    assert len({look.slot for look in many.values()}) == 8
    assert len(looks([f"s{at}" for at in range(20)])) == 20


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_colours_stand_out_and_are_told_apart_also_by_those_who_see_fewer(ground: str) -> None:
    colours = [np.array(to_rgb(getattr(look, ground))) for look in LOOKS]
    paper = 1.0 if ground == "light" else 0.009
    linear = [
        np.where(np.array(rgb) <= 0.04045, np.array(rgb) / 12.92, ((np.array(rgb) + 0.055) / 1.055) ** 2.4)
        for rgb in colours
    ]
    for rgb in linear:
        bright = float(rgb @ np.array([0.2126, 0.7152, 0.0722]))
        high, low = max(bright, paper), min(bright, paper)
        assert (high + 0.05) / (low + 0.05) >= 3.0
    for matrix in (np.eye(3), *_BLIND.values()):
        seen = [_TO_LAB @ np.cbrt(_TO_CONES @ np.clip(matrix @ rgb, 0.0, 1.0)) for rgb in linear]
        assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 0.05
    assert len({look.marker for look in LOOKS}) == len({look.dash for look in LOOKS}) == len(LOOKS)


def test_a_course_has_the_phases_the_saturation_and_each_event_by_its_origin() -> None:
    systems = result_of(completed(), saturated()).systems
    found = courses(systems, looks(systems))
    first, second = (lane.courses[0] for lane in found.lanes)
    assert [(marked.origin, len(marked.places)) for marked in first.events] == [("reported", 10), ("requested", 1)]
    assert (first.saturated, second.events) == (None, ())
    assert [stretch.words for stretch in second.stretches] == ["load", "load after recovery"]
    assert second.saturated == pytest.approx(100 * 7_000 / (20_000 * 1.01), abs=0.01)
    assert [stretch.words for stretch in found.lanes[1].courses[1].stretches] == ["load", "load after recovery"]
    assert "agno: saturated, saturated at 7,000 records, no maintenance event." in found.words


def test_a_figure_that_nobody_has_is_not_drawn_and_one_that_somebody_lacks_is_said_to_be_unknown() -> None:
    rows = [msgspec.structs.replace(sample(load, 1.0), disk_mb=None) for load in (1_000, 2_000, 3_000)]
    systems = {"a": completed("a"), "b": msgspec.structs.replace(completed("b"), samples=rows)}
    by_key = {quantity.key: across(quantity, members(systems, looks(systems))) for quantity in QUANTITIES}
    assert by_key["disk"].drawn
    assert by_key["disk"].notes == ("n/a for b.",)
    assert not by_key["p99"].drawn


def test_curves_run_along_records_and_time() -> None:
    assert [axis.kind for axis in axes([completed()])] == ["records", "time"]
    assert axes([completed()])[1].label == "Time since the run began (s)"
    late = [msgspec.structs.replace(row, t_s=row.t_s * 60.0) for row in completed().samples]
    assert axes([msgspec.structs.replace(completed(), samples=late)])[1].label.endswith("(min)")


def test_all_systems_are_in_one_picture_with_a_curve_in_each_diagram() -> None:
    result = result_of(completed(), saturated(), crashed())
    drawing = draw_all(result)
    assert len(drawing.axes) == len(SHOWN)
    look = looks(result.systems)
    for axis in drawing.axes:
        drawn = {line.get_color() for line in axis.get_lines()}
        assert {look["neuroca"].light, look["agno"].light} <= drawn
    (legend,) = drawing.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "neuroca (completed)",
        "agno (saturated)",
        "brittle (crashed)",
    ]
    picture = imread(io.BytesIO(comparison(result)), format="png")
    assert picture.shape[:2] == (1290, 2100)


def test_pictures_are_well_formed_svg_too_whatever_a_system_is_called() -> None:
    result = result_of(hostile(), completed("_$x$"))
    for data in (comparison(result, "svg"), figure(hostile(), kind="svg")):
        root = ET.fromstring(data)  # noqa: S314 - our own picture
        assert root.tag.endswith("svg")
        assert not [part for part in root.iter() if part.tag.rpartition("}")[2] in {"script", "image", "foreignObject"}]
        assert not [name for part in root.iter() for name in part.attrib if name.lower().startswith("on")]
    assert comparison(result, "svg") == comparison(result, "svg")


def test_thousands_of_events_are_drawn_in_a_picture_of_bounded_size() -> None:
    many = msgspec.structs.replace(completed(), maintenance_events=[event(load) for load in range(1, 20_001, 4)])
    assert len(figure(many, kind="svg")) < 1_000_000
