"""The Ellison-Glaeser index of agglomeration."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import labels_of, vector


def ellison_glaeser(
    industry_jobs: npt.ArrayLike, total_jobs: npt.ArrayLike, *, plants: npt.ArrayLike
) -> float:
    """How much an industry clusters beyond what few large plants would by themselves.

    gamma = (G - (1 - sum x²) H) / ((1 - sum x²) (1 - H)), with G = sum (s - x)², s and x the
    regional shares of the industry and of all jobs, and H the Herfindahl index of plant sizes.

    Parameters
    ----------
    industry_jobs
        Jobs of the industry by region, (N,), >= 0.
    total_jobs
        All jobs by region, (N,), >= 0.
    plants
        Sizes of the industry's plants, (M,), >= 0, at least two above 0. Without them there is no
        such index: regional totals cannot stand in for plants.

    Returns
    -------
    float
        0 where plants choose regions as if at random, negative where they spread more evenly.
        Ellison and Glaeser call values above 0.05 highly concentrated, below 0.02 not very.

    Raises
    ------
    ParameterError
        NaN, a negative number, lengths that differ, a zero total, one plant or one region alone.

    References
    ----------
    Ellison and Glaeser (1997), Geographic concentration in U.S. manufacturing industries, J. of
    Political Economy 105(5).

    Examples
    --------
    >>> ellison_glaeser([30, 10], [50, 50], plants=[10, 10, 10, 10])
    0.0
    """
    industry = vector(industry_jobs, name="industry_jobs", total=True)
    labels = labels_of(industry_jobs)
    jobs = vector(total_jobs, name="total_jobs", size=len(industry), labels=labels, total=True)
    plant = vector(plants, name="plants", total=True)
    s, x, z = industry / industry.sum(), jobs / jobs.sum(), plant / plant.sum()
    if (plant > 0).sum() < 2 or (jobs > 0).sum() < 2:
        raise ParameterError(
            "the index needs two plants and two regions with jobs; one of either cannot cluster.",
            "该指数至少需要两个工厂和两个有就业的地区。",
        )
    scope = 1.0 - float(x @ x)
    herfindahl = float(z @ z)
    return (float(np.sum((s - x) ** 2)) - scope * herfindahl) / (scope * (1.0 - herfindahl))
