"""Whether places near each other are alike: Moran's I, global and local, and Getis-Ord G*."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError, missing_extra
from buju.measure.checks import Array, matrix, vector


@dataclass(frozen=True)
class Moran:
    """Moran's I with its permutation test.

    Attributes
    ----------
    value
        I; its expectation without association is -1 / (n - 1).
    p
        One-sided pseudo p-value: share of permutations at least as extreme.
    permutations, seed
        What p was drawn with.
    """

    value: float
    p: float
    permutations: int
    seed: int


def moran(
    x: npt.ArrayLike, weights: npt.ArrayLike, *, permutations: int = 999, seed: int = 0
) -> Moran:
    """Moran's I = (n / S0) z'Wz / z'z, with W brought to row sums of 1.

    Parameters
    ----------
    x
        One number a place, (N,).
    weights
        Who is near whom, (N, N), >= 0, zero diagonal: contiguity, or a decay of minutes. A place
        without neighbours is refused, since its row cannot be brought to 1.
    permutations, seed
        Of the pseudo p-value.

    Returns
    -------
    Moran

    Raises
    ------
    MissingExtra
        `esda` is not installed.
    ParameterError
        NaN, a constant x, a place without neighbours, weights on the diagonal.

    References
    ----------
    Cliff and Ord (1981), Spatial Processes; the test is `esda`'s (Rey and Anselin 2007).

    Examples
    --------
    >>> line = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> round(moran([1, 2, 3, 4, 5, 6], line).value, 4)
    0.7143
    """
    values, graph = _prepared(x, weights)
    from esda import Moran as Oracle

    np.random.seed(seed)  # noqa: NPY002 - esda draws from the global generator
    found = Oracle(values, graph, transformation="r", permutations=permutations)
    return Moran(float(found.I), float(found.p_sim), permutations, seed)


def local_association(
    x: npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    permutations: int = 999,
    seed: int = 0,
    level: float = 0.05,
) -> pd.DataFrame:
    """Local Moran and Getis-Ord G* of every place, with the kind of cluster it belongs to.

    Parameters
    ----------
    x, weights, permutations, seed
        As in `moran`.
    level
        p-values below it, after Benjamini and Hochberg's correction for many tests, name a place.

    Returns
    -------
    DataFrame
        One row a place: `local_moran`, `p` (one-sided), `kind` ("high-high", "low-low",
        "high-low", "low-high", or "none" where p is not below the corrected level), `g_star`
        (standardised; it counts neighbours alike, and is NaN where every place has all others as
        neighbours).

    Raises
    ------
    As `moran`.

    References
    ----------
    Anselin (1995), Geographical Analysis 27(2); Getis and Ord (1992), Geographical Analysis 24(3).

    Examples
    --------
    >>> line = np.diag(np.ones(5), 1) + np.diag(np.ones(5), -1)
    >>> local_association([1, 2, 3, 4, 5, 6], line)["kind"].unique().tolist()
    ['none']
    """
    values, graph = _prepared(x, weights)
    from esda import G_Local, Moran_Local, fdr

    with warnings.catch_warnings():
        # esda announces a two-sided default; the one-sided p of Anselin (1995) is meant here
        warnings.simplefilter("ignore", DeprecationWarning)
        found = Moran_Local(
            values, graph, transformation="r", permutations=permutations, seed=seed, n_jobs=1
        )
        with np.errstate(invalid="ignore", divide="ignore"):  # nothing varies where all are near
            star = G_Local(values, graph, transform="B", star=True, permutations=0, island_weight=0)
    names = np.array(["none", "high-high", "low-high", "low-low", "high-low"])
    sure = found.p_sim <= min(level, float(fdr(found.p_sim, level)))
    return pd.DataFrame(
        {
            "local_moran": found.Is,
            "p": found.p_sim,
            "kind": names[np.where(sure, found.q, 0)],
            "g_star": star.Zs,
        }
    )


def _prepared(x: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[Array, Any]:
    near, rows, _ = matrix(weights, name="weights")
    values = vector(x, name="x", size=len(near), labels=rows, sign="any")
    if near.shape != (len(values), len(values)) or np.diag(near).any():
        raise ParameterError(
            f"weights has shape {near.shape} and a diagonal of {np.diag(near)[:3]}...; a square "
            "matrix with a zero diagonal is expected.",
            "weights 应为方阵且对角线为零。",
        )
    alone = np.flatnonzero(near.sum(axis=1) == 0)
    if alone.size or not np.isfinite(near).all():
        raise ParameterError(
            f"place {alone[:5].tolist()} has no neighbour (or a weight is infinite); connect it or "
            "leave it out.",
            f"地点 {alone[:5].tolist()} 没有邻居（或权重为无穷大）。",
        )
    if np.ptp(values) == 0:
        raise ParameterError("x is the same everywhere, so nothing varies.", "x 各处相同。")
    try:
        from libpysal.weights import WSP, WSP2W
    except ImportError as cause:
        raise missing_extra("spatial", "spatial association") from cause
    from scipy.sparse import csr_array

    return values, WSP2W(WSP(csr_array(near).tocsr()), silence_warnings=True)
