"""A programme as a mixed-integer programme: columns, and rows that know which rule they state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array

from buju.decide.portfolio.programme import Arrays, Programme

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@final
@dataclass(frozen=True)
class Rule:
    """What a row states, for people: kind ("budget", "quota", ...), key, and both wordings."""

    kind: str
    key: str
    english: str
    chinese: str


@final
@dataclass(frozen=True)
class Rows:
    """low <= A v <= high.

    Attributes
    ----------
    scale
        What each row was divided by, so that its largest entry is 1.
    rules, owner
        The rules, and which one each row states; -1 for rows that only define variables.
    """

    A: csr_array
    low: Floats
    high: Floats
    scale: Floats
    owner: Ints
    rules: tuple[Rule, ...]

    def without(self, drop: Iterable[int]) -> Rows:
        """The same without some rules."""
        keep = ~np.isin(self.owner, list(drop))
        return Rows(
            self.A[keep],
            self.low[keep],
            self.high[keep],
            self.scale[keep],
            self.owner[keep],
            self.rules,
        )

    def misses(self, v: Floats) -> Floats:
        """By how much each row is missed, (m,); zero where it holds."""
        at = self.A @ v
        found: Floats = np.maximum(np.maximum(self.low - at, at - self.high), 0.0)
        return found


@final
@dataclass(frozen=True)
class Columns:
    """Variables: x[i, t] = 1 where project i begins in year t, then what pairs need.

    Attributes
    ----------
    size
        How many there are.
    value
        The objective, to be made large, (size,).
    high
        Upper bounds, (size,): 0 where a start is not allowed.
    whole
        1 where a variable must be whole, (size,).
    """

    size: int
    value: Floats
    high: Floats
    whole: Floats
    levels: Ints

    @staticmethod
    def of(a: Arrays) -> Columns:
        """The variables of a programme.

        A pair's benefit begins with the later start. With factors d_t it is q times the sum over t
        of (d_t - d_{t+1}) z_t, where z_t says whether both have begun by t; only years after which
        the factor changes need a z.
        """
        n, periods = a.allowed.shape
        steps = a.factor - np.append(a.factor[1:], 0.0)
        levels = np.flatnonzero(steps)
        x = np.multiply.outer(a.benefit, a.factor).ravel()
        z = np.multiply.outer(a.extra, steps[levels]).ravel()
        return Columns(
            n * periods + len(z),
            np.concatenate([x, z]),
            np.concatenate([a.allowed.ravel().astype(np.float64), np.ones(len(z))]),
            np.concatenate([np.ones(n * periods), np.zeros(len(z))]),
            levels,
        )


@dataclass
class _Builder:
    size: int
    codes: list[str]
    entries: list[tuple[Ints, Floats]] = field(default_factory=list)
    bounds: list[tuple[float, float, float]] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def rule(self, kind: str, key: str, english: str, chinese: str) -> int:
        self.rules.append(Rule(kind, key, english, chinese))
        return len(self.rules) - 1

    def row(self, columns: Ints, values: Floats, low: float, high: float, owner: int = -1) -> None:
        """Scaled so that its largest entry is 1: the solver's tolerances are absolute."""
        scale = float(np.abs(values).max(initial=0.0)) or 1.0
        self.entries.append((columns, values / scale))
        self.bounds.append((low / scale, high / scale, scale))
        self.owner.append(owner)

    def done(self) -> Rows:
        counts = [len(columns) for columns, _ in self.entries]
        where = np.repeat(np.arange(len(counts)), counts)
        columns = np.concatenate([c for c, _ in self.entries])
        values = np.concatenate([v for _, v in self.entries])
        matrix = coo_array((values, (where, columns)), shape=(len(counts), self.size)).tocsr()
        low, high, scale = np.array(self.bounds).T
        owner = np.array(self.owner, dtype=np.int64)
        return Rows(matrix, low, high, scale, owner, tuple(self.rules))


def rows(programme: Programme, a: Arrays, columns: Columns) -> Rows:
    """Every rule of a programme as rows, with its words."""
    build = _Builder(columns.size, programme.codes)
    _once(build, a)
    _budgets(build, programme, a)
    _prerequisites(build, programme, a)
    _exclusions(build, programme, a)
    _quotas(build, programme, a)
    _pairs(build, a, columns)
    return build.done()


def starts(a: Arrays, i: int, until: int | None = None) -> Ints:
    """Variables of project i's starts in the years before `until`."""
    periods = a.allowed.shape[1]
    last = periods if until is None else min(max(until, 0), periods)
    return np.arange(i * periods, i * periods + last)


def _once(build: _Builder, a: Arrays) -> None:
    for i, required in enumerate(a.required):
        mine = starts(a, i)
        build.row(mine, np.ones(len(mine)), -np.inf, 1.0)
        if required:
            name = build.codes[i]
            never = not a.allowed[i].any()
            rule = build.rule(
                "required", name,
                f"'{name}' is required" + (" but may begin in no budget year" if never else ""),
                f"'{name}' 为必选项目" + ("，但没有可行的开工年份" if never else ""),
            )  # fmt: skip
            build.row(mine, np.ones(len(mine)), 1.0, np.inf, rule)


def _budgets(build: _Builder, programme: Programme, a: Arrays) -> None:
    amounts = np.array([programme.budgets[year] for year in programme.years])
    columns = np.arange(a.allowed.size)
    for t, year in enumerate(programme.years):
        until = " with what earlier years left" if programme.carry_over else ""
        until_zh = "（含往年结余）" if programme.carry_over else ""
        amount = amounts[: t + 1].sum() if programme.carry_over else amounts[t]
        spent = a.spent[:, :, : t + 1].sum(axis=2) if programme.carry_over else a.spent[:, :, t]
        rule = build.rule(
            "budget", str(year), f"budget of {year} ({amounts[t]:g}{until})",
            f"{year} 年预算（{amounts[t]:g}{until_zh}）",
        )  # fmt: skip
        used = np.flatnonzero(spent.ravel())
        build.row(columns[used], spent.ravel()[used], -np.inf, amount, rule)


def _prerequisites(build: _Builder, programme: Programme, a: Arrays) -> None:
    at = {code: k for k, code in enumerate(build.codes)}
    table = programme.prerequisites
    lags = table["lag"].fillna(0).astype(int) if "lag" in table.columns else [0] * len(table)
    for project, needs, lag in zip(table["project"], table["needs"], lags, strict=True):
        after = f", {lag} years later" if lag else ""
        after_zh = f"，间隔 {lag} 年" if lag else ""
        rule = build.rule(
            "prerequisite", f"{project} needs {needs}", f"'{project}' needs '{needs}'{after}",
            f"'{project}' 须以 '{needs}' 为前置{after_zh}",
        )  # fmt: skip
        for t in range(a.allowed.shape[1]):
            mine = starts(a, at[str(project)], t + 1)
            theirs = starts(a, at[str(needs)], t + 1 - lag)
            signs = np.concatenate([np.ones(len(mine)), -np.ones(len(theirs))])
            build.row(np.concatenate([mine, theirs]), signs, -np.inf, 0.0, rule)


def _exclusions(build: _Builder, programme: Programme, a: Arrays) -> None:
    at = {code: k for k, code in enumerate(build.codes)}
    for group in programme.exclusions:
        names = [str(code) for code in dict.fromkeys(group)]
        rule = build.rule(
            "exclusion", ";".join(names), f"at most one of {', '.join(names)}",
            f"{'、'.join(names)} 至多选一",
        )  # fmt: skip
        mine = np.concatenate([starts(a, at[name]) for name in names])
        build.row(mine, np.ones(len(mine)), -np.inf, 1.0, rule)


def _quotas(build: _Builder, programme: Programme, a: Arrays) -> None:
    columns = np.arange(a.allowed.size)
    for quota in programme.quotas.to_dict("records"):
        region, of = str(quota["region"]), str(quota["of"])
        weights = quota_weights(a, region, of).ravel()
        used = np.flatnonzero(weights)
        for side, word, zh in (("least", "at least", "不少于"), ("most", "at most", "不超过")):
            if pd.isna(quota[side]):
                continue
            bound = float(quota[side])
            rule = build.rule(
                "quota", f"{region} {of} {side}", f"quota of '{region}': {of} {word} {bound:g}",
                f"区域 '{region}' 配额：{_OF_ZH[of]}{zh} {bound:g}",
            )  # fmt: skip
            low, high = (bound, np.inf) if side == "least" else (-np.inf, bound)
            build.row(columns[used], weights[used], low, high, rule)


_OF_ZH = {"projects": "项目数", "cost": "成本", "benefit": "效益"}


def quota_weights(a: Arrays, region: str, of: str) -> Floats:
    """What a start of each project in each year adds to a region's quota, (n, T)."""
    share = a.share[:, a.regions.index(region)]
    if of == "projects":
        return np.repeat((share > 0)[:, None] * 1.0, a.allowed.shape[1], axis=1)
    if of == "cost":
        return np.repeat((share * a.cost)[:, None], a.allowed.shape[1], axis=1)
    found: Floats = np.multiply.outer(share * a.benefit, a.factor)
    return found


def _pairs(build: _Builder, a: Arrays, columns: Columns) -> None:
    """z <= each start where z is worth having; z >= both less one where it costs."""
    z = a.allowed.size
    for i, j in a.pairs:
        for t in columns.levels:
            one, other = starts(a, i, t + 1), starts(a, j, t + 1)
            if columns.value[z] > 0:
                for begun in (one, other):
                    signs = np.append(-np.ones(len(begun)), 1.0)
                    build.row(np.append(begun, z), signs, -np.inf, 0.0)
            else:
                signs = np.append(-np.ones(len(one) + len(other)), 1.0)
                build.row(np.concatenate([one, other, [z]]), signs, -1.0, np.inf)
            z += 1
