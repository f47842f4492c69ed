"""What is within reach of a place, by train and from door to door."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from buju.errors import NetworkError
from buju.network.matrices import times_matrix
from buju.network.scenario import Scenario
from buju.network.stations import station_matrix, stations_of
from buju.region import Region


def within(times: pd.DataFrame, origin: str, minutes: float) -> list[str]:
    """The places that can be reached from one within some minutes.

    Parameters
    ----------
    times
        Columns `origin`, `destination`, `minutes`, as from `times`.
    origin
        Code of a place.
    minutes
        The limit, itself included.

    Returns
    -------
    list
        Codes in the order of the table; the origin itself where its own time is within.

    Raises
    ------
    NetworkError
        The table has no such origin, or the limit is negative or NaN.

    Examples
    --------
    >>> times = pd.DataFrame({"origin": ["A"] * 3, "destination": ["A", "B", "C"],
    ...                       "minutes": [4.0, 120.0, float("inf")]})
    >>> within(times, "A", 120)
    ['A', 'B']
    """
    if not minutes >= 0:
        raise NetworkError(f"a limit of {minutes} minutes reaches nothing; it must be >= 0")
    rows = times[times["origin"] == origin]
    if rows.empty:
        raise NetworkError(f"the times have no origin {origin!r}", f"时间表中没有起点 {origin!r}")
    return list(rows.loc[rows["minutes"] <= minutes, "destination"])


def reach_table(
    region: Region,
    scenario: Scenario,
    origin: str,
    destinations: Sequence[str] | None = None,
    *,
    limit: float | None = None,
) -> pd.DataFrame:
    """How long it takes from a place to others, such as every prefecture seat.

    Parameters
    ----------
    origin
        Code of a place with a seat node and a station.
    destinations
        Codes of places of any level with a seat node; every prefecture by default.
    limit
        Minutes of a target, such as 120.

    Returns
    -------
    DataFrame
        One row a destination: `destination`, `minutes` (station to station on trains; the least
        over its stations), `door_minutes` (seat to seat, road and rail), `road_minutes` (seat to
        seat by road). Infinity where there is no such way; zero minutes to the origin itself on
        trains. With a limit also `within` (`minutes` are at most the limit) and `door_within`.

    Raises
    ------
    NetworkError
        The origin has no seat node or no station, or a destination has no seat node.
    """
    places = list(destinations if destinations is not None else region.level("prefecture")["place"])
    rides = _rides(region, scenario, origin, places)
    door, road = (
        times_matrix(region, scenario, mode=mode, origins=[origin], destinations=places).minutes[0]
        for mode in ("all", "road")
    )
    table = pd.DataFrame(
        {"destination": places, "minutes": rides, "door_minutes": door, "road_minutes": road}
    )
    if limit is None:
        return table
    return table.assign(
        within=table["minutes"] <= limit, door_within=table["door_minutes"] <= limit
    )


def _rides(region: Region, scenario: Scenario, origin: str, places: list[str]) -> list[float]:
    whole = scenario.with_nodes(region)
    at = {place: stations_of(whole, place) for place in dict.fromkeys([origin, *places])}
    if not at[origin]:
        raise NetworkError(
            f"place {origin} has no station: no row of nodes.csv of type station has it as zone_id",
            f"地点 {origin} 没有车站节点",
        )
    stations = [station for found in at.values() for station in found]
    matrix = station_matrix(region, scenario, stations)
    index = {station: k for k, station in enumerate(stations)}
    start = [index[s] for s in at[origin]]
    return [
        float(matrix[np.ix_(start, [index[s] for s in at[place]])].min(initial=np.inf))
        for place in places
    ]
