"""Choices when benefits are uncertain: how often each is made, and which one regrets least."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.portfolio.conflict import infeasible
from buju.decide.portfolio.programme import Programme, arrays
from buju.decide.portfolio.solver import Model, solve
from buju.errors import ParameterError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CRITERIA = ("mean", "low", "regret")


@final
@dataclass(frozen=True)
class RobustChoice:
    """What stays chosen when benefits are drawn.

    Attributes
    ----------
    frequency
        `project`, `chosen` (share of draws whose best choice has it).
    sets
        Distinct best choices: `projects`, `starts`, `best_in` (share of draws), `mean`, `low`
        (quantile) and `worst` of the total over all draws, `regret` (mean) and `worst_regret`
        against the best of each draw; the one that the criterion picks on top.
    values
        Total of every set in every draw, (draws, sets), sets in the order of the table.
    criterion
        What picked the first set.
    """

    frequency: pd.DataFrame
    sets: pd.DataFrame
    values: Floats
    criterion: str


def robust_choice(
    programme: Programme,
    benefits: pd.DataFrame,
    *,
    criterion: str = "regret",
    quantile: float = 0.1,
    gap: float = 1e-4,
    time_limit: float | None = None,
) -> RobustChoice:
    """Choose in every draw of the benefits, and compare the choices over all draws.

    The set picked is the best among those that are best in some draw; a set that is second in all
    of them is not looked for.

    Parameters
    ----------
    benefits
        One row a draw, one column a project, all projects of the programme; interactions stay as
        they are.
    criterion
        "regret": least worst regret; "mean": largest mean; "low": largest low quantile.
    quantile
        Of `low`, in (0, 0.5).
    gap, time_limit
        Of each solve.

    Raises
    ------
    ParameterError
        Columns differ from the projects, a missing number, an unknown criterion.
    Infeasible, NoChoice
        See `select`.

    References
    ----------
    Savage (1951), Journal of the American Statistical Association 46 (minimax regret).

    Examples
    --------
    >>> projects = pd.DataFrame({"project": ["a", "b"], "cost": [1.0, 1.0], "benefit": [2.0, 2.0]})
    >>> draws = pd.DataFrame({"a": [5.0, 1.0, 1.0], "b": [2.0, 2.0, 2.0]})
    >>> found = robust_choice(Programme(projects=projects, budgets={2027: 1}), draws)
    >>> found.frequency["chosen"].round(3).tolist(), found.sets["projects"].tolist()
    ([0.333, 0.667], ['a', 'b'])
    """
    drawn = _drawn(programme, benefits, criterion, quantile)
    best: list[Ints] = []
    count: dict[tuple[int, ...], int] = {}
    for row in drawn:
        table = programme.projects.assign(benefit=row)
        model = Model.of(replace(programme, projects=table))
        found = solve(model, gap=gap, time_limit=time_limit)
        if found.start is None:
            raise infeasible(model)
        best.append(found.start)
        key = tuple(found.start.tolist())
        count[key] = count.get(key, 0) + 1
    choices = [np.array(key, dtype=np.int64) for key in count]
    values = _values(programme, drawn, choices)
    return _compared(programme, np.array(best), count, choices, values, criterion, quantile)


def _drawn(programme: Programme, benefits: pd.DataFrame, criterion: str, quantile: float) -> Floats:
    if criterion not in CRITERIA:
        raise ParameterError(
            f"criterion is '{criterion}'; {', '.join(CRITERIA)} are known",
            f"criterion 为 '{criterion}'；可用：{'、'.join(CRITERIA)}",
        )
    if not 0 < quantile < 0.5:
        raise ParameterError(
            f"quantile is {quantile}; between 0 and 0.5", "quantile 应在 0 与 0.5 之间"
        )
    named = benefits.rename(columns=str)
    odd = sorted(set(named.columns) ^ set(programme.codes))
    if odd or not len(named):
        raise ParameterError(
            f"benefits: one column for each project and a row or more are expected; differing: "
            f"{odd[:5]}",
            f"benefits：每个项目一列、至少一行；不一致：{odd[:5]}",
        )
    values = named[programme.codes].to_numpy(np.float64)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise ParameterError(
            f"benefits, draw {row}, project '{programme.codes[column]}': no finite number",
            f"benefits，第 {row} 次抽样，项目 '{programme.codes[column]}'：缺少有限数值",
        )
    return values


def _values(programme: Programme, drawn: Floats, choices: list[Ints]) -> Floats:
    """Total of each choice (column) in each draw (row)."""
    a = arrays(programme)
    columns = []
    for start in choices:
        weight = np.where(start >= 0, a.factor[np.maximum(start, 0)], 0.0)
        columns.append(drawn @ weight + a.together(start).sum())
    return np.column_stack(columns)


def _compared(
    programme: Programme,
    best: Ints,
    count: dict[tuple[int, ...], int],
    choices: list[Ints],
    values: Floats,
    criterion: str,
    quantile: float,
) -> RobustChoice:
    regret = values.max(axis=1, keepdims=True) - values
    years, codes = programme.years, programme.codes
    sets = pd.DataFrame(
        {
            "projects": [";".join(codes[k] for k in np.flatnonzero(s >= 0)) for s in choices],
            "starts": [";".join(str(years[t]) for t in s[s >= 0]) for s in choices],
            "best_in": np.array(list(count.values())) / len(best),
            "mean": values.mean(axis=0),
            "low": np.quantile(values, quantile, axis=0),
            "worst": values.min(axis=0),
            "regret": regret.mean(axis=0),
            "worst_regret": regret.max(axis=0),
        }
    )
    column = {"mean": "mean", "low": "low", "regret": "worst_regret"}[criterion]
    order = sets.sort_values(column, ascending=criterion == "regret", kind="stable").index
    frequency = pd.DataFrame({"project": codes, "chosen": (best >= 0).mean(axis=0)})
    return RobustChoice(
        frequency, sets.loc[order].reset_index(drop=True), values[:, order], criterion
    )
