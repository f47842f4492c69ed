"""Which request may have which listing, and by which rule the others may not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.match.presets import Rule

Booleans = npt.NDArray[np.bool_]
Test = Callable[[pd.Series, pd.Series], Booleans]


@dataclass(frozen=True)
class Eligibility:
    """What each rule says of each pair.

    Attributes
    ----------
    rules
        The rules in their order.
    failed
        Whether a pair breaks a rule, (rules, F, P).
    """

    rules: tuple[Rule, ...]
    failed: Booleans

    @property
    def allowed(self) -> Booleans:
        """Pairs that break no rule, (F, P)."""
        return np.asarray(~self.failed.any(axis=0))

    def blocking(self, request: int) -> list[tuple[Rule, int]]:
        """Rules by how many listings they exclude a request from, the most first."""
        counts = self.failed[:, request].sum(axis=1)
        order = np.argsort(-counts, kind="stable")
        return [(self.rules[k], int(counts[k])) for k in order if counts[k]]

    def nearest_miss(self, request: int) -> tuple[int, list[Rule]]:
        """The listing that breaks the fewest rules, and which."""
        broken = self.failed[:, request].sum(axis=0)
        at = int(np.argmin(broken))
        return at, [rule for k, rule in enumerate(self.rules) if bool(self.failed[k, request, at])]


def eligibility(
    requests: pd.DataFrame, listings: pd.DataFrame, rules: Sequence[Rule]
) -> Eligibility:
    """Apply hard rules to all pairs.

    A listing that states no limit excludes nobody. A request that does not state what a limit asks
    about is excluded by it: what is unknown is not taken for met.

    Parameters
    ----------
    requests, listings
        One row each; columns as the rules name them.
    rules
        Hard rules.

    Returns
    -------
    Eligibility

    Examples
    --------
    >>> rule = Rule("most", "hard", "", "amount", "at_most", "most", 0, "too much", "过高")
    >>> firms = pd.DataFrame({"amount": [50.0, 200.0, np.nan]})
    >>> products = pd.DataFrame({"most": [100.0, np.nan]})
    >>> eligibility(firms, products, [rule]).allowed.tolist()
    [[True, True], [False, True], [False, True]]
    """
    shape = (len(rules), len(requests), len(listings))
    failed = np.zeros(shape, dtype=bool)
    for k, rule in enumerate(rules):
        asked = requests[rule.request]
        limit = listings[rule.listing] if rule.listing else pd.Series(index=listings.index)
        failed[k] = ~_TESTS[rule.test](asked, limit)
    return Eligibility(tuple(rules), failed)


def _at_most(asked: pd.Series, limit: pd.Series) -> Booleans:
    have, bound = asked.to_numpy(float)[:, None], limit.to_numpy(float)[None, :]
    return np.asarray((have <= bound) | np.isnan(bound))


def _at_least(asked: pd.Series, limit: pd.Series) -> Booleans:
    have, bound = asked.to_numpy(float)[:, None], limit.to_numpy(float)[None, :]
    return np.asarray((have >= bound) | np.isnan(bound))


def _among(asked: pd.Series, limit: pd.Series) -> Booleans:
    """The request's code stands in the listing's list; an empty list takes all."""
    return np.column_stack(
        [_member(asked, codes) for codes in _lists(limit)] or [np.zeros((len(asked), 0), bool)]
    )


def _names(asked: pd.Series, limit: pd.Series) -> Booleans:
    """The listing's code stands in the request's list; an empty list takes all."""
    return _among(limit, asked).T


def _covers(asked: pd.Series, limit: pd.Series) -> Booleans:
    """The request has every code that the listing needs."""
    has = [codes or frozenset() for codes in _lists(asked)]
    needs = [codes or frozenset() for codes in _lists(limit)]
    return np.array([[need <= own for need in needs] for own in has], dtype=bool).reshape(
        len(has), len(needs)
    )


def _gives(asked: pd.Series, limit: pd.Series) -> Booleans:
    """The request gives what the listing asks for, both yes or no."""
    give, ask = asked.to_numpy(bool)[:, None], limit.to_numpy(bool)[None, :]
    return np.asarray(give | ~ask)


def _yes(asked: pd.Series, limit: pd.Series) -> Booleans:
    return np.broadcast_to(asked.to_numpy(bool)[:, None], (len(asked), len(limit)))


def _lists(codes: pd.Series) -> list[frozenset[str] | None]:
    return [None if pd.isna(cell) else frozenset(str(cell).split(";")) for cell in codes]


def _member(codes: pd.Series, known: frozenset[str] | None) -> Booleans:
    if known is None:
        return np.ones(len(codes), dtype=bool)
    return codes.isin(known).to_numpy(dtype=bool)


_TESTS: dict[str, Test] = {
    "at_most": _at_most,
    "at_least": _at_least,
    "among": _among,
    "names": _names,
    "covers": _covers,
    "gives": _gives,
    "yes": _yes,
}
