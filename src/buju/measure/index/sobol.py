"""Which choice matters: shares of variance, alone and with all it acts through."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.measure.checks import Array
from buju.measure.index.vary import Design

REPEATS = 200


def sobol_shares(output: Array, plot: Design, *, seed: int = 0) -> pd.DataFrame:
    """First-order and total Sobol shares of each choice.

    S_i = V[E(Y|X_i)] / V(Y) and S_Ti = 1 - V[E(Y|X_~i)] / V(Y), estimated from the blocks A, B
    and A-with-choice-i-from-B. An estimate can leave 0..1 by its sampling error;
    it is not cut, and the 90 % interval by bootstrap of the base sample stands beside it.

    Parameters
    ----------
    output
        One figure a row of the design.
    plot
        The design, with its base size.
    seed
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Index `choice`; first, total, and their intervals. NaN where the output never varies or
        there is no base sample.

    References
    ----------
    Sobol' (2001); Jansen (1999), Comput. Phys. Commun. 117, 35-43; Saltelli et al. (2010), Comput.
    Phys. Commun. 181, 259-270.
    """
    names = [one.name for one in plot.choices]
    n, draws = plot.base, plot.draws
    a, b = output[:n], output[n : 2 * n]
    rows = []
    for k in range(len(names)):
        mixed = output[draws + k * n : draws + (k + 1) * n]
        rows.append(_shares(a, b, mixed, seed))
    columns = ["first", "total", "first_low", "first_high", "total_low", "total_high"]
    return pd.DataFrame(rows, index=pd.Index(names, name="choice"), columns=columns)


def _shares(a: Array, b: Array, mixed: Array, seed: int) -> list[float]:
    n = len(a)
    if n < 3 or np.ptp(np.concatenate([a, b])) == 0:
        return [np.nan] * 6
    first, total = estimate(a[None], b[None], mixed[None])
    picks = np.random.default_rng(np.random.SeedSequence([seed, 3])).integers(n, size=(REPEATS, n))
    firsts, totals = estimate(a[picks], b[picks], mixed[picks])
    low, high = (5, 95)
    ends = [*np.nanpercentile(firsts, [low, high]), *np.nanpercentile(totals, [low, high])]
    return [float(first[0]), float(total[0]), *(float(end) for end in ends)]


def estimate(a: Array, b: Array, mixed: Array) -> tuple[Array, Array]:
    """First (Saltelli 2010) and total (Jansen) shares, one a row of samples (repeats, n)."""
    both = np.concatenate([a, b], axis=1)
    variance = both.var(axis=1)
    centre = both.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        first = ((b - centre) * (mixed - a)).mean(axis=1) / variance
        total = ((a - mixed) ** 2).mean(axis=1) / (2 * variance)
    return np.asarray(first), np.asarray(total)
