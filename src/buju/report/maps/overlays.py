"""Lines and outlines on top of the colours of a map, by the ids of the shared drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd

from buju.report.formats import Text
from buju.report.results import Results

STYLE = (
    ".rl{fill:none;stroke:#555;stroke-width:1;stroke-dasharray:4 1.5}"
    ".pl{fill:none;stroke:#c2185b;stroke-width:2.2}"
    ".al{fill:none;stroke:#c2185b;stroke-width:2.2;stroke-dasharray:1.5 2.5;stroke-linecap:round}"
    ".is{fill:#0b3c6f;fill-opacity:.07;stroke:#0b3c6f;stroke-width:1.3}"
)


@dataclass(frozen=True)
class Overlay:
    """Shapes of the shared drawing that one legend entry names.

    Attributes
    ----------
    ids
        Of the shapes in the drawing.
    style
        Class of their strokes, as in `STYLE`.
    """

    ids: Sequence[str]
    name: Text
    style: str


RAIL = Overlay(("rail",), Text("铁路（示意）", "railway, schematic"), "rl")


def of_scenario(results: Results, scenario: str) -> list[Overlay]:
    """What a scenario builds: the lines of its projects, and the links it adds itself."""
    found = []
    projects = [f"p-{code}" for code in results.projects(scenario)]
    if projects:
        found.append(Overlay(projects, Text("项目线路（示意）", "project, schematic"), "pl"))
    added = results.layers.get("added_links")
    if added is not None and (added["scenario"] == scenario).any():
        name = Text("情景新增路段（示意）", "link added, schematic")
        found.append(Overlay([added_id(scenario)], name, "al"))
    return found


def added_id(scenario: str) -> str:
    """Id in the drawing of the links a scenario adds."""
    return f"a-{scenario}"


def isochrone_id(row: int) -> str:
    """Id in the drawing of a polygon, by its row in the layer."""
    return f"i-{row}"


def isochrones_of(layer: gpd.GeoDataFrame, date: str, name: Text) -> Overlay:
    """The polygons of all core cities at a date."""
    rows = [k for k, held in enumerate(layer["date"].astype(str)) if held == date]
    return Overlay([isochrone_id(k) for k in rows], name, "is")
