"""Krugman's index of specialisation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.measure.checks import shares


def krugman_specialisation(x: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """How far the make-up of a place is from that of a reference: sum_k |s_k - r_k|.

    Variant: the full sum, from 0 to 2. Half of it, the share of jobs that would have to change
    sector, is `hoover`.

    Parameters
    ----------
    x
        Jobs of the place by sector, counts or shares, (K,), >= 0; brought to a sum of 1.
    reference
        The same of the reference, (K,): the region, with or without the place. Say which.

    Returns
    -------
    float
        0 for the same make-up, 2 where no sector is in common.

    Raises
    ------
    ParameterError
        NaN, a negative number, lengths that differ, or a total of zero.

    References
    ----------
    Krugman (1991), Geography and Trade.

    Examples
    --------
    >>> round(krugman_specialisation([30, 70], [10, 90]), 6)
    0.4
    """
    own = shares(x, name="x")
    return float(np.abs(own - shares(reference, name="reference", size=len(own))).sum())
