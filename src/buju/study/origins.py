"""Origin groups: who is registered where and lives where, fitted to the census margins.

In China people keep the place of their household registration when they move. The census counts,
county by county, residents registered in another county of the province and in another province;
it does not publish from where to where. Here people registered elsewhere come from other places in
proportion to these places' residents and to minutes of travel to the power of −`migration_decay`.

People of the region who live outside it are in no table: the groups of the region have no members
outside, and since a share of nothing stays nothing they do not move there in a scenario. Outside
places receive nobody either; their own people can leave for the counties where some already live.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import StudyError
from buju.study.census import census
from buju.study.context import Run
from buju.study.times import travel

Array = np.ndarray
SAME_PROVINCE, OTHER_PROVINCE = "hukou_elsewhere_same_province", "hukou_other_province"


def composition(run: Run, places: list[str], decay: float) -> Array:
    """Share of each place's residents by place of registration.

    Parameters
    ----------
    places
        Codes: counties, and outside places where the study has them.
    decay
        Fall of migration with minutes of travel, an elasticity.

    Returns
    -------
    array
        (O, N), `[o, n]`: registered in o among those living in n; columns sum to 1.

    Raises
    ------
    StudyError
        A county lacks one of the two census counts, or counts more movers than residents.
    """
    year = run.study.spec.year
    inside, residents, *shares_moved = run.kept(
        ("registered", year, tuple(places)), lambda: _counted(run, places, year)
    )
    minutes = travel(run, run.study.scenarios["base"], places).to_numpy()
    pull = residents[:, None] * minutes**-decay
    np.fill_diagonal(pull, 0.0)
    shares = np.zeros((len(places), len(places)))
    for moved, origins in zip(shares_moved, (inside, ~inside), strict=True):
        weight = np.where(origins[:, None], pull, 0.0)
        total = weight.sum(axis=0)
        shares += np.divide(weight, total, out=np.zeros_like(weight), where=total > 0) * moved
    np.fill_diagonal(shares, 1.0 - shares.sum(axis=0))
    return shares


def groups(shares: Array, residents: Array) -> tuple[Array, Array]:
    """Share of each group living in each place, (O, N), and its people, (O,)."""
    persons = shares * residents
    size = persons.sum(axis=1)
    return persons / size[:, None], size


def _counted(run: Run, places: list[str], year: int) -> tuple[Array, ...]:
    """Which places are counties, residents, and shares of residents registered elsewhere: in the
    province, in another one.
    """
    counts = [census(run, name, year).reindex(places) for name in (SAME_PROVINCE, OTHER_PROVINCE)]
    inside = np.isin(places, list(run.frame("counties")["place"]))
    residents = _residents(run, places)
    _refuse_gaps(places, inside, residents, *counts)
    moved = [np.where(inside, c.fillna(0.0).to_numpy(), 0.0) / residents for c in counts]
    return inside, residents, *moved


def _residents(run: Run, places: list[str]) -> Array:
    tables = [run.region.places, run.region.outside_places]
    whole = pd.concat([table.set_index("place")["residents"] for table in tables])
    return np.asarray(whole.reindex(places), dtype=np.float64)


def _refuse_gaps(places: list[str], inside: Array, residents: Array, *counts: pd.Series) -> None:
    for name, counted in zip((SAME_PROVINCE, OTHER_PROVINCE), counts, strict=True):
        lacking = [
            p
            for p, here, value in zip(places, inside, counted, strict=True)
            if here and not value >= 0
        ]
        if lacking:
            raise StudyError(
                f"indicators.csv lacks '{name}' in {len(lacking)} counties, first {lacking[0]}; "
                "add it, or set simulate.mobility to free",
                f"indicators.csv 中 {len(lacking)} 个县缺少 '{name}'，首个为 {lacking[0]}",
            )
    moved = sum(counted.fillna(0.0).to_numpy() for counted in counts)
    over = inside & (moved >= residents)
    if over.any():
        place = places[int(np.argmax(over))]
        raise StudyError(
            f"indicators.csv: {place} counts more people registered elsewhere than residents",
            f"indicators.csv：{place} 户口在外的人口多于常住人口",
        )
