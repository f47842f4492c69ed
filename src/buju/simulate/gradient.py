"""What a small change of any cost is worth: one transposed solve gives all N² derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from buju.simulate.checks import choice
from buju.simulate.equilibrium import Equilibrium
from buju.simulate.sensitivity import Sensitivity, sensitivity, vectors

Array = npt.NDArray[np.float64]
HatFunction = Callable[[dict[str, Any]], Any]
"""Hats by place, {"wage": (N,), ...}, to one number."""


def gradient(
    equilibrium: Equilibrium,
    *,
    of: str | HatFunction = "welfare",
    wrt: Sequence[str] = ("commuting_cost", "trade_cost"),
    backend: str = "numpy",
) -> dict[str, Array]:
    """Derivatives of log welfare, or another outcome, by the log of every hat, at an equilibrium.

    An entry of -0.002 says: one per cent more cost on this pair lowers welfare by 0.002 per cent.
    They hold for small changes; solve again for large ones. Times through which spillovers fade are
    held as they are: a faster link's effect on density is not in the derivative by its cost.

    Parameters
    ----------
    equilibrium
        A certified one.
    of
        "welfare": the mean over people of log welfare; "workers": the log of how many there are,
        in an open economy; or a function of the dict of hats ("wage", "income", "rent", "price",
        "residents", "jobs", each (N,)) that returns one number, such as the log of jobs in some
        places. It must not depend on the numeraire. It uses the array-API functions of
        `hats["jobs"].__array_namespace__()`: exp, log, sum, concat, stack beside arithmetic; with
        `backend="jax"` all of `jax.numpy`.
    wrt
        Names of shocks: "commuting_cost", "trade_cost", "amenity", "migration_cost",
        "productivity", "housing"; or of elasticities ("alpha", "epsilon", ...), by which the
        derivative is plain, with the shares observed at baseline held as they are.
    backend
        "numpy", or "jax" (extra `jax`): compiled, on an accelerator where JAX has one.

    Returns
    -------
    dict of ndarray
        For each name (N, N) `[n, i]`, (O, N) for migration, (N,), or () for an elasticity.

    Raises
    ------
    NotCertified
        The equilibrium is not certified, or its gap is too small for derivatives to mean much.
    ParameterError
        The model has no such shock; the outcome hangs on the numeraire, as welfare does where
        housing is nominal.

    Notes
    -----
    In a closed economy the derivatives of log welfare by commuting cost sum to -1 and those by
    amenity to 1/epsilon; those by trade cost to -(alpha + (1-alpha) delta/(1+delta)) with deflated
    housing, to -alpha with fixed housing, and those by productivity to the opposite number.

    Examples
    --------
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> now = counterfactual(CommutingTrade(alpha=0.7, epsilon=3, sigma=4), twins, Shocks())
    >>> gradient(now)["commuting_cost"].round(6).tolist()
    [[-0.4, -0.1], [-0.1, -0.4]]
    >>> jobs = gradient(now, of=lambda hats: hats["jobs"][0], wrt=("productivity",))
    >>> float(jobs["productivity"].sum().round(9)) + 0.0
    0.0
    """
    found = sensitivity(equilibrium, of=_of_state(of), backend=backend)
    known = _known(found)
    for name in wrt:
        choice("wrt", name, known)
    return {name: _slopes(found, name) for name in wrt}


def _of_state(of: str | HatFunction) -> Any:
    """An outcome of (model, state, world) from one of hats."""
    return of if isinstance(of, str) else lambda model, x, world: of(model.hats(x, world))


def _known(found: Sensitivity) -> tuple[str, ...]:
    kernels = [
        shock
        for shock, (kernel, _) in found.model.kernel_exponents.items()
        if getattr(found.world, kernel, None) is not None
    ]
    return (*kernels, *vectors(found.model), *found.model.elasticities)


def _slopes(found: Sensitivity, name: str) -> Array:
    if name in found.vectors:
        return found.vectors[name]
    if name in found.model.elasticities:
        return np.asarray(found.by_parameter(name))
    return found.matrix(name)
