"""Fitting a kernel to totals: the flows k_ni u_n s_i with given row and column sums.

The routine behind commuting and trade alike. Scaling sweeps (Sinkhorn) start, Newton on the convex
dual finishes: where places hold mostly to themselves, sweeps crawl.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from buju.errors import ParameterError
from buju.simulate.checks import named
from buju.simulate.support import bottleneck

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
AIM = 1e-14
CLOSE = 1e-12
"""Totals must hold this closely, relative to themselves; the fit goes on towards `AIM`."""
SWEEPS = 15
NEWTON = 50
CAP = 3.0
"""Largest change of a log factor in one Newton step."""
DENSE = 600
"""Up to this many places Newton steps are solved directly, which keeps the digits of weak ties."""


class _Fit(NamedTuple):
    """Flows and the log factors behind them."""

    flows: Array
    u: Array
    s: Array


def balance(
    log_kernel: Array, rows: Array, columns: Array, labels: Sequence[str], *, what: str = "flows"
) -> Array:
    """Flows proportional to a kernel, up to a factor a row and one a column, that add up.

    Parameters
    ----------
    log_kernel
        (N, N); -inf where no flow is possible. In logs, so that steep kernels do not vanish.
    rows, columns
        Totals, (N,), above 0; the same sum (to rounding; columns are scaled to the sum of rows).
    labels, what
        For messages.

    Returns
    -------
    ndarray
        Flows, (N, N); every total holds to 1e-12 of itself.

    Raises
    ------
    ParameterError
        A place has no partner, or the open pairs cannot carry the totals: the places are named.

    References
    ----------
    Sinkhorn and Knopp (1967), https://doi.org/10.2140/pjm.1967.21.343; the dual and its Newton
    steps: Brauer, Clason, Lorenz and Wirth (2017), https://arxiv.org/abs/1710.06635.

    Examples
    --------
    >>> flows = balance(np.log([[2.0, 1.0], [1.0, 1.0]]), np.array([3.0, 1.0]),
    ...                 np.array([2.0, 2.0]), ["A", "B"])
    >>> flows.sum(axis=0).round(12).tolist(), flows.sum(axis=1).round(12).tolist()
    ([2.0, 2.0], [3.0, 1.0])
    """
    columns = columns * (rows.sum() / columns.sum())
    _everyone_has_a_partner(log_kernel, labels, what)
    parts = list(_parts(log_kernel))
    if len(parts) == 1:
        return _balance_part(log_kernel, rows, columns, labels, what)
    flows = np.zeros_like(log_kernel)
    for here, there in parts:
        r, c = rows[here], columns[there]
        if not abs(r.sum() - c.sum()) <= CLOSE * rows.sum():
            raise ParameterError(_why(log_kernel, flows, rows, columns, labels, what))
        names = [labels[k] for k in here]
        piece = log_kernel[np.ix_(here, there)]
        flows[np.ix_(here, there)] = _balance_part(piece, r, c * (r.sum() / c.sum()), names, what)
    return flows


def _parts(log_kernel: Array) -> Iterator[tuple[Index, Index]]:
    """Rows and columns that open pairs tie together; each part has a level of its own."""
    n = len(log_kernel)
    row, column = np.nonzero(~np.isneginf(log_kernel))
    size = n + log_kernel.shape[1]
    pairs = coo_array((np.ones(len(row)), (row, n + column)), shape=(size, size))
    count, part = connected_components(pairs.tocsr(), directed=False)
    for k in range(count):
        yield np.flatnonzero(part[:n] == k), np.flatnonzero(part[n:] == k)


def _balance_part(
    log_kernel: Array, rows: Array, columns: Array, labels: Sequence[str], what: str
) -> Array:
    fit = _sweep(log_kernel, rows, columns)
    if _miss(fit.flows, rows, columns) > AIM:
        fit = _newton(log_kernel, fit, rows, columns)
    miss = _miss(fit.flows, rows, columns)
    if not miss <= CLOSE:
        raise ParameterError(_why(log_kernel, fit.flows, rows, columns, labels, what))
    return fit.flows


def _everyone_has_a_partner(log_kernel: Array, labels: Sequence[str], what: str) -> None:
    for axis, side in ((1, "to"), (0, "from")):
        alone = np.isneginf(log_kernel.max(axis=axis))
        if alone.any():
            raise ParameterError(
                f"{what}: {named(labels, alone)} has no way {side} any place, itself included; "
                "give it a time within itself (`own`) or leave it out"
            )


def _flows(log_kernel: Array, u: Array, s: Array) -> Array:
    whole: Array = log_kernel + u[:, None]
    whole += s[None, :]
    np.exp(whole, out=whole)
    return whole


def _sweep(log_kernel: Array, rows: Array, columns: Array) -> _Fit:
    """Rows and columns scaled in turn; the factors stay in logs."""
    u = np.log(rows) - log_kernel.max(axis=1)
    s = np.zeros(len(columns))
    for _ in range(2):  # every column's largest entry near its total, whatever the kernel's range
        s = np.log(columns) - (log_kernel + u[:, None]).max(axis=0)
        u = np.log(rows) - (log_kernel + s[None, :]).max(axis=1)
    flows = _flows(log_kernel, u, s)
    across, down = np.ones_like(rows), np.ones_like(columns)
    for _ in range(SWEEPS):
        down = columns / (across @ flows)
        across = rows / (flows @ down)
    u, s = u + np.log(across), s + np.log(down)
    return _Fit(_flows(log_kernel, u, s), u, s)


def _newton(log_kernel: Array, fit: _Fit, rows: Array, columns: Array) -> _Fit:
    """Minimise sum(flows) - rows·u - columns·s, the steps halved until it falls."""
    value, now = _dual(fit, rows, columns), _miss(fit.flows, rows, columns)
    for _ in range(NEWTON):
        du, ds = _direction(fit.flows, rows, columns)
        length = min(1.0, CAP / max(np.abs(du).max(), np.abs(ds).max(), 1e-300))
        while True:
            u, s = fit.u + length * du, fit.s + length * ds
            tried = _Fit(_flows(log_kernel, u, s), u, s)
            cost, then = _dual(tried, rows, columns), _miss(tried.flows, rows, columns)
            # near the end the dual is flat to rounding; then the miss itself has to fall
            if cost < value - 1e-12 * abs(value) or then < now:
                break
            length /= 2
            if length < 1e-5:
                return fit
        slow = now < CLOSE and then > now / 2
        fit, value, now = tried, cost, then
        if now <= AIM or slow:
            break
    return fit


def _dual(fit: _Fit, rows: Array, columns: Array) -> float:
    return float(fit.flows.sum() - rows @ fit.u - columns @ fit.s)


def _miss(flows: Array, rows: Array, columns: Array) -> float:
    """Largest relative miss of a total; inf where a number overflowed."""
    worst = max(
        float(np.abs(flows.sum(axis=1) / rows - 1).max()),
        float(np.abs(flows.sum(axis=0) / columns - 1).max()),
    )
    return worst if np.isfinite(worst) else float("inf")


def _direction(flows: Array, rows: Array, columns: Array) -> tuple[Array, Array]:
    """Newton's step of the log factors, rows eliminated: (D_c - FᵀD_r⁻¹F) ds = right."""
    by_row, by_column = flows.sum(axis=1), flows.sum(axis=0)
    lack = rows - by_row
    right: Array = columns - by_column - (lack / by_row) @ flows
    solve = _directly if len(rows) <= DENSE else _by_products
    ds = solve(flows, by_row, by_column, right)
    return (lack - flows @ ds) / by_row, ds


def _directly(flows: Array, by_row: Array, by_column: Array, right: Array) -> Array:
    """As a weighted Laplacian; its diagonal is summed from the ties, not found by subtraction."""
    part = flows / np.sqrt(by_row)[:, None]
    ties: Any = part.T @ part
    np.fill_diagonal(ties, 0.0)
    degree = np.maximum(ties.sum(axis=0), 1e-300)
    root = np.sqrt(degree)
    keep = np.arange(len(right)) != int(np.argmax(by_column))  # the level is free: one stays
    system = (np.diag(degree) - ties) / np.outer(root, root)
    ds = np.zeros(len(right))
    try:
        ds[keep] = np.linalg.solve(system[np.ix_(keep, keep)], (right / root)[keep]) / root[keep]
    except np.linalg.LinAlgError:
        return _by_products(flows, by_row, by_column, right)
    centred: Array = ds - (by_column @ ds) / by_column.sum()
    return centred


def _by_products(flows: Array, by_row: Array, by_column: Array, right: Array) -> Array:
    """By conjugate gradients, two products a step."""
    root = np.sqrt(by_column)
    level = root / np.linalg.norm(root)

    def system(x: Array) -> Array:
        y = x / root
        image: Array = (by_column * y - ((flows @ y) / by_row) @ flows) / root
        return image + level * (level @ x)

    ds: Array = _conjugate_gradients(system, right / root) / root
    return ds


def _conjugate_gradients(
    operator: Callable[[Array], Array], right: Array, *, relative: float = 1e-5, limit: int = 120
) -> Array:
    x, left = np.zeros_like(right), right.copy()
    search, power = left.copy(), float(left @ left)
    target = relative**2 * power
    for _ in range(limit):
        if power <= target:
            break
        image = operator(search)
        slope = float(search @ image)
        if slope <= 0:
            break
        x = x + power / slope * search
        left = left - power / slope * image
        new = float(left @ left)
        search, power = left + new / power * search, new
    return x


def _why(
    log_kernel: Array, flows: Array, rows: Array, columns: Array, labels: Sequence[str], what: str
) -> str:
    """The message: which places' totals the open pairs cannot carry."""
    tight = bottleneck(~np.isneginf(log_kernel), rows, columns)
    if tight is not None:
        here, there = tight
        return (
            f"{what}: {named(labels, here)} with {rows[here].sum():.6g} in total reach only "
            f"{named(labels, there)} with {columns[there].sum():.6g}. Give them a way to more "
            "places, or correct the totals"
        )
    off = np.abs(flows.sum(axis=0) / columns - 1)
    worst = int(np.argmax(np.nan_to_num(off, nan=np.inf)))
    return (
        f"{what}: no flows on the open pairs come closer to the totals than {off[worst]:.2g}, at "
        f"{labels[worst]!r}. Flows fall so fast that hardly any cross between places: lower the "
        "rate, open more pairs, or merge places"
    )
