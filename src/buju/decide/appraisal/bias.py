"""Optimism bias: works cost more and take longer than said, and benefits come later."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import final

import numpy as np
import pandas as pd

from buju.errors import ParameterError


@final
@dataclass(frozen=True)
class OptimismBias:
    """By how much costs and duration of works are raised.

    Attributes
    ----------
    capital, duration
        Upper bounds, as shares: 0.44 is 44 per cent.
    mitigation
        Share of the bound that has been shown to be dealt with, 0 to 1.
    verified
        Whether the bounds were read in a source that agrees; otherwise check before quoting.
    """

    capital: float
    duration: float
    mitigation: float = 0.0
    kind: str = "own"
    source: str = ""
    verified: bool = False

    def __post_init__(self) -> None:
        for name, most in (("capital", np.inf), ("duration", np.inf), ("mitigation", 1.0)):
            value = getattr(self, name)
            if not (np.isfinite(value) and 0 <= value <= most):
                raise ParameterError(
                    f"optimism bias: {name} is {value}; a share of 0 or more"
                    + (", at most 1" if most == 1 else ""),
                    f"乐观偏差：{name} 为 {value}；应为不小于 0 的比例",
                )

    @property
    def added_cost(self) -> float:
        """Share by which works cost more."""
        return self.capital * (1 - self.mitigation)

    @property
    def added_time(self) -> float:
        """Share by which works take longer."""
        return self.duration * (1 - self.mitigation)


@cache
def biases() -> MappingProxyType[str, OptimismBias]:
    """Upper bounds by kind of project, from `optimism_bias.csv`.

    Examples
    --------
    >>> biases()["standard-civil"].capital
    0.44
    """
    text = files("buju.decide.appraisal").joinpath("optimism_bias.csv").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            row["kind"]: OptimismBias(
                float(row["capital"]), float(row["duration"]), 0.0, row["kind"], row["source"],
                row["status"] == "read",
            )
            for row in csv.DictReader(text.splitlines())
        }
    )  # fmt: skip


def optimism_bias(kind: str, *, mitigation: float = 0.0) -> OptimismBias:
    """The upper bounds of a kind of project, less what is shown to be mitigated.

    Raises
    ------
    ParameterError
        An unknown kind, a mitigation outside 0 to 1.

    References
    ----------
    Mott MacDonald (2002), Review of Large Public Procurement in the UK; HM Treasury, Green Book
    supplementary guidance on optimism bias.

    Examples
    --------
    >>> round(optimism_bias("standard-civil", mitigation=0.5).added_cost, 3)
    0.22
    """
    if kind not in biases():
        near = difflib.get_close_matches(str(kind), biases(), n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ParameterError(
            f"no optimism bias for '{kind}'.{hint} Known: {', '.join(biases())}",
            f"没有 '{kind}' 的乐观偏差；可用：{'、'.join(biases())}",
        )
    upper = biases()[kind]
    return OptimismBias(
        upper.capital, upper.duration, mitigation, kind, upper.source, upper.verified
    )


def raised(flows: pd.DataFrame, bias: OptimismBias) -> pd.DataFrame:
    """Flows with works dearer and longer, and all that follows later by as much.

    Rows with `stage` "works" are stretched from their first year; those with "running", and
    benefits without a stage, move later, in part where the delay is no whole year.

    Raises
    ------
    ParameterError
        No cost is marked as works, so that nothing could be raised.
    """
    works = (flows["kind"] == "cost") & (flows["stage"] == "works")
    if not works.any():
        raise ParameterError(
            "optimism bias: no cost has stage 'works'; mark the works, so that running costs are "
            "not raised with them",
            "乐观偏差：没有标注 stage 为 works 的成本；请标注建设投资",
        )
    first, last = int(flows.loc[works, "year"].min()), int(flows.loc[works, "year"].max())
    span = last - first + 1
    delay = span * bias.added_time
    dearer = flows[works].assign(amount=flows.loc[works, "amount"] * (1 + bias.added_cost))
    later = (flows["stage"] == "running") | ((flows["kind"] == "benefit") & ~works)
    parts = [
        _stretched(dearer, first, 1 + bias.added_time),
        _moved(flows[later], delay),
        flows[~works & ~later],
    ]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _stretched(rows: pd.DataFrame, first: int, factor: float) -> pd.DataFrame:
    """Each year's amount spread evenly over a longer span, year by year."""
    found = []
    for row in rows.to_dict("records"):
        begin = (row["year"] - first) * factor
        end = begin + factor
        for year in range(int(np.floor(begin)), int(np.ceil(end - 1e-12))):
            share = (min(end, year + 1) - max(begin, year)) / factor
            found.append(row | {"year": first + year, "amount": row["amount"] * share})
    return pd.DataFrame(found)


def _moved(rows: pd.DataFrame, delay: float) -> pd.DataFrame:
    """Rows moved later; a part of a year moves that part of the amount one year further."""
    whole, part = int(np.floor(delay)), delay - np.floor(delay)
    moved = [rows.assign(year=rows["year"] + whole, amount=rows["amount"] * (1 - part))]
    if part > 0:
        moved.append(rows.assign(year=rows["year"] + whole + 1, amount=rows["amount"] * part))
    return pd.concat(moved, ignore_index=True)
