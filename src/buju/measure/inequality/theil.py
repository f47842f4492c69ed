"""The Theil index T and its parts within and between groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import xlogy

from buju.errors import ParameterError
from buju.measure.checks import Array, called, labels_of
from buju.measure.inequality.gini import levels


@dataclass(frozen=True)
class TheilParts:
    """A Theil index and where it comes from; `within` + `between` = `total`."""

    total: float
    within: float
    between: float
    groups: pd.DataFrame
    """One row a group: `group`, `share` (of the quantity), `weight` (of the units), `theil`
    (inside the group; NaN where the group holds nothing) and `contribution` (share × theil)."""


def theil(x: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """How far shares of a quantity are from shares of people: T = sum_i s_i ln(s_i / n_i).

    s_i is the share of the quantity, n_i the share of the weight, so that units with equal x
    count nothing. Variant T (weighed by the quantity), not L (weighed by people).

    Parameters
    ----------
    x
        A level of each unit, such as GDP per head, (N,), >= 0, not all 0; 0 ln 0 counts as 0.
    weights
        Units behind each value, such as people, (N,), >= 0; without them each value counts once.

    Returns
    -------
    float
        From 0 (all equal) to ln(total weight / weight of the one that holds all); ln n without
        weights. In natural units.

    Raises
    ------
    ParameterError
        NaN, a negative number, lengths that differ, or a mean of zero.

    References
    ----------
    Theil (1967), Economics and Information Theory.

    Examples
    --------
    >>> theil([5, 5, 5])
    0.0
    >>> round(theil([0, 10]), 6) == round(float(np.log(2)), 6)
    True
    """
    level, share = levels(x, weights)
    return _theil(level, share)


def theil_decomposition(
    x: npt.ArrayLike, groups: Sequence[str], weights: npt.ArrayLike | None = None
) -> TheilParts:
    """The Theil index T split into what lies within groups and what lies between them.

    T = sum_g s_g T_g + sum_g s_g ln(s_g / n_g), with s_g the group's share of the quantity and
    n_g its share of the weight.

    Parameters
    ----------
    x
        A level of each unit, (N,), >= 0, not all 0.
    groups
        The group of each unit, (N,), such as its circle or prefecture.
    weights
        Units behind each value, (N,), >= 0; without them each value counts once.

    Returns
    -------
    TheilParts
        `total`, `within`, `between` and the table `groups`, in order of first appearance.

    Raises
    ------
    ParameterError
        As `theil`; also a unit without a group.

    References
    ----------
    Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48(3).

    Examples
    --------
    >>> parts = theil_decomposition([1, 1, 3, 3], ["west", "west", "east", "east"])
    >>> parts.within, round(parts.between, 4), round(parts.total, 4)
    (0.0, 0.1308, 0.1308)
    """
    level, share = levels(x, weights)
    names = pd.Series(list(groups), dtype="object")
    if len(names) != len(level) or names.isna().any():
        lacking = np.flatnonzero(names.isna())
        where = called(labels_of(x), int(lacking[0])) if lacking.size else f"{len(names)} groups"
        raise ParameterError(
            f"groups names {len(names)} units of {len(level)}, first fault at {where}; give each "
            "unit one group, in the order of x.",
            f"groups 与 x 不对应（{where}）；每个单位须有一个分组。",
        )
    held = share * level / float(share @ level)
    rows = [
        (name, held[of].sum(), share[of].sum(), _inside(level[of], share[of]))
        for name in names.unique()
        for of in [(names == name).to_numpy()]
    ]
    table = pd.DataFrame(rows, columns=["group", "share", "weight", "theil"])
    table["contribution"] = np.where(table["share"] > 0, table["share"] * table["theil"], 0.0)
    filled = table[table["weight"] > 0]
    between = float(xlogy(filled["share"], filled["share"] / filled["weight"]).sum())
    within = float(table["contribution"].sum())
    return TheilParts(_theil(level, share), within, max(0.0, between), table)


def _theil(level: Array, share: Array) -> float:
    relative = level / float(share @ level)
    return max(0.0, float(share @ xlogy(relative, relative)))


def _inside(level: Array, share: Array) -> float:
    if not float(share @ level) > 0:
        return float("nan")
    return _theil(level, share / share.sum())
