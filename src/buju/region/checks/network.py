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
        elif "links" not in given.broken:
            found.note("有节点而无路段，没有路网", "there are nodes and no links: no network")
        _seatless(frames, found)


def _seatless(frames: Mapping[str, pd.DataFrame], found: Findings) -> None:
    nodes, places = frames["nodes"], frames["places"]
    seated = set(nodes["zone_id"][nodes["node_type"] == "seat"])
    counties = places[places["level"] == "county"]
    without = counties[~counties["place"].isin(seated)]
    if len(without):
        names = ", ".join(f"{p} ({n})" for p, n in without[["place", "name_zh"]].to_numpy())
        found.note(
            f"以下县区在 nodes 中没有驻地节点，无法计算出行时间：{names}",
            f"these counties have no seat node in nodes, so no travel times: {names}",
        )


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
    main = int(sizes.argmax())
    seat = (nodes["node_type"] == "seat").to_numpy(dtype=bool)
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
