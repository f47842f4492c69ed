"""Roads where nobody gave any: neighbours joined, time from distance; always marked estimates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import NetworkError

Array = np.ndarray

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def great_circle_km(x: Any, y: Any, x_to: Any, y_to: Any) -> Array:
    """Great-circle distance in km between points in degrees; arguments broadcast.

    >>> round(float(great_circle_km(112.54, 37.87, 116.40, 39.90)))
    403
    """
    a, b, c, d = (np.radians(np.asarray(v, dtype=np.float64)) for v in (x, y, x_to, y_to))
    half = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def estimated_roads(
    nodes: pd.DataFrame,
    *,
    detour: float = 1.3,
    speed: float = 60.0,
    outside_speed: float = 85.0,
    outside: Collection[str] = (),
    longest_km: float = 250.0,
) -> pd.DataFrame:
    """Join neighbouring seats by roads whose length and time are estimates.

    Two nodes are neighbours when no third lies inside the circle that has the line between them
    as its diameter (Gabriel graph); it is connected and planar, like a road network.

    Parameters
    ----------
    nodes
        Columns `node_id`, `x_coord`, `y_coord` (degrees); no two at one point.
    detour
        Road length over great-circle length.
    speed, outside_speed
        Mean speed in km/h; the second where an end is in `outside`.
    outside
        Ids of nodes outside the region.
    longest_km
        Longer pairs (great circle) are not joined.

    Returns
    -------
    DataFrame
        `from_node_id`, `to_node_id`, `length` (km), `minutes`; each pair once, in the order of
        `nodes`.

    Raises
    ------
    NetworkError
        Two nodes at one point, or a coordinate missing; the message names them.

    References
    ----------
    Gabriel and Sokal (1969), A new statistical approach to geographic variation analysis,
    Systematic Zoology 18(3).

    Examples
    --------
    >>> seats = pd.DataFrame({"node_id": ["a", "b", "c"], "x_coord": [112.0, 112.5, 113.0],
    ...                       "y_coord": [38.0, 38.0, 38.0]})
    >>> estimated_roads(seats)[["from_node_id", "to_node_id"]].to_numpy().tolist()
    [['a', 'b'], ['b', 'c']]
    """
    ids = nodes["node_id"].to_numpy()
    x, y = (nodes[c].to_numpy(dtype=np.float64) for c in ("x_coord", "y_coord"))
    if np.isnan(x).any() or np.isnan(y).any():
        raise NetworkError(f"node {ids[np.isnan(x) | np.isnan(y)][0]} has no coordinates")
    km = great_circle_km(x[:, None], y[:, None], x[None], y[None])
    apart = km + np.diag(np.full(len(ids), np.inf))
    if len(ids) and not apart.min() > 0:
        i, j = np.argwhere(apart == apart.min())[0]
        raise NetworkError(f"nodes {ids[i]} and {ids[j]} lie at one point; keep one of them")
    pairs = [(i, j) for i, j in np.argwhere(np.triu(km <= longest_km, 1)) if _free(km, i, j)]
    i, j = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    length = km[i, j] * detour
    far = np.isin(ids[i], list(outside)) | np.isin(ids[j], list(outside))
    return pd.DataFrame(
        {
            "from_node_id": ids[i],
            "to_node_id": ids[j],
            "length": length,
            "minutes": 60 * length / np.where(far, outside_speed, speed),
        }
    )


def _free(km: Array, i: int, j: int) -> bool:
    """Whether no third node lies inside the circle on i–j."""
    inside = km[i] ** 2 + km[j] ** 2 < km[i, j] ** 2 * (1 - 1e-9)
    inside[[i, j]] = False
    return not inside.any()
