"""Clusters of grid cells: contiguous, dense enough, populous enough, with filled gaps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from buju.errors import ParameterError
from buju.measure.checks import Array

Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int32]

ROOK = ndimage.generate_binary_structure(2, 1)
QUEEN = ndimage.generate_binary_structure(2, 2)
_AROUND = [(i, j) for i in (0, 1, 2) for j in (0, 1, 2) if (i, j) != (1, 1)]


def contiguity(neighbours: int, name: str) -> Mask:
    """Cells that touch: 4 across edges (rook), 8 also across corners (queen)."""
    if neighbours not in (4, 8):
        raise ParameterError(
            f"{name} is {neighbours}; 4 (edges) or 8 (edges and corners) is expected.",
            f"{name} 为 {neighbours}；应为 4（边相邻）或 8（边与角相邻）。",
        )
    return ROOK if neighbours == 4 else QUEEN


def clusters(cells: Mask, people: Array, least: float, structure: Mask) -> Labels:
    """Contiguous groups of `cells` with at least `least` people; 0 elsewhere, ids from 1."""
    labels, count = ndimage.label(cells, structure=structure)
    sums = np.bincount(labels.ravel(), weights=people.ravel(), minlength=count + 1)
    keep = sums >= least
    keep[0] = False
    renumbered = np.where(keep, np.cumsum(keep), 0).astype(np.int32)
    return np.asarray(renumbered[labels])


def fill_gaps(labels: Labels, least_open: int, structure: Mask) -> Labels:
    """Fill gaps of fewer than `least_open` cells that one single cluster encloses.

    A gap that reaches the edge of the grid, or that two clusters enclose together, stays open.
    """
    gaps, count = ndimage.label(labels == 0, structure=structure)
    sizes = np.bincount(gaps.ravel(), minlength=count + 1)
    small = sizes < least_open
    small[0] = False
    for edge in (gaps[0], gaps[-1], gaps[:, 0], gaps[:, -1]):
        small[edge] = False
    lowest = np.full(count + 1, np.iinfo(np.int32).max)
    highest = np.zeros(count + 1, dtype=np.int64)
    padded = np.pad(labels, 1)
    rows, columns = np.nonzero(small[gaps])
    of = gaps[rows, columns]
    for i, j in _AROUND:
        if structure is ROOK and i != 1 and j != 1:
            continue
        beside = padded[rows + i, columns + j]
        touching = beside > 0
        np.minimum.at(lowest, of[touching], beside[touching])
        np.maximum.at(highest, of[touching], beside[touching])
    single = small & (lowest == highest)
    filled = labels.copy()
    filled[rows, columns] = np.where(single[of], lowest[of], 0)
    return filled


def smooth_edges(labels: Labels, rule: str, counted: Mask, barred: Mask) -> Labels:
    """Add cells most of whose neighbours belong to one cluster, until no cell is added.

    Parameters
    ----------
    labels
        Clusters, 0 elsewhere, (R, C).
    rule
        "2022": at least five of the eight neighbours. "2023": more than half of those neighbours
        that are land or have people; cells off the grid count as such neighbours.
    counted
        Neighbours that count under "2023"; a cell of a cluster always counts.
    barred
        Cells never added under "2023": permanent water.
    """
    grown = np.pad(labels, 1)
    valid = np.pad(counted, 1, constant_values=True)
    closed = np.pad(barred if rule == "2023" else np.zeros_like(barred), 1, constant_values=True)
    fresh = grown > 0
    while fresh.any():
        rows, columns = np.nonzero(ndimage.binary_dilation(fresh, QUEEN) & (grown == 0) & ~closed)
        around = np.stack([grown[rows + i - 1, columns + j - 1] for i, j in _AROUND], axis=1)
        times = (around[:, :, None] == around[:, None, :]).sum(axis=2)
        times[around == 0] = 0
        best = times.argmax(axis=1)
        most = times[np.arange(len(times)), best]
        if rule == "2022":
            joins = most >= 5
        else:
            counts = np.stack([valid[rows + i - 1, columns + j - 1] for i, j in _AROUND], axis=1)
            joins = 2 * most > (counts | (around > 0)).sum(axis=1)
        fresh = np.zeros_like(closed)
        fresh[rows[joins], columns[joins]] = True
        grown[rows[joins], columns[joins]] = around[np.arange(len(best)), best][joins]
    return grown[1:-1, 1:-1]
