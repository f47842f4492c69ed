"""Internal rates of return: all of them, none invented."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from buju.decide.discount import Floats, checked_flows
from buju.errors import ParameterError

_TOUCH = 1e-12  # of the sum of sizes: the value counts as zero where the curve only touches
_SAME = 1e-9


def irr_roots(flows: npt.ArrayLike) -> Floats:
    """All rates above -1 at which the net present value is zero.

    There may be none or several; a project with several has no rate of return to decide by, and
    the sign of its present value decides.

    Parameters
    ----------
    flows
        Benefits less costs of years 0, 1, ..., (T,).

    Returns
    -------
    array
        Rates, rising; empty where there are none. A rate at which the curve touches zero without
        crossing counts once.

    Raises
    ------
    ParameterError
        Missing or infinite flows, or flows that are all zero, for which every rate would do.

    Notes
    -----
    With v = 1 / (1 + r) the value is a polynomial in v > 0. Its roots in (0, 1] and, of the
    reversed polynomial, in (0, 1) are isolated between the roots of its derivative, where it is
    monotone, and found by bisection; so no root is missed and no complex one is taken for real.

    References
    ----------
    Lorie and Savage (1955), Journal of Business 28 (several rates).

    Examples
    --------
    >>> irr_roots([-100, 230, -132]).round(10).tolist()
    [0.1, 0.2]
    >>> irr_roots([100, 50]).tolist()
    []
    """
    amounts = checked_flows(flows)
    if not amounts.any():
        raise ParameterError(
            "all flows are zero, so every rate is a root; give the flows.",
            "现金流全为零，任何利率都满足；请给出现金流。",
        )
    used = np.flatnonzero(amounts)
    core = amounts[used[0] : used[-1] + 1] / np.abs(amounts).max()
    later = [1 / v - 1 for v in _unit_roots(core[::-1])]  # v in (0, 1]: rates of zero or more
    earlier = [v - 1 for v in _unit_roots(core) if v < 1 - _SAME]
    rates = sorted([*later, *earlier])
    kept = [r for k, r in enumerate(rates) if k == 0 or r - rates[k - 1] > _SAME * (1 + r)]
    return np.array(kept)


def _unit_roots(coefficients: Floats) -> list[float]:
    """Roots in (0, 1] of a polynomial, highest power first."""
    trimmed = np.trim_zeros(coefficients, "f")
    if len(trimmed) < 2 or not _changes(trimmed):
        return []
    turning = _unit_roots(np.asarray(np.polyder(trimmed), dtype=np.float64))
    ends = [0.0, *(v for v in turning if 0 < v < 1), 1.0]
    values = [float(np.polyval(trimmed, v)) for v in ends]
    touch = _TOUCH * float(np.abs(trimmed).sum())
    roots = [v for v, value in zip(ends, values, strict=True) if v > 0 and abs(value) <= touch]
    for (a, low), (b, high) in zip(
        list(zip(ends, values, strict=True))[:-1],
        list(zip(ends, values, strict=True))[1:],
        strict=True,
    ):
        if abs(low) > touch and abs(high) > touch and low * high < 0:
            roots.append(
                float(brentq(lambda v: np.polyval(trimmed, v), a, b, xtol=1e-16, rtol=1e-15))
            )
    return sorted(roots)


def _changes(coefficients: Floats) -> bool:
    """Whether signs change, without which Descartes allows no positive root."""
    signs = np.sign(coefficients[coefficients != 0])
    return bool((signs[1:] != signs[:-1]).any())
