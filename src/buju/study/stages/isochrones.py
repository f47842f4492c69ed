"""What lies within the time limit of each core city, as polygons, at each date of the circles."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from buju.network import isochrones
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.openings import amended


def polygons(run: Run) -> gpd.GeoDataFrame:
    """`core`, `date`, `projects`, `minutes`, `km2` and a (multi)polygon in EPSG:4326, cores first.

    Made once for a run; empty where the study names no core cities.
    """
    asked = run.study.spec.measure
    dates = asked.core_dates or (run.study.scenarios["base"].date,)
    return run.kept(("isochrones", asked.cores, dates), lambda: _polygons(run, dates))


def _polygons(run: Run, dates: tuple[str, ...]) -> gpd.GeoDataFrame:
    asked = run.study.spec.measure
    columns = ["core", "date", "projects", "minutes", "km2", "geometry"]
    if not asked.cores:
        return gpd.GeoDataFrame(columns=columns, geometry="geometry", crs="EPSG:4326")
    found = []
    for date in dates:
        built = asked.core_projects.get(date, ())
        network = amended(run.region, run.dated(date, built))
        made = isochrones(*network, list(asked.cores), [asked.circle_minutes])
        found.append(made.assign(date=date, projects=";".join(built)))
    every = pd.concat(found, ignore_index=True).rename(columns={"origin": "core"})
    order = {core: k for k, core in enumerate(asked.cores)}
    every = every.sort_values("core", key=lambda c: c.map(order), kind="stable", ignore_index=True)
    return gpd.GeoDataFrame(every[columns], geometry="geometry", crs="EPSG:4326")


def isochrone_table(run: Run) -> Table:
    """Table `isochrones`: square kilometres within the limit of each core, date by date."""
    frame = pd.DataFrame(polygons(run).drop(columns="geometry"))
    frame["change"] = frame.groupby("core", sort=False)["km2"].diff()
    return Table(
        frame,
        "核心城市等时圈面积",
        "Area within the time limit of each core city",
        {"minutes": "min", "km2": "km²", "change": "km²"},
        basis="modelled",
        note_zh="门到门；离开路网后按直线 20 km/h、最远 10 km 计（约定），道路在节点之间按直线画，"
        "形状为示意；多边形见 region.gpkg 的 isochrones 图层。",
        note_en="Door to door; beside the network 20 km/h as the crow flies and at most 10 km "
        "(conventions); roads run straight between nodes, so shapes are sketches. Polygons: layer "
        "`isochrones` of region.gpkg.",
    )
