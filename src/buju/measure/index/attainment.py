"""Attainment of targets by unit, and the papers behind bonus, deduction and veto."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from buju.errors import ParameterError, SchemaError
from buju.measure.index.indicators import Indicators
from buju.measure.index.official import target_attainment
from buju.measure.tables import require_columns

REASONS = ["unit", "kind", "points", "reason", "document"]


def attainment(
    indicators: Indicators,
    targets: pd.DataFrame | None = None,
    *,
    lower_is_better: Literal["target_over_actual", "two_minus"] = "target_over_actual",
    cap: float | None = None,
) -> tuple[pd.DataFrame, pd.Series]:
    """Attainment of every target, and each unit's weighted mean in per cent.

    Parameters
    ----------
    indicators
        Data of one year; figures are taken as they stand, without division.
    targets
        Columns unit, indicator, target. None: the targets of the tree, the same for all.
    lower_is_better, cap
        As for `target_attainment`.

    Returns
    -------
    DataFrame, Series
        Attainment (1 = reached) by unit and indicator, NaN where a figure or a target is missing;
        and 100 times the mean weighted by shares of the index, over those there are.

    Raises
    ------
    ParameterError
        A target of zero or less, a unit without any attainment, an unknown unit or indicator.

    Examples
    --------
    >>> from buju.measure.index import make_indicators, read_tree
    >>> tree = read_tree([{"code": "g", "parent": "i", "direction": 1, "target": 8},
    ...                   {"code": "i", "parent": "", "direction": 1}])
    >>> data = make_indicators(tree, pd.DataFrame({"g": [6.0, 10.0]}, index=["A", "B"]))
    >>> attainment(data)[1].tolist()
    [75.0, 125.0]
    """
    tree, values = indicators.tree, indicators.values
    if targets is None:
        goals = pd.DataFrame(
            {code: tree.by_code[code].target for code in tree.indicators}, index=values.index
        )
    else:
        goals = _wide(targets, indicators)
    done = pd.DataFrame(np.nan, index=values.index, columns=values.columns)
    for code in tree.indicators:
        there = (values[code].notna() & goals[code].notna()).to_numpy()
        if not there.any():
            continue
        try:
            done.loc[there, code] = target_attainment(
                values.loc[there, code].to_numpy(), goals.loc[there, code].to_numpy(),
                direction=tree.by_code[code].direction, lower_is_better=lower_is_better, cap=cap,
            )  # fmt: skip
        except ParameterError as cause:
            raise ParameterError(
                f"indicator '{code}': {cause.english}", f"指标 '{code}'：{cause.chinese}"
            ) from cause
    shares = _shares(indicators)
    weight = done.notna() * shares
    none = weight.sum(axis=1) <= 0
    if none.any():
        raise ParameterError(
            f"no target with a figure for {', '.join(map(str, none[none].index[:5]))}; give some.",
            f"单位 {', '.join(map(str, none[none].index[:5]))} 没有可比的目标与实绩。",
        )
    mean = (done.fillna(0) * weight).sum(axis=1) / weight.sum(axis=1)
    return done, (100 * mean).rename("attainment")


def _shares(indicators: Indicators) -> pd.Series:
    """Weights of the tree multiplied down to the indicators."""
    tree = indicators.tree
    shares = {tree.root: 1.0}
    for code in reversed(tree.aggregates):
        children = tree.children(code)
        total = sum(tree.by_code[child].weight for child in children)
        for child in children:
            shares[child] = shares[code] * tree.by_code[child].weight / total
    return pd.Series({code: shares[code] for code in tree.indicators})


def _wide(targets: pd.DataFrame, indicators: Indicators) -> pd.DataFrame:
    require_columns(targets, ["unit", "indicator", "target"], name="targets")
    for column, known in (("unit", set(indicators.units)),
                          ("indicator", set(indicators.tree.indicators))):  # fmt: skip
        odd = sorted(set(map(str, targets[column])) - known)
        if odd:
            raise ParameterError(
                f"targets name the {column} {', '.join(odd[:5])}, which the data do not have.",
                f"targets 中的 {column} 不在数据中：{', '.join(odd[:5])}。",
            )
    if targets.duplicated(["unit", "indicator"]).any():
        raise SchemaError("targets: a target stands twice; keep one.", "targets 有重复的目标。")
    wide = targets.pivot(index="unit", columns="indicator", values="target")
    return wide.reindex(index=indicators.units, columns=list(indicators.tree.indicators))


def require_reasons(
    adjustments: pd.DataFrame | None, vetoes: pd.DataFrame | None, units: pd.Index
) -> pd.DataFrame:
    """Adjustments and vetoes as one table, each with its reason and document."""
    parts = []
    for frame, name in ((adjustments, "adjustments"), (vetoes, "vetoes")):
        if frame is None or not len(frame):
            continue
        points = ["points"] if name == "adjustments" else []
        require_columns(frame, ["unit", *points, "reason", "document"], name=name)
        plain = frame.reset_index(drop=True)
        for column in ("reason", "document"):
            empty = plain[column].isna() | (plain[column].astype(str).str.strip() == "")
            if empty.any():
                unit = plain.loc[empty, "unit"].iloc[0]
                raise ParameterError(
                    f"{name}: the entry of unit '{unit}' has no {column}; every bonus, deduction "
                    "and veto needs a reason and a document.",
                    f"{name}：单位 '{unit}' 缺少 {column}；加减分与否优须有理由和文件依据。",
                )
        odd = [str(u) for u in plain["unit"] if u not in units]
        if odd:
            raise ParameterError(
                f"{name}: no unit '{odd[0]}' in the data.", f"{name}：数据中没有单位 '{odd[0]}'。"
            )
        if points:
            number = plain["points"].astype(float)
            if not np.isfinite(number).all():
                raise ParameterError(f"{name}: points are missing.", f"{name}：缺少分值。")
            kind = np.where(number >= 0, "bonus", "deduction")
            parts.append(plain.assign(kind=kind, points=number)[REASONS])
        else:
            parts.append(plain.assign(kind="veto", points=0.0)[REASONS])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=REASONS)
