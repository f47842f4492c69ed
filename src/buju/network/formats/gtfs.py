"""GTFS timetables and frequencies as links between stops: running time and headway of a day."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from buju.network.formats.rows import Rows, checked, columns, fail, numbers
from buju.network.roads import great_circle_km

MOST_BYTES = 2 * 2**30
MOST_RATIO = 200
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RAIL = {0, 1, 2, 5, 12} | set(range(100, 118)) | set(range(400, 405)) | set(range(900, 907))
NEEDED = {
    "stops": ["stop_id", "stop_lat", "stop_lon"],
    "routes": ["route_id", "route_type"],
    "trips": ["trip_id", "route_id", "service_id"],
    "stop_times": ["trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"],
}


def read_gtfs(
    path: str | Path, date: str, *, facility_type: str = "conventional", service_hours: float = 16.0
) -> Rows:
    """Rail service of one day as nodes (stations) and links with running time and headway.

    Parameters
    ----------
    path
        A zip or a folder.
    date
        The day, YYYY-MM-DD; services run by `calendar` with the exceptions of `calendar_dates`.
    facility_type
        Class of the links; the format has none like ours.
    service_hours
        Hours a day that trains of a timetable are spread over: headway = 60 × hours / departures.

    Returns
    -------
    Rows
        Stops are joined to their parent stations. One directed link for each pair of successive
        stops: `minutes` is the least from departure to arrival, `headway` from timetabled and
        from frequency-based departures together. Length is the great circle. `zone_id` is empty:
        which place a station serves the feed does not say; roads to it are yours to add.

    Raises
    ------
    NetworkError
        A file or column is missing, ids do not match, times run backwards, nothing runs on that
        day, or the archive would unpack to more than 2 GiB or 200 times its size.
    """
    path = Path(path)
    tables = _tables(path)
    trips = _running(path, tables, date)
    rides = _rides(path, tables, trips, service_hours)
    stations, nodes = _stations(path, tables["stops"])
    for end in ("from", "to"):
        lost = rides[~rides[end].isin(stations.index)]
        if len(lost):
            fail(path, f"stop_times.txt names stop {lost[end].iloc[0]}, which stops.txt lacks",
                 f"stop_times.txt 的站点 {lost[end].iloc[0]} 不在 stops.txt 中")  # fmt: skip
        rides[end] = rides[end].map(stations)
    links = rides[rides["from"] != rides["to"]].groupby(["from", "to"], sort=True).agg(
        minutes=("minutes", "min"), a_day=("a_day", "sum")
    ).reset_index()  # fmt: skip
    used = nodes[nodes["node_id"].isin([*links["from"], *links["to"]])]
    at = used.set_index("node_id")[["x_coord", "y_coord"]]
    one, other = at.loc[links["from"]].to_numpy(), at.loc[links["to"]].to_numpy()
    table = pd.DataFrame(
        {
            "link_id": links["from"] + ">" + links["to"],
            "from_node_id": links["from"],
            "to_node_id": links["to"],
            "directed": True,
            "mode": "rail",
            "facility_type": facility_type,
            "length": great_circle_km(one[:, 0], one[:, 1], other[:, 0], other[:, 1]),
            "minutes": links["minutes"],
            "minutes_basis": "published",
            "headway": 60 * service_hours / links["a_day"],
            "carries": "passengers",
            "status": "operating",
        }
    )
    return checked(path, used, table)


def _tables(path: Path) -> dict[str, pd.DataFrame]:
    if path.is_dir():
        files: dict[str, Any] = {file.name: file for file in path.glob("*.txt")}
        return _read(path, files, lambda file: file.open("rb"))
    if not zipfile.is_zipfile(path):
        fail(path, "is neither a folder nor a zip", "不是文件夹或 zip 文件")
    with zipfile.ZipFile(path) as archive:
        size, packed = (sum(getattr(i, a) for i in archive.infolist())
                        for a in ("file_size", "compress_size"))  # fmt: skip
        if size > MOST_BYTES or size > MOST_RATIO * max(packed, 2**16):
            fail(path, f"would unpack to {size / 2**20:.0f} MiB from {packed / 2**20:.2f}; that is "
                 "no timetable. Unpack it yourself and give the folder if you trust it",
                 "解压后过大，疑为压缩炸弹；确认可信后请自行解压并给出文件夹")  # fmt: skip
        return _read(path, {i.filename: i for i in archive.infolist()}, archive.open)


def _read(
    path: Path, files: dict[str, Any], opened: Callable[[Any], IO[bytes]]
) -> dict[str, pd.DataFrame]:
    tables = {}
    for name in (*NEEDED, "calendar", "calendar_dates", "frequencies"):
        file = files.get(f"{name}.txt")
        if file is None:
            if name in NEEDED:
                fail(path, f"{name}.txt is missing", f"缺少 {name}.txt")
            continue
        with opened(file) as stream:
            tables[name] = pd.read_csv(stream, dtype="str", encoding="utf-8-sig")
        columns(f"{path.name}, {name}.txt", tables[name], NEEDED.get(name, []))
    return tables


def _running(path: Path, tables: dict[str, pd.DataFrame], date: str) -> pd.DataFrame:
    day = pd.Timestamp(date)
    stamp = day.strftime("%Y%m%d")
    running: set[str] = set()
    if "calendar" in tables:
        c = tables["calendar"]
        on = (c["start_date"] <= stamp) & (stamp <= c["end_date"])
        running |= set(c.loc[on & (c[DAYS[day.weekday()]] == "1"), "service_id"])
    if "calendar_dates" in tables:
        c = tables["calendar_dates"]
        c = c[c["date"] == stamp]
        running |= set(c.loc[c["exception_type"] == "1", "service_id"])
        running -= set(c.loc[c["exception_type"] == "2", "service_id"])
    trips, routes = tables["trips"], tables["routes"]
    lost = trips[~trips["route_id"].isin(routes["route_id"])]
    if len(lost):
        fail(path, f"trips.txt: trip {lost['trip_id'].iloc[0]} names route "
             f"{lost['route_id'].iloc[0]}, which routes.txt lacks", "班次的线路不存在")  # fmt: skip
    rail = numbers(f"{path.name}, routes.txt", routes["route_type"]).isin(RAIL)
    trips = trips[trips["service_id"].isin(running)]
    trips = trips[trips["route_id"].isin(routes.loc[rail, "route_id"])]
    if trips.empty:
        fail(path, f"no rail service runs on {date}; the calendar may cover other days",
             f"{date} 没有铁路班次；请检查日历范围")  # fmt: skip
    return trips


def _rides(
    path: Path, tables: dict[str, pd.DataFrame], trips: pd.DataFrame, hours: float
) -> pd.DataFrame:
    """Successive stops of each trip: minutes between, and departures a day."""
    where = f"{path.name}, stop_times.txt"
    calls = tables["stop_times"]
    calls = calls[calls["trip_id"].isin(trips["trip_id"])]
    calls = calls.assign(
        order=numbers(where, calls["stop_sequence"]),
        arrive=minutes_of(where, calls["arrival_time"]),
        leave=minutes_of(where, calls["departure_time"]),
    ).sort_values(["trip_id", "order"], kind="stable")
    after = calls.groupby("trip_id")[["stop_id", "arrive"]].shift(-1)
    rides = pd.DataFrame(
        {
            "trip_id": calls["trip_id"],
            "from": calls["stop_id"],
            "to": after["stop_id"],
            "minutes": after["arrive"] - calls["leave"],
        }
    )[after["stop_id"].notna()]
    wrong = ~(rides["minutes"] >= 0)
    if wrong.any():
        trip, one, other = rides.loc[wrong, ["trip_id", "from", "to"]].iloc[0]
        fail(where, f"trip {trip} from {one} to {other} has no time or arrives before it left; "
             "give both times at every stop", f"班次 {trip}：{one}→{other} 时间有误")  # fmt: skip
    return rides.assign(a_day=rides["trip_id"].map(_departures(path, tables)).fillna(1.0))


def _departures(path: Path, tables: dict[str, pd.DataFrame]) -> pd.Series:
    """How often each trip of `frequencies.txt` departs a day; others depart once."""
    where = f"{path.name}, frequencies.txt"
    if "frequencies" not in tables or tables["frequencies"].empty:
        return pd.Series(dtype="float64", index=pd.Index([], dtype="str"))
    table = tables["frequencies"]
    columns(where, table, ["trip_id", "start_time", "end_time", "headway_secs"])
    seconds = numbers(where, table["headway_secs"])
    start, end = (minutes_of(where, table[c]) for c in ("start_time", "end_time"))
    if not ((seconds > 0) & (end > start)).all():
        fail(where, "headway_secs must be above zero and end_time after start_time",
             "headway_secs 应大于零，end_time 应晚于 start_time")  # fmt: skip
    return ((end - start) * 60 / seconds).groupby(table["trip_id"]).sum()


def minutes_of(where: str, texts: pd.Series) -> pd.Series:
    """Minutes after midnight of HH:MM:SS, which may pass 24:00; NaN where empty.

    >>> minutes_of("stop_times.txt", pd.Series(["08:30:00", "25:00:30"])).tolist()
    [510.0, 1500.5]
    """
    parts = texts.str.strip().str.extract(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$").astype("float64")
    bad = parts[0].isna() & texts.notna() & (texts.str.strip() != "")
    if bad.any():
        fail(
            where,
            f"{texts[bad].iloc[0]!r} is no time; write HH:MM:SS",
            f"{texts[bad].iloc[0]!r} 不是时间",
        )
    return parts[0] * 60 + parts[1] + parts[2] / 60


def _stations(path: Path, stops: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """The station of each stop, and the stations as nodes."""
    parent = (
        stops["parent_station"] if "parent_station" in stops else pd.Series(np.nan, stops.index)
    )
    own = parent.fillna("").str.strip()
    station = pd.Series(np.where(own == "", stops["stop_id"], own), index=stops["stop_id"])
    lost = station[~station.isin(stops["stop_id"])]
    if len(lost):
        fail(path, f"stops.txt: stop {lost.index[0]} has parent {lost.iloc[0]}, which is no stop",
             f"站点 {lost.index[0]} 的上级站 {lost.iloc[0]} 不存在")  # fmt: skip
    where = f"{path.name}, stops.txt"
    nodes = pd.DataFrame(
        {
            "node_id": stops["stop_id"],
            "name": stops.get("stop_name"),
            "x_coord": numbers(where, stops["stop_lon"]),
            "y_coord": numbers(where, stops["stop_lat"]),
            "node_type": "station",
        }
    )
    return station, nodes
