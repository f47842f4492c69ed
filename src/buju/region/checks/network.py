"""The network is one piece, and its links lead from one node to another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.inputs.folder import Given

_NAMED = 10


def check(frames: Mapping[str, pd.DataFrame], given: Given, found: Findings) -> None:
    """Links onto themselves, seats without links, and parts that nothing connects.

    Links of every date and status count here: a part that only a planned line reaches is no
    island, only one that nothing ever reaches.
    """
    raw = given.tables
    if "links" in raw:
        links = frames["links"]
        same = (links["from_node_id"] == links["to_node_id"]).fillna(False)
        for at in np.flatnonzero(same).tolist():
            node, line = str(links["to_node_id"].iat[at]), int(raw["links"].lines[at])
            found.add("self_link", raw["links"], row=line, column="to_node_id", value=node)
    if "nodes" in raw:
        if "links" in raw:
            _islands(frames, raw["nodes"], found)
        elif "links" not in given.broken and len(frames["nodes"]) > 1:
            found.add("links_missing", raw["nodes"])
        seats = frames["nodes"][frames["nodes"]["node_type"] == "seat"]["zone_id"]
        there = pd.concat([frames[name]["place"] for name in ("places", "outside_places")])
        if seats.isin(there).all():  # a seat of an unknown place is a fault already
            for name in ("places", "outside_places"):
                if name in raw:
                    _served(frames[name], frames["nodes"], raw[name], found)
    elif "places" in raw and "nodes" not in given.broken:
        found.note(
            "没有路网（nodes、links），只能检查和测算指标，不能运行研究",
            "there is no network (nodes, links): the tables can be checked, no study can be run",
        )
    for name in ("places", "outside_places"):
        if name in raw:
            _apart(frames[name], raw[name], found)


def _served(places: pd.DataFrame, nodes: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    """Every county and outside place has one seat in the network, and an area."""
    seats = nodes.loc[nodes["node_type"] == "seat", "zone_id"].value_counts()
    if seats.empty and len(nodes) and nodes["node_type"].isna().all():
        return  # the column is missing: a fault of its own
    counties = places["level"] == "county" if "level" in places else np.ones(len(places), bool)
    for at in np.flatnonzero(counties).tolist():
        code, name = str(places["place"].iat[at]), places["name_zh"].iat[at]
        number, line = int(seats.get(code, 0)), int(raw.lines[at])
        if number != 1:
            check = "seat_twice" if number else "seat_missing"
            called = f"{code}（{name}）"
            found.add(check, raw, row=line, column="place", value=called, code=code, number=number)
        if np.isnan(places["area_km2"].iat[at]) and _blank(raw, at):
            found.add("area_missing", raw, row=line, column="area_km2")


def _blank(raw: RawTable, at: int) -> bool:
    """Whether the area was left empty; what could not be read is a fault already."""
    return "area_km2" not in raw.cells or not isinstance(raw.cells["area_km2"].iat[at], str)


def _apart(places: pd.DataFrame, raw: RawTable, found: Findings) -> None:
    """No two places of a level stand at one point: neither has land of its own on a map."""
    keys = ["level", "lon", "lat"] if "level" in places else ["lon", "lat"]
    located = places[places["lon"].notna() & places["lat"].notna()]
    if "level" in located:
        located = located[located["level"] == "county"]
    first = located.groupby(keys)["place"].transform("first")
    for at in located.index[located["place"] != first]:
        code, other = str(located["place"][at]), str(first[at])
        line = int(raw.lines[at])
        found.add("seat_shared", raw, row=line, column="lon", value=code, other=other)


def _islands(frames: Mapping[str, pd.DataFrame], raw: RawTable, found: Findings) -> None:
    nodes, links = frames["nodes"], frames["links"]
    ids = pd.Index(nodes["node_id"])
    if not ids.is_unique or ids.hasnans or ids.empty:
        return  # already faults of their own
    tail = ids.get_indexer(pd.Index(links["from_node_id"]))
    head = ids.get_indexer(pd.Index(links["to_node_id"]))
    sound = (tail >= 0) & (head >= 0) & (tail != head)
    tail, head = tail[sound], head[sound]
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(ids), len(ids)))
    number, part = connected_components(graph, directed=False)
    linked = np.bincount(np.concatenate([tail, head]), minlength=len(ids)) > 0
    sizes = np.bincount(part)
    seat = (nodes["node_type"] == "seat").to_numpy(dtype=bool)
    # The rest of the network is the part with most places; stations and junctions decide a tie.
    seats = np.bincount(part[seat], minlength=number)
    main = int(np.lexsort((sizes, seats))[-1])
    names = {**_names(frames, "places"), **_names(frames, "outside_places")}
    alone = seat & ~linked
    for at in np.flatnonzero(alone).tolist():
        node, zone = str(nodes["node_id"].iat[at]), str(nodes["zone_id"].iat[at])
        place = f"{node} ({names.get(zone) or zone})"
        line = int(raw.lines[at])
        found.add("seat_without_link", raw, row=line, column="node_id", value=place)
    for other in range(number):
        members = np.flatnonzero((part == other) & ~alone).tolist()
        if (other == main and sizes[main] > 1) or not members:
            continue
        shown = ", ".join(_called(nodes, at) for at in members[:_NAMED])
        more = f", … ({len(members)})" if len(members) > _NAMED else ""
        line = int(raw.lines[members[0]])
        found.add("island", raw, row=line, column="node_id", value=shown + more)


def _called(nodes: pd.DataFrame, at: int) -> str:
    name = nodes["name"].iat[at]
    code = nodes["node_id"].iat[at]
    return f"{code} ({name})" if isinstance(name, str) else str(code)


def _names(frames: Mapping[str, pd.DataFrame], table: str) -> dict[str, str]:
    return dict(zip(frames[table]["place"], frames[table]["name_zh"].fillna(""), strict=True))
