"""The gravity law that fits observed flows best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from buju.errors import ParameterError
from buju.measure.checks import Array, choice, matrix
from buju.measure.interaction.flow_fit import FlowFit, flow_fit
from buju.measure.interaction.wilson import CONSTRAINTS, distribute

_REACH = 60.0  # how far the parameter is searched, in units of 1 / spread of costs


@dataclass(frozen=True)
class GravityFit:
    """A calibrated gravity law.

    Attributes
    ----------
    form, constrained
        The variant.
    parameter
        Rate per minute ("exponential") or exponent ("power").
    standard_error
        From the Poisson information of the parameter with the margins concentrated out; flows are
        rarely Poisson, so read it as a lower bound.
    flows
        Fitted flows, (O, D).
    fit
        How near they come.
    unreachable
        Observed trips between places without a way, left out of the fit.
    """

    form: str
    constrained: str
    parameter: float
    standard_error: float
    flows: Array
    fit: FlowFit
    unreachable: float


def calibrate_gravity(
    flows: npt.ArrayLike,
    minutes: npt.ArrayLike,
    *,
    form: str = "exponential",
    constrained: str = "doubly",
    diagonal: bool = False,
) -> GravityFit:
    """Poisson maximum likelihood of T_ij = A_i B_j f(c_ij).

    With the margins held, the likelihood is largest where the flows' mean cost (for "power": mean
    log cost) is the observed one, so one number is searched for and nothing else is iterated.
    That is the same answer as a Poisson regression with a constant for every origin and
    destination.

    Parameters
    ----------
    flows
        Observed trips, (N, N) or (O, D), >= 0.
    minutes
        Travel times, same shape, > 0 where "power" is asked for; infinity where there is no way.
    form
        "exponential": exp(-rate c); "power": c**-exponent.
    constrained
        "doubly", "origins", "destinations" or "total": which constants the law has; masses are the
        observed margins.
    diagonal
        Whether trips inside a place take part; only square flows have such.

    Returns
    -------
    GravityFit

    Raises
    ------
    ParameterError
        Shapes that differ, no trips, times of zero under "power", or times that do not vary, so
        that no parameter can be told.

    References
    ----------
    Hyman (1969), Environment and Planning 1; Santos Silva and Tenreyro (2006), Review of
    Economics and Statistics 88(4); Flowerdew and Aitkin (1982), J. of Regional Science 22.

    Examples
    --------
    >>> from buju.measure import decay
    >>> from buju.measure.interaction.wilson import wilson
    >>> minutes = np.array([[1.0, 20, 35], [20, 1, 10], [35, 10, 1]])
    >>> trips = wilson([50, 30, 20], [30, 30, 40], minutes, decay.Exponential(0.08))
    >>> round(calibrate_gravity(trips, minutes, diagonal=True).parameter, 9)
    0.08
    """
    choice(form, ("exponential", "power"), name="form")
    choice(constrained, CONSTRAINTS, name="constrained")
    observed, cost, open_, lost = _observations(flows, minutes, form, diagonal)
    starts, ends = observed.sum(axis=1), observed.sum(axis=0)
    trips = float(observed.sum())
    mean = float((observed[open_] * cost[open_]).sum() / trips)

    def modelled(parameter: float) -> Array:
        kernel = np.where(open_, np.exp(-parameter * (cost - mean)), 0.0)
        return distribute(kernel, starts, ends, constrained)

    def excess(parameter: float) -> float:
        return float((modelled(parameter)[open_] * cost[open_]).sum() / trips - mean)

    parameter = _root(excess, cost[open_])
    fitted = modelled(parameter)
    information = _information(fitted, cost, open_, constrained)
    error = float(1 / np.sqrt(information)) if information > 0 else np.inf
    fit = flow_fit(observed, fitted)
    return GravityFit(form, constrained, parameter, error, fitted, fit, lost)


def _observations(
    flows: npt.ArrayLike, minutes: npt.ArrayLike, form: str, diagonal: bool
) -> tuple[Array, Array, npt.NDArray[np.bool_], float]:
    observed, _, _ = matrix(flows, name="flows")
    times, _, _ = matrix(minutes, name="minutes", shape=observed.shape)
    if not np.isfinite(observed).all():
        raise ParameterError("flows is infinite somewhere; give counts.", "flows 含无穷大。")
    open_ = np.isfinite(times)
    if not diagonal:
        if observed.shape[0] != observed.shape[1]:
            raise ParameterError(
                f"flows has shape {observed.shape}, so it has no diagonal to leave out; say "
                "diagonal=True.",
                f"flows 的形状是 {observed.shape}，不是方阵；请写 diagonal=True。",
            )
        open_ &= ~np.eye(len(times), dtype=bool)
    if form == "power" and (times[open_] == 0).any():
        i, j = (int(k) for k in np.argwhere(open_ & (times == 0))[0])
        raise ParameterError(
            f"minutes[{i}, {j}] is 0, and 0 has no negative power; give the time inside a place "
            "or use form='exponential'.",
            f"minutes[{i}, {j}] 为 0，不能用幂函数；请填地点内部时间或改用指数形式。",
        )
    within = np.zeros_like(open_) if diagonal else np.eye(len(times), dtype=bool)
    lost = float(observed[~open_ & ~within].sum())
    kept = np.where(open_, observed, 0.0)
    if not kept.sum() > 0:
        raise ParameterError("flows has no trips between connected places.", "flows 没有有效出行。")
    cost = np.where(open_, times, 1.0)
    return kept, np.log(cost) if form == "power" else cost, open_, lost


def _root(excess: Callable[[float], float], cost: Array) -> float:
    spread = float(cost.max() - cost.min())
    if spread == 0:
        raise ParameterError(
            "all times are equal, so no parameter can be told from the flows.",
            "所有时间相同，无法估计衰减参数。",
        )
    near, first = 0.0, excess(0.0)
    step = np.sign(first) / spread
    while first != 0:
        far = near + step
        if abs(far) > _REACH / spread:
            raise ParameterError(
                f"no parameter up to {near:.3g} reproduces the mean cost; the margins alone fix "
                "the flows, or trips go only to the nearest places.",
                "在合理范围内没有能重现平均成本的参数：边际合计已决定流量，或出行只去最近地点。",
            )
        if excess(far) * first <= 0:
            return float(brentq(excess, near, far, xtol=1e-15, rtol=1e-14, maxiter=500))
        near, step = far, 2 * step
    return near


def _information(
    fitted: Array, cost: Array, open_: npt.NDArray[np.bool_], constrained: str
) -> float:
    """Poisson information: weighed sum of squares of cost around its fitted constants."""
    weight = np.where(open_, fitted, 0.0)
    left = cost - np.average(cost, weights=weight)
    for _ in range(1 if constrained != "doubly" else 200):
        if constrained in ("doubly", "origins"):
            left = left - _mean(left, weight, 1)[:, None]
        if constrained in ("doubly", "destinations"):
            left = left - _mean(left, weight, 0)
    return float((weight * left**2).sum())


def _mean(values: Array, weight: Array, axis: int) -> Array:
    total = weight.sum(axis=axis)
    return np.divide(
        (weight * values).sum(axis=axis), total, out=np.zeros_like(total), where=total > 0
    )
