"""How near modelled flows come to observed ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import matrix


@dataclass(frozen=True)
class FlowFit:
    """Agreement of two flow matrices.

    Attributes
    ----------
    common_part
        Common part of commuters, 2 sum min(T, T') / (sum T + sum T'): 1 if equal, 0 if disjoint.
    normalised_rmse
        Root mean squared error over the mean observed flow of all cells (that denominator; others
        use the range).
    kullback_leibler
        sum p ln(p / q) of the shares; infinite where a flow is observed that the model excludes.
    """

    common_part: float
    normalised_rmse: float
    kullback_leibler: float


def flow_fit(observed: npt.ArrayLike, modelled: npt.ArrayLike) -> FlowFit:
    """Compare modelled with observed flows, cell by cell.

    Parameters
    ----------
    observed, modelled
        Flows, same shape (O, D), >= 0.

    Returns
    -------
    FlowFit

    Raises
    ------
    ParameterError
        Shapes that differ, negative numbers, NaN, infinity, or one of them empty of flows.

    References
    ----------
    Lenormand et al. (2012), PLoS ONE 7(10) (common part of commuters).

    Examples
    --------
    >>> flow_fit([[2, 2], [0, 4]], [[1, 3], [0, 4]]).common_part
    0.875
    """
    seen, _, _ = matrix(observed, name="observed")
    model, _, _ = matrix(modelled, name="modelled", shape=seen.shape)
    for array, name in ((seen, "observed"), (model, "modelled")):
        if not (np.isfinite(array).all() and array.sum() > 0):
            raise ParameterError(
                f"{name} has no flows or an infinite one; give finite counts.",
                f"{name} 没有流量或含无穷大。",
            )
    common = 2 * np.minimum(seen, model).sum() / (seen.sum() + model.sum())
    rmse = np.sqrt(np.mean((seen - model) ** 2)) / seen.mean()
    p, q = seen / seen.sum(), model / model.sum()
    used = p > 0
    with np.errstate(divide="ignore"):
        divergence = float((p[used] * (np.log(p[used]) - np.log(q[used]))).sum())
    return FlowFit(float(common), float(rmse), divergence)
