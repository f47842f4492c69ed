"""How one side of a market sees the other: a score in parts that can be explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.match.market import Floats, Integers
from buju.match.presets import Rule

Part = Callable[[Integers, Integers], Floats]


@dataclass(frozen=True)
class Scores:
    """Scores of pairs in the eyes of one side.

    Attributes
    ----------
    rules
        What counts.
    weights
        Of the rules, summing to 1. A figure that is the same throughout, or stated nowhere, tells
        nothing; its weight goes to the others.
    parts
        By rule, a function of request and listing numbers giving 0 to 1 before weights.
    shape
        Requests and listings.
    """

    rules: tuple[Rule, ...]
    weights: Floats
    parts: tuple[Part, ...]
    shape: tuple[int, int]

    def total(self) -> Floats:
        """The score of every pair, 0 to 1, (F, P)."""
        return self.of(*np.indices(self.shape, sparse=True))

    def of(self, requests: Integers, listings: Integers) -> Floats:
        """The score of given pairs, in the shape that the two numbers have together."""
        whole = np.zeros(np.broadcast_shapes(np.shape(requests), np.shape(listings)))
        for weight, part in zip(self.weights, self.parts, strict=True):
            if weight:
                whole += weight * part(requests, listings)
        return whole

    def explain(self, requests: Integers, listings: Integers) -> pd.DataFrame:
        """Weight times part of each rule for given pairs, one row a pair, one column a rule."""
        return pd.DataFrame(
            {
                rule.name: weight * np.broadcast_to(part(requests, listings), np.shape(requests))
                for rule, weight, part in zip(self.rules, self.weights, self.parts, strict=True)
            }
        )


def scores(requests: pd.DataFrame, listings: pd.DataFrame, rules: Sequence[Rule]) -> Scores:
    """Score pairs by rules.

    `high` and `low` place a figure of one side between the least and the largest of its column;
    `fit` is the smaller of two amounts over the larger; `shared` is the share of the listing's
    codes that the request has. A figure that is not stated counts 0.

    Parameters
    ----------
    requests, listings
        One row each; columns as the rules name them.
    rules
        Score rules of one side.

    Raises
    ------
    ParameterError
        A rule has an unknown test, or a weight that is not above zero.

    Examples
    --------
    >>> rule = Rule("cost", "score", "request", "", "low", "rate", 1.0, "low cost", "成本低")
    >>> products = pd.DataFrame({"rate": [4.0, 6.0, 5.0]})
    >>> scores(pd.DataFrame({"firm": ["a"]}), products, [rule]).total().tolist()
    [[1.0, 0.0, 0.5]]
    """
    for rule in rules:
        if rule.test not in _PARTS or rule.weight <= 0:
            raise ParameterError(
                f"rule '{rule.name}': test '{rule.test}' with weight {rule.weight}; one of "
                f"{', '.join(_PARTS)} with a weight above zero is expected",
                f"规则“{rule.name}”的检验或权重无效",
            )
    made = [_PARTS[rule.test](requests, listings, rule) for rule in rules]
    weights = np.array([rule.weight * tells for rule, (_, tells) in zip(rules, made, strict=True)])
    whole = weights.sum()
    return Scores(
        tuple(rules),
        weights / whole if whole else weights,
        tuple(part for part, _ in made),
        (len(requests), len(listings)),
    )


def _placed(
    requests: pd.DataFrame, listings: pd.DataFrame, rule: Rule, *, low: bool
) -> tuple[Part, bool]:
    mine = bool(rule.request)
    column = requests[rule.request] if mine else listings[rule.listing]
    figures = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = figures[~np.isnan(figures)]
    if not len(known) or known.max() == known.min():
        return (lambda r, p: np.zeros(np.broadcast_shapes(np.shape(r), np.shape(p)))), False
    share = (figures - known.min()) / (known.max() - known.min())
    placed = np.nan_to_num(1 - share if low else share, nan=0.0)
    return (lambda r, p: placed[r] if mine else placed[p]), True


def _high(requests: pd.DataFrame, listings: pd.DataFrame, rule: Rule) -> tuple[Part, bool]:
    return _placed(requests, listings, rule, low=False)


def _low(requests: pd.DataFrame, listings: pd.DataFrame, rule: Rule) -> tuple[Part, bool]:
    return _placed(requests, listings, rule, low=True)


def _fit(requests: pd.DataFrame, listings: pd.DataFrame, rule: Rule) -> tuple[Part, bool]:
    asked, given = (
        frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for frame, name in ((requests, rule.request), (listings, rule.listing))
    )

    def part(r: Integers, p: Integers) -> Floats:
        least, most = np.minimum(asked[r], given[p]), np.maximum(asked[r], given[p])
        return np.nan_to_num(least / np.where(most > 0, most, np.nan), nan=0.0)

    return part, bool(np.isfinite(asked).any() and np.isfinite(given).any())


def _shared(requests: pd.DataFrame, listings: pd.DataFrame, rule: Rule) -> tuple[Part, bool]:
    codes = sorted({code for cell in listings[rule.listing].dropna() for code in cell.split(";")})
    has, needs = (
        _marks(frame[name], codes)
        for frame, name in ((requests, rule.request), (listings, rule.listing))
    )
    number = needs.sum(axis=1)

    def part(r: Integers, p: Integers) -> Floats:
        both = np.einsum("...k,...k->...", has[r], needs[p])
        return np.asarray(both / np.maximum(number[p], 1))

    return part, bool(codes)


def _marks(cells: pd.Series, codes: list[str]) -> npt.NDArray[np.float64]:
    lists = [set() if pd.isna(cell) else set(cell.split(";")) for cell in cells]
    return np.array([[code in own for code in codes] for own in lists], dtype=np.float64).reshape(
        len(lists), len(codes)
    )


_PARTS: dict[str, Callable[[pd.DataFrame, pd.DataFrame, Rule], tuple[Part, bool]]] = {
    "high": _high,
    "low": _low,
    "fit": _fit,
    "shared": _shared,
}
