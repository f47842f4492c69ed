"""One scenario of one economy, as the equations of `CommutingTrade` read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.simulate.blocks import Blocks
from buju.simulate.checks import named
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.kernel import Diagonal, Kernel

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class World:
    """Kernels and vectors of a scenario.

    Attributes
    ----------
    K, T
        Commuting and trade kernels, hats included.
    M, origin_workers
        Migration kernel (O, N) and people by origin (O,), or None.
    share
        Baseline share of workers living in each place, (N,).
    payment
        What each worker receives of all rents at baseline.
    near_jobs, near_homes
        What hats of jobs, of residents, do to the density around each place, (N, N), or None.
    blocks
        Weak blocks, once found.
    """

    K: Any
    T: Any
    wage: Array
    income: Array
    jobs: Array
    residents: Array
    workers: float
    share: Array
    productivity: Any
    housing: Any
    M: Any = None
    origin_workers: Any = None
    payment: float = 0.0
    near_jobs: Any = None
    near_homes: Any = None
    blocks: Blocks | None = None

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self.wage)


def form_world(
    baseline: Baseline, shocks: Shocks, *, epsilon: float, sigma: float, commuting: bool
) -> World:
    """Apply the hats to the baseline's shares, once."""
    hats = shocks.fitted(baseline)
    reach = _kernel_hat(hats, epsilon)
    if commuting:
        K: Any = Kernel(_times(baseline.commuting, reach))
    else:
        K = Diagonal(_diagonal(baseline) * np.broadcast_to(reach, (baseline.size,) * 2).diagonal())
    M = None
    if baseline.origins is not None:
        M = Kernel(_times(baseline.origins, _power(hats["migration_cost"], -epsilon)))
    elif (np.asarray(shocks.migration_cost) != 1).any():
        raise ParameterError(
            "shock migration_cost: the baseline has no origin groups; give it `origins` and "
            "`origin_workers`"
        )
    return World(
        K=K,
        T=Kernel(_times(baseline.trade, _power(hats["trade_cost"], 1 - sigma))),
        wage=baseline.wage,
        income=baseline.income,
        jobs=baseline.jobs,
        residents=baseline.residents,
        workers=baseline.workers,
        share=baseline.commuting.sum(axis=1),
        productivity=hats["productivity"],
        housing=hats["housing"],
        M=M,
        origin_workers=baseline.origin_workers,
        payment=baseline.payment,
    )


def _diagonal(baseline: Baseline) -> Array:
    own: Array = baseline.commuting.diagonal()
    away = baseline.commuting.sum(axis=1) > own
    if away.any():
        raise ParameterError(
            f"commuting='off', but residents of {named(baseline.labels, away)} work elsewhere; "
            "leave `commuting` out of the baseline or switch commuting on"
        )
    return own


def _kernel_hat(hats: dict[str, Array], epsilon: float) -> Array:
    """What the commuting kernel is multiplied by: amenity times cost to the power -epsilon."""
    amenity = hats["amenity"]
    reach = _power(hats["commuting_cost"], -epsilon)
    if not amenity.ndim and amenity == 1:
        return reach
    return reach * (amenity[:, None] if amenity.ndim == 1 else amenity)


def _power(hat: Array, exponent: float) -> Array:
    """hat**exponent with inf**negative = 0, without work where the hat is a plain 1."""
    if not hat.ndim and hat == 1:
        return np.ones(())
    return np.power(hat, exponent)


def _times(shares: Array, factor: Array) -> Array:
    """Their product, in the memory of `factor` where it is a matrix already."""
    return np.multiply(shares, factor, out=factor if factor.shape == shares.shape else None)
