"""The index: spec and data in, every step and the scores out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import records
from buju.measure.index.indicators import Indicators
from buju.measure.index.plan import Plan, make_plan
from buju.measure.index.result import IndexResult, digest
from buju.measure.index.run import Run, run
from buju.measure.index.spec import Spec, read_spec
from buju.measure.index.weight import given

STEPS = ("denominated", "imputed", "screened", "treated", "normalised", "aggregated")


def composite(indicators: Indicators, spec: Mapping[str, Any] | Spec) -> IndexResult:
    """A composite index of units, with every step kept.

    Parameters
    ----------
    indicators
        Tree and data, from `make_indicators`, `read_coinr` or another reader. Several years are
        computed together; each year is ranked by itself.
    spec
        What to do at each step: `denominate`, `impute`, `screen`, `treat`, `normalise`, `weight`,
        `aggregate`; see `Spec`. None skips a step. Raw data are not changed.

    Returns
    -------
    IndexResult
        `.steps` (a table each), `.scores`, `.ranks()`, weights, filled cells, dropped units,
        treated indicators, notes and a log. The same spec and data give the same bits.

    Raises
    ------
    ParameterError
        The spec is not understood or does not fit the data: a constant column to be scaled, zero
        under a geometric mean, weights that do not sum as promised, a unit without data. The
        message names indicator, unit, value and remedy.

    References
    ----------
    OECD and JRC (2008), Handbook on Constructing Composite Indicators.

    Examples
    --------
    >>> from buju.measure.index import make_indicators, read_tree
    >>> tree = read_tree([{"code": "jobs", "parent": "life", "direction": 1},
    ...                   {"code": "smog", "parent": "life", "direction": -1},
    ...                   {"code": "life", "parent": ""}])
    >>> data = pd.DataFrame({"jobs": [10, 20, 30], "smog": [5, 5, 9]}, index=["A", "B", "C"])
    >>> result = composite(make_indicators(tree, data), {"normalise": {"method": "min_max"}})
    >>> result.scores["life"].tolist(), result.ranks()["life"].tolist()
    ([50.0, 75.0, 50.0], [2, 1, 2])
    """
    asked = read_spec(spec)
    plan = make_plan(indicators, asked)
    given(plan, asked.weight)  # weights that do not fit are told before anything is computed
    done = run(plan, plan.raw)
    steps = _tables(done, plan, indicators)
    notes = (*indicators.notes, *records.notes(done, plan, indicators))
    return IndexResult(
        indicators=indicators, spec=asked, steps=steps, weights=records.weights(done),
        imputed=records.imputed(done, plan), unfilled=records.unfilled(done),
        dropped=records.dropped(done, plan), treated=records.treated(done), notes=notes,
        log=_log(asked, steps, indicators),
    )  # fmt: skip


def replay(log: str, indicators: Indicators, *, step: str = "aggregated") -> pd.DataFrame:
    """One step again from a saved log, checked against it.

    Parameters
    ----------
    log
        Text of `IndexResult.to_json`.
    indicators
        The data the log was made from.
    step
        A name of `IndexResult.steps`.

    Returns
    -------
    DataFrame
        The table of that step, equal to the last digit.

    Raises
    ------
    ParameterError
        The step is not in the log, or the data give other figures than the log says.

    Examples
    --------
    >>> from buju.measure.index import make_indicators, read_tree
    >>> tree = read_tree([{"code": "a", "parent": "i", "direction": 1},
    ...                   {"code": "i", "parent": ""}])
    >>> data = make_indicators(tree, pd.DataFrame({"a": [1, 3, 2]}, index=["A", "B", "C"]))
    >>> replay(composite(data, {}).to_json(), data, step="normalised")["a"].tolist()
    [0.0, 100.0, 50.0]
    """
    saved = json.loads(log)
    known = {entry["step"]: entry["sha256"] for entry in saved["steps"]}
    if step not in known:
        raise ParameterError(
            f"step '{step}' is not in the log; it has {', '.join(known)}.",
            f"日志中没有步骤 '{step}'；现有：{', '.join(known)}。",
        )
    found = composite(indicators, saved["spec"])
    for name in STEPS:
        if digest(found.steps[name]) != known[name]:
            raise ParameterError(
                f"step '{name}' differs from the log: the data, or the version of buju, are not "
                "those it was made with.",
                f"步骤 '{name}' 与日志不符：数据或版本已改变。",
            )
        if name == step:
            break
    return found.steps[step]


def _tables(done: Run, plan: Plan, indicators: Indicators) -> dict[str, pd.DataFrame]:
    full = plan.units
    inner = done.plan.units
    leaves, codes = list(plan.tree.indicators), list(plan.codes)
    present: np.ndarray = np.ones(plan.raw.shape[:2], dtype=bool)
    if indicators.panel:
        present = np.asarray(~np.isnan(plan.raw).all(axis=-1))
    stays = done.stays[:, done.kept]
    treated = _frame(done.treated.values, stays, plan, inner, leaves)
    return {
        "denominated": _frame(done.denominated, present, plan, full, leaves),
        "imputed": _frame(done.imputed, present, plan, full, leaves),
        "screened": _frame(done.screened, stays, plan, inner, leaves),
        "treated": treated,
        "normalised": _frame(done.normalised, stays, plan, inner, leaves),
        "aggregated": _frame(done.scores, stays, plan, inner, codes),
    }


def _frame(
    x: Array, rows: np.ndarray, plan: Plan, units: pd.Index, columns: list[str]
) -> pd.DataFrame:
    index = records.row_index(rows, plan, units)
    return pd.DataFrame(x[rows], index=index, columns=columns)


def _log(
    spec: Spec, steps: dict[str, pd.DataFrame], indicators: Indicators
) -> tuple[dict[str, Any], ...]:
    plain = spec.plain()
    keys = ("denominate", "impute", "screen", "treat", "normalise", "aggregate")
    entries: list[dict[str, Any]] = [{"step": "raw", "sha256": digest(indicators.values)}]
    for name, key in zip(STEPS, keys, strict=True):
        settings = {key: plain[key]}
        if key == "aggregate":
            settings["weight"] = plain["weight"]
        entries.append({"step": name, "settings": settings, "sha256": digest(steps[name])})
    return tuple(entries)
