"""The door from tables: places and labelled times become a baseline, assumptions recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.simulate.calibrate import Costs, Totals, calibrate
from buju.simulate.economy import Baseline


@final
@dataclass(frozen=True)
class Prepared:
    """A baseline and what was assumed to make it.

    Attributes
    ----------
    baseline
        Ready for `counterfactual`.
    record
        Rows `quantity, basis, english, chinese`: what was observed and what modelled.
    """

    baseline: Baseline
    record: pd.DataFrame


def prepare(
    places: pd.DataFrame,
    minutes_commuting: pd.DataFrame,
    minutes_goods: Any,
    *,
    model: Any,
    costs: Costs,
) -> Prepared:
    """Calibrate an economy to a table of places.

    Parameters
    ----------
    places
        Columns `place` (code), `residents` (persons), `jobs` (persons), `gdp` (money); one row a
        place.
    minutes_commuting, minutes_goods
        Labelled by the same codes, any order; the order of `places` is kept. For a `ComposedCost`
        the second is a mapping of matrices.
    model, costs
        As for `calibrate`.

    Returns
    -------
    Prepared
        Workers by residence are residents scaled to the sum of jobs; the wage of a job is the
        place's gdp per job. Flows are modelled. The record says so.

    Raises
    ------
    ParameterError
        A column is absent, a value missing or not above 0, a place absent from the times.

    Examples
    --------
    >>> from buju.simulate import CommutingTrade, CostFunction
    >>> places = pd.DataFrame({"place": ["A", "B"], "residents": [200, 100],
    ...                        "jobs": [80, 40], "gdp": [16.0, 6.0]})
    >>> minutes = pd.DataFrame([[10.0, 60], [60, 10]], index=["A", "B"], columns=["A", "B"])
    >>> costs = Costs(commuting=CostFunction(form="exponential", coefficient=0.02),
    ...               trade=CostFunction(form="power", coefficient=0.4))
    >>> ready = prepare(places, minutes, minutes, costs=costs,
    ...                 model=CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4))
    >>> ready.baseline.residents.round(6).tolist()
    [80.0, 40.0]
    """
    _check_places(places)
    labels = places["place"].tolist()
    residents = places["residents"].to_numpy(dtype=np.float64)
    jobs = places["jobs"].to_numpy(dtype=np.float64)
    share = jobs.sum() / residents.sum()
    if isinstance(minutes_goods, pd.DataFrame):
        goods: Any = _aligned(minutes_goods, labels, "minutes_goods")
    else:
        goods = {k: _aligned(m, labels, f"minutes_goods[{k!r}]") for k, m in minutes_goods.items()}
    totals = Totals(
        residents=residents * share,
        jobs=jobs,
        wage=places["gdp"].to_numpy(dtype=np.float64) / jobs,
        minutes_commuting=_aligned(minutes_commuting, labels, "minutes_commuting"),
        minutes_trade=goods,
    )
    baseline = calibrate(totals, model, costs)
    return Prepared(baseline, _record(share, baseline.payment))


def _check_places(places: pd.DataFrame) -> None:
    absent = [c for c in ("place", "residents", "jobs", "gdp") if c not in places.columns]
    if absent:
        raise ParameterError(f"places: column(s) {absent} are missing")
    if places["place"].duplicated().any():
        twice = places.loc[places["place"].duplicated(), "place"].iloc[0]
        raise ParameterError(f"places: {twice!r} stands twice; keep one row a place")
    for column in ("residents", "jobs", "gdp"):
        values = places[column].to_numpy(dtype=np.float64, na_value=np.nan)
        wrong = ~(np.isfinite(values) & (values > 0))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ParameterError(
                f"places: {column} of {places['place'].iloc[row]!r} is {values[row]:g}; it must be "
                "above 0. Fill it from a source, or merge the place with its neighbour"
            )


def _aligned(minutes: pd.DataFrame, labels: list[str], name: str) -> pd.DataFrame:
    known = set(minutes.index) & set(minutes.columns)
    absent = [label for label in labels if label not in known]
    if absent:
        raise ParameterError(
            f"{name}: no row and column for {', '.join(map(repr, absent[:5]))}; compute times for "
            "every place that is simulated"
        )
    return minutes.loc[labels, labels]


def _record(share: float, payment: float) -> pd.DataFrame:
    rows = [
        ("jobs", "observed", "jobs as given", "就业按给定值"),
        (
            "residents",
            "modelled",
            f"workers by residence: residents times {share:.6g}, the same everywhere",
            f"按居住地的劳动者：常住人口统一乘以 {share:.6g}",
        ),
        ("wage", "modelled", "gdp per job: all income is earned by labour", "工资取人均就业产出"),
        (
            "commuting",
            "modelled",
            "gravity fitted to both totals",
            "通勤流由引力模型拟合至两端总数",
        ),
        (
            "trade",
            "modelled",
            "gravity; every goods market clears",
            "贸易份额由引力模型推得，市场出清",
        ),
    ]
    if payment:
        english = f"each worker receives {payment:.6g} of all rents, beside the wage"
        rows.append(("payment", "modelled", english, f"每名劳动者另得地租 {payment:.6g}"))
    return pd.DataFrame(rows, columns=["quantity", "basis", "english", "chinese"])
