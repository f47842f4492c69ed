"""What an arc costs beside its minutes: kilometres, fares, boardings; and the generalised cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import NetworkError
from buju.network.graph import Graph
from buju.network.impedance import Impedance

Array = np.ndarray
QUANTITIES = ("access", "km", "fare", "boardings")


def quantities(graph: Graph, links: pd.DataFrame, impedance: Impedance) -> Array:
    """Minutes on access links, km, fare (CNY) and boardings of each arc, (4, A).

    A link without a length has NaN km, and a way over it too. Its fare is its column `fare` where
    a scenario gave one, otherwise length times the rate of its class.

    Raises
    ------
    NetworkError
        A class has a fare, but one of its links no length.
    """
    rows = pd.Index(links["link_id"]).get_indexer(pd.Index(graph.links))
    on_link = rows >= 0
    table = np.zeros((len(QUANTITIES), len(graph.tail)))
    minutes = graph.components.sum(axis=0)
    access = (links["facility_type"] == "access").to_numpy()
    km = links["length"].to_numpy(dtype=np.float64)
    for k, values in ((1, km), (2, _fares(links, impedance))):
        table[k, on_link] = values[rows[on_link]]
    table[0, on_link] = np.where(access[rows[on_link]], minutes[on_link], 0.0)
    street = 2 * len(graph.start)
    table[3] = (graph.tail < street) & (graph.head >= street)
    return table


def _fares(links: pd.DataFrame, impedance: Impedance) -> Array:
    rate = links["facility_type"].map(dict(impedance.fares)).fillna(0.0).to_numpy(dtype=np.float64)
    km = links["length"].to_numpy(dtype=np.float64)
    given = links.get("fare", pd.Series(np.nan, index=links.index)).to_numpy(dtype=np.float64)
    lacking = (rate > 0) & np.isnan(km) & np.isnan(given)
    if lacking.any():
        link, kind = links.loc[lacking, ["link_id", "facility_type"]].iloc[0]
        raise NetworkError(
            f"links.csv: link {link} ({kind}) has no length, so its fare per km cannot be had "
            f"({int(lacking.sum())} such link(s)); give its length or its fare",
            f"links.csv：路段 {link} 缺少长度，无法计算票价",
        )
    return np.where(np.isnan(given), np.where(rate > 0, rate * km, 0.0), given)


def generalised(graph: Graph, links: pd.DataFrame, impedance: Impedance) -> Array:
    """Generalised minutes of each arc: weighted components, and fares over the value of time."""
    minutes = graph.arcs(wait=impedance.wait_weight).minutes
    if not impedance.value_of_time > 0:
        raise NetworkError("the value of time must be above zero, in CNY an hour")
    if np.isinf(impedance.value_of_time):
        return minutes
    fare = quantities(graph, links, impedance)[QUANTITIES.index("fare")]
    return minutes + 60 * fare / impedance.value_of_time
