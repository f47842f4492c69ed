"""Whether money can go round: an economy in parts has no common price level."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


def one_way(model: Any, world: Any) -> Mask:
    """Places that exchange no money, there and back, with the rest of the economy.

    Money goes from buyer to seller and from workplace to residence. What is tied to the largest
    place is told from what is not, and the fewer places of the two are returned. All False in a
    connected economy.
    """
    if getattr(model, "land", "local") == "portfolio":  # rents go from everywhere to everywhere
        return np.zeros(world.size, dtype=bool)
    trade, commuting = model.payments(world)
    first = int(np.argmax(world.jobs))
    there = _reached(trade, commuting, first, back=False)
    tied = there & _reached(trade, commuting, first, back=True)
    return tied if tied.sum() < tied.size / 2 else ~tied


def _reached(trade: Any, commuting: Any, first: int, *, back: bool) -> Mask:
    """Places that payments reach (or come from), wave by wave; each product is one wave."""
    seen = np.zeros(trade.matrix.shape[0], dtype=bool)
    edge = seen.copy()
    edge[first] = True
    while edge.any():
        seen |= edge
        x = edge.astype(np.float64)
        flow = trade.product(x, not back) + commuting.product(x, back)
        edge = (flow > 0) & ~seen
    return seen
