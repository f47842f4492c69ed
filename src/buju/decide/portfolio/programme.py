"""What may be chosen and what binds the choice: projects, yearly budgets, rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.discount import Schedule, factors_of
from buju.decide.portfolio.checks import check

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def _empty(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({column: [] for column in columns})


@final
@dataclass(frozen=True, kw_only=True)
class Programme:
    """Candidate projects, money by year, and the rules that a choice has to keep.

    Parameters
    ----------
    projects
        One row a project: `project` (code), `benefit` (what is to be made as large as possible,
        such as the net present value; as of the first budget year for a project begun in it) and
        `cost` (outlay, >= 0, in the unit of the budgets). Optional: `duration` (years over which
        the outlay is spread evenly, 1), `earliest` and `latest` (year of start), `required`
        (whether it must be begun), `region` (code), `price_year` (of the cost, the same for all).
    budgets
        {year: amount >= 0}, consecutive years. Starts are possible in these years.
    interactions
        Columns `a`, `b`, `benefit`: what the pair brings beside the two alone, of either sign, as
        of the first year; it begins with the later of the two.
    prerequisites
        Columns `project`, `needs` and optionally `lag` (years, 0): a project begins no earlier
        than `lag` years after the one it needs.
    exclusions
        Groups of projects of which at most one is chosen.
    quotas
        Columns `region`, `of` ("projects", "cost" or "benefit"), `least` and `most`; either bound
        may be missing. Benefits are those of the projects alone, without interactions.
    shares
        Columns `project`, `region`, `share`, for projects in several regions: of cost and benefit;
        a project counts as one in every region where it has a share. Sums to 1 by project.
    outlays
        Columns `project`, `year` (0 is the year of start), `cost`: a profile in place of an even
        one. Its sum must be the project's cost.
    schedule
        Rate, regime or factors by which benefits of later starts count less; 0: not at all.
    carry_over
        Whether money left in one year may be spent later.
    beyond
        "refused": no start whose outlays run past the last budget year; "unbudgeted": they may, and
        what falls later is bound by nothing.

    Raises
    ------
    SchemaError
        All faults together: unknown codes, missing numbers, negative budgets, years with gaps,
        prerequisites that run in a circle, costs at the prices of different years.

    Examples
    --------
    >>> candidates = pd.DataFrame({"project": ["road", "rail"], "cost": [4.0, 6.0],
    ...                            "benefit": [3.0, 5.0]})
    >>> Programme(projects=candidates, budgets={2027: 6, 2028: 4}).years
    (2027, 2028)
    """

    projects: pd.DataFrame
    budgets: Mapping[int, float]
    interactions: pd.DataFrame = field(default_factory=lambda: _empty("a", "b", "benefit"))
    prerequisites: pd.DataFrame = field(default_factory=lambda: _empty("project", "needs"))
    exclusions: Sequence[Sequence[str]] = ()
    quotas: pd.DataFrame = field(default_factory=lambda: _empty("region", "of", "least", "most"))
    shares: pd.DataFrame | None = None
    outlays: pd.DataFrame | None = None
    schedule: Schedule = 0.0
    carry_over: bool = False
    beyond: str = "refused"

    def __post_init__(self) -> None:
        check(self)
        put = object.__setattr__
        put(self, "budgets", {int(year): float(self.budgets[year]) for year in self.budgets})
        factors_of(self.schedule, len(self.years))

    @property
    def codes(self) -> list[str]:
        """Projects in the order given."""
        return [str(code) for code in self.projects["project"]]

    @property
    def years(self) -> tuple[int, ...]:
        """Budget years, rising."""
        return tuple(sorted(self.budgets))


@final
@dataclass(frozen=True)
class Arrays:
    """A programme as arrays: n projects, T start years, R regions.

    Attributes
    ----------
    benefit, cost
        (n,).
    factor
        What a benefit begun in each year is worth, (T,).
    spent
        What project i begun in year s costs in year t, (n, T, T): [i, s, t].
    later
        What falls after the last budget year, (n, T).
    allowed
        Which starts are possible, (n, T).
    required
        (n,).
    pairs, extra
        Interacting projects (K, 2) and what they bring, (K,).
    regions, share
        Codes, and shares of projects in them, (n, R).
    """

    benefit: Floats
    cost: Floats
    factor: Floats
    spent: Floats
    later: Floats
    allowed: Bools
    required: Bools
    pairs: npt.NDArray[np.int64]
    extra: Floats
    regions: tuple[str, ...]
    share: Floats

    def value(self, start: npt.NDArray[np.int64]) -> float:
        """The objective of a choice: year of start by project from 0, -1 where it is not chosen."""
        on = start >= 0
        alone = float((self.benefit * on) @ self.factor[np.maximum(start, 0)])
        return alone + float(self.together(start).sum())

    def together(self, start: npt.NDArray[np.int64]) -> Floats:
        """What each pair brings in a choice, (K,)."""
        both = (start >= 0)[self.pairs].all(axis=1)
        later = np.maximum(start[self.pairs].max(axis=1, initial=0), 0)
        found: Floats = np.where(both, self.extra * self.factor[later], 0.0)
        return found


def arrays(programme: Programme) -> Arrays:
    """The door from tables to arrays."""
    table, years = programme.projects, programme.years
    n, periods = len(table), len(years)
    spent, later = _spent(programme)
    earliest, latest = (
        _column(table, name, default).to_numpy(np.float64)
        for name, default in (("earliest", years[0]), ("latest", years[-1]))
    )
    year = np.array(years)
    allowed = (earliest[:, None] <= year) & (year <= latest[:, None])
    if programme.beyond == "refused":
        allowed &= later <= 1e-12 * np.maximum(spent.sum(axis=2) + later, 1.0)
    regions, share = _regions(programme)
    at = {code: k for k, code in enumerate(programme.codes)}
    pairs = programme.interactions
    return Arrays(
        benefit=table["benefit"].to_numpy(np.float64),
        cost=table["cost"].to_numpy(np.float64),
        factor=factors_of(programme.schedule, periods)[:periods],
        spent=spent,
        later=later,
        allowed=allowed,
        required=_column(table, "required", False).astype(bool).to_numpy(),
        pairs=np.array([[at[str(code)] for code in pairs[end]] for end in ("a", "b")], np.int64).T,
        extra=pairs["benefit"].to_numpy(np.float64),
        regions=regions,
        share=share.reshape(n, len(regions)),
    )


def _column(table: pd.DataFrame, name: str, default: Any) -> pd.Series:
    if name not in table.columns:
        return pd.Series([default] * len(table), index=table.index)
    column = table[name].astype(object)
    return column.where(column.notna(), default).infer_objects()


def _spent(programme: Programme) -> tuple[Floats, Floats]:
    """Outlay by project, year of start and year of spending, and what falls after the last year."""
    profile = _profiles(programme)
    periods = len(programme.years)
    spent = np.zeros((len(profile), periods, periods))
    later = np.zeros((len(profile), periods))
    for s in range(periods):
        inside = min(profile.shape[1], periods - s)
        spent[:, s, s : s + inside] = profile[:, :inside]
        later[:, s] = profile[:, inside:].sum(axis=1)
    return spent, later


def _profiles(programme: Programme) -> Floats:
    """Outlay by project and year since its start."""
    table = programme.projects
    cost = table["cost"].to_numpy(np.float64)
    span = _column(table, "duration", 1).to_numpy(np.int64)
    given = programme.outlays
    longest = max(int(span.max()), 1 if given is None else int(given["year"].max()) + 1)
    even = np.where(np.arange(longest) < span[:, None], (cost / span)[:, None], 0.0)
    if given is None:
        return even
    at = {code: k for k, code in enumerate(programme.codes)}
    rows = given["project"].astype(str).map(at).to_numpy(np.int64)
    even[np.unique(rows)] = 0.0
    np.add.at(even, (rows, given["year"].to_numpy(np.int64)), given["cost"].to_numpy(np.float64))
    return even


def _regions(programme: Programme) -> tuple[tuple[str, ...], Floats]:
    codes = programme.codes
    rows = programme.shares
    if rows is None:
        if "region" not in programme.projects.columns:
            return (), np.zeros((len(codes), 0))
        named = programme.projects[["project", "region"]].dropna(subset=["region"])
        rows = named.assign(share=1.0)
    regions = tuple(dict.fromkeys(rows["region"].astype(str)))
    table = rows.assign(project=rows["project"].astype(str), region=rows["region"].astype(str))
    wide = table.pivot_table(index="project", columns="region", values="share", aggfunc="sum")
    share = wide.reindex(index=codes, columns=list(regions)).fillna(0.0)
    return regions, share.to_numpy(np.float64)
