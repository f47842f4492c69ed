"""Whether money can go round: an economy in parts has no common price level."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def one_way(model: Any, world: Any) -> Mask:
    """Places that money from the largest place cannot reach, or from which it cannot return.

    Money goes from buyer to seller and from workplace to residence. All False in a connected
    economy.
    """
    forward = model.payments(world)
    first = int(np.argmax(world.jobs))
    apart: Mask = ~(_reached(forward, first) & _reached(forward, first, back=True))
    return apart


def _reached(payments: Any, first: int, *, back: bool = False) -> Mask:
    trade, wages = payments
    seen = np.zeros(len(trade), dtype=bool)
    edge = np.zeros(len(trade), dtype=bool)
    edge[first] = True
    while edge.any():
        seen |= edge
        if back:
            touched = (trade[:, edge] > 0).any(axis=1) | (wages[edge, :] > 0).any(axis=0)
        else:
            touched = (trade[edge, :] > 0).any(axis=0) | (wages[:, edge] > 0).any(axis=1)
        edge = touched & ~seen
    return seen
