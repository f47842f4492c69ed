"""The map of a run as a GeoPackage: counties with their results, elements, links."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from buju.errors import StudyError
from buju.region import boundaries
from buju.study.context import Run
from buju.study.stages.isochrones import polygons

# GDAL stamps layers with the time of writing; two runs of one study shall write the same bytes.
_STAMP = {"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"}


def write(path: Path, run: Run) -> None:
    """Write the layers `counties`, `prefectures`, `links` and `outside` in EPSG:4326.

    `added_links` holds what scenarios add and `isochrones` what lies within the time limit of the
    core cities; a layer without features is left out.

    Raises
    ------
    StudyError
        The file cannot be written, as on a full disk.
    """
    pyogrio.set_gdal_config_options(_STAMP)
    try:
        for name, layer in layers(run).items():
            layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    except (DataSourceError, DataLayerError, FeatureError) as error:
        raise StudyError(
            f"{path} could not be written ({error}); is the disk full?",
            f"{path} 无法写入；磁盘是否已满？",
        ) from error
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(_STAMP))


def layers(run: Run) -> dict[str, gpd.GeoDataFrame]:
    """The layers of the map."""
    region = run.region
    cells = boundaries(region, "county")
    basis = {"boundary_basis": cells.attrs["basis"], "boundary_note": cells.attrs["note"]}
    counties = cells.merge(run.frame("counties"), on="place", how="left").assign(**basis)
    changes = run.frame("effects")
    for scenario, rows in changes.groupby("scenario", sort=False):
        column = rows.set_index("place")["residents_change"]
        counties[f"residents_{scenario}"] = counties["place"].map(column)
    found = {"counties": counties, "links": _links(run), "outside": region.outside_places}
    prefectures = region.places.loc[region.places["level"] == "prefecture", "place"]
    if run.frame("counties")["prefecture"].isin(prefectures).any():
        found["prefectures"] = boundaries(region, "prefecture").assign(**basis)
    more = {"added_links": added_links(run), "isochrones": polygons(run)}
    return found | {name: layer for name, layer in more.items() if len(layer)}


def added_links(run: Run) -> gpd.GeoDataFrame:
    """Links that scenarios add, each with the scenario that adds it."""
    rows, lines = [], []
    for name, scenario in run.study.scenarios.items():
        nodes = scenario.with_nodes(run.region).nodes.set_index("node_id")[["x_coord", "y_coord"]]
        for link, edit in scenario.add.items():
            rows.append({"scenario": name, "link_id": link, "mode": edit["mode"]})
            lines.append(shapely.LineString(nodes.loc[[edit["from"], edit["to"]]].to_numpy()))
    columns = ["scenario", "link_id", "mode"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=lines, crs="EPSG:4326")


def _links(run: Run) -> gpd.GeoDataFrame:
    nodes = run.region.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    links = run.region.links
    ends = [nodes.reindex(links[column]).to_numpy() for column in ("from_node_id", "to_node_id")]
    lines = [shapely.LineString([a, b]) for a, b in zip(*ends, strict=True)]
    kept = ["link_id", "name", "mode", "facility_type", "minutes", "minutes_basis", "carries"]
    kept += ["status", "opened", "project"]
    return gpd.GeoDataFrame(pd.DataFrame(links[kept]), geometry=lines, crs="EPSG:4326")
