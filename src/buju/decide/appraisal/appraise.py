"""Whether a project is worth its cost: one cash-flow model, every convention stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.appraisal.bias import OptimismBias, raised
from buju.decide.appraisal.flows import METHODS, OTHER, checked
from buju.decide.appraisal.notes import notes
from buju.decide.appraisal.part import Part
from buju.decide.appraisal.risk import Risk, factors, summarised
from buju.decide.discount import Schedule, factors_at
from buju.errors import ParameterError

Floats = npt.NDArray[np.float64]
DENOMINATORS = ("all_costs", "public")


@final
@dataclass(frozen=True)
class Appraisal:
    """A project appraised.

    Attributes
    ----------
    summary
        One row a way of counting benefits, never added up: `method` ("welfare", "rule_of_half" or
        "other"), `benefits` and `costs` (present values), `enpv`, `bcr`, `denominator`,
        `eirr` (all rates, rising, parted by semicolons; empty where none exists), `payback` and
        `discounted_payback` (years from the base date), `verdict` (of the equilibrium behind
        them). NaN where the cost is unknown.
    rates
        {method: all internal rates of return}.
    years
        `year`, `factor`, `costs`, and `benefits_` and `net_` of each method.
    switching
        `method`, `item`, `kind`, `present_value`, `switching_value`: by which share the item must
        change, alone, for ENPV to be zero. Items "all costs" and "all benefits" stand first.
    places, elements
        `method`, `place` or `element`, `benefits`, `costs`, `net`; what belongs to no place has an
        empty code, what belongs to no element stands under "".
    break_even_cost
        {method: outlay, spread over the years of the works as given, at which ENPV is zero}; only
        where the cost is unknown.
    risk
        Over draws; None unless asked.
    conventions
        Base year, price year, timing, schedule, denominator, optimism bias.
    notes
        What a reader must know, (English, Chinese) each.
    """

    summary: pd.DataFrame
    rates: dict[str, Floats]
    years: pd.DataFrame
    switching: pd.DataFrame
    places: pd.DataFrame
    elements: pd.DataFrame
    break_even_cost: dict[str, float]
    risk: Risk | None
    conventions: dict[str, Any]
    notes: tuple[tuple[str, str], ...]

    @property
    def cost_known(self) -> bool:
        """Whether every cost has an amount."""
        return not self.break_even_cost


def appraise(
    flows: pd.DataFrame,
    *,
    base_year: int,
    price_year: int,
    schedule: Schedule = "china-2006",
    timing: str = "start",
    denominator: str = "all_costs",
    bias: OptimismBias | None = None,
    contingency: float = 0.0,
    elements: Mapping[str, Mapping[str, float]] | None = None,
    uncertainty: pd.DataFrame | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> Appraisal:
    """Net present value, rates of return, ratios and who gains, of one project.

    Parameters
    ----------
    flows
        One row an item and year: `item`, `kind` ("cost" or "benefit"), `year`, `amount` at the
        prices of `price_year`. A residual value or a revenue that lowers cost is a negative cost. A
        cost without amount is unknown. Optional: `payer` ("public", "private"), `method` of a
        benefit ("welfare", "rule_of_half"; any other benefit counts under both), `stage` ("works",
        "running"), `place`, `price_year`, `verdict`. `stream` makes such rows.
    base_year
        The year whose start is the base date; in China that of the first works. No earlier flows.
    price_year
        Of all amounts, which are real: no inflation in them.
    schedule
        Rate, regime or factors, see `npv`.
    timing
        Where in a year its flows stand: "start", "mid" or "end".
    denominator
        Of the benefit-cost ratio: "all_costs" (EU), or "public": costs to the public, private costs
        being taken from the benefits (UK).
    bias
        Optimism bias, from `optimism_bias`.
    contingency
        Share of contingency that the costs hold already; not to be given together with a bias.
    elements
        {element: {place: share}}.
    uncertainty
        See `risk.factors`: distributions of items; makes `risk`.
    draws, seed
        Of the Monte Carlo.

    Returns
    -------
    Appraisal

    Raises
    ------
    SchemaError
        Faults of the flows, all of them: unknown words, missing benefits, mixed price years, years
        before the base year.
    ParameterError
        An unknown denominator or timing, a bias on top of contingency.

    Notes
    -----
    ENPV = Σ_t (B_t - C_t) D_t. Where benefits are counted by welfare and by time saved, both are
    shown: the equilibrium's welfare holds the time saved and what it does to rents and prices.

    References
    ----------
    国家发展改革委、建设部 (2006), 建设项目经济评价方法与参数 (3rd ed.); HM Treasury, The Green
    Book; European Commission (2014), Guide to Cost-Benefit Analysis of Investment Projects.

    Examples
    --------
    >>> from buju.decide import stream
    >>> road = pd.concat([stream("works", "cost", 100.0, 2027),
    ...                   stream("time", "benefit", 60.0, 2028, 2029, method="rule_of_half")])
    >>> found = appraise(road, base_year=2027, price_year=2020, schedule=0.1)
    >>> found.summary[["enpv", "bcr", "payback"]].round(4).to_numpy().tolist()
    [[4.1322, 1.0413, 2.6667]]
    """
    if denominator not in DENOMINATORS:
        raise ParameterError(
            f"denominator is '{denominator}'; {' or '.join(DENOMINATORS)} are known",
            f"denominator 为 '{denominator}'；可用：{'、'.join(DENOMINATORS)}",
        )
    _refuse_twice(bias, contingency)
    table = checked(flows, base_year, price_year)
    table = table if bias is None else raised(table, bias)
    factor = factors_at(schedule, int(table["year"].max()) - base_year + 1, timing)
    known, unknown = table[table["amount"].notna()], table[table["amount"].isna()]
    costed = unknown.empty and bool((table["kind"] == "cost").any())
    methods = [m for m in METHODS if (table["method"] == m).any()] or [OTHER]
    parts = [Part.of(known, method, base_year, factor, costed=costed) for method in methods]
    spread = 1.0 if unknown.empty else float(factor[unknown["year"] - base_year].mean())
    conventions = {
        "base_year": base_year, "price_year": price_year, "timing": timing,
        "schedule": schedule if isinstance(schedule, str | float | int) else "factors as given",
        "denominator": denominator, "optimism_bias": None if bias is None else bias.kind,
    }  # fmt: skip
    return Appraisal(
        pd.DataFrame([part.row(denominator) for part in parts]),
        {part.method: part.rates for part in parts},
        _years(parts, factor, base_year),
        pd.concat([part.switching() for part in parts], ignore_index=True),
        pd.concat([part.by_place() for part in parts], ignore_index=True),
        pd.concat([part.by_element(elements or {}) for part in parts], ignore_index=True),
        {} if costed else {part.method: part.enpv / spread for part in parts},
        _risk(parts, known, uncertainty, draws, seed) if costed else None,
        conventions,
        notes(schedule, bias, parts, denominator),
    )


def _refuse_twice(bias: OptimismBias | None, contingency: float) -> None:
    if bias is not None and contingency > 0:
        raise ParameterError(
            f"the costs hold a contingency of {contingency:.0%} and an optimism bias is asked for: "
            "the same risk would count twice. Take the contingency out of the costs, or leave the "
            "bias out",
            f"成本已含 {contingency:.0%} 预备费，又要求计入乐观偏差，会重复计算；请二者取一",
        )


def _risk(
    parts: list[Part], known: pd.DataFrame, uncertainty: pd.DataFrame | None, draws: int, seed: int
) -> Risk | None:
    if uncertainty is None:
        return None
    drawn = factors(uncertainty, list(dict.fromkeys(known["item"])), draws, seed)
    return summarised({part.method: part.drawn(drawn) for part in parts}, drawn, seed)


def _years(parts: list[Part], factor: Floats, base_year: int) -> pd.DataFrame:
    years = pd.DataFrame({"year": base_year + np.arange(len(factor)), "factor": factor})
    years["costs"] = parts[0].yearly("cost")
    for part in parts:
        years[f"benefits_{part.method}"] = part.yearly("benefit")
        years[f"net_{part.method}"] = part.net
    return years
