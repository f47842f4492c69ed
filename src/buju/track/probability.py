"""Will a growth target be met: the chance, the interval, and what such forecasts were worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.track.backtest import Backtest, Direction, check_settings, of_panel
from buju.track.forecast import DRAWS, Forecast, forecast
from buju.track.forecast.series import Array
from buju.track.panel import read_panel
from buju.track.panel_checks import check_target

Over = Literal["year", "average"]
_SHARED = 256
"""Common shocks over which the number of places that meet a target is summed."""
_OWN = 1024


@final
@dataclass(frozen=True)
class Outlook:
    """The chance of a target with all that a reader needs to judge it.

    Attributes
    ----------
    table
        One row a place: `place`, `year`, `target`, `probability`, `median`, `low`, `high` (growth,
        per cent), `hit_rate` (share of all past figures that met it).
    path
        One row a place and year ahead: `place`, `year`, `median`, `low`, `high`, and at half the
        level `low_half`, `high_half`.
    number
        How many places meet it: `places`, `probability`, summing to 1; places share the common
        shock.
    backtest
        The same forecast from every past year.
    persistence, common_persistence, shrinkage, freedom
        Of the fit: φ of places and of the common part, κ, ν₀.
    level
        Of the interval.
    """

    table: pd.DataFrame
    path: pd.DataFrame
    number: pd.DataFrame
    backtest: Backtest
    persistence: float
    common_persistence: float
    shrinkage: float
    freedom: float
    level: float

    def __str__(self) -> str:
        lines = [
            f"{row.place} {row.year}: P = {row.probability:.0%}, {row.median:.1f} "
            f"({row.low:.1f} to {row.high:.1f}); hit rate so far {row.hit_rate:.0%}"
            for row in self.table.itertuples()
        ]
        return "\n".join([*lines, self.backtest.zh, self.backtest.en])


def target_probability(
    table: pd.DataFrame,
    target: float,
    *,
    year: int | None = None,
    places: list[str] | None = None,
    direction: Direction = ">=",
    over: Over = "year",
    level: float = 0.8,
    least_years: int = 4,
    prices: str | None = None,
    small_growth: bool = False,
) -> Outlook:
    """The chance that places reach a rate of growth, from a short panel of many places.

    Growth of a place is what all share in a year and what the place does beside it; both return to
    a mean (see docs/explanation/track.md). A shift that a model of the economy expects is not in
    it: give it as a label of its own, never add it silently.

    Parameters
    ----------
    table
        Growth in per cent: `place`, `year`, `value`; see `read_panel` for what is refused.
    target
        Growth in per cent: 8 for 8 %.
    year
        The year it is for; the first after the panel by default.
    places
        Places asked about; all of them by default. All of them teach in any case.
    over
        "year": growth in that year. "average": mean growth a year from the panel's end to it.
    level
        Of the interval, 0.8 for 80 %.
    prices
        "constant" or "current": what the target is at; must be what the panel is at.
    least_years, small_growth
        As for `read_panel`.

    Raises
    ------
    SchemaError
        As `read_panel`: faults of the table; MixedKinds, MixedPrices, Fractions, TooShort.
    ParameterError
        An unknown place, a year that is past, a setting that no forecast has.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> shock, own = rng.normal(0, 2, 12), rng.normal(5, 1, (9, 12))
    >>> table = pd.DataFrame(
    ...     [(f"P{k}", 2010 + y, own[k, y] + shock[y]) for k in range(9) for y in range(12)],
    ...     columns=["place", "year", "value"])
    >>> found = target_probability(table, 8.0, places=["P3"])
    >>> found.table[["place", "year"]].to_numpy().tolist()
    [['P3', 2022]]
    >>> bool(found.table["probability"].between(0.05, 0.2).all())
    True
    """
    panel = read_panel(table, prices=prices, least_years=least_years, small_growth=small_growth)
    target = check_target(target, panel.values)
    year = panel.years[-1] + 1 if year is None else year
    check_settings(direction, max(horizon := year - panel.years[-1], 1), level)
    if horizon < 1:
        raise ParameterError(
            f"year {year}: the panel already has {panel.years[-1]}; ask about a later year, or "
            "give the panel as it was known then",
            f"{year} 年：面板已有 {panel.years[-1]} 年的实绩；"
            "请询问之后的年份，或只给当时已知的面板",
        )
    rows = _asked(places, panel.places)
    found = forecast(panel.values, np.asarray(panel.years, dtype=np.float64), horizon, draws=DRAWS)
    draws = found.draws[rows]
    values = _over(draws, over)
    names = [panel.places[k] for k in rows]
    past = panel.values[np.isfinite(panel.values)]
    low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=1)
    return Outlook(
        pd.DataFrame(
            {
                "place": names,
                "year": year,
                "target": target,
                "probability": _reached(values, target, direction).mean(axis=1),
                "median": middle,
                "low": low,
                "high": high,
                "hit_rate": float(_reached(past, target, direction).mean()),
            }
        ),
        _path(draws, names, panel.years[-1], level),
        how_many(found, target, direction, over),
        of_panel(
            panel,
            target=target,
            direction=direction,
            horizon=1,
            level=level,
            least_years=least_years,
        ),
        found.own_persistence,
        found.common_persistence,
        found.shrinkage,
        found.freedom,
        level,
    )


def how_many(found: Forecast, target: float, direction: Direction, over: Over) -> pd.DataFrame:
    """How likely each number of places is to meet a target.

    Given the common shock places are independent; their chances differ, so the number follows a
    Poisson binomial distribution, which is averaged over common shocks.
    """
    shared, own = found.shared[:_SHARED], found.own[:, :_OWN]
    chance = np.stack(
        [_reached(_over(shock + own, over), target, direction).mean(axis=1) for shock in shared]
    )
    total = np.zeros((len(shared), len(own) + 1))
    total[:, 0] = 1.0
    for p in chance.T:
        total[:, 1:] = total[:, 1:] * (1 - p)[:, None] + total[:, :-1] * p[:, None]
        total[:, 0] *= 1 - p
    return pd.DataFrame({"places": np.arange(len(own) + 1), "probability": total.mean(axis=0)})


def _asked(places: list[str] | None, known: tuple[str, ...]) -> list[int]:
    if places is None:
        return list(range(len(known)))
    absent = [place for place in places if place not in known]
    if absent:
        raise ParameterError(
            f"place(s) {', '.join(absent)} are not in the panel, or have too few years; it has "
            f"{', '.join(known[:20])}",
            f"面板中没有 {'、'.join(absent)}，或其年份过少；现有 {'、'.join(known[:20])}",
        )
    return [known.index(place) for place in places]


def _over(draws: Array, over: Over) -> Array:
    """Growth of the last year, or the mean a year over all, (...,)."""
    if over == "year":
        return draws[..., -1]
    grown: Array = np.prod(np.maximum(1 + draws / 100, 0.0), axis=-1)
    return 100 * (grown ** (1 / draws.shape[-1]) - 1)


def _reached(values: Array, target: float, direction: Direction) -> np.ndarray:
    return values >= target if direction == ">=" else values <= target


def _path(draws: Array, names: list[str], last: int, level: float) -> pd.DataFrame:
    tails = [0.5, (1 - level) / 2, (1 + level) / 2, (1 - level / 2) / 2, (1 + level / 2) / 2]
    columns = ["median", "low", "high", "low_half", "high_half"]
    found = np.quantile(draws, tails, axis=1)
    rows = [
        (name, last + 1 + k, *found[:, r, k])
        for r, name in enumerate(names)
        for k in range(draws.shape[2])
    ]
    return pd.DataFrame(rows, columns=["place", "year", *columns])
