"""General Modeling Network Specification: `node.csv` and `link.csv` in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import CRS, Transformer

from buju.network.formats.rows import Rows, checked, columns, fail, numbers

KM = {"km": 1.0, "kilometers": 1.0, "m": 1e-3, "meters": 1e-3, "mi": 1.609344, "miles": 1.609344,
      "ft": 0.3048e-3, "feet": 0.3048e-3}  # fmt: skip
KMH = {"kph": 1.0, "km/h": 1.0, "mph": 1.609344}
FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def read_gmns(
    folder: str | Path, *, length: str, speed: str, crs: str = "EPSG:4326", mode: str = "road"
) -> Rows:
    """A GMNS network as rows of nodes and links.

    Parameters
    ----------
    folder
        Holds `node.csv` and `link.csv`.
    length, speed
        Units of lengths (km, m, mi, ft) and speeds (kph, mph); the format leaves them open, so
        they must be said.
    crs
        System of the coordinates; converted to WGS84.
    mode
        Of links without a column `mode`.

    Returns
    -------
    Rows
        Minutes are the column `minutes` where it is given, otherwise length over free speed.

    Raises
    ------
    NetworkError
        A file or column is missing, a unit unknown; ids do not match; no minutes can be had.
    """
    nodes, links = (_table(Path(folder) / f"{name}.csv") for name in ("node", "link"))
    at = Path(folder) / "link.csv"
    columns(Path(folder) / "node.csv", nodes, ["node_id", "x_coord", "y_coord"])
    columns(at, links, ["link_id", "from_node_id", "to_node_id", "directed"])
    for unit, units in ((length, KM), (speed, KMH)):
        if unit not in units:
            fail(
                at, f"unit {unit!r} is unknown; there are {', '.join(units)}", f"未知单位 {unit!r}"
            )
    x, y = (numbers(Path(folder) / "node.csv", nodes[c]) for c in ("x_coord", "y_coord"))
    if CRS(crs) != CRS("EPSG:4326"):
        x, y = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    kinds = nodes["node_type"] if "node_type" in nodes else pd.Series(pd.NA, nodes.index)
    known = kinds.isin(["seat", "station", "junction"])
    nodes = nodes.assign(x_coord=x, y_coord=y, node_type=kinds.where(known, "junction"))
    blank = pd.Series(np.nan, index=links.index)
    km, kmh, given = (
        numbers(at, links[c]) if c in links else blank for c in ("length", "free_speed", "minutes")
    )
    km, kmh = km * KM[length], kmh * KMH[speed]
    flag = links["directed"].str.lower().map(FLAGS)
    if flag.isna().any():
        fail(at, f"column 'directed' holds {links['directed'][flag.isna()].iloc[0]!r}; it must be "
             "true or false", "directed 列应为 true 或 false")  # fmt: skip
    own = {"mode": mode, "carries": "both", "status": "operating"}
    table = links.assign(
        length=km,
        free_speed=kmh,
        minutes=given.fillna(60 * km / kmh.where(kmh > 0)),
        directed=flag.astype(bool),
        minutes_basis=links.get("minutes_basis", pd.Series(
            np.where(given.notna(), "published", "derived"), links.index)),
        **{c: links.get(c, pd.Series(v, links.index)).fillna(v) for c, v in own.items()},
        **{c: numbers(at, links[c]) for c in ("fare", "headway") if c in links},
    )  # fmt: skip
    return checked(at, nodes, table)


def write_gmns(rows: Rows, folder: str | Path) -> Path:
    """Write `node.csv` and `link.csv`: degrees, km, km/h; our own columns after GMNS's.

    `read_gmns(folder, length="km", speed="kph")` reads them back unchanged.
    """
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    rows.nodes.to_csv(out / "node.csv", index=False, encoding="utf-8")
    rows.links.to_csv(out / "link.csv", index=False, encoding="utf-8")
    return out


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        fail(path, "no such file; a GMNS network has node.csv and link.csv", "没有这个文件")
    return pd.read_csv(path, dtype="str", encoding="utf-8-sig")
