"""How alike two patterns are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter

from buju.attest.vein.pattern import Pattern
from buju.attest.vein.vessels import Array

AROUND, ALONG = 13, 40  # searched shifts of rows (roll) and columns
SOFTNESS = (1.1, 1.3)
LEAST_OVERLAP = 0.55
LEAST_SPREAD = 0.004


def score(a: Pattern, b: Pattern) -> float:
    """Likeness of two patterns, from -1 to 1; larger is more alike, chance is near 0.

    Miura's match slides one map over the other and counts common vessel pixels over all vessel
    pixels. Here the count is compared with what maps of the same density share by chance, and only
    where both captures show finger: the correlation of the softened maps inside the common mask,
    the largest over shifts of ±13 rows (roll) and ±40 columns. A dense grid of lines, which covers
    any vessel, therefore gains nothing.

    Parameters
    ----------
    a, b
        Patterns from `extract`, in any order: the score is the same.

    References
    ----------
    Miura, Nagasaka and Miyatake (2004), Machine Vision and Applications 15, 194-203 (the match);
    Padfield (2012), IEEE Trans. Image Processing 21(5), 2706-2718 (correlation under masks).

    Examples
    --------
    >>> from buju.attest.vein import extract, synthetic
    >>> mine, again, other = (extract(synthetic(i, s)) for i, s in ((1, 0), (1, 1), (2, 2)))
    >>> bool(score(mine, again) > score(mine, other))
    True
    """
    return float(_surface(a, b).max())


def _surface(a: Pattern, b: Pattern) -> Array:
    """Correlation at each searched shift, (2·13+1, 2·40+1)."""
    height, width = a.lines.shape
    shape = (next_fast_len(height + AROUND, real=True), next_fast_len(width + ALONG, real=True))
    first = rfft2(_channels(a), shape)
    second = rfft2(_channels(b), shape)

    def slid(one: int, other: int) -> Array:
        whole = irfft2(first[one] * second[other].conj(), shape)
        rows = np.arange(-AROUND, AROUND + 1)[:, None]
        return whole[rows, np.arange(-ALONG, ALONG + 1)[None, :]]

    area = np.maximum(slid(0, 0), 1.0)
    mean_a, mean_b = slid(1, 0) / area, slid(0, 1) / area
    both = slid(1, 1) / area - mean_a * mean_b
    spread_a = np.maximum(slid(2, 0) / area - mean_a**2, LEAST_SPREAD)
    spread_b = np.maximum(slid(0, 2) / area - mean_b**2, LEAST_SPREAD)
    least = LEAST_OVERLAP * min(a.mask.sum(), b.mask.sum())
    return np.where(area >= least, both / np.sqrt(spread_a * spread_b), -1.0)


def _channels(pattern: Pattern) -> Array:
    """Mask, softened lines and their squares, (3, H, W)."""
    soft = gaussian_filter(pattern.lines.astype(float), SOFTNESS) * pattern.mask
    return np.stack([pattern.mask.astype(float), soft, soft**2])


def miura_match(
    enrolled: NDArray[np.bool_], probe: NDArray[np.bool_], *, around: int = 30, along: int = 60
) -> float:
    """The match as published, on maps of equal shape: 0 to 0.5, 0.5 for equal maps.

    The enrolled map without its margin slides over the probe. Kept as the yardstick of the
    evaluation; `score` decides.

    >>> lines = np.zeros((80, 140), bool); lines[40] = True
    >>> miura_match(lines, lines)
    0.5
    """
    height, width = enrolled.shape
    core = enrolled[around : height - around, along : width - along].astype(float)
    shape = (next_fast_len(height, real=True), next_fast_len(width, real=True))
    probe_f = rfft2(probe.astype(float), shape)
    common = irfft2(probe_f * rfft2(core, shape).conj(), shape)
    window = irfft2(probe_f * rfft2(np.ones_like(core), shape).conj(), shape)
    seen = (slice(0, 2 * around + 1), slice(0, 2 * along + 1))
    below = np.maximum(window[seen] + core.sum(), 1.0)
    return float(np.round((common[seen] / below).max(), 12))
