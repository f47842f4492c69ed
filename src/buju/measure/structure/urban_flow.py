"""Urban flow (城市流)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from buju.errors import SchemaError
from buju.measure.checks import FEW
from buju.measure.tables import table


def urban_flow(
    employment: pd.DataFrame, output: pd.DataFrame, *, sectors: Sequence[str] | None = None
) -> pd.DataFrame:
    """How much of a city's work serves other places, in people and in output.

    A sector serves others where the city has more of it than its share: E_ij = G_ij - G_i G_j / G
    if positive, else 0. E_i sums them, N_i is output per job, and F_i = N_i E_i is the flow.

    Parameters
    ----------
    employment
        One row a place and sector of one year: `place`, `sector`, `jobs` (persons, >= 0). All of
        a place's jobs, since G_i and G are totals.
    output
        One row a place: `place`, `output` (GDP, >= 0), for the places of `employment`.
    sectors
        The sectors that can serve other places (外向型服务业); all by default.

    Returns
    -------
    DataFrame
        One row a place: `place`, `jobs` (G_i), `external` (E_i, persons), `output_per_job` (N_i),
        `flow` (F_i, in the unit of output) and `tendency` (F_i over output = E_i / G_i).

    Raises
    ------
    SchemaError
        A column, value, sector or place is missing, a row repeated, or a place without jobs.

    References
    ----------
    Zhu and Yu (朱英明、于念文, 2002), 沪宁杭城市密集区城市流研究, 城市规划汇刊.

    Examples
    --------
    >>> jobs = pd.DataFrame({"place": list("AABB"), "sector": ["coal", "shops"] * 2,
    ...                      "jobs": [30, 70, 10, 90]})
    >>> output = pd.DataFrame({"place": ["A", "B"], "output": [200, 100]})
    >>> urban_flow(jobs, output)[["external", "flow", "tendency"]].to_numpy().tolist()
    [[10.0, 20.0, 0.1], [10.0, 10.0, 0.1]]
    """
    rows = table(employment, name="employment", key=["place", "sector"], values=["jobs"])
    produced = table(output, name="output", key=["place"], values=["output"])
    serving = rows["sector"].unique() if sectors is None else list(sectors)
    unknown = sorted(set(sectors or ()) - set(rows["sector"]))
    if unknown:
        raise SchemaError(
            f"sectors: employment has no {', '.join(unknown[:FEW])}; correct the code.",
            f"就业表中没有行业 {', '.join(unknown[:FEW])}。",
        )
    jobs = rows["jobs"]
    in_place = jobs.groupby(rows["place"]).transform("sum")
    in_sector = jobs.groupby(rows["sector"]).transform("sum")
    surplus = (jobs - in_place * (in_sector / jobs.sum())).clip(lower=0)
    surplus = surplus.where(rows["sector"].isin(serving), 0.0)
    by_place = pd.DataFrame({"place": rows["place"], "jobs": jobs, "external": surplus})
    totals = by_place.groupby("place", sort=False, as_index=False).sum()
    joined = totals.merge(produced, on="place", how="left")
    lacking = joined.loc[joined["output"].isna() | (joined["jobs"] == 0), "place"].tolist()
    if lacking:
        raise SchemaError(
            f"places without output or without jobs: {', '.join(lacking[:FEW])} "
            f"({len(lacking)}); output per job needs both. Complete them or leave them out.",
            f"缺少产出或就业的地点：{', '.join(lacking[:FEW])}（共 {len(lacking)} 个）。",
        )
    per_job = joined["output"] / joined["jobs"]
    return totals.assign(
        output_per_job=per_job,
        flow=per_job * totals["external"],
        tendency=totals["external"] / totals["jobs"],
    )
