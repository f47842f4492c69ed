"""What lies within some minutes of a place, as polygons."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Transformer

from buju.errors import NetworkError
from buju.network.engines import dijkstra
from buju.network.graph import Graph
from buju.network.impedance import Impedance
from buju.network.matrices import seat_nodes
from buju.network.modes import graph_of
from buju.network.scenario import Scenario
from buju.region import Region

Array = np.ndarray
APART_KM = 2.0
"""Points along roads from which people leave the network lie at most this far apart."""


def isochrones(
    region: Region,
    scenario: Scenario | None,
    origins: Sequence[str],
    minutes: Sequence[float],
    *,
    mode: str = "all",
    off_network_speed: float = 20.0,
    farthest_km: float = 10.0,
    crs: str | None = None,
    impedance: Impedance | None = None,
) -> gpd.GeoDataFrame:
    """What can be reached within some minutes, as one polygon for each origin and limit.

    Every node, and points at most 2 km apart along every road, are reached at their time of the
    fastest way. From there people go on in all directions for what is left, which gives a disc;
    the polygon is the union. Trains can be left at stations only. Roads run straight between
    their nodes here, as region tables hold no bends.

    Parameters
    ----------
    region, scenario, mode, impedance
        See `times_matrix`.
    origins
        Codes of places with a seat node.
    minutes
        Limits, above zero.
    off_network_speed
        As the crow flies beside the network, km/h; a convention.
    farthest_km
        Nobody goes farther from the network than this.
    crs
        A projected system in metres; by default an equal-area one centred on each origin.

    Returns
    -------
    GeoDataFrame
        `origin`, `minutes`, `km2` and a (multi)polygon in EPSG:4326, origins first. Polygons of
        one origin hold each other as limits grow.

    Raises
    ------
    NetworkError
        A limit or speed that is not above zero, a system in degrees, or as in `times_matrix`.
    """
    limits = np.asarray(list(minutes), dtype=np.float64)
    for name, values in (("minutes", limits), ("off_network_speed", off_network_speed),
                         ("farthest_km", farthest_km)):  # fmt: skip
        if not (np.isfinite(values) & (np.asarray(values) > 0)).all():
            raise NetworkError(
                f"isochrones: {name} {values} must be above zero", f"等时圈：{name} 应大于零"
            )
    system = _metres(crs) if crs is not None else None
    scenario = scenario or Scenario()
    graph, links = graph_of(region, scenario, mode, impedance or Impedance())
    nodes = scenario.with_nodes(region).nodes
    seats = seat_nodes(region, origins)
    times = _node_times(graph, seats, list(nodes["node_id"]))
    rows = []
    for origin, seat, reached in zip(origins, seats, times, strict=True):
        here = nodes[nodes["node_id"] == seat].iloc[0]
        plane = system or _around(here["x_coord"], here["y_coord"])
        points, at = _points(nodes, links[links["mode"] == "road"], reached, plane)
        for limit in limits:
            left = np.minimum((limit - at) / 60 * off_network_speed, farthest_km) * 1000
            shape = shapely.union_all(shapely.buffer(points[left > 0], left[left > 0]))
            rows.append((origin, float(limit), shape.area / 1e6, _degrees(shape, plane)))
    table = pd.DataFrame(rows, columns=["origin", "minutes", "km2", "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


def _metres(crs: str) -> CRS:
    system = CRS(crs)
    unit = system.axis_info[0].unit_name if system.axis_info else ""
    if not system.is_projected or unit != "metre":
        raise NetworkError(
            f"isochrones need metres, but {crs} counts in {unit or 'no known unit'}; name a "
            "projected system such as EPSG:4546, or leave `crs` out",
            f"等时圈需要以米为单位的投影坐标系，{crs} 不是；请改用如 EPSG:4546，或不填 crs",
        )
    return system


def _around(x: float, y: float) -> CRS:
    return CRS(f"+proj=laea +lat_0={y} +lon_0={x} +datum=WGS84 +units=m")


def _degrees(shape: shapely.Geometry, plane: CRS) -> shapely.Geometry:
    back = Transformer.from_crs(plane, "EPSG:4326", always_xy=True)
    return shapely.transform(shape, back.transform, interleaved=False)


def _node_times(graph: Graph, seats: list[str], nodes: list[str]) -> Array:
    """Minutes from each seat to each node of the region, (O, N)."""
    start = np.array([graph.start[seat] for seat in seats], dtype=np.int64)
    finish = np.array([graph.finish[node] for node in nodes], dtype=np.int64)
    return dijkstra.route(graph.arcs(), start, finish)


def _points(
    nodes: pd.DataFrame, roads: pd.DataFrame, reached: Array, plane: CRS
) -> tuple[Array, Array]:
    """Points on the plane from which people leave the network, and when they are reached."""
    there = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    xy = np.stack(there.transform(nodes["x_coord"], nodes["y_coord"]), axis=1)
    row = pd.Index(nodes["node_id"])
    one, other = (row.get_indexer(roads[c]) for c in ("from_node_id", "to_node_id"))
    minutes = roads["minutes"].to_numpy(dtype=np.float64)
    two = ~roads["directed"].to_numpy(dtype=bool)
    metres = np.hypot(*(xy[one] - xy[other]).T)
    pieces = np.maximum(1, np.ceil(metres / (1000 * APART_KM))).astype(np.int64)
    link = np.repeat(np.arange(len(roads)), pieces - 1)
    step = np.concatenate([np.arange(1, n) for n in pieces] or [np.empty(0)])
    share = step / pieces[link]
    spots = xy[one[link]] + share[:, None] * (xy[other[link]] - xy[one[link]])
    ahead = reached[one[link]] + share * minutes[link]
    back = np.where(two[link], reached[other[link]] + (1 - share) * minutes[link], np.inf)
    points = shapely.points(np.concatenate([xy, spots]))
    return points, np.concatenate([reached, np.minimum(ahead, back)])
