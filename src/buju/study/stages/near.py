"""Which counties touch, and how near all of them are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.region import boundaries
from buju.study.context import Run

Array = npt.NDArray[np.float64]
_SCALE = 60.0
"""Minutes at which a neighbour by time counts 1/e; a choice, named beside the figures."""


def contiguity(run: Run) -> Array | None:
    """1 where two counties share a border or a corner (queen), (N, N) in the order of `counties`.

    None where a county has no polygon, or one touches no other: then neighbours are not known.
    """
    places = run.frame("counties")["place"].tolist()
    shapes = boundaries(run.region, "county").set_index("place")
    if len(shapes) != len(places):
        return None
    outlines = shapes.geometry.reindex(places)
    touching = np.zeros((len(places), len(places)))
    one, two = outlines.sindex.query(outlines, predicate="intersects")
    touching[one, two] = 1.0
    np.fill_diagonal(touching, 0.0)
    return touching if touching.any(axis=1).all() else None


def nearness(run: Run) -> Array:
    """exp(-minutes / 60) between counties on the base network, zero on the diagonal."""
    places = run.frame("counties")["place"].tolist()
    matrix = run.minutes(run.study.scenarios["base"])
    at = [matrix.labels.index(place) for place in places]
    both = matrix.minutes[np.ix_(at, at)]
    weight = np.exp(-np.minimum(both, both.T) / _SCALE)
    np.fill_diagonal(weight, 0.0)
    return np.asarray(weight)
