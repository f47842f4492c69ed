"""How good forecasts were: made anew at the end of every past year, with what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

import numpy as np
import pandas as pd
from scipy.stats import t

from buju.errors import ParameterError
from buju.track.forecast import crps_of_draws, crps_of_student, forecast, pit_of_draws
from buju.track.forecast.series import Array
from buju.track.panel import Panel, read_panel
from buju.track.panel_checks import check_target
from buju.track.refusals import TooShort

Direction = Literal[">=", "<="]
DRAWS = 2048
_SURE = 2.0
"""Standard errors, over origins, by which a score must differ to be called better or worse."""
METHODS = {
    "pooled": ("面板合并", "pooled over places"),
    "own_mean": ("各地自身均值", "each place's own mean"),
    "last_value": ("去年照旧", "last year again"),
}


@final
@dataclass(frozen=True)
class Backtest:
    """What forecasts were worth.

    Attributes
    ----------
    summary
        One row a method: `method`, `method_zh`, `method_en`, `forecasts`, `origins`, `crps` (in
        the unit of growth, lower is better; of a single number it is the absolute error), `skill`
        (1 - crps / crps of each place's own mean), `coverage` (of the `level` interval),
        `coverage_95`, `brier` and `brier_skill` (against the hit rate of the years before);
        `difference_errors`, `brier_errors`: the mean difference in CRPS from the own mean, in Brier
        score from the hit rate, over its standard error. Origins count as independent, places of
        one year, which share its shock, do not.
    forecasts
        One row a forecast: `place`, `origin`, `year`, `outcome`, `median`, `low`, `high`, `pit`,
        `crps`, `crps_own_mean`, `inside`, and with a target `probability`, `climatology`, `met`.
    dropped
        Figures left out, as in the panel.
    origins_left_out
        Years that could be no origin: `origin`, `reason_zh`, `reason_en`.
    level
        Of the interval.
    zh, en
        What it comes to, in one sentence.
    """

    summary: pd.DataFrame
    forecasts: pd.DataFrame
    dropped: pd.DataFrame
    origins_left_out: pd.DataFrame
    level: float
    zh: str
    en: str


def backtest(
    table: pd.DataFrame,
    *,
    target: float | None = None,
    direction: Direction = ">=",
    horizon: int = 1,
    level: float = 0.8,
    least_years: int = 4,
    prices: str | None = None,
    small_growth: bool = False,
    draws: int = DRAWS,
) -> Backtest:
    """Forecasts from every past year, scored by what came.

    Nothing later than the origin enters a forecast: not its means, not its variances, not the hit
    rate that a probability is compared with.

    Parameters
    ----------
    table
        Growth in per cent: `place`, `year`, `value`; see `read_panel`.
    target, direction
        Growth whose reaching is forecast as well; ">=" reaches it from above.
    horizon
        Years ahead.
    level
        Of the interval, 0.8 for 80 %.
    least_years
        Years that a place needs before it is forecast.
    prices, small_growth
        As for `read_panel`.

    Raises
    ------
    SchemaError
        As `read_panel`; TooShort where no year can be an origin.
    ParameterError
        A level outside 0 to 1, a horizon below one year, an unknown direction.

    References
    ----------
    Gneiting and Raftery (2007), Journal of the American Statistical Association 102.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> shock, own = rng.normal(0, 2, 12), rng.normal(5, 1, (9, 12))
    >>> table = pd.DataFrame(
    ...     [(f"P{k}", 2010 + y, own[k, y] + shock[y]) for k in range(9) for y in range(12)],
    ...     columns=["place", "year", "value"])
    >>> found = backtest(table, target=6.0)
    >>> found.summary[["method", "forecasts", "origins"]].head(1).to_numpy().tolist()
    [['pooled', 72, 8]]
    """
    check_settings(direction, horizon, level)
    panel = read_panel(table, prices=prices, least_years=least_years, small_growth=small_growth)
    return of_panel(
        panel,
        target=None if target is None else check_target(target, panel.values),
        direction=direction,
        horizon=horizon,
        level=level,
        least_years=least_years,
        draws=draws,
    )


def check_settings(direction: str, horizon: int, level: float) -> None:
    """Refuse settings that no forecast has."""
    if direction not in (">=", "<="):
        raise ParameterError(
            f"direction {direction!r}: '>=' where more is better, '<=' where less is",
            f"方向 {direction!r}：越高越好写 '>='，越低越好写 '<='",
        )
    if horizon < 1:
        raise ParameterError(
            f"horizon {horizon}: one year ahead or more", f"horizon {horizon}：至少为 1 年"
        )
    if not 0 < level < 1:
        raise ParameterError(
            f"level {level:g}: between 0 and 1, such as 0.8", f"level {level:g}：应在 0 与 1 之间"
        )


def of_panel(
    panel: Panel,
    *,
    target: float | None,
    direction: Direction,
    horizon: int,
    level: float,
    least_years: int,
    draws: int = DRAWS,
) -> Backtest:
    """The same for a panel that was read already."""
    parts, left_out = [], []
    for origin in panel.years[:-horizon]:
        known = panel.until(origin, least_years)
        if known is None or known.years[-1] != origin or origin + horizon not in panel.years:
            zh, en = (
                f"此前不足 {least_years} 年或 3 地",
                f"fewer than {least_years} years or 3 places",
            )
            left_out.append((origin, zh, en))
            continue
        parts.append(_from(panel, known, origin + horizon, target, direction, level, draws))
    if not parts:
        raise TooShort(
            f"back-test: no year has {least_years} years before it and one {horizon} year(s) "
            "later; add years, or lower least_years",
            f"回溯检验：没有一年在此前有 {least_years} 年、其后 {horizon} 年有实绩；"
            "请补充年份或降低 least_years",
        )
    rows = pd.concat(parts, ignore_index=True)
    summary = _summary(rows, target is not None)
    columns = ["origin", "reason_zh", "reason_en"]
    told = _sentence(summary, level, target is not None)
    out = pd.DataFrame(left_out, columns=columns)
    return Backtest(summary, rows, panel.dropped, out, level, *told)


def _from(
    panel: Panel,
    known: Panel,
    year: int,
    target: float | None,
    direction: Direction,
    level: float,
    draws: int,
) -> pd.DataFrame:
    """All forecasts of one origin for one year."""
    horizon = year - known.years[-1]
    years = np.asarray(known.years, dtype=np.float64)
    ahead = forecast(known.values, years, horizon, draws=draws).draws[:, :, -1]
    at = panel.values[[panel.places.index(p) for p in known.places], panel.years.index(year)]
    there = np.isfinite(at)
    ahead, at, held = ahead[there], at[there], known.values[there]
    tails = [(1 - level) / 2, (1 + level) / 2, 0.025, 0.975, 0.5]
    low, high, lowest, highest, middle = np.quantile(ahead, tails, axis=1)
    own = _own_mean(held, at, level)
    last = np.array([row[np.isfinite(row)][-1] for row in held])
    rows = pd.DataFrame(
        {
            "place": np.asarray(known.places)[there],
            "origin": known.years[-1],
            "year": year,
            "outcome": at,
            "median": middle,
            "low": low,
            "high": high,
            "pit": pit_of_draws(ahead, at),
            "crps": crps_of_draws(ahead, at),
            "crps_own_mean": own["crps"],
            "crps_last_value": np.abs(at - last),
            "inside": (low <= at) & (at <= high),
            "inside_95": (lowest <= at) & (at <= highest),
            "inside_own_mean": own["inside"],
            "inside_95_own_mean": own["inside_95"],
        }
    )
    if target is None:
        return rows
    reached = ahead >= target if direction == ">=" else ahead <= target
    past = known.values[np.isfinite(known.values)]
    own_chance = t.sf((target - own["mean"]) / own["scale"], own["freedom"])
    return rows.assign(
        probability=reached.mean(axis=1),
        probability_own_mean=own_chance if direction == ">=" else 1 - own_chance,
        climatology=float((past >= target if direction == ">=" else past <= target).mean()),
        met=at >= target if direction == ">=" else at <= target,
    )


def _own_mean(held: Array, at: Array, level: float) -> dict[str, Array]:
    """Each place's mean and deviation so far, as a Student t distribution."""
    count = np.isfinite(held).sum(axis=1)
    freedom = (count - 1).astype(np.float64)
    mean = np.nanmean(held, axis=1)
    scale = np.nanstd(held, axis=1, ddof=1) * np.sqrt(1 + 1 / count)
    scale = np.maximum(scale, 1e-9)
    z = np.abs(at - mean) / scale
    return {
        "mean": mean,
        "scale": scale,
        "freedom": freedom,
        "crps": crps_of_student(mean, scale, freedom, at),
        "inside": z <= t.ppf((1 + level) / 2, freedom),
        "inside_95": z <= t.ppf(0.975, freedom),
    }


def _summary(rows: pd.DataFrame, targeted: bool) -> pd.DataFrame:
    base = rows["crps_own_mean"].mean()
    found = []
    for method, (zh, en) in METHODS.items():
        end = "" if method == "pooled" else f"_{method}"
        crps = rows[f"crps{end}"]
        inside = f"inside{end}" in rows
        row = {
            "method": method,
            "method_zh": zh,
            "method_en": en,
            "forecasts": len(rows),
            "origins": rows["origin"].nunique(),
            "crps": crps.mean(),
            "skill": 1 - crps.mean() / base,
            "difference_errors": _in_errors(crps - rows["crps_own_mean"], rows["origin"]),
            "coverage": rows[f"inside{end}"].mean() if inside else np.nan,
            "coverage_95": rows[f"inside_95{end}"].mean() if inside else np.nan,
            "brier": np.nan,
            "brier_skill": np.nan,
            "brier_errors": np.nan,
        }
        if targeted and f"probability{end}" in rows:
            brier = (rows[f"probability{end}"] - rows["met"]) ** 2
            climate = (rows["climatology"] - rows["met"]) ** 2
            skill = 1 - brier.mean() / climate.mean() if climate.mean() > 0 else np.nan
            errors = _in_errors(brier - climate, rows["origin"])
            row |= {"brier": brier.mean(), "brier_skill": skill, "brier_errors": errors}
        found.append(row)
    return pd.DataFrame(found)


def _in_errors(difference: pd.Series, origin: pd.Series) -> float:
    """A mean difference over its standard error between origins; NaN with fewer than two."""
    by_origin = difference.groupby(origin).mean()
    error = by_origin.std(ddof=1) / np.sqrt(len(by_origin)) if len(by_origin) > 1 else np.nan
    return float(by_origin.mean() / error) if error > 0 else np.nan


def _sentence(summary: pd.DataFrame, level: float, targeted: bool) -> tuple[str, str]:
    row = summary.iloc[0]
    apart = row["difference_errors"]
    if not abs(apart) >= _SURE:
        said = "与各地自身均值难分高下", "not told apart from each place's own mean"
    elif apart < 0:
        said = "优于各地自身均值", "better than each place's own mean"
    else:
        said = "不如各地自身均值", "worse than each place's own mean"
    zh = (
        f"由 {row['origins']} 个起点的 {row['forecasts']} 次预测看，{said[0]}"
        f"（CRPS 技巧 {row['skill']:+.0%}）；{level:.0%} 区间实际覆盖 {row['coverage']:.0%}"
    )
    en = (
        f"Over {row['forecasts']} forecasts from {row['origins']} origins {said[1]} "
        f"(CRPS skill {row['skill']:+.0%}); the {level:.0%} interval held {row['coverage']:.0%}"
    )
    if targeted:
        skill = row["brier_skill"]
        good = bool(row["brier_errors"] <= -_SURE)
        zh += f"；达标概率{'优于' if good else '未见优于'}此前达标率（Brier 技巧 {skill:+.0%}）"
        en += (
            f"; chances of meeting the target {'better' if good else 'not seen to be better'} than "
            f"the hit rate so far (Brier skill {skill:+.0%})"
        )
    return zh + "。", en + "."
