"""The region divided by where people live: degree of urbanisation of counties, from grids."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage

from buju import measure
from buju.region import boundaries
from buju.study.context import Run
from buju.study.grids import grids_of
from buju.study.stages.divisions import Division

_HALF = 0.5
_HEAD = ("urbanisation", "城市化程度", "Degree of urbanisation")
_TAIL = ("European Commission et al. (2021)", "computed", "share")
_HOW_ZH = "一平方公里人口格网；一半以上人口住在城市中心（密度、规模、连片）的县为城市，归入该中心"
_HOW_EN = (
    "grid of 1 km cells; a county with half of its people in an urban centre is a city and "
    "belongs to that centre"
)


def urban_centres(run: Run) -> pd.DataFrame | None:
    """Counties with their share of people in urban centres; None where the study names no grids.

    `place`, `share`, `centre` (the county with most people of the centre that most of its people
    in centres live in; missing where none do), `class`, `class_name` (level 2) and `residents` of
    the grid.
    """
    if run.study.spec.measure.grids is None:
        return None
    return run.kept("urban_centres", lambda: _centres(run))


def _centres(run: Run) -> pd.DataFrame:
    asked = run.study.spec.measure.grids
    assert asked is not None
    grids = grids_of(run.study.path.parent, asked)
    places = run.frame("counties")["place"].tolist()
    unit = _counties_of(run, grids, places)
    known = grids.population, grids.land, grids.built
    first, second = (measure.degree_of_urbanisation(*known, level=level) for level in (1, 2))
    found = measure.urbanisation_of_units(second, grids.population, grids.land, unit)
    share = measure.urbanisation_of_units(first, grids.population, grids.land, unit)["share_3"]
    names = np.array(places)
    held = _held_by(first == 3, grids.population, unit, len(places))
    table = pd.DataFrame(
        {
            "place": names[found["unit"]],
            "share": share,
            "class": found["class"],
            "class_name": found["class_name"],
            "residents": found["residents"],
        }
    )
    table["centre"] = [names[held[k]] if held[k] >= 0 else None for k in found["unit"]]
    return table


def _counties_of(run: Run, grids: measure.Grids, places: list[str]) -> npt.NDArray[np.int64]:
    """The county each cell's centre lies in, by its number in `places`; -1 outside all."""
    lon, lat = grids.centres()
    shapes = boundaries(run.region, "county").set_index("place").geometry.reindex(places)
    points = gpd.points_from_xy(lon.ravel(), lat.ravel())
    county, cell = shapes.sindex.query(points, predicate="within")[::-1]
    unit = np.full(lon.size, -1, dtype=np.int64)
    unit[cell] = county
    unit[grids.outside.ravel()] = -1
    return unit.reshape(lon.shape)


def _held_by(
    centre: npt.NDArray[np.bool_],
    people: npt.NDArray[np.float64],
    unit: npt.NDArray[np.int64],
    count: int,
) -> list[int]:
    """For each county the one that names its centre: that with most of the centre's people."""
    label, number = ndimage.label(centre)
    inside = (label > 0) & (unit >= 0)
    lived = np.zeros((count, number + 1))
    np.add.at(lived, (unit[inside], label[inside]), people[inside])
    names = lived.argmax(axis=0)
    return [int(names[row.argmax()]) if row.max() > 0 else -1 for row in lived]


def urbanisation(run: Run) -> Division:
    """Counties that are cities by the degree of urbanisation, each in its urban centre.

    Raises
    ------
    ParameterError, MissingExtra
        The grids that the study names cannot be read, or do not fit; see `measure.read_grids`.
    """
    found = urban_centres(run)
    if found is None:
        zh, en = "研究文件没有给出人口格网（measure.grids）", "no grids: measure.grids is not given"
        return Division(*_HEAD, _HOW_ZH, _HOW_EN, *_TAIL, left_out_zh=zh, left_out_en=en)
    city = found["class"] == 30
    area = found["centre"].where(city)
    margin = found["share"] - _HALF
    frame = pd.DataFrame(
        {
            "place": found["place"],
            "area": area,
            "areas": area.fillna(""),
            "value": found["share"],
            "margin": margin,
            "flip_zh": [_words(m)[0] for m in margin],
            "flip_en": [_words(m)[1] for m in margin],
        }
    )
    return Division(*_HEAD, _HOW_ZH, _HOW_EN, *_TAIL, frame)


def _words(margin: float) -> tuple[str, str]:
    points = 100 * abs(margin)
    if margin >= 0:
        return (
            f"住在城市中心的比重降低 {points:.0f} 点则不再是城市",
            f"no city when {points:.0f} points fewer live in the centre",
        )
    return (
        f"住在城市中心的比重提高 {points:.0f} 点则为城市",
        f"a city when {points:.0f} points more live in a centre",
    )
