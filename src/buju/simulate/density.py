"""How much is near: densities whose influence fades with travel time, as kernels on hats."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.simulate.checks import named, travel_times
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.kernel import Kernel

Array = npt.NDArray[np.float64]


def nearness(
    baseline: Baseline, shocks: Shocks, *, of: str, decay: float, parameter: str
) -> Kernel:
    """The kernel that turns hats of people by place into hats of the density around each place.

    Density around i is the sum over s of exp(-decay · minutes[i, s]) · people_s / area_s. With
    baseline times the kernel's rows sum to 1; with the shock's times they sum to what the new times
    alone do to density.

    Parameters
    ----------
    of
        "jobs" or "residents": whose density.
    decay
        Fall of influence per minute.
    parameter
        Who asks, for the message.

    Raises
    ------
    ParameterError
        The baseline has no minutes or areas, or nothing is near a place at this decay.

    References
    ----------
    Ahlfeldt, Redding, Sturm and Wolf (2015), https://doi.org/10.3982/ECTA10876, section 2.

    Examples
    --------
    >>> two = Baseline(trade=np.full((2, 2), 0.5), wage=[1, 1], income=[1, 1], jobs=[10, 10],
    ...                residents=[10, 10], minutes=[[0, 10], [10, 0]], area=[1, 3])
    >>> kernel = nearness(two, Shocks(), of="jobs", decay=np.log(2) / 10, parameter="spillover")
    >>> kernel.matrix.round(6).tolist()  # from A, B counts a half for time and a third for area
    [[0.857143, 0.142857], [0.6, 0.4]]
    """
    before = _weights(baseline, of, decay, parameter)
    after = before
    if shocks.minutes is not None:
        minutes = travel_times("shock minutes", shocks.minutes, baseline.labels)
        after = fading(minutes, decay) * (getattr(baseline, of) / baseline.area)
    return Kernel(after / before.sum(axis=1)[:, None])


def log_density(baseline: Baseline, *, of: str, decay: float, parameter: str) -> Array:
    """Log of the density around each place at baseline, (N,); arguments and errors as above."""
    found: Array = np.log(_weights(baseline, of, decay, parameter).sum(axis=1))
    return found


def _weights(baseline: Baseline, of: str, decay: float, parameter: str) -> Array:
    """What each place (column) adds to the density around each (row)."""
    if baseline.minutes is None or baseline.area is None:
        absent = [name for name in ("minutes", "area") if getattr(baseline, name) is None]
        raise ParameterError(
            f"{parameter}: the baseline has no {' and no '.join(absent)}; add them with "
            "dataclasses.replace(baseline, minutes=..., area=...): travel times (N, N) and land "
            f"(N,), or leave {parameter} at 0",
            f"{parameter}：基期缺少 {'、'.join(absent)}；请补充出行时间与面积，或令其为 0",
        )
    mass = getattr(baseline, of) / baseline.area
    before: Array = fading(baseline.minutes, decay) * mass
    around = before.sum(axis=1)
    if not (around > 0).all():
        raise ParameterError(
            f"{parameter}: nothing is near {named(baseline.labels, around <= 0)} when influence "
            f"falls by {decay:g} a minute; check the unit of minutes and of the decay"
        )
    return before


def fading(minutes: Array, decay: float) -> Array:
    """exp(-decay · minutes); 0 where there is no way, whatever the decay."""
    found: Array = np.exp(-decay * np.where(np.isinf(minutes), 0.0, minutes))
    found[np.isinf(minutes)] = 0.0
    return found
