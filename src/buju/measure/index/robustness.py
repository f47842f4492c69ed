"""How firmly units rank when every choice is drawn again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index import arrays
from buju.measure.index.indicators import Indicators
from buju.measure.index.plan import Plan, make_plan
from buju.measure.index.run import run
from buju.measure.index.sobol import sobol_shares
from buju.measure.index.spec import Spec
from buju.measure.index.vary import (
    Choice,
    Design,
    apply,
    design,
    indicator_noise,
    labels,
    option_name,
    read_spec_and_choices,
    weight_factors,
)

CELLS = 2**18  # of one block: 2 MiB an array, so that a block's steps stay in cache


@dataclass(frozen=True)
class Robustness:
    """Ranks under all draws and what they say."""

    ranks: pd.DataFrame
    """Draws by units; NaN where a draw screens the unit out."""
    base: pd.Series[Any]
    """Ranks of the base spec."""
    intervals: pd.DataFrame
    """By unit: base, median, p05, p95, mean, mean_shift (absolute, from the base)."""
    sobol: pd.DataFrame
    """By choice: first and total share of the variance of the mean absolute rank shift, each with
    a 90 % bootstrap interval."""
    one_at_a_time: pd.DataFrame
    """By choice and option, all else at the base: mean and greatest absolute rank shift."""
    settings: pd.DataFrame
    """Draws by choices: the option of each, and `stream`, which fixes its noise."""
    seed: int

    @property
    def rank_acceptability(self) -> pd.DataFrame:
        """Units by ranks: share of draws in which the unit has that rank."""
        return acceptability(self.ranks)

    def probability_among(self, first: int) -> pd.Series[Any]:
        """Share of draws in which each unit is among the first so many."""
        return (self.ranks <= first).mean()


def robustness(
    indicators: Indicators,
    spec: Mapping[str, Any],
    *,
    draws: int = 10_000,
    seed: int = 0,
    sobol: int | None = None,
) -> Robustness:
    """The index computed anew for each draw of every open choice.

    Parameters
    ----------
    indicators
        Data of one year (`indicators.at(year)` takes one from a panel).
    spec
        As for `composite`, and `vary`: {choice: alternatives}. A choice is a step ("normalise") or
        one setting of it ("treat.max_points") with a list of alternatives, drawn with equal
        chances; "weight": {"noise": 0.25, "levels": [2, 3], "methods": [...]}, weights times
        uniform 1 ± noise; "indicators": {"noise": 0.02, "of": "value" | "sd"}, normal errors with
        a standard deviation of so large a share of the value, or of the indicator's own spread.
    draws
        Replications.
    seed
        Same seed, same ranks.
    sobol
        Size of the base sample of Sobol shares: adds so many replications for each choice, at most
        draws / 2. None: draws / 20. 0: no shares.

    Returns
    -------
    Robustness
        Ranks by draw, intervals, Sobol shares, shifts by one choice at a time.

    Raises
    ------
    ParameterError
        `vary` is not understood, the data are a panel, or a combination of alternatives cannot be
        computed (a geometric mean of z-scores, say); the message names it.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), J. R. Statist. Soc. A 168, 307-323.

    Examples
    --------
    >>> from buju.measure.index import make_indicators, read_tree
    >>> tree = read_tree([{"code": "a", "parent": "i", "direction": 1},
    ...                   {"code": "b", "parent": "i", "direction": 1},
    ...                   {"code": "i", "parent": ""}])
    >>> data = pd.DataFrame({"a": [9, 5, 1], "b": [8, 2, 4]}, index=["A", "B", "C"])
    >>> found = robustness(make_indicators(tree, data),
    ...     {"vary": {"weight": {"noise": 0.5}}}, draws=100, seed=1)
    >>> found.ranks.shape, float(found.intervals.loc["A", "p95"])
    ((100, 3), 1.0)
    """
    _check(indicators, draws, sobol)
    base, choices = read_spec_and_choices(spec)
    plan = make_plan(indicators, base)
    rows = min(draws // 20 if sobol is None else sobol, draws // 2)
    plot = design(choices, draws=draws, base=rows, seed=seed)
    reference = _ranks_of(plan, plan.raw, None)[0]
    all_ranks = replicate(indicators, base, plot, seed)
    ranks = pd.DataFrame(all_ranks[:draws], columns=plan.units)
    settings = pd.DataFrame(
        {one.name: labels(one, plot.option[one.name][:draws]) for one in choices}
    )
    return Robustness(
        ranks=ranks,
        base=pd.Series(reference, index=plan.units, name="base"),
        intervals=_intervals(ranks, reference),
        sobol=sobol_shares(_shift(all_ranks, reference), plot, seed=seed),
        one_at_a_time=_one_at_a_time(indicators, base, choices, reference, seed),
        settings=settings.assign(stream=np.arange(draws)), seed=seed,
    )  # fmt: skip


def replicate(indicators: Indicators, base: Spec, plot: Design, seed: int) -> Array:
    """Ranks of the root in every row of a design, (rows, units)."""
    raw = make_plan(indicators, base).raw
    rows = len(next(iter(plot.option.values())))
    ranks = np.full((rows, raw.shape[1]), np.nan)
    by_name = {one.name: one for one in plot.choices}
    optional = [one for one in plot.choices if one.options]
    combos = np.zeros((rows, 1), int)
    if optional:
        combos = np.stack([plot.option[one.name] for one in optional], axis=1)
    kinds, which = np.unique(combos, axis=0, return_inverse=True)
    factors = _factors(make_plan(indicators, base), by_name.get("weight"), plot, seed)
    noise = by_name.get("indicators")
    size = max(1, CELLS // raw[0].size)
    for kind, picks in enumerate(kinds):
        chosen = {one.name: one.options[k] for one, k in zip(optional, picks, strict=False)}
        plan = make_plan(indicators, apply(base, chosen))
        members = np.flatnonzero(which.ravel() == kind)
        for block in np.split(members, range(size, len(members), size)):
            x = raw if noise is None else _noisy(raw, noise, plot, block, seed)
            own = None if factors is None else factors[block]
            try:
                ranks[block] = _ranks_of(plan, x, own)
            except ParameterError as cause:
                named = ", ".join(f"{k}: {option_name(v)}" for k, v in chosen.items()) or "base"
                raise ParameterError(
                    f"the combination ({named}) cannot be computed: {cause.english} Take one of "
                    "these alternatives out of 'vary'.",
                    f"组合（{named}）无法计算：{cause.chinese}请从 vary 中去掉其中一项。",
                ) from cause
    return ranks


def _ranks_of(plan: Plan, x: Array, factors: Array | None) -> Array:
    done = run(plan, x, factors=factors)
    index = done.scores[:, :, -1]
    places = arrays.rank_up(-arrays.settled(index, 1)[:, :, None], "min")
    ranks = np.full((len(index), len(plan.units)), np.nan)
    ranks[:, done.kept] = places[:, :, 0]
    return ranks


def _factors(plan: Plan, one: Choice | None, plot: Design, seed: int) -> Array | None:
    if one is None or one.noise == 0:
        return None
    levels = np.array([plan.tree.by_code[code].level for code in plan.codes])
    root = plan.codes.index(plan.tree.root)
    return weight_factors(one, plot.stream["weight"], levels, root, seed)


def _noisy(raw: Array, one: Choice, plot: Design, block: np.ndarray, seed: int) -> Array:
    errors = indicator_noise(plot.stream["indicators"][block], raw.shape[1:], seed)
    size = np.abs(raw) if one.of == "value" else np.broadcast_to(arrays.sd(raw), raw.shape)
    return np.asarray(raw + errors * (size * one.noise))


def _shift(ranks: Array, reference: Array) -> Array:
    """Mean absolute rank shift of each row, over the units it ranks."""
    away = np.abs(ranks - reference)
    if not arrays.holes(away):
        return np.asarray(away.mean(axis=1))
    return np.asarray(np.nanmean(away, axis=1))


def _intervals(ranks: pd.DataFrame, reference: Array) -> pd.DataFrame:
    data = ranks.to_numpy()
    low, middle, high = np.nanquantile(data, [0.05, 0.5, 0.95], axis=0)
    return pd.DataFrame({
        "base": reference, "median": middle, "p05": low, "p95": high,
        "mean": np.nanmean(data, axis=0),
        "mean_shift": np.nanmean(np.abs(data - reference), axis=0),
    }, index=ranks.columns)  # fmt: skip


def _one_at_a_time(
    indicators: Indicators, base: Spec, choices: tuple[Choice, ...], reference: Array, seed: int
) -> pd.DataFrame:
    rows = []
    for one in choices:
        for k, option in enumerate(one.options or (None,)):
            draws = 100 if one.noise else 1
            fixed = np.full(draws, k)
            plot = Design((one,), {one.name: fixed}, {one.name: np.arange(draws)}, draws, 0)
            away = np.abs(replicate(indicators, base, plot, seed) - reference)
            rows.append({
                "choice": one.name, "option": "noise" if option is None and not one.options
                else option_name(option),
                "mean_shift": float(np.nanmean(away)), "greatest_shift": float(np.nanmax(away)),
            })  # fmt: skip
    return pd.DataFrame(rows)


def acceptability(ranks: pd.DataFrame) -> pd.DataFrame:
    """Units by ranks: shares of draws."""
    n = ranks.shape[1]
    data = ranks.to_numpy()
    counts = np.stack([(data == place).mean(axis=0) for place in range(1, n + 1)], axis=1)
    return pd.DataFrame(counts, index=ranks.columns, columns=range(1, n + 1))


def _check(indicators: Indicators, draws: int, sobol: int | None) -> None:
    if indicators.panel:
        raise ParameterError(
            f"robustness is of one year; the data have {indicators.years}: take one with "
            "indicators.at(year).",
            "稳健性分析只针对一个年份；请用 indicators.at(年份) 选取。",
        )
    if draws < 2 or (sobol is not None and sobol < 0):
        raise ParameterError(
            f"draws is {draws} and sobol {sobol}; two draws or more, and 0 or more, are expected.",
            "draws 至少为 2，sobol 不得为负。",
        )
