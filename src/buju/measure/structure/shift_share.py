"""Shift-share analysis (偏离—份额分析)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.measure.checks import FEW, choice
from buju.measure.tables import table

VARIANTS = ("classical", "esteban-marquillas")


def shift_share(
    first: pd.DataFrame, last: pd.DataFrame, *, variant: str = "classical"
) -> pd.DataFrame:
    """How much of a change in jobs is due to growth at large, to the mix of sectors, to the place.

    With r the growth of all jobs, r_j of the sector everywhere and r_ij of the sector in the place,
    jobs e_ij of the first year change by national e_ij r + mix e_ij (r_j - r) + competitive
    e_ij (r_ij - r_j). The Esteban-Marquillas variant replaces e_ij in the last part by what the
    place would have with everyone's mix, e_i e_j / e, and calls the rest allocation.

    Parameters
    ----------
    first, last
        One row a place and sector: `place`, `sector`, `jobs` (persons, >= 0), with the same places
        and sectors in both; all places together are the reference.
    variant
        "classical" or "esteban-marquillas".

    Returns
    -------
    DataFrame
        `place`, `sector`, `first`, `last`, `change`, `national`, `mix`, `competitive` and, in the
        second variant, `allocation`, in persons and in the order of `first`. The parts sum to the
        change. They describe; they do not explain.

    Raises
    ------
    SchemaError
        Columns, values or rows are missing or repeated, jobs are zero in all of `first`; in the
        second variant also a place and sector without jobs in `first`, whose growth is undefined.
    ParameterError
        An unknown variant.

    References
    ----------
    Dunn (1960), Papers of the Regional Science Association 6; Esteban-Marquillas (1972), Regional
    and Urban Economics 2(3).

    Examples
    --------
    >>> first = pd.DataFrame({"place": list("AABB"), "sector": ["coal", "shops"] * 2,
    ...                       "jobs": [50, 50, 50, 150]})
    >>> parts = shift_share(first, first.assign(jobs=[40, 80, 50, 190]))
    >>> parts[["change", "national", "mix", "competitive"]].round(2).to_numpy().tolist()
    [[-10.0, 10.0, -15.0, -5.0], [30.0, 10.0, 7.5, 12.5],
     [0.0, 10.0, -15.0, 5.0], [40.0, 30.0, 22.5, -12.5]]
    """
    choice(variant, VARIANTS, name="variant")
    rows = _paired(first, last)
    e, change = rows["first"], rows["last"] - rows["first"]
    if not e.sum() > 0:
        raise SchemaError(
            "first has no jobs at all, so nothing can grow from it; give the earlier year.",
            "first 中没有就业，无法计算增长。",
        )
    r = change.sum() / e.sum()
    sector_jobs = e.groupby(rows["sector"]).transform("sum")
    sector_change = change.groupby(rows["sector"]).transform("sum")
    # a sector without jobs at first adds e_ij r_j = 0 and all its change to `competitive`
    of_sector = e * (sector_change / sector_jobs.where(sector_jobs > 0, 1.0))
    parts = rows.assign(
        change=change, national=e * r, mix=of_sector - e * r, competitive=change - of_sector
    )
    return parts if variant == "classical" else _reallocated(parts, sector_jobs)


def _reallocated(parts: pd.DataFrame, sector_jobs: pd.Series[float]) -> pd.DataFrame:
    e, competitive = parts["first"], parts["competitive"]
    undefined = (e == 0) & (competitive != 0)
    if undefined.any():
        row = parts[undefined].iloc[0]
        raise SchemaError(
            f"first has no jobs for place '{row['place']}', sector '{row['sector']}' "
            f"({int(undefined.sum())} rows), so the growth that the Esteban-Marquillas variant "
            "multiplies is undefined; merge sectors or use variant='classical'.",
            f"地点 {row['place']} 的行业 {row['sector']} 期初无就业，增长率无定义；请合并行业。",
        )
    place_jobs = e.groupby(parts["place"]).transform("sum")
    homothetic = place_jobs * sector_jobs / e.sum()
    advantage = np.divide(competitive, e, out=np.zeros(len(e)), where=(e > 0).to_numpy())
    return parts.assign(competitive=homothetic * advantage, allocation=(e - homothetic) * advantage)


def _paired(first: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Both years side by side, in the order of the first."""
    key = ["place", "sector"]
    one = table(first, name="first", key=key, values=["jobs"]).rename(columns={"jobs": "first"})
    two = table(last, name="last", key=key, values=["jobs"]).rename(columns={"jobs": "last"})
    both = one.merge(two, on=key, how="outer", indicator="side")
    single = both[both["side"] != "both"]
    if len(single):
        shown = ", ".join(
            f"{row.place}/{row.sector} (only in {'first' if row.side == 'left_only' else 'last'})"
            for row in single.head(FEW).itertuples(index=False)
        )
        raise SchemaError(
            f"first and last differ in {len(single)} rows: {shown}; bring both years to the same "
            "places and sectors, with 0 where there are no jobs.",
            f"两年的地点或行业不一致（{len(single)} 处）：{shown}。",
        )
    return one.merge(two, on=key, how="left")
