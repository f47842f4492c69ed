"""Functional urban areas (功能性城市地区): a city and the units that commute to it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array, scalar
from buju.measure.delineation.flows import flow_matrix


def functional_urban_area(
    flows: pd.DataFrame,
    centre_share: Mapping[str, float],
    *,
    centre: Mapping[str, str] | None = None,
    minimum_share: float = 0.5,
    minimum_commuting: float = 0.15,
    neighbours: Mapping[str, list[str]] | None = None,
) -> pd.DataFrame:
    """City, commuting zone or neither, for every unit.

    A unit belongs to a city when at least `minimum_share` of its people live in an urban centre.
    Cities of which one sends at least `minimum_commuting` of its employed residents to the other
    are one. A unit joins the city that takes most of its employed residents, if that is at least
    `minimum_commuting`.

    Parameters
    ----------
    flows
        `residence`, `workplace` (codes), `commuters` (>= 0), people who work at home included.
    centre_share
        Unit -> share of its people in urban centres, 0 to 1. Units left out have none.
    centre
        Unit -> code of its urban centre, for cities of several units. Without it every city unit
        is a city of its own before cities are joined.
    minimum_share, minimum_commuting
        Thresholds; 0.5 and 0.15 in the definition, 0.4 for the French urban areas of 2010.
    neighbours
        Unit -> units it touches. Where given, a unit that only touches one area joins it
        (enclave), and a commuting unit that does not hang together with its city leaves it
        (exclave). Without it neither is done, and `attrs["contiguous"]` is False.

    Returns
    -------
    DataFrame
        One row a unit: `place`, `area` (code of the city's unit with most jobs, missing outside),
        `role` ("city", "commuting", "enclave", "outside"), `share` (of its employed residents
        working in that city, or in the city that takes most of them) and `margin` (share minus
        threshold: what the share would have to lose before the unit leaves).

    Raises
    ------
    ParameterError
        A share outside 0 to 1, no city at all, a unit of `centre_share` without flows.
    SchemaError
        Columns missing, a pair twice, negative counts.

    References
    ----------
    Dijkstra, Poelman and Veneri (2019), The EU-OECD definition of a functional urban area;
    Eurostat, Territorial typologies manual.

    Examples
    --------
    >>> flows = pd.DataFrame(
    ...     [("C", "C", 90), ("C", "S", 10), ("S", "C", 20), ("S", "S", 80), ("V", "V", 9),
    ...      ("V", "C", 1)],
    ...     columns=["residence", "workplace", "commuters"],
    ... )
    >>> functional_urban_area(flows, {"C": 0.9})[["place", "area", "role", "share"]]
      place area       role  share
    0     C    C       city    0.9
    1     S    C  commuting    0.2
    2     V  NaN    outside    0.1
    """
    bound = scalar(minimum_commuting, name="minimum_commuting", above=0)
    places, matrix = flow_matrix(flows)
    city = _cities(places, centre_share, centre, scalar(minimum_share, name="minimum_share"))
    city = _joined(city, matrix, bound)
    employed = matrix.sum(axis=1)
    into = np.stack([matrix[:, city == k].sum(axis=1) for k in np.unique(city[city >= 0])], axis=1)
    share = np.divide(into, employed[:, None], out=np.zeros_like(into), where=employed[:, None] > 0)
    keys = np.unique(city[city >= 0])
    area = np.where(
        city >= 0, city, np.where(share.max(axis=1) >= bound, keys[share.argmax(1)], -1)
    )
    role = np.where(city >= 0, "city", np.where(area >= 0, "commuting", "outside")).astype(object)
    if neighbours is not None:
        area, role = _contiguous(places, area, role, neighbours)
    to_own = share[np.arange(len(area)), np.searchsorted(keys, np.where(area >= 0, area, keys[0]))]
    shown = np.where(area >= 0, to_own, share.max(axis=1))
    seats = {
        k: places[np.flatnonzero(city == k)[matrix.sum(axis=0)[city == k].argmax()]] for k in keys
    }
    result = pd.DataFrame(
        {
            "place": places,
            "area": pd.array([seats.get(k, np.nan) for k in area], dtype="str"),
            "role": pd.array(list(role), dtype="str"),
            "share": shown,
            "margin": shown - bound,
        }
    )
    result.attrs["contiguous"] = neighbours is not None
    return result


def _cities(
    places: pd.Index,
    centre_share: Mapping[str, float],
    centre: Mapping[str, str] | None,
    least: float,
) -> npt.NDArray[np.int64]:
    """A number for the city of each unit, -1 for units that are in none."""
    odd = {k: v for k, v in centre_share.items() if k not in places or not 0 <= v <= 1}
    if odd:
        place, value = next(iter(odd.items()))
        why = "has no flows" if place not in places else f"is {value}; a share is 0 to 1"
        raise ParameterError(
            f"centre_share of '{place}' {why}; correct it or leave it out.",
            f"centre_share 中 '{place}' 的值无效（{value}）或没有通勤数据。",
        )
    inside = [place for place in places if centre_share.get(place, 0.0) >= least]
    if not inside:
        raise ParameterError(
            f"no unit has {least:.0%} of its people in an urban centre, so there is no city; "
            "lower minimum_share or give the shares.",
            f"没有任何单元有 {least:.0%} 的人口在城市中心，因而没有城市。",
        )
    names = {place: (centre or {}).get(place, place) for place in inside}
    order = {name: k for k, name in enumerate(dict.fromkeys(names.values()))}
    return np.array([order[names[p]] if p in names else -1 for p in places])


def _joined(city: npt.NDArray[np.int64], matrix: Array, bound: float) -> npt.NDArray[np.int64]:
    """Cities joined, the strongest tie first, until no city sends that much to another."""
    city = city.copy()
    while True:
        keys = np.unique(city[city >= 0])
        held = np.stack([city == k for k in keys]).astype(float)
        between = held @ matrix @ held.T
        employed = held @ matrix.sum(axis=1)
        share = np.divide(
            between, employed[:, None], out=np.zeros_like(between), where=employed[:, None] > 0
        )
        np.fill_diagonal(share, 0.0)
        home, work = np.unravel_index(share.argmax(), share.shape)
        if share[home, work] < bound:
            return city
        city[city == keys[home]] = keys[work]


def _contiguous(
    places: pd.Index,
    area: npt.NDArray[np.int64],
    role: npt.NDArray[np.object_],
    neighbours: Mapping[str, list[str]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Exclaves out, then enclaves in."""
    beside = [
        [int(k) for k in places.get_indexer(list(neighbours.get(p, []))) if k >= 0] for p in places
    ]
    area, role = area.copy(), role.copy()
    reached = {int(k) for k in np.flatnonzero(role == "city")}
    todo = list(reached)
    while todo:
        here = todo.pop()
        for there in beside[here]:
            if there not in reached and area[there] == area[here]:
                reached.add(there)
                todo.append(there)
    for k in np.flatnonzero(role == "commuting"):
        if int(k) not in reached:
            area[k], role[k] = -1, "outside"
    for k in np.flatnonzero(role == "outside"):
        around = {int(area[b]) for b in beside[k]}
        if len(around) == 1 and (only := around.pop()) >= 0:
            area[k], role[k] = only, "enclave"
    return area, role
