"""Error rates in the terms of ISO/IEC 19795-1. On generated data they claim no accuracy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta

from buju.attest.vein.vessels import Array
from buju.errors import ParameterError

WORDS = "synthetic, not an accuracy claim"


@dataclass(frozen=True)
class Rate:
    """A share of errors with its exact two-sided 95 % bounds (Clopper and Pearson)."""

    errors: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Errors over trials."""
        return self.errors / self.trials


def rate(errors: int, trials: int) -> Rate:
    """An error rate with bounds; with no error the upper bound is that of the rule of 3.

    The bounds take trials as independent. Comparisons that share fingers are not, so they are
    narrower than the truth: state the number of fingers beside them.

    >>> found = rate(0, 3000)
    >>> found.value, round(found.high, 4)
    (0.0, 0.001)
    """
    if not 0 <= errors <= trials or trials == 0:
        raise ParameterError(f"rate: {errors} errors in {trials} trials")
    low = 0.0 if errors == 0 else float(beta.ppf(0.025, errors, trials - errors + 1))
    high = (
        1 - 0.05 ** (1 / trials)
        if errors == 0
        else 1.0 if errors == trials else float(beta.ppf(0.975, errors + 1, trials - errors))
    )  # fmt: skip
    return Rate(errors, trials, low, high)


def threshold_at(impostor: ArrayLike, fmr: float) -> float:
    """Lowest threshold at which at most a share `fmr` of these impostor scores is accepted.

    A score is accepted when it is at least the threshold.

    >>> threshold_at([0.1, 0.2, 0.3, 0.4], 0.25) > 0.3
    True
    """
    scores = np.sort(np.asarray(impostor, dtype=float))
    allowed = int(np.floor(fmr * scores.size))
    return float(np.nextafter(scores[scores.size - allowed - 1], np.inf))


def errors_at(genuine: ArrayLike, impostor: ArrayLike, threshold: float) -> tuple[Rate, Rate]:
    """False matches and false non-matches at a threshold fixed elsewhere: (FMR, FNMR)."""
    mine, others = np.asarray(genuine), np.asarray(impostor)
    return (
        rate(int((others >= threshold).sum()), others.size),
        rate(int((mine < threshold).sum()), mine.size),
    )


def det_curve(genuine: ArrayLike, impostor: ArrayLike, points: int = 60) -> Array:
    """Rows of threshold, FMR, FNMR and their bounds: (points, 7), thresholds rising."""
    both = np.concatenate([np.asarray(genuine), np.asarray(impostor)])
    rows = []
    for threshold in np.quantile(both, np.linspace(0, 1, points)):
        fmr, fnmr = errors_at(genuine, impostor, float(threshold))
        rows.append([threshold, fmr.value, fmr.low, fmr.high, fnmr.value, fnmr.low, fnmr.high])
    return np.array(rows)


def d_sys(mated: ArrayLike, non_mated: ArrayLike, bins: int = 40) -> float:
    """How linkable protected templates are, 0 (not at all) to 1, at equal prior odds.

    `mated` are likenesses of one finger's templates under two keys, `non_mated` of two fingers'.
    Gomez-Barrero, Galbally, Rathgeb and Busch (2018), IEEE Trans. Inf. Forensics Secur. 13(6),
    1406-1420. Estimated from histograms, hence a little above zero for equal samples.

    >>> d_sys(np.zeros(500), np.ones(500))
    1.0
    """
    one, other = np.asarray(mated, float), np.asarray(non_mated, float)
    edges = np.histogram_bin_edges(np.concatenate([one, other]), bins)
    p = np.histogram(one, edges)[0] / one.size
    q = np.histogram(other, edges)[0] / other.size
    ratio = np.divide(p, q, out=np.full(bins, np.inf), where=q > 0)
    local = np.where(ratio > 1, 2 * (1 - 1 / (1 + np.maximum(ratio, 1))) - 1, 0.0)
    return float(np.round((np.where(p > 0, local, 0.0) * p).sum(), 12))
