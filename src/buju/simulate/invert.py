"""Which productivities and amenities make an economy what it is: inversion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.simulate.checks import vector
from buju.simulate.density import log_density
from buju.simulate.economy import Baseline
from buju.simulate.land import require_payment
from buju.simulate.models.commuting_trade import CommutingTrade

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class Fundamentals:
    """What a model must assume about places for a baseline to be its equilibrium.

    Attributes
    ----------
    productivity
        By workplace, beyond spillovers and varieties, (N,); geometric mean 1.
    amenity
        Scale of tastes B by residence and workplace, beyond spillovers, (N, N); the mean of its log
        over workers is 0.
        0 where nobody commutes.
    price, rent
        Price of goods and of floor space by residence, (N,); geometric mean 1. Prices follow from
        trade, rents from what residents spend on the floor space given.
    trade_misfit
        Largest gap of a log trade share from what costs and one factor a seller explain: about 0
        for a calibrated baseline, large for observed trade, whose remainder then stays in neither
        productivity nor cost.
    """

    productivity: Array
    amenity: Array
    price: Array
    rent: Array
    trade_misfit: float
    labels: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """By place: productivity, price, rent."""
        return pd.DataFrame(
            {
                "place": list(self.labels),
                "productivity": self.productivity,
                "price": self.price,
                "rent": self.rent,
            }
        )


def invert(
    baseline: Baseline,
    model: CommutingTrade,
    *,
    log_commuting_cost: pd.DataFrame,
    log_trade_cost: pd.DataFrame,
    floor_space: npt.ArrayLike | None = None,
) -> Fundamentals:
    """Productivities and amenities behind a baseline, given its costs.

    Nothing is estimated: there are as many unknowns as data. Differences between two years, or
    between a place and what its infrastructure lets one expect, are what to look at.

    Parameters
    ----------
    baseline
        The economy; trade with positive shares on every pair that has a way.
    model
        Its elasticities.
    log_commuting_cost, log_trade_cost
        Labelled like the baseline, from the `CostFunction` that it was calibrated with.
    floor_space
        Floor space or land by residence, (N,), any unit; the same everywhere when None, so that
        amenities hold differences in it too.

    Raises
    ------
    ParameterError
        Labels differ; a flow stands where there is no way; the baseline has origin groups, or pays
        out rents otherwise than the model.

    References
    ----------
    Monte, Redding and Rossi-Hansberg (2018), section II.

    Examples
    --------
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.8, 0.2], [0.2, 0.8]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50],
    ...                  labels=["A", "B"])
    >>> flat = pd.DataFrame(np.log([[1, 4], [4, 1]]), index=["A", "B"], columns=["A", "B"])
    >>> found = invert(twins, CommutingTrade(alpha=0.6, epsilon=2, sigma=2),
    ...                log_commuting_cost=flat, log_trade_cost=flat)
    >>> found.productivity.round(9).tolist(), round(found.trade_misfit, 9)
    ([1.0, 1.0], 0.0)
    """
    if baseline.origins is not None:
        raise ParameterError("invert: leave `origins` out; groups' tastes are not told apart here")
    require_payment(model, baseline)
    space = np.ones(baseline.size)
    if floor_space is not None:
        space = vector("floor_space", floor_space, baseline.labels)
    kappa = _costs(log_commuting_cost, baseline.commuting, baseline.labels, "commuting")
    d = _costs(log_trade_cost, baseline.trade, baseline.labels, "trade")
    appeal, log_P, misfit = _sellers(baseline, model, d)
    log_jobs = np.log(baseline.jobs)
    varieties = 1.0 if model.trade == "irs" else 0.0
    made = np.log(baseline.wage) + (appeal - varieties * log_jobs) / (model.sigma - 1)
    made -= model.nu * log_jobs
    made -= _spilling(baseline, model, "jobs", "spillover")
    log_Q = np.log(baseline.income * baseline.residents / space)
    if model.housing == "real":
        log_Q += model.delta * log_P
    log_Q /= 1 + model.delta
    living = model.alpha * log_P + (1 - model.alpha) * log_Q
    living -= _spilling(baseline, model, "residents", "amenity_spillover")
    return Fundamentals(
        productivity=_centred(made),
        amenity=_amenity(baseline, model, kappa, living),
        price=_centred(log_P),
        rent=_centred(log_Q),
        trade_misfit=misfit,
        labels=baseline.labels,
    )


def _spilling(b: Baseline, model: CommutingTrade, of: str, name: str) -> Array:
    """Log of what spillovers that fade with time give each place; 0 where they are off."""
    strength, decay = getattr(model, name), getattr(model, f"{name}_decay")
    if not strength:
        return np.zeros(b.size)
    given: Array = strength * log_density(b, of=of, decay=decay, parameter=name)
    return given


def _costs(log_cost: pd.DataFrame, shares: Array, labels: tuple[str, ...], what: str) -> Array:
    there = tuple(map(str, log_cost.index))
    if there != labels or tuple(map(str, log_cost.columns)) != labels:
        odd = sorted(set(there) ^ set(labels))[:5]
        raise ParameterError(
            f"log_{what}_cost: its places are not those of the baseline, in the same order"
            + (f"; differing: {odd}" if odd else "")
        )
    cost = log_cost.to_numpy(dtype=np.float64)
    wrong = (shares > 0) & ~np.isfinite(cost)
    if wrong.any():
        n, i = np.argwhere(wrong)[0]
        raise ParameterError(
            f"log_{what}_cost from {labels[n]!r} to {labels[i]!r} is {cost[n, i]:g}, yet the "
            "baseline has a flow there; use the costs that it was calibrated with"
        )
    return cost


def _sellers(b: Baseline, model: CommutingTrade, d: Array) -> tuple[Array, Array, float]:
    """ln s_i and ln P_n in pi_ni = s_i d_ni**(1-sigma) P_n**(sigma-1), by least squares."""
    open_pairs = (b.trade > 0) & np.isfinite(d)
    fall = np.where(open_pairs, (1 - model.sigma) * np.where(open_pairs, d, 0.0), 0.0)
    y = np.where(open_pairs, np.log(np.where(open_pairs, b.trade, 1.0)) - fall, 0.0)
    counted = open_pairs.astype(np.float64)
    by_buyer, by_seller = counted.sum(axis=1), counted.sum(axis=0)
    # mean over buyers taken out: (diag(by_seller) - countedᵀ diag(1/by_buyer) counted) s = rest
    matrix = np.diag(by_seller) - counted.T @ (counted / by_buyer[:, None])
    rest = y.sum(axis=0) - counted.T @ (y.sum(axis=1) / by_buyer)
    s = np.linalg.lstsq(matrix, rest, rcond=None)[0]
    r = (y.sum(axis=1) - counted @ s) / by_buyer
    misfit = float(np.abs((y - r[:, None] - s[None, :])[open_pairs]).max())
    return s, r / (model.sigma - 1), misfit


def _amenity(b: Baseline, model: CommutingTrade, kappa: Array, living: Array) -> Array:
    used = b.commuting > 0
    value = np.log(np.where(used, b.commuting, 1.0)) + model.epsilon * (
        np.where(used, kappa, 0.0) - np.log(b.wage + b.payment)[None, :] + living[:, None]
    )
    value -= (b.commuting * np.where(used, value, 0.0)).sum()
    return np.where(used, np.exp(value), 0.0)


def _centred(log: Array) -> Array:
    level: Array = np.exp(log - log.mean())
    return level
