"""Classes of maps: every value in the class its legend states."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from buju.report.blocks import SECTIONS
from buju.report.formats import Format, Text
from buju.report.maps.base import area_colours, path_data
from buju.report.maps.classes import diverging_classes, fixed_classes, quantile_classes
from buju.report.records import Figure, Grid
from buju.report.results import Results
from buju.report.svg import clean, element, wrap

values = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=0, max_size=60)


@given(values)
def test_a_value_lies_between_the_limits_of_its_class(numbers: list[float]) -> None:
    for make in (quantile_classes, diverging_classes):
        classes = make(numbers)
        assert len(classes.colours) == len(classes.breaks) + 1
        assert list(classes.breaks) == sorted(set(classes.breaks))
        limits = (-math.inf, *classes.breaks, math.inf)
        for value, k in zip(numbers, classes.of(numbers), strict=True):
            assert k is not None
            assert limits[k] <= value < limits[k + 1]


@given(values)
def test_diverging_limits_are_the_same_on_both_sides(numbers: list[float]) -> None:
    breaks = np.array(diverging_classes(numbers).breaks)
    assert (breaks == -breaks[::-1]).all()


def test_less_is_better_turns_the_colours() -> None:
    up = diverging_classes([-2.0, -1.0, 1.0, 2.0])
    down = diverging_classes([-2.0, -1.0, 1.0, 2.0], less_is_better=True)
    assert up.colours == down.colours[::-1]


def test_missing_and_infinite_have_no_class() -> None:
    assert fixed_classes((30.0, 60.0)).of([math.nan, math.inf, 30.0]) == [None, None, 1]


def test_limits_can_be_told_apart_when_printed() -> None:
    classes = diverging_classes([0.138, -0.0003, 0.002, 0.0004, 0.0005])
    write = Format("change", classes.digits(100)).write
    printed = [write(limit).en for limit in classes.breaks]
    assert len(set(printed)) == len(printed)


def test_a_path_closes_and_keeps_its_holes() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    data = path_data(ring)
    assert data.count("M") == data.count("z") == 2


@pytest.mark.parametrize(
    "words", ["仅供分析。边界依据：泰森多边形", "for analysis only, no boundary"]
)
def test_wrapping_loses_nothing(words: str) -> None:
    assert "".join(wrap(words, 7)).replace(" ", "") == words.replace(" ", "")


def test_markup_is_escaped_everywhere() -> None:
    assert clean('<a href="x">&') == "&lt;a href=&quot;x&quot;&gt;&amp;"
    assert "<b>" not in element("text", clean("<b>"), class_='"><b>')


def test_controls_do_not_break_the_markup() -> None:
    assert clean("a\x00b\x0c") == "ab"


def test_a_negative_zero_has_no_direction() -> None:
    assert Format("change", 1).write(-0.00001) == Text.same("0.0%")


def figures_of(bundle, section: str) -> list[Figure]:
    found = next(s for s in SECTIONS if s.name == section).records(Results(bundle))
    return [f for r in found if isinstance(r, Grid) for f in r.figures]


def test_links_are_drawn_in_the_scenario_that_adds_them_and_nowhere_else(bundle) -> None:
    figures = figures_of(bundle, "travel") + figures_of(bundle, "equilibrium")
    drawn = [f for f in figures if 'href="#a-both"' in f.body]
    assert drawn
    assert all("两线" in f.title.zh and "情景新增路段" in f.body for f in drawn)
    assert all('id="a-both"' in f.shared and 'href="#a-line"' not in f.body for f in figures)


def test_isochrones_lie_on_the_counties_inside_them(bundle) -> None:
    (drawn,) = [f for f in figures_of(bundle, "circles") if 'href="#i-0"' in f.body]
    assert 'href="#i-1"' in drawn.body
    assert 'id="i-0"' in drawn.shared
    assert "60 分钟等时圈" in drawn.body


def test_cores_have_one_colour_on_every_map(bundle) -> None:
    results = Results(bundle)
    cores = list(dict.fromkeys(results.frame("circles")["core"].dropna().astype(str)))
    every = area_colours(results, cores)
    assert len(set(every.values())) == len(cores)
    assert area_colours(results, cores[::-1]) == every
    assert area_colours(results, cores[-1:]) == {cores[-1]: every[cores[-1]]}
