"""What was filled, dropped, moved and weighed, as tables and sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from buju.measure.index.indicators import Indicators
from buju.measure.index.plan import Plan
from buju.measure.index.run import Run
from buju.measure.index.screen import availability
from buju.measure.index.weight import FROM_DATA, global_weights, uneven_sums


def row_index(rows: np.ndarray, plan: Plan, units: pd.Index) -> pd.Index:
    """Labels of the cells of (layers, units) that are set: units, or years and units."""
    layer, unit = np.nonzero(rows)
    if plan.years == (None,):
        return pd.Index(units[unit], name="unit")
    return pd.MultiIndex.from_arrays(
        [[plan.years[k] for k in layer], units[unit]], names=["year", "unit"]
    )


def _cells(mask: np.ndarray, plan: Plan, units: pd.Index) -> dict[str, list[Any]]:
    layer, unit, indicator = np.nonzero(mask)
    columns: dict[str, list[Any]] = {"unit": list(units[unit])}
    if plan.years != (None,):
        columns["year"] = [plan.years[k] for k in layer]
    columns["indicator"] = [plan.tree.indicators[k] for k in indicator]
    return columns


def imputed(done: Run, plan: Plan) -> pd.DataFrame:
    """Every cell that was filled, with the value and the rule."""
    filled = np.isnan(done.denominated) & ~np.isnan(done.imputed)
    rule = plan.spec.impute
    method = "" if rule is None else rule.method + (f" by {rule.group}" if rule.group else "")
    columns = _cells(filled, plan, plan.units)
    return pd.DataFrame({**columns, "value": done.imputed[filled], "method": method})


def unfilled(done: Run) -> pd.DataFrame:
    """Cells of units that stay which are missing still."""
    there = done.stays[:, done.kept, None]
    return pd.DataFrame(_cells(np.isnan(done.screened) & there, done.plan, done.plan.units))


def dropped(done: Run, plan: Plan) -> pd.DataFrame:
    """Units that were screened out, with the share of indicators they had before imputation."""
    present = ~np.isnan(plan.raw).all(axis=-1)
    gone = ~done.stays & (present if len(plan.years) > 1 else np.ones_like(present))
    index = row_index(gone, plan, plan.units)
    share = availability(done.denominated)[gone]
    rule = plan.spec.screen
    limit = "" if rule is None else f"below {rule.min_availability:g} of {rule.of} cells"
    frame = index.to_frame(index=False)
    why = ["no value at all" if s == 0 else limit for s in share]
    return frame.assign(availability=share, reason=why)


def treated(done: Run) -> pd.DataFrame:
    """Indicators that were winsorised or logged, and their moments before and after."""
    what, plan = done.treated, done.plan
    m = len(plan.tree.indicators)
    points = np.zeros(len(what.logged), dtype=int)
    if len(what.high):
        points = what.high.sum(axis=1) + what.low.sum(axis=1)
    at = np.flatnonzero(what.logged | (points > 0))
    columns: dict[str, Any] = {"indicator": [plan.tree.indicators[k % m] for k in at]}
    if plan.years != (None,):
        columns["year"] = [plan.years[k // m] for k in at]
    return pd.DataFrame({
        **columns,
        "method": ["log" if what.logged[k] else "winsorise" for k in at],
        "points": points[at],
        "units": [_moved(what.high, what.low, int(k), plan) for k in at],
        "skewness_before": what.before[0][at], "kurtosis_before": what.before[1][at],
        "skewness_after": what.after[0][at], "kurtosis_after": what.after[1][at],
    })  # fmt: skip


def _moved(high: np.ndarray, low: np.ndarray, k: int, plan: Plan) -> str:
    return ";".join(str(u) for u in plan.units[high[k] | low[k]])


def weights(done: Run) -> pd.DataFrame:
    """Weights within siblings and shares of the index (products down the tree)."""
    plan = done.plan
    shares = global_weights(done.weights, plan)
    nodes = [plan.tree.by_code[code] for code in plan.codes]
    return pd.DataFrame({
        "code": list(plan.codes), "parent": [node.parent for node in nodes],
        "level": [node.level for node in nodes], "weight": done.weights[0], "share": shares[0],
    })  # fmt: skip


def notes(done: Run, plan: Plan, indicators: Indicators) -> list[str]:
    """Choices and losses in sentences, none of them silent."""
    said = variants(plan)
    filled = imputed(done, plan)
    if len(filled):
        said.append(f"{len(filled)} missing cells were filled ({filled['method'].iloc[0]})")
    gaps = unfilled(done)
    if len(gaps):
        first = gaps.iloc[0]
        said.append(
            f"{len(gaps)} cells are missing still (first: '{first['indicator']}' of "
            f"'{first['unit']}'); their weight goes to their siblings"
        )
    gone = dropped(done, plan)
    if len(gone):
        said.append("units left out: " + ", ".join(map(str, gone["unit"])))
    rule = plan.spec.screen
    if rule is not None and rule.of == "imputed":
        raw = availability(done.denominated)
        thin = done.stays & (raw < rule.min_availability)
        if thin.any():
            said.append(
                f"before imputation {int(thin.sum())} units had less than "
                f"{rule.min_availability:g} of the indicators: "
                + ", ".join(str(u) for u in row_index(thin, plan, plan.units))
            )
    for row in treated(done).to_dict("records"):
        year = f" {row['year']}" if "year" in row else ""
        how = "logged" if row["method"] == "log" else f"winsorised at {row['units']}"
        said.append(f"'{row['indicator']}'{year} was {how}")
    short = [k for k, s in enumerate(done.treated.before[1]) if np.isnan(s)]
    if plan.spec.treat and short:
        m = len(plan.tree.indicators)
        codes = sorted({plan.tree.indicators[k % m] for k in short})
        said.append(f"too few or equal values to test for outliers: {', '.join(codes)}")
    return said + uneven_sums(plan)


def variants(plan: Plan) -> list[str]:
    """Names of the formulas used where one name covers several."""
    spec = plan.spec
    said = []
    if spec.normalise is not None:
        said.append(f"normalised by {spec.normalise.method}")
        if len(plan.years) > 1 and spec.normalise.method not in {"goalposts", "efficacy"}:
            said.append(f"bounds of normalising: one set a {spec.normalise.over}")
    weight = spec.weight
    variant = {"entropy": weight.variant or "min_max", "pca": weight.variant or "first_squared"}
    name = (
        f"{weight.method} ({variant[weight.method]})" if weight.method in variant else weight.method
    )
    pooled = ", years pooled" if weight.method in FROM_DATA and len(plan.years) > 1 else ""
    said.append(f"weights: {name}{pooled}")
    rules = {spec.aggregate.rule(family.level) for family in plan.families}
    if "copeland" in rules:
        said.append(f"Copeland: {spec.aggregate.copeland} wins less losses")
    if "generalised" in rules:
        said.append(f"generalised mean with power {spec.aggregate.power:g}")
    if "topsis" in rules:
        said.append("TOPSIS on the normalised values as they are")
    return said
