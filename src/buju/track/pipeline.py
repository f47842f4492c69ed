"""The pipeline of projects: six stages 储备 签约 落地 开工 建设 投产, money and dates on record."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.region.dates import last_day

UNKNOWN = "unknown"


@cache
def stages() -> pd.DataFrame:
    """The stages in their order: `stage`, `zh`, `en`, `meaning_zh`, `meaning_en`.

    >>> stages()["zh"].tolist()
    ['储备', '签约', '落地', '开工', '建设', '投产']
    """
    return pd.read_csv(files("buju.track") / "stages.csv")


def by_stage(projects: pd.DataFrame) -> pd.DataFrame:
    """How many projects stand in each stage, and how many have come at least so far.

    A project passes through several stages, so stages are not added; `reached` counts those in a
    stage or beyond, and `conversion` is `reached` of the next stage over it. That is a ratio of
    stocks: what share of a cohort moves on, and how fast, needs a history (`moves`).

    Parameters
    ----------
    projects
        `project`, `stage` (code of a stage, or missing where it was not established) and,
        optionally, `cost` (1e8 CNY; missing where not published).

    Returns
    -------
    DataFrame
        One row a stage and a last row "unknown": `stage`, `zh`, `en`, `projects`, `reached`,
        `conversion` (0 to 1; NaN for the last stage, from none and for "unknown"), `costed`
        (projects with a published cost), `cost` (their sum, 1e8 CNY; NaN without any).

    Raises
    ------
    SchemaError
        An unknown stage, or a project that stands twice.

    Examples
    --------
    >>> table = by_stage(pd.DataFrame({"project": list("ABC"),
    ...                                "stage": ["reserve", "building", None]}))
    >>> table.set_index("stage").loc[["reserve", "started", "unknown"], "projects"].tolist()
    [1, 0, 1]
    >>> table["conversion"].head(2).tolist()
    [0.5, 1.0]
    """
    order = list(stages()["stage"])
    _check(projects, order)
    held = projects["stage"].fillna(UNKNOWN)
    cost = projects["cost"] if "cost" in projects else pd.Series(np.nan, index=projects.index)
    counts = [int((held == stage).sum()) for stage in order]
    reached = list(np.cumsum(counts[::-1])[::-1])
    next_over = [b / a if a else np.nan for a, b in pairwise(reached)]
    rows = stages()[["stage", "zh", "en"]].copy()
    rows.loc[len(rows)] = [UNKNOWN, "未查明", "not established"]
    known = [cost[held == stage].dropna() for stage in rows["stage"]]
    return rows.assign(
        projects=[*counts, int((held == UNKNOWN).sum())],
        reached=pd.array([*reached, None], dtype="Int64"),
        conversion=[*next_over, np.nan, np.nan],
        costed=[len(part) for part in known],
        cost=[float(part.sum()) if len(part) else np.nan for part in known],
    )


def _check(projects: pd.DataFrame, order: list[str]) -> None:
    odd = projects[~projects["stage"].isin(order) & projects["stage"].notna()]
    if len(odd):
        row = odd.iloc[0]
        raise SchemaError(
            f"projects, {row['project']}: no stage is called {row['stage']!r}; use one of "
            f"{', '.join(order)}, or leave it empty where it was not established",
            f"项目 {row['project']}：没有“{row['stage']}”这个阶段；"
            f"请用 {'、'.join(order)}，未查明则留空",
        )
    twice = projects.loc[projects["project"].duplicated(), "project"]
    if len(twice):
        raise SchemaError(
            f"projects: {twice.iloc[0]} stands twice; a project is in one stage at a time",
            f"项目 {twice.iloc[0]} 重复；一个项目同一时间只在一个阶段",
        )


def moves(history: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """How many projects that came into a stage have left it for a later one, and how long it took.

    Parameters
    ----------
    history
        One row each time a project came into a stage: `project`, `stage`, `date`.
    as_of
        The day it is looked at; what is later is refused.

    Returns
    -------
    DataFrame
        One row a stage but the last: `stage`, `zh`, `en`, `came` (projects), `moved_on`,
        `conversion`, `still_there`, `median_days` (of those that moved on: the ones still there
        will take longer, so this is too short) and `median_days_there` (of those that wait).

    Raises
    ------
    SchemaError
        A project goes back, or comes into a stage twice or after the day of looking.

    Examples
    --------
    >>> table = moves(pd.DataFrame({"project": ["A", "A", "B"],
    ...     "stage": ["signed", "started", "signed"],
    ...     "date": ["2020-01-01", "2020-03-01", "2020-02-01"]}), "2020-12-31")
    >>> table.loc[1, ["came", "moved_on", "median_days", "median_days_there"]].tolist()
    [2.0, 1.0, 60.0, 334.0]
    """
    rank = {stage: k for k, stage in enumerate(stages()["stage"])}
    _check(history.drop_duplicates("project"), list(rank))
    look = pd.Timestamp(last_day(as_of))
    rows = history.assign(
        rank=history["stage"].map(rank),
        day=[pd.Timestamp(last_day(str(d))) for d in history["date"]],
    ).sort_values(["project", "day", "rank"])
    earlier = rows.groupby("project")["rank"].shift()
    wrong = rows[(rows["rank"] <= earlier) | rows["rank"].isna() | (rows["day"] > look)]
    if len(wrong):
        row = wrong.iloc[0]
        raise SchemaError(
            f"history, project {row['project']}: stage {row['stage']!r} on {row['date']} comes "
            f"after a later or the same stage, is unknown, or lies after {as_of}; a project moves "
            "forward only: correct the date, or give a revived project a code of its own",
            f"项目 {row['project']}：{row['date']} 的阶段“{row['stage']}”"
            f"倒退、重复、不认识或晚于 {as_of}；项目只能前进：请更正日期，重启的项目请另编代码",
        )
    left = rows.groupby("project")["day"].shift(-1)
    rows = rows.assign(days=(left - rows["day"]).dt.days, there=(look - rows["day"]).dt.days)
    found = []
    for stage, k in list(rank.items())[:-1]:
        part = rows[rows["rank"] == k]
        gone = part[part["days"].notna()]
        waits = part.loc[part["days"].isna(), "there"]
        row = {"stage": stage, "came": len(part), "moved_on": len(gone)}
        row |= {"conversion": len(gone) / len(part) if len(part) else np.nan}
        row |= {"still_there": len(waits), "median_days": gone["days"].median()}
        found.append(row | {"median_days_there": waits.median()})
    names = stages()[["stage", "zh", "en"]]
    return names.merge(pd.DataFrame(found), on="stage", how="right")
