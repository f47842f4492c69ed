"""Vessels as the lines along which cross-profiles are most sharply curved.

Miura, Nagasaka and Miyatake (2007), "Extraction of finger-vein patterns using maximum curvature
points in image profiles", IEICE Trans. Inf. Syst. E90-D(8), 1185-1194.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from buju.attest.vein.vessels import Array

# steps (row, column) of the four profile directions
DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))


@lru_cache(maxsize=16)
def _profiles(shape: tuple[int, int], step: tuple[int, int]) -> NDArray[np.int64]:
    """Flat pixel numbers, profile after profile; a pixel beyond the last separates profiles."""
    height, width = shape
    rows, columns = np.indices(shape)
    if step == (0, 1):
        line, place = rows, columns
    elif step == (1, 0):
        line, place = columns, rows
    elif step == (1, 1):
        line, place = columns - rows + height, rows
    else:
        line, place = columns + rows, rows
    order = np.lexsort((place.ravel(), line.ravel()))
    breaks = np.flatnonzero(np.diff(line.ravel()[order])) + 1
    return np.insert(order, np.append(breaks, order.size), height * width)


def profile_curvature(image: Array, sigma: float) -> Array:
    """Curvature of the cross-profiles in the four directions, (4, H, W); grey levels 0..255.

    Positive in a valley. The grey scale enters the formula, so it is fixed here: 0..255.
    """
    gx = gaussian_filter(image, sigma, order=(0, 1))
    gy = gaussian_filter(image, sigma, order=(1, 0))
    gxx = gaussian_filter(image, sigma, order=(0, 2))
    gyy = gaussian_filter(image, sigma, order=(2, 0))
    gxy = gaussian_filter(image, sigma, order=(1, 1))
    root = np.sqrt(0.5)
    first = (gx, gy, root * (gx + gy), root * (gy - gx))
    second = (gxx, gyy, 0.5 * (gxx + 2 * gxy + gyy), 0.5 * (gxx - 2 * gxy + gyy))
    return np.stack([d2 / (1 + d1**2) ** 1.5 for d1, d2 in zip(first, second, strict=True)])


def _crests(curvature: Array, step: tuple[int, int]) -> Array:
    """At the top of every valley of one direction: curvature times the valley's width."""
    order = _profiles(curvature.shape, step)
    values = np.append(curvature.ravel(), 0.0)[order]
    valley = values > 0
    starts = np.flatnonzero(valley & ~np.append(False, valley[:-1]))
    score = np.zeros(curvature.size + 1)
    if starts.size:
        ends = np.flatnonzero(valley & ~np.append(valley[1:], False)) + 1
        edges = np.ravel(np.column_stack([starts, ends]))
        peak = np.maximum.reduceat(values, edges[edges < values.size])[::2]
        lengths = ends - starts
        run = np.repeat(np.arange(starts.size), lengths)
        places = np.flatnonzero(valley)
        top = values[places] == peak[run]
        score[order[places[top]]] = (peak * lengths)[run[top]]
    return score[:-1].reshape(curvature.shape)


def _joined(score: Array) -> Array:
    """Gaps closed and specks dropped: a pixel counts as much as its neighbours on both sides."""
    height, width = score.shape
    padded = np.pad(score, 2)

    def moved(row: int, column: int) -> Array:
        return padded[2 + row : 2 + row + height, 2 + column : 2 + column + width]

    best = np.zeros_like(score)
    for row, column in DIRECTIONS:
        ahead = np.maximum(moved(row, column), moved(2 * row, 2 * column))
        behind = np.maximum(moved(-row, -column), moved(-2 * row, -2 * column))
        best = np.maximum(best, np.minimum(ahead, behind))
    return best


def maximum_curvature(image: Array, mask: NDArray[np.bool_], *, sigma: float = 2.4) -> Array:
    """Strength of vessel centre lines.

    Parameters
    ----------
    image
        (H, W) grey levels 0..255.
    mask
        Where the finger is; elsewhere the strength is zero.
    sigma
        Width of the smoothing, in pixels: about the half-width of a vessel.

    Returns
    -------
    array
        (H, W), >= 0, zero off the lines; its scale depends on contrast.

    Examples
    --------
    >>> image = np.full((40, 60), 100.0); image[20, :] = 60
    >>> found = maximum_curvature(image, np.ones(image.shape, bool))
    >>> bool((found[:, 30].argmax() == 20) and (found[5] == 0).all())
    True
    """
    bends = profile_curvature(image, sigma) * mask
    total = np.zeros(image.shape)
    for bend, step in zip(bends, DIRECTIONS, strict=True):
        total += _crests(np.where(bend > 1e-9, bend, 0.0), step)
    return _joined(total) * mask
