"""The graph that each mode of travel uses."""

from __future__ import annotations

import pandas as pd

from buju.errors import NetworkError
from buju.network.graph import Graph, build
from buju.network.impedance import Impedance
from buju.network.scenario import Scenario
from buju.region import Region

MODES = ("all", "road", "rail", "goods")


def graph_of(
    region: Region, scenario: Scenario, mode: str, impedance: Impedance
) -> tuple[Graph, pd.DataFrame]:
    """The graph that a mode uses, and the links it is made of."""
    if mode not in MODES:
        raise NetworkError(f"mode {mode!r} is unknown; there are {', '.join(MODES)}")
    links, region = scenario.select(region), scenario.with_nodes(region)
    if mode == "road":
        links = links[links["mode"] == "road"]
    if mode in ("all", "rail"):
        _can_be_entered(region, links)
    graph = build(region, links, impedance, goods=mode == "goods", ridden=mode == "rail")
    return graph, links


def _can_be_entered(region: Region, links: pd.DataFrame) -> None:
    """Refuse a station that serves a place with trains, but that no road leads to."""
    links = links[links["carries"].isin(["passengers", "both"])]
    ends = {
        mode: set(rows["from_node_id"]) | set(rows["to_node_id"])
        for mode, rows in links.groupby("mode")
    }
    cut_off = ends.get("rail", set()) - ends.get("road", set())
    nodes = region.nodes
    serving = (nodes["node_type"] == "station") & nodes["zone_id"].notna()
    found = nodes[serving & nodes["node_id"].isin(cut_off)]
    if len(found):
        station, place = found[["node_id", "zone_id"]].iloc[0]
        raise NetworkError(
            f"nodes.csv: station {station} serves place {place} and has trains, but no road leads "
            f"to it ({len(found)} such station(s)), so nobody could get on; add an access link to "
            "links.csv, or leave zone_id empty where trains only pass",
            f"nodes.csv：车站 {station} 没有接驳道路，无法进站；请在 links.csv 中补充接驳路段",
        )
