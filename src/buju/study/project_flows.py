"""A project of the region's table as cash flows: works, then benefits of the equilibrium."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju import decide
from buju.errors import StudyError
from buju.study.decision import Decision


@dataclass(frozen=True)
class Dated:
    """First year of the works and the year in which they end."""

    start: int
    opened: int

    @property
    def years(self) -> int:
        """Years of works."""
        return self.opened - self.start + 1


def dated(project: Mapping[str, Any]) -> Dated | None:
    """Years of the works: start, and the actual completion before the planned one; None where one
    is not known.
    """
    ended = project["actual_completion"]
    ended = ended if pd.notna(ended) else project["planned_completion"]
    begun = project["start"]
    if pd.isna(begun) or pd.isna(ended):
        return None
    return Dated(int(str(begun)[:4]), int(str(ended)[:4]))


def cost_of(made: Decision, project: Mapping[str, Any]) -> float:
    """The stated cost at the prices of the benefits, 1e8 CNY; NaN where none was stated.

    A cost without a price year is taken as it stands.

    Raises
    ------
    StudyError
        It stands at the prices of another year, and the study gives no index for both.
    """
    cost, year = project["cost"], project["price_year"]
    if pd.isna(cost):
        return float("nan")
    if pd.isna(year) or int(year) == made.price_year:
        return float(cost)
    index = made.asked.price_index
    if not (index.get(int(year), 0) > 0 and index.get(made.price_year, 0) > 0):
        raise StudyError(
            f"projects.csv, project {project['project']}: its cost is at prices of {int(year)}, "
            f"benefits at those of {made.price_year}; give decide.price_index for both years, as "
            f"in {{{int(year)}: 100, {made.price_year}: 103}}",
            f"projects.csv，项目 {project['project']}：成本为 {int(year)} 年价格，效益为 "
            f"{made.price_year} 年价格；请在 decide.price_index 中给出这两年的价格指数",
        )
    return float(cost) * index[made.price_year] / index[int(year)]


def flows(made: Decision, when: Dated, cost: float, gains: pd.DataFrame) -> pd.DataFrame:
    """Cash flows: the cost spread evenly over the works, then yearly gains by place.

    Parameters
    ----------
    cost
        1e8 CNY; NaN where it is unknown.
    gains
        Yearly, from `Decision.gains`.
    """
    yearly = cost / when.years
    works = decide.stream("works", "cost", yearly, when.start, when.opened, stage="works")
    first, last = when.opened + 1, when.opened + made.asked.horizon
    years = np.arange(first, last + 1)
    grown = (1 + made.asked.growth) ** (years - first)
    every = gains[gains["amount"] != 0]
    benefits = pd.DataFrame(
        {
            "item": "welfare",
            "kind": "benefit",
            "year": np.tile(years, len(every)),
            "amount": np.outer(every["amount"], grown).ravel(),
            "method": "welfare",
            "place": np.repeat(every["place"].to_numpy(object), len(years)),
            "verdict": np.repeat(every["verdict"].to_numpy(object), len(years)),
        }
    )
    return pd.concat([works, benefits], ignore_index=True)


def annuity(made: Decision, when: Dated) -> float:
    """Present value, at the start of the works, of 1 a year from the year after opening on."""
    years = np.zeros(when.years + made.asked.horizon)
    years[when.years :] = (1 + made.asked.growth) ** np.arange(made.asked.horizon)
    return decide.npv(years, made.asked.rate)


def outlay(made: Decision, when: Dated, cost: float) -> float:
    """Present value of a cost spread evenly over the works, at their start."""
    return decide.npv(np.full(when.years, cost / when.years), made.asked.rate)


def later(made: Decision, years: int) -> float:
    """What 1 some years later is worth at the base date."""
    return decide.npv(np.append(np.zeros(years), 1.0), made.asked.rate)


def price_value(made: Decision) -> float:
    """What an hour is worth, CNY: income per job in the region over the hours of a year."""
    home = made.people[made.home]
    return float(1e8 * home["gdp"].sum() / home["jobs"].sum() / made.asked.hours)
