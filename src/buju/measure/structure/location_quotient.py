"""The location quotient (区位商)."""

from __future__ import annotations

import pandas as pd

from buju.measure.tables import table


def location_quotient(employment: pd.DataFrame) -> pd.DataFrame:
    """How much more of a sector a place has than all places together.

    (e_ij / e_j) / (e_i / e). 1 is the common share, 2 twice that share. Variant: the reference is
    the sum of the places given, the place itself among them.

    Parameters
    ----------
    employment
        One row a place and sector of one year: `place`, `sector`, `jobs` (persons, >= 0). A pair
        without a row has no jobs. Shares decide, so a sample of constant rate will do.

    Returns
    -------
    DataFrame
        `place`, `sector`, `quotient` (dimensionless), in the order given; NaN in a sector without
        jobs anywhere and in a place without jobs.

    Raises
    ------
    SchemaError
        A column or value is missing, a number negative, or a place and sector repeated.

    References
    ----------
    Isard (1960), Methods of Regional Analysis.

    Examples
    --------
    >>> jobs = pd.DataFrame({
    ...     "place": ["A", "A", "B", "B"],
    ...     "sector": ["coal", "shops", "coal", "shops"],
    ...     "jobs": [30, 70, 10, 90],
    ... })
    >>> location_quotient(jobs)["quotient"].round(3).tolist()
    [1.5, 0.875, 0.5, 1.125]
    """
    rows = table(employment, name="employment", key=["place", "sector"], values=["jobs"])
    jobs = rows["jobs"]
    in_place = jobs.groupby(rows["place"]).transform("sum")
    in_sector = jobs.groupby(rows["sector"]).transform("sum")
    quotient = (jobs / in_place) / (in_sector / jobs.sum())
    return rows[["place", "sector"]].assign(quotient=quotient)
