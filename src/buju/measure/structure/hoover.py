"""The Hoover index."""

from __future__ import annotations

import numpy.typing as npt

from buju.measure.structure.krugman import krugman_specialisation


def hoover(x: npt.ArrayLike, reference: npt.ArrayLike) -> float:
    """The share of x that would have to move to match a reference: ½ sum_i |s_i - r_i|.

    Over places it tells concentration (jobs of a sector against all jobs, or people against land);
    over sectors, specialisation.

    Parameters
    ----------
    x
        Counts or shares, (N,), >= 0; brought to a sum of 1.
    reference
        The same of the reference, (N,).

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ParameterError
        NaN, a negative number, lengths that differ, or a total of zero.

    References
    ----------
    Hoover (1936), The measurement of industrial localization, Review of Economics and Statistics
    18(4).

    Examples
    --------
    >>> hoover([3, 1], [1, 1])
    0.25
    """
    return krugman_specialisation(x, reference) / 2.0
