"""Which counties touch, and how near all of them are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.region import boundaries
from buju.study.bundle import Table
from buju.study.context import Run

Array = npt.NDArray[np.float64]
_SCALE = 60.0
"""Minutes at which a neighbour by time counts 1/e; a choice, named beside the figures."""


def neighbours(run: Run) -> Table | None:
    """Table `neighbours`: counties that share a border or a corner (queen), once each way.

    None where a county has no polygon, or one touches no other: then neighbours are not known.
    """
    places = run.frame("counties")["place"]
    shapes = boundaries(run.region, "county").set_index("place")
    if len(shapes) != len(places):
        return None
    outlines = shapes.geometry.reindex(places)
    one, two = outlines.sindex.query(outlines, predicate="intersects")
    apart = one != two
    one, two = one[apart], two[apart]
    if len(np.unique(one)) != len(places):
        return None
    order = np.lexsort((two, one))
    codes = places.to_numpy()
    zh, _, en = str(shapes.attrs.get("note", "")).partition(" / ")
    return Table(
        pd.DataFrame({"place": codes[one[order]], "neighbour": codes[two[order]]}),
        "相邻的县",
        "Counties that touch",
        note_zh=f"共边或共点。{zh}",
        note_en=f"A shared border or corner. {en}",
    )


def contiguity(run: Run) -> Array | None:
    """1 where two counties touch, (N, N) in the order of `counties`; None where not known."""
    if "neighbours" not in run.tables:
        return None
    places = pd.Index(run.frame("counties")["place"])
    pairs = run.frame("neighbours")
    touching = np.zeros((len(places), len(places)))
    touching[places.get_indexer(pairs["place"]), places.get_indexer(pairs["neighbour"])] = 1.0
    return touching


def nearness(run: Run) -> Array:
    """exp(-minutes / 60) between counties on the base network, zero on the diagonal."""
    places = run.frame("counties")["place"].tolist()
    matrix = run.minutes(run.study.scenarios["base"])
    at = [matrix.labels.index(place) for place in places]
    both = matrix.minutes[np.ix_(at, at)]
    weight = np.exp(-np.minimum(both, both.T) / _SCALE)
    np.fill_diagonal(weight, 0.0)
    return np.asarray(weight)
