"""Whether other starting points lead elsewhere: evidence on uniqueness, never a proof."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError

Array = npt.NDArray[np.float64]
SPREAD = 0.5
"""Standard deviation of a starting point around the first solution, in logs."""
SAME = 1e-6
"""Certified states further apart than this are two solutions: each is known to 1e-8."""


class Searched(NamedTuple):
    """What further starts found.

    Attributes
    ----------
    statement
        "8 starts, one solution", for the certificate.
    others
        States of certified solutions other than the first, each once.
    """

    statement: str
    others: tuple[Array, ...]


def search(
    solve: Callable[[Array], tuple[Array, bool]], first: Array, *, starts: int, seed: int
) -> Searched:
    """Start again from random points around a certified state.

    Each start moves every log wage and price by independent normal draws. Starts whose end is not
    certified are counted apart; they say nothing.

    Parameters
    ----------
    solve
        From a start to (state, whether it is certified), in one numeraire.
    first
        The first solution, (M,).

    Examples
    --------
    >>> search(lambda x: (np.sign(x), True), np.ones(1), starts=20, seed=0).statement
    '20 starts, 2 solutions'
    >>> search(lambda x: (np.ones(1), bool(x > 1)), np.ones(1), starts=4, seed=0).statement
    '4 starts (1 of them without a certified end), one solution'
    """
    draw = np.random.default_rng(seed)
    known, lost = [first], 0
    for _ in range(starts):
        state, certified = solve(first + SPREAD * draw.standard_normal(len(first)))
        if not certified:
            lost += 1
        elif min(float(np.max(np.abs(state - other))) for other in known) > SAME:
            known.append(state)
    apart = f" ({lost} of them without a certified end)" if lost else ""
    count = "one solution" if len(known) == 1 else f"{len(known)} solutions"
    words = "1 start" if starts == 1 else f"{starts} starts"
    return Searched(f"{words}{apart}, {count}", tuple(known[1:]))


def require_starts(starts: int) -> None:
    """Raise `ParameterError` unless it is a whole number of at least 0."""
    if isinstance(starts, bool) or not isinstance(starts, int) or starts < 0:
        raise ParameterError(f"starts = {starts!r}: a whole number of further starts, 0 for none")
