"""Which place leads in what, and against whom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.measure.checks import scalar
from buju.measure.tables import require_columns, table


def core_poles(quotients: pd.DataFrame, *, least: float = 1.0) -> pd.DataFrame:
    """The place most specialised in each sector, and the one that comes next.

    A quotient is a share: a small place may lead. Read it beside the number of jobs.

    Parameters
    ----------
    quotients
        What `location_quotient` returns: `place`, `sector`, `quotient`; NaN is passed over.
    least
        The quotient from which a place counts as leading; 1 is the common share.

    Returns
    -------
    DataFrame
        One row a sector that some place leads in, in the order of first appearance: `sector`,
        `place`, `quotient`, `rival`, `rival_quotient` (missing where the leader is alone) and
        `lead` (quotient over the rival's; 1 for a tie, which the first in the table wins; infinite
        where the rival has no jobs in the sector).

    Raises
    ------
    SchemaError
        A column is missing, a quotient negative, or a place and sector repeated.

    References
    ----------
    Own definition.

    Examples
    --------
    >>> quotients = pd.DataFrame({"place": list("AABB"), "sector": ["coal", "shops"] * 2,
    ...                           "quotient": [1.5, 0.875, 0.5, 1.125]})
    >>> core_poles(quotients)[["sector", "place", "rival", "lead"]].round(3).to_numpy().tolist()
    [['coal', 'A', 'B', 3.0], ['shops', 'B', 'A', 1.286]]
    """
    require_columns(quotients, ["quotient"], name="quotients")
    known = quotients[quotients["quotient"].notna()]
    rows = table(known, name="quotients", key=["place", "sector"], values=["quotient"])
    bound = scalar(least, name="least", least=0)
    ranked = rows.sort_values("quotient", ascending=False, kind="stable")
    by_sector = ranked.groupby("sector", sort=False)
    rivals = pd.DataFrame(by_sector.nth(1)).set_axis(["rival", "sector", "rival_quotient"], axis=1)
    poles = pd.DataFrame(by_sector.nth(0)).merge(rivals, on="sector", how="left")
    with np.errstate(divide="ignore", invalid="ignore"):  # a rival of 0: an infinite lead
        poles["lead"] = poles["quotient"].to_numpy() / poles["rival_quotient"].to_numpy()
    order = {sector: position for position, sector in enumerate(rows["sector"].unique())}
    poles = poles[poles["quotient"] >= bound]
    poles = poles.sort_values("sector", key=lambda column: column.map(order))
    columns = ["sector", "place", "quotient", "rival", "rival_quotient", "lead"]
    return poles[columns].reset_index(drop=True)
