"""Intervals of what `decide` says: projects and levers in the first drawn economies."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from buju.errors import NotCertified
from buju.study.context import Run
from buju.study.decision import Decision, decision, drawn
from buju.study.draws import CHUNKS
from buju.study.levers import cases, effect

ALL, HOME = "all", "home"


def outcomes(run: Run) -> pd.DataFrame:
    """One row a draw, NaN where it has no certified answer; no row where none were asked for.

    Columns are pairs: (project, "all") and (project, "home"), yearly worth in 1e8 CNY to everybody
    and to the region's people; (case of a lever, outcome).
    """
    return run.own("decide draws", lambda: _outcomes(run))


def _outcomes(run: Run) -> pd.DataFrame:
    asked = run.study.spec.decide
    assert asked is not None
    count = min(asked.draws, run.study.spec.simulate.draws.count)
    if not count:
        return pd.DataFrame()
    made = decision(run)
    people, built = made.people, made.built
    numbers = list(range(count))
    chunks = [numbered for k in range(CHUNKS) if (numbered := numbers[k::CHUNKS])]
    parts = run.map(partial(_several, run.quiet(), people, built), chunks, "draws")
    found = dict(pair for part in parts for pair in part)
    frame = pd.DataFrame([found[number] for number in numbers])
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame


def _several(
    run: Run, people: pd.DataFrame, built: list[str], numbers: list[int]
) -> list[tuple[int, dict[tuple[str, str], float]]]:
    told = []
    worlds = drawn(run, people, numbers)
    for number, world in zip(numbers, worlds, strict=True):
        answer: dict[tuple[str, str], float] = {}
        made = None if world is None else Decision(run, people, world)
        for project in built:
            answer |= _project(made, project)
        for case in cases(run):
            for name, value in effect(run, made, case).items():
                answer[case.name, name] = value
        told.append((number, answer))
    return told


def _project(made: Decision | None, project: str) -> dict[tuple[str, str], float]:
    unknown = {(project, ALL): np.nan, (project, HOME): np.nan}
    if made is None:
        return unknown
    try:
        gains = made.gains(made.solve([project]))
    except NotCertified:
        return unknown
    return {(project, ALL): float(gains["amount"].sum()), (project, HOME): made.at_home(gains)}


def bounds(values: pd.Series | np.ndarray, interval: float) -> tuple[float, float]:
    """The middle share of certified draws; NaN without any."""
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return np.nan, np.nan
    tail = (1 - interval) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def interval_words(run: Run) -> tuple[str, str]:
    """What the intervals of `decide` are, in Chinese and English."""
    asked = run.study.spec.decide
    assert asked is not None
    drawn_spec = run.study.spec.simulate.draws
    count = min(asked.draws, drawn_spec.count)
    if not count:
        return "没有抽样，没有区间。", "No draws were made: no interval."
    return (
        f"区间为本研究前 {count} 次抽样的中间 {drawn_spec.interval:.0%}。",
        f"Intervals hold the middle {drawn_spec.interval:.0%} of the study's first {count} draws.",
    )
