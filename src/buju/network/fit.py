"""How well routed times agree with measured and announced ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import pandas as pd

from buju.errors import NetworkError
from buju.network.impedance import Impedance
from buju.network.scenario import Scenario
from buju.network.stations import SERVICES, station_matrix
from buju.region import Region, opened_by

Array = np.ndarray


@final
@dataclass(frozen=True)
class Fit:
    """Routed beside measured times.

    Attributes
    ----------
    pairs
        One row a measured pair: `origin`, `destination`, `service_class` of the best direct train,
        `measured`, `modelled` (rides of that class alone), `relative` (modelled / measured − 1),
        `fastest` (every class, changes and roads allowed), `fastest_relative`, `used_as_link`.
    summary
        One row a sample and comparison: `sample`, `comparison`, `pairs`, `rank_correlation`,
        `median_absolute_minutes`, `median_relative`, `faster_share` (share of pairs whose routed
        time is below the measured one).
    announced
        Pairs announced or planned at an opening, routed on the network of that day; no test where
        `used_as_link`.
    """

    pairs: pd.DataFrame
    summary: pd.DataFrame
    announced: pd.DataFrame

    def worst(self, pairs: int = 10) -> pd.DataFrame:
        """The pairs of largest relative error in their own class, worst first."""
        order = self.pairs["relative"].abs().sort_values(ascending=False, kind="stable").index
        return self.pairs.loc[order[:pairs]].reset_index(drop=True)


def fit(region: Region, *, date: str, impedance: Impedance | None = None) -> Fit:
    """Compare routed with measured times on the network of a date.

    The measured time of a pair is that of its best direct train. It is compared with the routed
    time of rides in that train's class alone (like with like), and with the fastest journey of
    any kind, which may change trains or use a road and so beat every direct train. Pairs whose
    figure also gave a link its minutes are no independent test and are counted apart.

    Parameters
    ----------
    region
        Its `od_times` holds the measured pairs (kind `measured`).
    date
        Day of the network, such as that of the timetable.
    impedance
        Standing times and waits; another record shows how much of the fit hangs on them.

    Raises
    ------
    NetworkError
        The region has no pair measured on trains by that date.
    """
    rows = region.od_times
    measured = rows[(rows["kind"] == "measured") & rows["service_class"].isin(SERVICES)]
    measured = measured[[opened_by(day, date) for day in measured["as_of"]]]
    if measured.empty:
        raise NetworkError(
            f"od_times.csv has no measured pair by {date}; nothing to compare with",
            f"od_times.csv 中 {date} 之前没有实测列车时间，无从比较",
        )
    best = measured.loc[measured.groupby(["origin", "destination"], sort=False)["minutes"].idxmin()]
    rule = impedance or Impedance()
    pairs = _route(region, Scenario(name="fit", date=date), best.reset_index(drop=True), rule)
    return Fit(pairs, _summary(pairs), _announced(region, rule))


def _route(
    region: Region, scenario: Scenario, best: pd.DataFrame, impedance: Impedance
) -> pd.DataFrame:
    stations = list(dict.fromkeys([*best["origin"], *best["destination"]]))
    index = {station: k for k, station in enumerate(stations)}
    i, j = (best[c].map(index).to_numpy() for c in ("origin", "destination"))
    matrices = {
        kind: station_matrix(region, scenario, stations, service=kind, impedance=impedance)
        for kind in dict.fromkeys([*best["service_class"], "any"])
    }
    kinds = list(best["service_class"])
    modelled = np.array(
        [matrices[kind][a, b] for kind, a, b in zip(kinds, i, j, strict=True)], dtype=np.float64
    )
    pairs = best[["origin", "destination", "service_class"]].assign(
        measured=best["minutes"], modelled=modelled, fastest=matrices["any"][i, j]
    )
    pairs["relative"] = pairs["modelled"] / pairs["measured"] - 1
    pairs["fastest_relative"] = pairs["fastest"] / pairs["measured"] - 1
    return pairs.assign(used_as_link=best["used_as_link"])


def _summary(pairs: pd.DataFrame) -> pd.DataFrame:
    emu = pairs["service_class"] == "multiple_unit"
    locomotive = pairs["service_class"] == "locomotive"
    free = ~pairs["used_as_link"]
    samples = {
        "multiple_unit": emu,
        "multiple_unit, independent": emu & free,
        "locomotive": locomotive,
        "locomotive, independent": locomotive & free,
        "all": free | ~free,
        "all, independent": free,
    }
    rows = [
        {"sample": name, "comparison": comparison, **_agreement(pairs[chosen], column)}
        for comparison, column in (("same class", "modelled"), ("fastest", "fastest"))
        for name, chosen in samples.items()
    ]
    return pd.DataFrame(rows)


def _agreement(pairs: pd.DataFrame, column: str) -> dict[str, float]:
    there = pairs[np.isfinite(pairs[column])]
    gap = there[column] - there["measured"]
    return {
        "pairs": len(pairs),
        "without_way": len(pairs) - len(there),
        "rank_correlation": float(there[column].rank().corr(there["measured"].rank())),
        "median_absolute_minutes": float(gap.abs().median()),
        "median_relative": float((gap.abs() / there["measured"]).median()),
        "faster_share": float((gap < 0).mean()),
    }


def _announced(region: Region, impedance: Impedance) -> pd.DataFrame:
    rows = region.od_times
    rows = rows[rows["kind"].isin(["announced", "planned"]) & rows["service_class"].isin(SERVICES)]
    rows = rows.reset_index(drop=True)
    frame = rows[["origin", "destination", "kind", "as_of"]].assign(announced=rows["minutes"])
    modelled = [
        station_matrix(region, Scenario(date=day), [origin, destination], impedance=impedance)[0, 1]
        for origin, destination, day in zip(
            rows["origin"], rows["destination"], rows["as_of"], strict=True
        )
    ]
    frame["modelled"] = np.array(modelled, dtype=np.float64)
    frame["relative"] = frame["modelled"] / frame["announced"] - 1
    return frame.assign(used_as_link=rows["used_as_link"])
