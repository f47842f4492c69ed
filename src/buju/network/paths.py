"""The fastest way between two places, leg by leg."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import NetworkError
from buju.network.engines import dijkstra
from buju.network.graph import COMPONENTS, Graph
from buju.network.impedance import Impedance
from buju.network.matrices import own_minutes, seat_nodes
from buju.network.modes import graph_of
from buju.network.scenario import Scenario
from buju.region import Region

Array = np.ndarray
COLUMNS = ["leg", "from_node_id", "to_node_id", "link_id", "facility_type", "minutes"]


def path(
    region: Region,
    scenario: Scenario | None,
    origin: str,
    destination: str,
    *,
    mode: str = "all",
    impedance: Impedance | None = None,
) -> pd.DataFrame:
    """The fastest way from one place to another, leg by leg.

    Parameters
    ----------
    region, scenario, mode, impedance
        See `times_matrix`.
    origin, destination
        Codes of places of any level that have a seat node.

    Returns
    -------
    DataFrame
        In the order of travel: `leg` ("road", also to and from stations; "board", before the
        first train; "change", before a further one; "ride"; "dwell", on a train that stands;
        "inside", from a place to itself), `from_node_id`, `to_node_id`, `link_id` and
        `facility_type` (of the link; missing where the leg is none), `minutes`. They add up to
        the minutes of `times`.

    Raises
    ------
    NetworkError
        No way leads there; or as in `times_matrix`.
    """
    rule = impedance or Impedance()
    graph, links = graph_of(region, scenario or Scenario(), mode, rule)
    seats = seat_nodes(region, [origin, destination])
    if origin == destination:
        minutes = own_minutes(region, [origin], rule)[0]
        return pd.DataFrame([["inside", *seats, None, None, minutes]], columns=COLUMNS)
    ends = np.array([[graph.start[seats[0]]], [graph.finish[seats[1]]]])
    way = dijkstra.paths(graph.arcs(), *ends)[0]
    if way is None:
        raise NetworkError(
            f"no way leads from {origin} to {destination} (mode {mode!r}) in scenario "
            f"{(scenario or Scenario()).name!r}; `times(...).attrs['islands']` names the parts",
            f"从 {origin} 到 {destination} 没有通路",
        )
    return _legs(graph, way, links)


def _legs(graph: Graph, way: Array, links: pd.DataFrame) -> pd.DataFrame:
    nodes, minutes = graph.node_ids(), graph.components.sum(axis=0)
    # Alighting and crossing between the road layers are free and no leg of anybody's journey.
    way = way[(graph.links[way] != "") | (minutes[way] > 0)]
    names = pd.Series(graph.links[way], dtype="str").replace("", None)
    kinds = links.set_index("link_id")["facility_type"]
    table = {
        "leg": _kinds(graph, way),
        "from_node_id": nodes[graph.tail[way]],
        "to_node_id": nodes[graph.head[way]],
        "link_id": names,
        "facility_type": names.map(kinds),
        "minutes": minutes[way],
    }
    return pd.DataFrame(table, columns=COLUMNS)


def _kinds(graph: Graph, way: Array) -> list[str]:
    found: list[str] = []
    for arc in way:
        component = COMPONENTS[int(np.argmax(graph.components[:, arc]))]
        if graph.links[arc]:
            found.append("road" if graph.tail[arc] < 2 * len(graph.start) else "ride")
        elif component == "wait":
            # Not told by the layer: where both waits are equal, a way may change layers on foot.
            found.append("change" if "ride" in found else "board")
        else:
            found.append("dwell")
    return found
