"""How concentrated people, jobs and output are, in all and by element of the layout."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju import measure
from buju.study.bundle import Table
from buju.study.context import Run


def concentration(run: Run) -> Table:
    """Hoover against land, Gini of density, and Theil within and between elements, by quantity."""
    element = _elements(run)
    land = run.frame("counties").set_index("place")["area_km2"]
    rows = []
    for what, year, values in _quantities(run):
        known = values.dropna().index
        x, area = values[known].to_numpy(), land[known].to_numpy()
        if not len(known) or not np.isfinite(area).all() or not (area > 0).all():
            continue
        parts = measure.theil_decomposition(x / area, element[known].to_numpy(), area)
        rows.append(
            {
                "quantity": what,
                "year": year,
                "element": "",
                "counties": len(known),
                "hoover": measure.hoover(x, area),
                "gini": measure.gini(x / area, area),
                "theil": parts.total,
                "theil_between": parts.between,
                "share": 1.0,
            }
        )
        for group in parts.groups.to_dict("records"):
            inside = element[known].to_numpy() == group["group"]
            rows.append(
                {
                    "quantity": what,
                    "year": year,
                    "element": group["group"],
                    "counties": int(inside.sum()),
                    "hoover": measure.hoover(x[inside], area[inside]),
                    "gini": measure.gini(x[inside] / area[inside], area[inside]),
                    "theil": group["theil"],
                    "theil_between": np.nan,
                    "share": group["share"],
                }
            )
    columns = ["quantity", "year", "element", "counties", "share", "hoover", "gini", "theil"]
    return Table(
        pd.DataFrame(rows, columns=[*columns, "theil_between"]),
        "集中程度：胡佛、基尼与泰尔指数",
        "Concentration: Hoover, Gini and Theil",
        {"counties": "count", "share": "share"},
        note_zh="各县每平方公里的数量，按面积加权，0 为均匀分布；泰尔指数"
        "分为要素之内与要素之间两部分。",
        note_en="Per km² of each county, weighed by land; 0 for an even spread. Theil is "
        "split into the parts within and between elements.",
    )


def _elements(run: Run) -> pd.Series:
    """The cluster or circle of each county, `none` for a county in none."""
    kinds = run.region.place_groups.set_index("group")["kind"]
    groups = run.frame("counties").set_index("place")["groups"]
    held = {
        place: next((g for g in text.split(";") if g and kinds[g] in ("cluster", "circle")), "none")
        for place, text in groups.items()
    }
    return pd.Series(held)


def _quantities(run: Run) -> list[tuple[str, int, pd.Series]]:
    """What is spread: residents and sampled jobs at both dates, GDP at the last."""
    spec, counties = run.study.spec, run.frame("counties").set_index("place")
    found = []
    if "county_shift" in run.tables:
        shift = run.frame("county_shift").set_index("place")
        found.append(("residents", spec.measure.first_year, shift["first"]))
        found.append(("residents", spec.year, shift["last"]))
    else:
        found.append(("residents", spec.year, counties["residents"]))
    jobs = run.region.employment
    for year in (spec.measure.first_year, spec.year):
        chosen = jobs[(jobs["year"] == year) & jobs["place"].isin(counties.index)]
        if not chosen.empty:
            found.append(("jobs", year, chosen.groupby("place")["jobs"].sum()))
    if counties["gdp"].notna().any():
        found.append(("gdp", int(counties["gdp_year"].dropna().max()), counties["gdp"]))
    return found
