"""Nodal areas: every place goes where its largest tie leads (结节区域)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array, matrix, same_labels


def nodal_areas(links: npt.ArrayLike, *, labels: Sequence[str]) -> pd.DataFrame:
    """Areas that the largest tie of each place makes.

    A place whose largest tie goes to a larger place depends on it; one whose largest tie goes to a
    smaller place is a centre. Size is the sum of a place's ties. Following the ties ends in one
    centre, whose area the place belongs to.

    Parameters
    ----------
    links
        Strength of ties, (N, N), >= 0, such as `gravity_links` returns; the diagonal is not read.
    labels
        Codes of the places, (N,).

    Returns
    -------
    DataFrame
        One row a place: `place`, `area` (code of the centre), `partner` (its largest tie), `share`
        (of that tie in all of its ties), `rival` (the partner of the largest tie that leads to
        another area; missing where all lead to one) and `margin`: for a place that depends, the
        largest tie over the rival's, less 1; for a centre, its size over its partner's, less 1.
        Where the margin is used up, the place changes area. A place without ties is a centre alone,
        with no partner and an infinite margin.

    Raises
    ------
    ParameterError
        NaN, a negative or infinite tie, a matrix that is not square, or labels that differ.

    References
    ----------
    Nystuen and Dacey (1961), A graph theory interpretation of nodal regions, Papers of the Regional
    Science Association 7.

    Examples
    --------
    >>> ties = [[0, 9, 1], [9, 0, 4], [1, 4, 0]]
    >>> found = nodal_areas(ties, labels=["A", "B", "C"])
    >>> found[["place", "area", "partner", "share"]].round(4)
      place area partner  share
    0     A    B       B  0.9000
    1     B    B       A    0.6923
    2     C    B       B  0.8000
    """
    names = pd.Index(list(labels), dtype="str")
    ties, rows, columns = matrix(links, name="links", shape=(len(names), len(names)))
    same_labels(rows, names, "links (rows)")
    same_labels(columns, names, "links (columns)")
    if np.isinf(ties).any() or names.has_duplicates:
        raise ParameterError(
            "links has an infinite tie, or labels has a code twice; ties are finite.",
            "links 含无穷大，或 labels 中代码重复。",
        )
    ties = ties.copy()
    np.fill_diagonal(ties, 0.0)
    size, first = ties.sum(axis=1), ties.argmax(axis=1)
    here = np.arange(len(names))
    lower = (size < size[first]) | ((size == size[first]) & (first < here))
    centre = _ends(np.where(lower & (size > 0), first, here))
    elsewhere = np.where(centre[None, :] == centre[:, None], 0.0, ties)
    return _table(names, ties, size, first, centre, elsewhere)


def _ends(step: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where following the steps ends; each leads to a larger place, so there are no rings."""
    while (step[step] != step).any():
        step = step[step]
    return step


def _table(
    names: pd.Index,
    ties: Array,
    size: Array,
    first: npt.NDArray[np.int64],
    centre: npt.NDArray[np.int64],
    elsewhere: Array,
) -> pd.DataFrame:
    here = np.arange(len(names))
    tied, most = size > 0, ties[here, first]
    rival, second = elsewhere.argmax(axis=1), elsewhere.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(tied, most / size, np.nan)
        depends = np.where(second > 0, most / second - 1, np.inf)
        leads = np.where(tied, size / size[first] - 1, np.inf)
    own = centre == here
    return pd.DataFrame(
        {
            "place": names,
            "area": names[centre],
            "partner": pd.Series(names[first]).where(tied),
            "share": share,
            "rival": pd.Series(names[rival]).where(second > 0),
            "margin": np.where(own, leads, depends),
        }
    )
