"""Fitting a kernel to totals: the flows k_ni u_n s_i with given row and column sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.simulate.checks import named

Array = npt.NDArray[np.float64]
AIM = 1e-14
CLOSE = 1e-12
"""Totals must hold this closely, relative to themselves; the fit goes on towards `AIM`."""
SWEEPS = 60
NEWTON = 40
DENSE = 1500


def balance(
    log_kernel: Array, rows: Array, columns: Array, labels: Sequence[str], *, what: str = "flows"
) -> Array:
    """Flows proportional to a kernel, up to a factor a row and one a column, that add up.

    Scaling sweeps first (Sinkhorn), in logs so that very large costs do not vanish together; then
    Newton on the factors until every total holds to 1e-12 of itself.

    Parameters
    ----------
    log_kernel
        (N, N); -inf where no flow is possible.
    rows, columns
        Totals, (N,), above 0; the same sum (to rounding; columns are scaled to the sum of rows).
    labels, what
        For messages.

    Returns
    -------
    ndarray
        Flows, (N, N).

    Raises
    ------
    ParameterError
        A place has no partner, or the zeros of the kernel leave no way to reach the totals.

    References
    ----------
    Sinkhorn and Knopp (1967), https://doi.org/10.2140/pjm.1967.21.343.

    Examples
    --------
    >>> flows = balance(np.log([[2.0, 1.0], [1.0, 1.0]]), np.array([3.0, 1.0]),
    ...                 np.array([2.0, 2.0]), ["A", "B"])
    >>> flows.sum(axis=0).round(12).tolist(), flows.sum(axis=1).round(12).tolist()
    ([2.0, 2.0], [3.0, 1.0])
    """
    columns = columns * (rows.sum() / columns.sum())
    flows = _equilibrated(log_kernel, labels, what)
    for _ in range(SWEEPS):
        flows *= (columns / flows.sum(axis=0))[None, :]
        flows *= (rows / flows.sum(axis=1))[:, None]
        if _miss(flows, rows, columns).max() <= AIM:
            return flows
    best, least = flows, np.inf
    for _ in range(NEWTON):
        step = _newton(flows, rows, columns)
        longest = np.abs(step).max()
        step *= min(1.0, 2.0 / max(longest, 1e-300))
        flows *= np.exp(step)[None, :]
        flows *= (rows / flows.sum(axis=1))[:, None]
        now = float(_miss(flows, rows, columns).max())
        if now < least:
            best, least = flows.copy(), now
        elif least <= CLOSE:
            return best
    miss = _miss(flows, rows, columns)
    raise ParameterError(
        f"{what}: no flows on the pairs that are reachable add up to the totals; "
        f"{named(labels, ~(miss <= max(1e-6, miss.max() / 10)))} cannot be supplied or staffed. "
        "Give them a way to more places, or correct their totals"
    )


def _equilibrated(log_kernel: Array, labels: Sequence[str], what: str) -> Array:
    """The kernel with its largest entry in each row and column near 1."""
    scaled = np.array(log_kernel, dtype=np.float64)
    for _ in range(2):
        for axis, side in ((1, "to"), (0, "from")):
            top = scaled.max(axis=axis, keepdims=True)
            alone = np.isneginf(top).reshape(-1)
            if alone.any():
                raise ParameterError(
                    f"{what}: {named(labels, alone)} has no way {side} any place, itself included; "
                    "give it a time within itself (`own`) or leave it out"
                )
            scaled -= top
    return np.exp(scaled)


def _miss(flows: Array, rows: Array, columns: Array) -> Array:
    """Largest relative miss of a place's two totals, (N,)."""
    by_row = np.abs(flows.sum(axis=1) / rows - 1)
    by_column = np.abs(flows.sum(axis=0) / columns - 1)
    worst: Array = np.maximum(by_row, by_column)
    return worst


def _newton(flows: Array, rows: Array, columns: Array) -> Any:
    """Newton step of the log column factors, the row factors eliminated.

    The rows hold exactly after each sweep, so the Hessian is diag(columns) - Fᵀ diag(1/rows) F,
    singular along a common factor.
    """
    now = flows.sum(axis=0)
    gap: Array = columns - now
    gap -= gap.sum() * columns / columns.sum()
    n = len(rows)
    root = np.sqrt(now)
    if n <= DENSE:
        normal = flows / np.sqrt(rows)[:, None] / root[None, :]
        system = np.eye(n) - normal.T @ normal
        system += np.outer(root, root) / now.sum()
        return np.linalg.solve(system, gap / root) / root
    step: Array = _conjugate_gradients(flows, rows, gap, root) / root
    return step


def _conjugate_gradients(flows: Array, rows: Array, gap: Array, root: Array) -> Array:
    """Solve the same system from products alone."""
    x = np.zeros_like(gap)
    left = gap / root
    search, power = left.copy(), float(left @ left)
    first = power
    for _ in range(400):
        over = search / root
        image = search - (flows.T @ ((flows @ over) / rows)) / root
        length = power / float(search @ image)
        x += length * search
        left = left - length * image
        new = float(left @ left)
        if new <= 1e-24 * first:
            break
        search = left + (new / power) * search
        power = new
    return x
