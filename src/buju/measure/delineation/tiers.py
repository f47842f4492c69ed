"""Tiers of city clusters (城市群) and classes of cities, by presets that stand as data."""

from __future__ import annotations

import operator
from importlib.resources import files

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import choice, vector
from buju.measure.tables import require_columns

_COMPARE = {">=": operator.ge, ">": operator.gt}


def tier_presets() -> pd.DataFrame:
    """Criteria of every preset, one row a tier and criterion.

    Returns
    -------
    DataFrame
        `preset`, `tier`, `tier_zh`, `tier_en`, `rank` (1 the highest), `criterion`, `comparison`,
        `threshold`, `unit`, `status` ("read": taken from the source named; "unverified": known by
        hearsay, to be checked before it is cited) and `reference`.

    Examples
    --------
    >>> tier_presets().groupby("preset")["status"].first().to_dict()
    {'fang': 'unverified', 'guo-sun-fan-2020': 'read', 'zhou': 'unverified'}
    """
    return _read("tiers.csv")


def cluster_tiers(values: pd.DataFrame, *, preset: str = "guo-sun-fan-2020") -> pd.DataFrame:
    """Which tier of city clusters a region reaches, criterion by criterion.

    Parameters
    ----------
    values
        One row a cluster and criterion: `cluster`, `criterion`, `value`. What is absent or missing
        is not known: it neither meets nor fails a criterion.
    preset
        A preset of `tier_presets`.

    Returns
    -------
    DataFrame
        One row a cluster, tier and criterion: `cluster`, `preset`, `tier`, `tier_zh`, `tier_en`,
        `rank`, `criterion`, `value`, `comparison`, `threshold`, `unit`, `met` (missing where not
        known), `margin` (value less threshold), `relative_margin` (margin over threshold),
        `tier_met` (all criteria met; false if one fails; missing if none fails and one is not
        known), `status`, `reference`.

    Raises
    ------
    ParameterError
        An unknown preset.
    SchemaError
        A column is missing.

    References
    ----------
    Guo, Sun and Fan (2020), Bulletin of the Chinese Academy of Sciences 35(7), for the default
    preset; presets of status "unverified" were not seen in print.

    Examples
    --------
    >>> known = pd.DataFrame({"cluster": "C", "criterion": ["residents", "gdp"],
    ...                       "value": [16e6, 9e3]})
    >>> found = cluster_tiers(known)
    >>> found.loc[found["tier"] == "larger", ["criterion", "met", "margin"]].head(2)
       criterion    met     margin
    5  residents   True  1000000.0
    6        gdp  False    -1000.0
    """
    require_columns(values, ["cluster", "criterion", "value"], name="values")
    known = tier_presets()
    choice(preset, list(known["preset"].unique()), name="preset")
    rules = known[known["preset"] == preset]
    held = values.set_index(["cluster", "criterion"])["value"]
    if held.index.has_duplicates:
        raise ParameterError(
            "values has a cluster and criterion twice; give one value each.",
            "values 中同一城市群的同一指标出现两次。",
        )
    clusters = pd.DataFrame({"cluster": values["cluster"].unique()})
    frame = clusters.merge(rules, how="cross")
    keys = pd.MultiIndex.from_frame(frame[["cluster", "criterion"]])
    frame["value"] = held.reindex(keys).to_numpy(dtype=np.float64)
    frame["met"] = [
        pd.NA if np.isnan(v) else bool(_COMPARE[c](v, t))
        for v, c, t in zip(frame["value"], frame["comparison"], frame["threshold"], strict=True)
    ]
    frame["met"] = frame["met"].astype("boolean")
    frame["margin"] = frame["value"] - frame["threshold"]
    frame["relative_margin"] = frame["margin"] / frame["threshold"]
    frame["tier_met"] = frame.groupby(["cluster", "tier"])["met"].transform(
        lambda met: met.all(skipna=False)
    )
    columns = ["cluster", "preset", "tier", "tier_zh", "tier_en", "rank", "criterion", "value"]
    columns += ["comparison", "threshold", "unit", "met", "margin", "relative_margin", "tier_met"]
    return frame[[*columns, "status", "reference"]]


def city_classes(urban_residents: pd.Series) -> pd.DataFrame:
    """Class of each city by its resident urban population (城区常住人口).

    Parameters
    ----------
    urban_residents
        Residents of the built-up districts by city, persons, >= 0. A whole prefecture is not its
        city: rural counties do not count.

    Returns
    -------
    DataFrame
        One row a city: `city`, `urban_residents`, `class`, `name_zh`, `name_en`, `least` (lower
        bound of the class), `to_next` (persons to the next class; missing in the highest), `above`
        (persons above the lower bound) and `status` of the bound.

    Raises
    ------
    ParameterError
        NaN or a negative number.

    References
    ----------
    State Council (2014), 关于调整城市规模划分标准的通知; bounds below five million are unverified.

    Examples
    --------
    >>> city_classes(pd.Series({"A": 6e6, "B": 4e5}))[["city", "class", "to_next"]]
      city  class    to_next
    0    A   mega  4000000.0
    1    B  small   100000.0
    """
    people = vector(urban_residents, name="urban_residents")
    bounds = _read("city_classes.csv").sort_values("least", ignore_index=True)
    least = bounds["least"].to_numpy(dtype=np.float64)
    held = np.searchsorted(least, people, side="right") - 1
    above = np.append(least[1:], np.nan)
    found = bounds.loc[held].reset_index(drop=True)
    return pd.DataFrame(
        {
            "city": pd.Index(urban_residents.index).astype("str"),
            "urban_residents": people,
            "class": found["class"],
            "name_zh": found["name_zh"],
            "name_en": found["name_en"],
            "least": least[held],
            "to_next": above[held] - people,
            "above": people - least[held],
            "status": found["status"],
        }
    )


def _read(name: str) -> pd.DataFrame:
    with files("buju.measure.delineation").joinpath(name).open(encoding="utf-8") as file:
        return pd.read_csv(file)
