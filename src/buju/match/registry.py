"""A registry of application scenarios: named, versioned, some of them runnable."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from buju.errors import SchemaError

LEAST = 100
"""How many scenarios the layout says will be published."""


@dataclass(frozen=True)
class Registry:
    """The registry on one day.

    Attributes
    ----------
    current
        The version in force of every scenario published by that day, one row each.
    history
        `listing`, `versions`, `first`, `last`, `status`: how often each changed.
    """

    current: pd.DataFrame
    history: pd.DataFrame

    @property
    def open(self) -> pd.DataFrame:
        """Scenarios that suppliers may apply for."""
        return self.current[self.current["status"] == "open"].reset_index(drop=True)

    @property
    def runnable(self) -> pd.DataFrame:
        """Scenarios that a study computes, with its file and the scenario in it."""
        given = self.current[self.current["study"].notna()]
        parts = given["study"].str.partition("#")
        return given[["listing", "version"]].assign(study=parts[0], scenario=parts[2])


def registry(listings: pd.DataFrame, on: str) -> Registry:
    """What the registry says on a day.

    Versions never overwrite each other: what was published stays, and the latest one counts.

    Parameters
    ----------
    listings
        Rows of the preset `scenarios`.
    on
        A date, YYYY-MM-DD; versions published later are not seen.

    Raises
    ------
    SchemaError
        Versions of a scenario do not run 1, 2, 3, … in the order of their dates, or a scenario
        that a study computes does not say which (`study.yaml#scenario`).

    Examples
    --------
    >>> rows = pd.DataFrame({"listing": ["S1", "S1"], "version": [1, 2],
    ...     "published": ["2024-01-01", "2024-06-01"], "status": ["open", "closed"],
    ...     "study": [None, None]})
    >>> len(registry(rows, "2024-03-01").open), len(registry(rows, "2024-07-01").open)
    (1, 0)
    """
    ordered = listings.sort_values(["listing", "version"], kind="stable")
    _in_order(ordered)
    _named(ordered)
    seen = ordered[ordered["published"] <= on]
    groups = seen.groupby("listing", sort=True)
    history = groups.agg(
        versions=("version", "size"),
        first=("published", "first"),
        last=("published", "last"),
        status=("status", "last"),
    ).reset_index()
    return Registry(groups.tail(1).reset_index(drop=True), history)


def _in_order(rows: pd.DataFrame) -> None:
    number = rows.groupby("listing").cumcount() + 1
    earlier = rows.groupby("listing")["published"].shift() > rows["published"]
    wrong = (rows["version"] != number) | earlier
    if wrong.any():
        row = rows[wrong].iloc[0]
        raise SchemaError(
            f"listings.csv, scenario '{row['listing']}', version {row['version']} of "
            f"{row['published']}: versions run 1, 2, 3, … and are never dated before the one they "
            "follow; keep the old rows and add the new version below them",
            f"listings.csv 场景“{row['listing']}”版本 {row['version']}（{row['published']}）："
            "版本应为 1、2、3……且日期不早于前一版本；请保留旧行并在其后新增",
        )


def _named(rows: pd.DataFrame) -> None:
    given = rows[rows["study"].notna()]
    wrong = given[~given["study"].str.fullmatch(r"[^#]+#[^#]+")]
    if len(wrong):
        row = wrong.iloc[0]
        raise SchemaError(
            f"listings.csv, scenario '{row['listing']}', column 'study', value '{row['study']}': "
            "write the study file and the scenario in it, as study.yaml#scenario",
            f"listings.csv 场景“{row['listing']}”的 study 列“{row['study']}”应写作 study.yaml#情景",
        )
