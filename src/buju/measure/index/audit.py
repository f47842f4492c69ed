"""Back to the data: how indicators hang together and what each does to the index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import arrays
from buju.measure.index.composite import composite
from buju.measure.index.indicators import Indicators
from buju.measure.index.result import IndexResult
from buju.measure.index.spec import read_spec


def correlation_table(result: IndexResult, *, step: str = "normalised") -> pd.DataFrame:
    """Pearson correlations between the columns of a step, over the rows both have.

    Parameters
    ----------
    result
        From `composite`.
    step
        A name of `.steps`; "aggregated" sets indicators and aggregates side by side.

    Returns
    -------
    DataFrame
        Square, 1 on the diagonal; NaN where a column does not vary.

    Examples
    --------
    >>> correlation_table(_example()).round(2).loc["a", "b"].item()
    0.5
    """
    return result.steps[step].corr()


def cronbach(result: IndexResult, element: str | None = None) -> float:
    """Cronbach's alpha of the indicators under an element (the root if None).

    Parameters
    ----------
    result
        From `composite`.
    element
        Code of an aggregate.

    Returns
    -------
    float
        m/(m-1) (1 - Σ var / var Σ) on normalised values, over units with all of them; NaN for one
        indicator.

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334.

    Examples
    --------
    >>> round(cronbach(_example()), 3)
    0.667
    """
    data = _under(result, element)
    m = data.shape[1]
    if m < 2:
        return float("nan")
    return float(m / (m - 1) * (1 - data.var(axis=0, ddof=1).sum() / data.sum(axis=1).var(ddof=1)))


def principal_components(result: IndexResult, element: str | None = None) -> pd.DataFrame:
    """Eigenvalues, explained shares and loadings of the correlations under an element.

    Returns
    -------
    DataFrame
        One row a component, largest first: eigenvalue, share, cumulative, and the loading of each
        indicator (largest in size positive).

    Examples
    --------
    >>> principal_components(_example())["share"].round(2).tolist()
    [0.75, 0.25]
    """
    data = _under(result, element)
    values, vectors = np.linalg.eigh(arrays.correlations(data[None])[0])
    values, vectors = values[::-1], vectors[:, ::-1]
    top = np.abs(vectors).argmax(axis=0)
    vectors = vectors * np.sign(vectors[top, np.arange(len(values))])
    codes = result.indicators.tree.leaves(element or result.indicators.tree.root)
    table = pd.DataFrame({"eigenvalue": values, "share": values / values.sum()})
    table["cumulative"] = table["share"].cumsum()
    return table.join(pd.DataFrame(vectors.T, columns=list(codes)))


def effective_weights(result: IndexResult) -> pd.DataFrame:
    """What each element weighs in the index, on paper and in effect.

    Returns
    -------
    DataFrame
        Index code: `share` (weights multiplied down the tree), `correlation` with the index and
        `effect`, the squared correlation as a share of those of its level.

    References
    ----------
    Paruolo, Saisana and Saltelli (2013), J. R. Statist. Soc. A 176, 609-634.

    Examples
    --------
    >>> effective_weights(_example())["effect"].round(2).tolist()[:2]
    [0.5, 0.5]
    """
    table = result.weights.set_index("code")[["level", "share"]].copy()
    together = result.steps["aggregated"]
    table["correlation"] = together.corrwith(result.index)
    squared = table["correlation"] ** 2
    table["effect"] = squared / squared.groupby(table["level"]).transform("sum")
    return table


def without_each(indicators: Indicators, spec: Any, *, level: int = 1) -> pd.DataFrame:
    """What becomes of the ranks when one element of a level is left out.

    Returns
    -------
    DataFrame
        One row an element and unit: `element`, the unit's index columns, `rank`, `rank_without`,
        `shift` (positive: the unit ranks better without it).

    Raises
    ------
    ParameterError
        No element of that level can be left out.

    Examples
    --------
    >>> result = _example()
    >>> without_each(result.indicators, result.spec).query("element == 'a'")["shift"].tolist()
    [0, 0, -1]
    """
    asked = read_spec(spec)
    tree = indicators.tree
    base = composite(indicators, asked).ranks()[tree.root].rename("rank")
    parts = []
    for node in tree.nodes:
        if node.level != level or not node.parent:
            continue
        smaller = tree.without(node.code)
        if tree.root not in smaller.by_code:
            continue
        less = composite(indicators.select(smaller), _fitting(asked, smaller)).ranks()[tree.root]
        part = pd.concat([base, less.rename("rank_without")], axis=1)
        part["shift"] = part["rank"] - part["rank_without"]
        parts.append(part.reset_index().assign(element=node.code))
    if not parts:
        raise ParameterError(
            f"no element of level {level} can be left out.", f"第 {level} 级没有可去掉的元素。"
        )
    return pd.concat(parts, ignore_index=True)


def strengths(result: IndexResult, unit: str, *, first: int = 5, year: Any = None) -> pd.DataFrame:
    """Where a unit stands best and worst among the indicators.

    Returns
    -------
    DataFrame
        `first` indicators of best and of worst rank: kind (strength or weakness), indicator, name,
        value (denominated), rank, of (units ranked), share (weight in the index).

    Raises
    ------
    ParameterError
        The unit is not among those ranked.

    Examples
    --------
    >>> strengths(_example(), "C", first=1)[["kind", "indicator", "rank"]].to_numpy().tolist()
    [['strength', 'a', 1], ['weakness', 'b', 2]]
    """
    values, shown = result.steps["normalised"], result.steps["denominated"]
    if result.indicators.panel:
        values, shown = values.xs(year, level="year"), shown.xs(year, level="year")
    if unit not in values.index:
        raise ParameterError(
            f"unit '{unit}' is not among those ranked.", f"单位 '{unit}' 不在参评单位中。"
        )
    ranks = values.rank(ascending=False, method="min").loc[unit].dropna()
    tree, shares = result.indicators.tree, result.weights.set_index("code")["share"]
    order = ranks.sort_values(kind="stable").index
    rows = []
    for kind, codes in (("strength", order[:first]), ("weakness", order[::-1][:first])):
        rows += [{
            "kind": kind, "indicator": code, "name": tree.by_code[code].name,
            "value": shown.loc[unit, code], "rank": int(ranks[code]),
            "of": int(values[code].notna().sum()), "share": float(shares[code]),
        } for code in codes]  # fmt: skip
    return pd.DataFrame(rows)


def _under(result: IndexResult, element: str | None) -> Array:
    tree = result.indicators.tree
    code = element or tree.root
    if code not in tree.by_code:
        raise ParameterError(f"no element '{code}' in the tree.", f"体系中没有 '{code}'。")
    data = result.steps["normalised"][list(tree.leaves(code))].dropna()
    flat = [str(c) for c in data.columns if data[c].nunique() < 2]
    if flat or len(data) < 3:
        raise ParameterError(
            f"'{code}': {len(data)} complete units and constant columns {flat}; three units and "
            "some spread are needed.",
            f"'{code}' 下完整单位不足三个或有指标无差异：{flat}。",
        )
    return np.asarray(data.to_numpy(dtype=np.float64))


def _fitting(spec: Any, tree: Any) -> Any:
    """The spec without mention of elements that the smaller tree lacks."""
    plain = spec.plain()
    for step, key in (("normalise", "bounds"), ("normalise", "targets"), ("weight", "values")):
        if plain.get(step) and plain[step].get(key):
            plain[step][key] = {c: v for c, v in plain[step][key].items() if c in tree.by_code}
    if plain.get("treat"):
        plain["treat"]["leave"] = [c for c in plain["treat"]["leave"] if c in tree.by_code]
    plain["weight"]["sum"] = None
    return read_spec(plain)


def _example() -> IndexResult:
    from buju.measure.index.indicators import make_indicators
    from buju.measure.index.tree import read_tree

    tree = read_tree([
        {"code": "a", "parent": "i", "direction": 1}, {"code": "b", "parent": "i", "direction": 1},
        {"code": "i", "parent": ""},
    ])  # fmt: skip
    data = pd.DataFrame({"a": [1, 2, 3], "b": [1, 3, 2]}, index=["A", "B", "C"])
    return composite(make_indicators(tree, data), {"treat": None})
