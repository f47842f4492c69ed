"""Assessment as offices run it: within classes, with bonus, deduction and veto."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from buju.errors import ParameterError
from buju.measure.index.attainment import require_reasons
from buju.measure.index.composite import composite
from buju.measure.index.grades import grade_class, vetoed_by_rule
from buju.measure.index.indicators import Indicators
from buju.measure.index.rank import rank
from buju.measure.index.result import IndexResult
from buju.measure.index.spec import Spec, read_spec
from buju.measure.index.tree import Tree


@dataclass(frozen=True)
class Assessment:
    """Scores and places within classes; made by `assess`."""

    table: pd.DataFrame
    """By unit: class, base, each part named in `also`, bonus, deduction, score, rank (in its
    class), of (units in the class), veto, grade."""
    results: Mapping[str, IndexResult]
    """The index behind each class."""
    reasons: pd.DataFrame
    """unit, kind (bonus, deduction, veto), points, reason, document."""
    rules: str
    """SHA-256 of indicator tree, specs, classes, shares and grades: the rule set."""
    notes: tuple[str, ...]

    def publication(self, *, order: str = "rank") -> pd.DataFrame:
        """What is published where scores are not: class, unit, name and grade, in order.

        "rank" keeps the order of places without printing scores; "code" sorts by unit code within
        each grade, for lists whose order means nothing (排名不分先后).
        """
        if order not in {"rank", "code"}:
            raise ParameterError(f"order '{order}': rank or code.", f"order '{order}' 无效。")
        frame = self.table.reset_index()
        keys = ["class", "rank", "unit"] if order == "rank" else ["class", "grade_no", "unit"]
        shown = [
            "class", "name", "unit", *(["grade"] if frame["grade"].any() else [])
        ]  # fmt: skip
        return frame.sort_values(keys, kind="stable")[shown].reset_index(drop=True)


def assess(
    indicators: Indicators,
    spec: Mapping[str, Any] | Spec,
    *,
    classes: str | None = None,
    schemes: Mapping[str, Mapping[str, float]] | None = None,
    also: Mapping[str, tuple[float, pd.Series[Any]]] | None = None,
    adjustments: pd.DataFrame | None = None,
    vetoes: pd.DataFrame | None = None,
    grades: Mapping[str, float] | None = None,
    refill: bool = True,
    decimals: int | None = 2,
) -> Assessment:
    """Scores, places within classes (分类考核) and grades of one year.

    Parameters
    ----------
    indicators
        Data of one year. A row of the tree with `classes` is used for those classes alone; a row
        with `veto` (">= 3") bars units whose value, after division, meets it.
    spec
        Steps of the index, computed within each class.
    classes
        Column of `groups` that says each unit's class; None puts all in one.
    schemes
        Weights that hold within a class: {class: {code: weight}}.
    also
        Further parts of the score: {name: (share, series by unit)}, such as attainment of targets
        (目标考核) beside the outcome. The index takes what the shares leave of 1.
    adjustments
        Bonus (points above zero) and deduction (below), added after the weighted sum: columns
        unit, points, reason, document; the last two may not be empty.
    vetoes
        Units barred from the top grade (一票否优): unit, reason, document.
    grades
        Grades from the top with their share of a class, {"优秀": 0.3, "良好": 0.5, "一般": 0.2};
        places are shares times units, rounded down, the last grade takes the rest.
    refill
        Whether a place in the top grade that a veto leaves open goes to the next unit.
    decimals
        Scores are rounded so before they are ranked; ties share the least place.

    Returns
    -------
    Assessment
        A veto leaves score and place visible and changes the grade alone.

    Raises
    ------
    ParameterError
        A unit without class, an adjustment without reason or document, shares that do not fit, an
        unknown unit, a class of fewer than two units.

    References
    ----------
    晋政发〔2018〕27号 (classes of counties, 一票否优).

    Examples
    --------
    >>> from buju.measure.index import make_indicators, read_tree
    >>> tree = read_tree([{"code": "g", "parent": "i", "direction": 1},
    ...                   {"code": "i", "parent": ""}])
    >>> data = make_indicators(tree, pd.DataFrame({"g": [1, 2, 3]}, index=["A", "B", "C"]))
    >>> plus = pd.DataFrame({"unit": ["B"], "points": [60.0], "reason": ["first prize"],
    ...                      "document": ["No. 7"]})
    >>> assess(data, {}, adjustments=plus).table["rank"].to_dict()
    {'A': 3, 'B': 1, 'C': 2}
    """
    if indicators.panel:
        raise ParameterError(
            "an assessment is of one year; take it with indicators.at(year).",
            "考核只针对一个年份，请用 at(年份) 选取。",
        )
    asked = read_spec(spec)
    member = _members(indicators, classes, schemes)
    outcome_share = _share_left(also)
    reasons = require_reasons(adjustments, vetoes, indicators.units)
    results, parts = {}, []
    for name, units in member.items():
        own = _of_class(indicators, name, units)
        result = composite(own, _with_weights(asked, own.tree, (schemes or {}).get(name)))
        results[name] = result
        part = _scores(result, name, outcome_share, also or {}, reasons)
        part["rank"] = rank(part["score"].to_numpy(), decimals=decimals).astype(int)
        part["of"] = len(part)
        barred = vetoed_by_rule(result)
        part["veto"] = [u in set(barred["unit"]) or v for u, v in part["veto"].items()]
        reasons = pd.concat([reasons, barred], ignore_index=True) if len(barred) else reasons
        part["grade"], part["grade_no"] = grade_class(part, grades, refill)
        parts.append(part)
    table = pd.concat(parts)
    table.insert(1, "name", [str(indicators.names.get(u, "")) for u in table.index])
    notes = tuple(f"{name}: {note}" for name, r in results.items() for note in r.notes)
    rules = _digest(asked, indicators.tree, schemes, also, grades, refill, decimals, classes)
    return Assessment(table, results, reasons, rules, notes)


def year_on_year(before: Assessment, now: Assessment) -> pd.DataFrame:
    """Change of score and place between two years under one rule set.

    Returns
    -------
    DataFrame
        By unit in both: class, score_before, score, change, rank_before, rank, places (positive:
        risen). Scores of min-max bounds found anew each year move with the others' figures: use
        goalposts or efficacy where a score is to be compared.

    Raises
    ------
    ParameterError
        The two years were not assessed by the same rules, or a unit changed its class.

    Examples
    --------
    >>> from buju.measure.index import make_indicators, read_tree
    >>> tree = read_tree([{"code": "g", "parent": "i", "direction": 1},
    ...                   {"code": "i", "parent": ""}])
    >>> one, two = (assess(make_indicators(tree, pd.DataFrame({"g": g}, index=["A", "B"])), {})
    ...             for g in ([1, 2], [3, 2]))
    >>> year_on_year(one, two)["places"].tolist()
    [1, -1]
    """
    if before.rules != now.rules:
        raise ParameterError(
            "the two years were assessed by different rules (tree, spec, weights, grades), so the "
            "two cannot be compared; assess the earlier year again by the later rules.",
            "两年的考核规则不同，得分不可比；请按后一年的规则重算前一年。",
        )
    both = now.table.index.intersection(before.table.index)
    old, new = before.table.loc[both], now.table.loc[both]
    moved = both[(old["class"] != new["class"]).to_numpy()]
    if len(moved):
        raise ParameterError(
            f"units changed their class: {', '.join(moved[:5])}; places in two classes cannot be "
            "compared. Leave them out.",
            f"单位类别有变：{', '.join(moved[:5])}，名次不可比，请剔除。",
        )
    return pd.DataFrame({
        "class": new["class"], "score_before": old["score"], "score": new["score"],
        "change": new["score"] - old["score"], "rank_before": old["rank"], "rank": new["rank"],
        "places": old["rank"] - new["rank"],
    })  # fmt: skip


def _members(
    indicators: Indicators, classes: str | None, schemes: Mapping[str, Any] | None
) -> dict[str, list[str]]:
    if classes is None:
        named = pd.Series("all", index=indicators.units)
    elif classes in indicators.groups.columns:
        named = indicators.groups[classes]
    else:
        raise ParameterError(
            f"no column '{classes}' among the groups ({', '.join(indicators.groups.columns)}).",
            f"分组中没有列 '{classes}'。",
        )
    if named.isna().any():
        raise ParameterError(
            f"no class for {', '.join(map(str, named[named.isna()].index[:8]))}; fill '{classes}'.",
            f"以下单位没有类别：{', '.join(map(str, named[named.isna()].index[:8]))}。",
        )
    odd = set(schemes or {}) - set(named)
    if odd:
        raise ParameterError(
            f"schemes are given for classes that no unit has: {', '.join(sorted(odd))}.",
            f"没有单位属于类别：{', '.join(sorted(odd))}。",
        )
    return {
        str(name): list(units) for name, units in named.groupby(named, sort=True).groups.items()
    }


def _share_left(also: Mapping[str, tuple[float, Any]] | None) -> float:
    shares = [share for share, _ in (also or {}).values()]
    if any(share <= 0 for share in shares) or sum(shares) > 1:
        raise ParameterError(
            f"the shares in 'also' are {shares}; each above 0 and together at most 1.",
            f"also 的占比为 {shares}；各须为正且合计不超过 1。",
        )
    return 1 - sum(shares)


def _of_class(indicators: Indicators, name: str, units: list[str]) -> Indicators:
    tree = indicators.tree
    for node in tree.nodes:
        if node.classes and name not in node.classes and node.code in tree.by_code:
            tree = tree.without(node.code)
    own = indicators.select(tree)
    pick = [own.values, own.denominators, own.groups]
    values, below, groups = (frame.loc[units] for frame in pick)
    return Indicators(tree, values, below, groups, own.names, own.notes)


def _with_weights(spec: Spec, tree: Tree, weights: Mapping[str, float] | None) -> Spec:
    plain = spec.plain()
    plain["weight"]["values"] = {**plain["weight"]["values"], **(weights or {})}
    for step, key in (("normalise", "bounds"), ("normalise", "targets")):
        if plain.get(step):
            kept = {c: v for c, v in plain[step][key].items() if c in tree.by_code}
            plain[step][key] = kept
    return read_spec(plain)


def _scores(
    result: IndexResult, name: str, share: float, also: Mapping[str, tuple[float, Any]],
    reasons: pd.DataFrame,
) -> pd.DataFrame:  # fmt: skip
    base = result.index.astype(float)
    frame = pd.DataFrame({"class": name, "base": base}, index=base.index)
    total = share * base
    for part, (own, series) in also.items():
        lacking = [u for u in base.index if u not in series.index or pd.isna(series.get(u))]
        if lacking:
            raise ParameterError(
                f"part '{part}' has no figure for {', '.join(lacking[:5])}; give one.",
                f"'{part}' 缺少单位 {', '.join(lacking[:5])} 的得分。",
            )
        frame[part] = series.reindex(base.index).astype(float)
        total = total + own * frame[part]
    points = reasons.groupby(["unit", "kind"])["points"].sum()
    for kind in ("bonus", "deduction"):
        frame[kind] = [float(points.get((u, kind), 0.0)) for u in frame.index]
    frame["score"] = total + frame["bonus"] + frame["deduction"]
    barred = set(reasons.loc[reasons["kind"] == "veto", "unit"])
    frame["veto"] = [u in barred for u in frame.index]
    return frame


def _digest(spec: Spec, tree: Tree, schemes: Any, also: Any, *rest: Any) -> str:
    shares = {name: share for name, (share, _) in (also or {}).items()}
    rows = json.loads(tree.table().to_json(orient="records"))
    text = json.dumps([spec.plain(), rows, schemes, shares, *rest], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
