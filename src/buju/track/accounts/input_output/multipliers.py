"""Leontief and Ghosh inverses, multipliers of types I and II, linkages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.track.accounts.input_output.tables import along, square


@dataclass(frozen=True)
class Multipliers:
    """Multipliers by sector.

    Attributes
    ----------
    table
        Index sector. `output_1`: output in all sectors for a unit of final demand; `income_1`,
        `jobs_1`: income and jobs over all sectors for that unit; `income_ratio_1`: over the
        sector's own direct income. With households inside: `output_2` (sectors only),
        `output_2_with_households`, `income_2`, `jobs_2`, `income_ratio_2`.
    inverse
        (I - A) inverted.
    closed_inverse
        The same with households as the last sector; None where they stay outside.
    """

    table: pd.DataFrame
    inverse: pd.DataFrame
    closed_inverse: pd.DataFrame | None


def technical_coefficients(flows: pd.DataFrame, output: pd.Series) -> pd.DataFrame:
    """Inputs per unit of output: a_ij = z_ij / x_j.

    Examples
    --------
    >>> z = pd.DataFrame([[150, 500], [200, 100]], index=["a", "b"], columns=["a", "b"])
    >>> technical_coefficients(z, pd.Series({"a": 1000, "b": 2000})).to_numpy().tolist()
    [[0.15, 0.25], [0.2, 0.05]]
    """
    x = along(output, flows.columns, name="output")
    return pd.DataFrame(square(flows, name="flows") / x, index=flows.index, columns=flows.columns)


def leontief_inverse(coefficients: pd.DataFrame) -> pd.DataFrame:
    """What all sectors must make for a unit of final demand of each, (I - A) inverted.

    Raises
    ------
    ParameterError
        The economy cannot live on its own output: the largest eigenvalue of A is 1 or more.

    Examples
    --------
    >>> a = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], index=["a", "b"], columns=["a", "b"])
    >>> leontief_inverse(a).round(3).to_numpy().tolist()
    [[1.254, 0.33], [0.264, 1.122]]
    """
    cells = square(coefficients, name="coefficients")
    return pd.DataFrame(_inverse(cells), index=coefficients.index, columns=coefficients.columns)


def ghosh_inverse(flows: pd.DataFrame, output: pd.Series) -> pd.DataFrame:
    """How far a unit of a sector's primary inputs goes, (I - B) inverted with b_ij = z_ij / x_i.

    Examples
    --------
    >>> z = pd.DataFrame([[150, 500], [200, 100]], index=["a", "b"], columns=["a", "b"])
    >>> ghosh_inverse(z, pd.Series({"a": 1000, "b": 2000})).round(3).to_numpy().tolist()
    [[1.254, 0.66], [0.132, 1.122]]
    """
    x = along(output, flows.index, name="output")
    cells = square(flows, name="flows") / x[:, None]
    return pd.DataFrame(_inverse(cells), index=flows.index, columns=flows.columns)


def multipliers(
    coefficients: pd.DataFrame,
    *,
    income: pd.Series | None = None,
    jobs: pd.Series | None = None,
    spending: pd.Series | None = None,
    household_own: float = 0.0,
) -> Multipliers:
    """Multipliers of types I and, with the households' spending, II.

    Parameters
    ----------
    coefficients
        A, supplying sectors in rows; those bought within the region for regional multipliers.
    income, jobs
        Household income and jobs per unit of output, by sector.
    spending
        What households spend on each sector per unit of their income; with `income` it moves them
        into the table (type II).
    household_own
        What households pay households per unit of income.

    Raises
    ------
    ParameterError
        A sector is missing, or the table does not converge.

    References
    ----------
    Miller and Blair (2009), Input-Output Analysis, 2nd ed., sections 2.5 and 6.2.

    Examples
    --------
    >>> a = pd.DataFrame([[0.15, 0.25], [0.20, 0.05]], index=["a", "b"], columns=["a", "b"])
    >>> found = multipliers(a, income=pd.Series({"a": 0.3, "b": 0.25}),
    ...                     spending=pd.Series({"a": 0.05, "b": 0.4}), household_own=0.05)
    >>> found.table[["output_1", "output_2"]].round(3).to_numpy().tolist()
    [[1.518, 1.892], [1.452, 1.773]]
    """
    if spending is not None and income is None:
        raise ParameterError(
            "type II needs the households' income per unit of output; give `income`.",
            "II 型乘数需要各部门的居民收入系数 income。",
        )
    sectors = coefficients.index
    inverse = leontief_inverse(coefficients)
    open_ = inverse.to_numpy()
    found = {"output_1": open_.sum(axis=0)}
    weights = {
        name: along(values, sectors, name=name, positive=False)
        for name, values in (("income", income), ("jobs", jobs))
        if values is not None
    }
    for name, w in weights.items():
        found[f"{name}_1"] = w @ open_
    if income is not None:
        found["income_ratio_1"] = _ratio(found["income_1"], weights["income"])
    closed = None
    if spending is not None:
        closed = _closed(coefficients, weights["income"], spending, household_own)
        cells = closed.to_numpy()
        n = len(sectors)
        found["output_2"] = cells[:n, :n].sum(axis=0)
        found["output_2_with_households"] = cells[:, :n].sum(axis=0)
        for name, w in weights.items():
            found[f"{name}_2"] = w @ cells[:n, :n] if name == "jobs" else cells[n, :n]
        found["income_ratio_2"] = _ratio(found["income_2"], weights["income"])
    return Multipliers(pd.DataFrame(found, index=sectors), inverse, closed)


def linkages(flows: pd.DataFrame, output: pd.Series) -> pd.DataFrame:
    """How strongly sectors pull on others and feed others.

    Returns
    -------
    DataFrame
        Index sector; `backward` (column sums of the Leontief inverse), `forward` (row sums of the
        Ghosh inverse), each also over its mean (`backward_relative`, `forward_relative`; above 1
        is strong), `key` (both above 1).

    References
    ----------
    Rasmussen (1956); Miller and Blair (2009), chapter 12.

    Examples
    --------
    >>> z = pd.DataFrame([[150, 500], [200, 100]], index=["a", "b"], columns=["a", "b"])
    >>> linkages(z, pd.Series({"a": 1000, "b": 2000})).round(3)["backward"].tolist()
    [1.518, 1.452]
    """
    backward = leontief_inverse(technical_coefficients(flows, output)).sum(axis=0)
    forward = ghosh_inverse(flows, output).sum(axis=1)
    frame = pd.DataFrame({"backward": backward, "forward": forward})
    for name in ("backward", "forward"):
        frame[f"{name}_relative"] = frame[name] / frame[name].mean()
    frame["key"] = (frame["backward_relative"] > 1) & (frame["forward_relative"] > 1)
    return frame


def _inverse(cells: Array) -> Array:
    radius = float(abs(np.linalg.eigvals(cells)).max()) if cells.size else 0.0
    if radius >= 1:
        raise ParameterError(
            f"the largest eigenvalue of the coefficients is {radius:.4f}: sectors would need more "
            "than they make. Check totals and units.",
            f"系数矩阵最大特征值为 {radius:.4f}，不小于 1，请检查合计与单位。",
        )
    return np.asarray(np.linalg.inv(np.eye(len(cells)) - cells))


def _closed(
    coefficients: pd.DataFrame, income: Array, spending: pd.Series, own: float
) -> pd.DataFrame:
    sectors = coefficients.index
    if "households" in sectors:
        raise ParameterError(
            "a sector is called 'households' already; households are inside then.",
            "已有名为 households 的部门。",
        )
    spent = along(spending, sectors, name="spending", positive=False)
    cells = np.block([[coefficients.to_numpy(), spent[:, None]], [income[None, :], own]])
    labels = [*sectors, "households"]
    return pd.DataFrame(_inverse(cells), index=labels, columns=labels)


def _ratio(total: Array, direct: Array) -> Array:
    return np.divide(total, direct, out=np.full_like(total, np.nan), where=direct > 0)
