"""Coefficients of a region from those of the nation, by location quotients."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import choice
from buju.track.accounts.input_output.tables import along, square

Method = Literal["SLQ", "CILQ", "FLQ", "AFLQ"]


def simple_quotients(region: pd.Series, nation: pd.Series) -> pd.Series:
    """SLQ: a sector's share of the region over its share of the nation.

    Parameters
    ----------
    region, nation
        Output (or jobs) by sector, zero or more in the region, above zero in the nation.

    Examples
    --------
    >>> one, all_ = pd.Series({"a": 30, "b": 70}), pd.Series({"a": 200, "b": 800})
    >>> simple_quotients(one, all_).round(3).tolist()
    [1.5, 0.875]
    """
    own = along(region, nation.index, name="region", positive=False)
    all_ = along(nation, nation.index, name="nation")
    if not own.sum() > 0:
        raise ParameterError("the region has no output.", "区域没有产出。")
    return pd.Series((own / own.sum()) / (all_ / all_.sum()), index=nation.index)


def cross_quotients(region: pd.Series, nation: pd.Series) -> pd.DataFrame:
    """CILQ: quotient of the supplying sector over that of the using one; SLQ on the diagonal.

    On the diagonal the ratio would be 1 whatever the sector's size; the simple quotient stands
    there instead (Morrison and Smith 1974). A sector that the region lacks uses nothing: its
    column is NaN.

    Examples
    --------
    >>> cross_quotients(pd.Series({"a": 30, "b": 70}),
    ...                 pd.Series({"a": 200, "b": 800})).round(4).to_numpy().tolist()
    [[1.5, 1.7143], [0.5833, 0.875]]
    """
    slq = simple_quotients(region, nation)
    values = slq.to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = values[:, None] / values[None, :]
    cells[:, values == 0] = np.nan
    np.fill_diagonal(cells, np.where(values > 0, values, np.nan))
    return pd.DataFrame(cells, index=slq.index, columns=slq.index)


def region_size(region: pd.Series, nation: pd.Series, *, delta: float) -> float:
    """Lambda: [log2(1 + x_r / x_n)] to the power delta; 1 for a region that is the nation.

    Examples
    --------
    >>> round(region_size(pd.Series({"a": 1.0}), pd.Series({"a": 1.0}), delta=0.3), 12)
    1.0
    """
    if not 0 <= delta < 1:
        raise ParameterError(
            f"delta is {delta}; 0 to below 1 is expected, 0.1 to 0.3 is common. Report a range.",
            f"delta 为 {delta}，应在 0 到 1 之间，常用 0.1—0.3，宜给出区间。",
        )
    share = float(region.reindex(nation.index).sum()) / float(nation.sum())
    return float(np.log2(1 + share) ** delta)


def flegg_quotients(
    region: pd.Series,
    nation: pd.Series,
    *,
    delta: float,
    augmented: bool = False,
    size_on_diagonal: bool = True,
) -> pd.DataFrame:
    """FLQ = CILQ x lambda; AFLQ also rewards a region's own specialisation.

    Parameters
    ----------
    delta
        0 to below 1; larger means more imports. There is no right one: report a range.
    augmented
        AFLQ: columns of using sectors with SLQ above 1 are raised by log2(1 + SLQ).
    size_on_diagonal
        Whether lambda also multiplies the diagonal.

    References
    ----------
    Flegg and Webber (1997), Regional Studies 31, 795-805; Flegg and Webber (2000), Regional
    Studies 34, 563-569.

    Examples
    --------
    >>> one, all_ = pd.Series({"a": 30.0, "b": 70}), pd.Series({"a": 200.0, "b": 800})
    >>> flegg_quotients(one, all_, delta=0.3).round(4).to_numpy().tolist()
    [[0.8272, 0.9453], [0.3217, 0.4825]]
    """
    slq = simple_quotients(region, nation).to_numpy()
    cells = cross_quotients(region, nation).to_numpy(copy=True)
    size = region_size(region, nation, delta=delta)
    diagonal = np.diag(cells).copy()
    cells = cells * size
    if not size_on_diagonal:
        np.fill_diagonal(cells, diagonal)
    if augmented:
        # the using sector's specialisation: columns
        cells = cells * np.where(slq > 1, np.log2(1 + slq), 1.0)[None, :]
    return pd.DataFrame(cells, index=nation.index, columns=nation.index)


def regional_coefficients(
    national: pd.DataFrame,
    region: pd.Series,
    nation: pd.Series,
    *,
    method: Method,
    delta: float = 0.3,
    size_on_diagonal: bool = True,
    cap: bool = True,
) -> pd.DataFrame:
    """Input coefficients of a region: national ones times the quotient, at most 1.

    Parameters
    ----------
    national
        Coefficients a_ij of the nation, supplying sectors in rows.
    region, nation
        Output (or jobs) by sector.
    method
        SLQ (by row), CILQ, FLQ or AFLQ.
    delta, size_on_diagonal
        As for `flegg_quotients`.
    cap
        Quotients above 1 count as 1. AFLQ is sometimes used without, which raises inputs above
        the national ones.

    Returns
    -------
    DataFrame
        Coefficients of inputs bought in the region; zero columns for sectors it lacks.

    Raises
    ------
    ParameterError
        Sectors differ, or the coefficients of a column add up to 1 or more.

    Examples
    --------
    >>> a = pd.DataFrame([[0.1, 0.2], [0.2, 0.1]], index=["a", "b"], columns=["a", "b"])
    >>> one, all_ = pd.Series({"a": 30.0, "b": 70}), pd.Series({"a": 200.0, "b": 800})
    >>> regional_coefficients(a, one, all_, method="SLQ").round(4).to_numpy().tolist()
    [[0.1, 0.2], [0.175, 0.0875]]
    """
    choice(method, ("SLQ", "CILQ", "FLQ", "AFLQ"), name="method")
    cells = square(national, name="national")
    own, all_ = region.reindex(national.index), nation.reindex(national.index)
    if method == "SLQ":
        quotient = np.tile(simple_quotients(own, all_).to_numpy()[:, None], len(cells))
    elif method == "CILQ":
        quotient = cross_quotients(own, all_).to_numpy()
    else:
        quotient = flegg_quotients(
            own, all_, delta=delta, augmented=method == "AFLQ", size_on_diagonal=size_on_diagonal
        ).to_numpy()
    used = np.minimum(quotient, 1.0) if cap else quotient
    lacks = own.to_numpy() == 0
    used = np.where(lacks[None, :] | np.isnan(used), 0.0, used)
    found = pd.DataFrame(cells * used, index=national.index, columns=national.columns)
    if (found.sum() >= 1).any():
        raise ParameterError(
            f"inputs of '{found.sum().idxmax()}' add up to its output or more; check the national "
            "coefficients.",
            f"'{found.sum().idxmax()}' 的投入合计不小于产出，请检查全国系数。",
        )
    return found
