"""Roads of an OpenStreetMap extract (.osm.pbf, .osm); the extra `osm`."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from buju.errors import missing_extra
from buju.network.formats.rows import Rows, checked, fail
from buju.network.roads import great_circle_km

SPEEDS: Mapping[str, float] = {
    "motorway": 100, "trunk": 80, "primary": 60, "secondary": 50, "tertiary": 40,
    "unclassified": 30, "residential": 25, "motorway_link": 50, "trunk_link": 40,
    "primary_link": 40, "secondary_link": 35, "tertiary_link": 30,
}  # fmt: skip
"""Speeds in km/h that stand in where a way has no `maxspeed`: conventions of ours, by class."""
ONE_WAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}


def read_osm(path: str | Path, *, speeds: Mapping[str, float] = SPEEDS) -> Rows:
    """Roads as nodes (where ways meet or end) and links with estimated minutes.

    Parameters
    ----------
    speeds
        Classes (`highway=`) to read and the speed (km/h) of each where `maxspeed` is not tagged.

    Returns
    -------
    Rows
        Ids are those of OpenStreetMap: `n<id>`, and `w<id>-<part>` for the parts of a way between
        meetings. Length along the way on the sphere; `minutes_basis` is `estimate`, since tagged
        limits are no running times. `directed` where the way is one-way; links lead in travel
        direction. Data of OpenStreetMap are under the ODbL: name the source.

    Raises
    ------
    NetworkError
        The file cannot be read, or has no road of these classes.
    MissingExtra
        `osmium` is not installed.
    """
    path, kit = Path(path), _kit()
    if not path.is_file():
        fail(path, "no such file", "没有这个文件")
    try:
        ways, spots = _ways(kit, path, speeds)
    except RuntimeError as error:
        fail(path, f"is no readable OpenStreetMap extract ({error})", "不是可读的 OSM 数据")
    if not ways:
        fail(path, f"has no road of the classes {', '.join(speeds)}", "没有所选等级的道路")
    meetings = Counter(node for _, nodes, _, _, _ in ways for node in nodes)
    rows = [row for way in ways for row in _parts(way, meetings, spots)]
    links = pd.DataFrame(rows)
    used = list(dict.fromkeys([*links["from_node_id"], *links["to_node_id"]]))
    nodes = pd.DataFrame(
        [(node, *spots[int(node[1:])], "junction") for node in used],
        columns=["node_id", "x_coord", "y_coord", "node_type"],
    )
    return checked(path, nodes, links)


Way = tuple[int, list[int], str, float, int]


def _ways(
    kit: Any, path: Path, speeds: Mapping[str, float]
) -> tuple[list[Way], dict[int, tuple[float, float]]]:
    """Ways (id, nodes, class, km/h, direction) and where their nodes lie."""
    ways: list[Way] = []
    spots: dict[int, tuple[float, float]] = {}
    for way in kit.FileProcessor(str(path)).with_locations():
        if not way.is_way() or way.tags.get("highway") not in speeds:
            continue
        kind = way.tags["highway"]
        # Extracts cut ways at their edge: nodes beyond it have no place.
        nodes = [(n.ref, n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
        if len(nodes) < 2:
            continue
        spots |= {ref: (x, y) for ref, x, y in nodes}
        default = "yes" if kind == "motorway" or way.tags.get("junction") == "roundabout" else "no"
        direction = ONE_WAY.get(way.tags.get("oneway", default), 0)
        speed = km_an_hour(way.tags.get("maxspeed", "")) or float(speeds[kind])
        ways.append((way.id, [ref for ref, _, _ in nodes], kind, speed, direction))
    return ways, spots


def km_an_hour(text: str) -> float | None:
    """A tagged speed in km/h; None where it is none, as for "signals".

    >>> km_an_hour("80"), km_an_hour("50 mph"), km_an_hour("none")
    (80.0, 80.4672, None)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(mph|km/h|kph)?", text.strip())
    if found is None or not float(found[1]) > 0:
        return None
    return float(found[1]) * (1.609344 if found[2] == "mph" else 1.0)


def _parts(
    way: Way, meetings: Counter[int], spots: dict[int, tuple[float, float]]
) -> list[dict[str, Any]]:
    name, nodes, kind, speed, direction = way
    if direction < 0:
        nodes = nodes[::-1]
    rows: list[dict[str, Any]] = []
    start, km = nodes[0], 0.0
    for before, node in pairwise(nodes):
        km += float(great_circle_km(*spots[before], *spots[node]))
        if node != nodes[-1] and meetings[node] < 2:
            continue
        if node != start:
            rows.append(
                {
                    "link_id": f"w{name}-{len(rows)}",
                    "from_node_id": f"n{start}",
                    "to_node_id": f"n{node}",
                    "directed": direction != 0,
                    "mode": "road",
                    "facility_type": kind,
                    "length": km,
                    "free_speed": speed,
                    "minutes": 60 * km / speed,
                    "minutes_basis": "estimate",
                    "carries": "both",
                    "status": "operating",
                }
            )
        start, km = node, 0.0
    return rows


def _kit() -> Any:
    try:
        return importlib.import_module("osmium")
    except ImportError as error:
        raise missing_extra("osm", "OpenStreetMap extracts") from error
