"""Discount factors of public appraisal, and present values."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError

Floats: TypeAlias = npt.NDArray[np.float64]
Schedule: TypeAlias = "float | str | npt.ArrayLike"
TIMINGS = ("start", "mid", "end")


@dataclass(frozen=True)
class Regime:
    """The discount rates that an authority asks for.

    Attributes
    ----------
    bands
        (first year, rate) of each band; a rate holds from its year to the next band.
    verified
        Whether the rates were read in the source; otherwise they are from general knowledge and
        must be checked before they are quoted.
    """

    name: str
    title_en: str
    title_zh: str
    source: str
    bands: tuple[tuple[int, float], ...]
    verified: bool


@cache
def regimes() -> MappingProxyType[str, Regime]:
    """Every regime by name, in the order of `regimes.csv`.

    Returns
    -------
    mapping

    Examples
    --------
    >>> regimes()["china-2006"].bands, regimes()["adb-2017"].verified
    (((1, 0.08),), False)
    """
    text = files("buju.decide").joinpath("regimes.csv").read_text(encoding="utf-8")
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        rows.setdefault(row["regime"], []).append(row)
    return MappingProxyType({name: _regime(name, bands) for name, bands in rows.items()})


def _regime(name: str, rows: list[dict[str, str]]) -> Regime:
    bands = tuple((int(row["year_from"]), float(row["rate"])) for row in rows)
    first = rows[0]
    verified = all(row["status"] == "read" for row in rows)
    return Regime(name, first["title_en"], first["title_zh"], first["source"], bands, verified)


def discount_factors(regime: str, years: npt.ArrayLike) -> Floats:
    """What one unit of money in each year is worth at the base date.

    D_0 = 1 and D_t = prod_{s=1..t} 1 / (1 + r_s): under rates that fall with time the factor is
    cumulative; (1 + r_t)**-t would let money of year 31 be worth more than that of year 30.

    Parameters
    ----------
    regime
        A name of `regimes()`, such as "china-2006" or "uk-green-book".
    years
        Whole years from the base date, >= 0.

    Returns
    -------
    array
        Factors, in the shape of `years`.

    Raises
    ------
    ParameterError
        An unknown regime, or years that are not whole numbers of zero or more.

    References
    ----------
    HM Treasury, The Green Book, annex on discounting; 建设项目经济评价方法与参数 (2006).

    Examples
    --------
    >>> discount_factors("uk-green-book", [0, 1, 30, 31]).round(4).tolist()
    [1.0, 0.9662, 0.3563, 0.3459]
    """
    if regime not in regimes():
        near = difflib.get_close_matches(str(regime), regimes(), n=1, cutoff=0.4)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ParameterError(
            f"no regime '{regime}'.{hint} Known: {', '.join(regimes())}.",
            f"没有贴现方案 '{regime}'。可用：{', '.join(regimes())}。",
        )
    asked = np.asarray(years)
    if asked.dtype.kind not in "iu" and not (
        asked.dtype.kind == "f" and np.isfinite(asked).all() and (asked == np.floor(asked)).all()
    ):
        raise ParameterError(
            f"years {asked!r}: whole numbers are expected; `npv` takes the middle of a year.",
            "years 应为整数年。",
        )
    whole = asked.astype(np.int64)
    if (whole < 0).any():
        raise ParameterError(
            f"years holds {whole.min()}; years count from the base date, 0 or more.",
            f"years 含 {whole.min()}；应从基准日起算，不小于 0。",
        )
    firsts, rates = (np.array(column) for column in zip(*regimes()[regime].bands, strict=True))
    year = np.arange(1, whole.max(initial=0) + 1)
    rate = rates[np.searchsorted(firsts, year, side="right") - 1]
    factors = np.concatenate([[1.0], np.cumprod(1 / (1 + rate))])
    return np.asarray(factors[whole])


def npv(flows: npt.ArrayLike, schedule: Schedule, *, timing: str = "start") -> float:
    """Net present value of a stream of yearly flows.

    Parameters
    ----------
    flows
        Benefits less costs, (T,), at the prices of one year; flow t belongs to year t from the
        base date.
    schedule
        A rate (0.08), a regime ("china-2006") or an array of factors of years 0, 1, ... .
    timing
        When in its year a flow stands: "start" (t years after the base date), "mid" (t + 1/2; the
        factor is the geometric mean of its neighbours) or "end" (t + 1). With "mid" and "end" an
        array of factors needs one more year than there are flows.

    Returns
    -------
    float
        In the money of the flows.

    Raises
    ------
    ParameterError
        Flows that are missing or not finite, a rate of -1 or less, factors that are too few or not
        above zero, an unknown timing.

    References
    ----------
    Boardman et al., Cost-Benefit Analysis, chapter on discounting.

    Examples
    --------
    >>> round(npv([-100, 60, 60], 0.1), 4)
    4.1322
    """
    amounts = checked_flows(flows)
    return float(amounts @ factors_at(schedule, len(amounts), timing))


def factors_at(schedule: Schedule, count: int, timing: str) -> Floats:
    """Factors of flows of years 0 to `count` - 1 that stand in their years as `timing` says.

    >>> factors_at(0.1, 2, "end").round(4).tolist()
    [0.9091, 0.8264]
    """
    if timing not in TIMINGS:
        raise ParameterError(
            f"timing is '{timing}'; {', '.join(TIMINGS)} are known.",
            f"timing 为 '{timing}'；可用：{', '.join(TIMINGS)}。",
        )
    factors = factors_of(schedule, count if timing == "start" else count + 1)
    if timing == "start":
        return factors[:count]
    if timing == "end":
        return factors[1 : count + 1]
    return np.asarray(np.sqrt(factors[:count] * factors[1 : count + 1]))


def factors_of(schedule: Any, count: int) -> Floats:
    """Factors of years 0 to `count` - 1 from a rate, a regime or an array that has them."""
    if isinstance(schedule, str):
        return discount_factors(schedule, np.arange(count))
    given = np.asarray(schedule, dtype=np.float64)
    if given.ndim == 0:
        if not (np.isfinite(given) and given > -1):
            raise ParameterError(
                f"the discount rate is {given}; a finite rate above -1 is expected, 0.08 for 8 %.",
                f"贴现率为 {given}；应为大于 -1 的小数，例如 8% 写作 0.08。",
            )
        return np.asarray((1 + given) ** -np.arange(count, dtype=np.float64))
    if given.ndim != 1 or len(given) < count or not (np.isfinite(given) & (given > 0)).all():
        raise ParameterError(
            f"factors of shape {given.shape}: {count} factors above zero are needed, from year 0.",
            f"贴现系数形状为 {given.shape}；需要从第 0 年起的 {count} 个正数。",
        )
    return given


def checked_flows(flows: npt.ArrayLike) -> Floats:
    """Yearly amounts, finite and at least one."""
    amounts = np.asarray(flows, dtype=np.float64)
    if amounts.ndim != 1 or not len(amounts) or not np.isfinite(amounts).all():
        raise ParameterError(
            f"flows of shape {amounts.shape}: one finite amount a year is expected; a missing "
            "amount is not zero.",
            f"flows 的形状是 {amounts.shape}；应为每年一个有限数，缺值不等于零。",
        )
    return amounts
