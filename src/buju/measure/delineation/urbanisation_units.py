"""Degree of urbanisation of units such as counties, from the classes of the cells in them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array, numbers
from buju.measure.delineation.urbanisation import CLASSES

UNITS = {
    3: "city",
    2: "town or semi-dense area",
    1: "rural area",
    30: "city",
    23: "dense town",
    22: "semi-dense town",
    21: "suburban or peri-urban area",
    13: "village",
    12: "dispersed rural area",
    11: "mostly uninhabited area",
}
_HALF = 0.5


def urbanisation_of_units(
    classes: npt.ArrayLike,
    population: npt.ArrayLike,
    land: npt.ArrayLike,
    units: npt.ArrayLike,
    *,
    rules: str = "2024",
) -> pd.DataFrame:
    """City, town or rural area, for every unit, by where its people live.

    Level 1: a city has at least half of its people in urban centres; a rural area has more than
    half in rural cells; a town or semi-dense area is what remains. Level 2 divides towns and rural
    areas further. A unit without people is judged by its land.

    Parameters
    ----------
    classes
        Codes of `degree_of_urbanisation`, level 1 or 2, (R, C).
    population, land
        People and km² of permanent land a cell, (R, C).
    units
        Which unit a cell belongs to, (R, C): whole numbers, negative outside all.
    rules
        Of level 2. "2024": a dense town has half of its people in centres and dense clusters, a
        suburb in suburban and rural cells, a village in centres and all clusters, a mostly
        uninhabited area in very low density cells; semi-dense towns and dispersed rural areas are
        the rest. "2021": the largest of the shares decides.

    Returns
    -------
    DataFrame
        One row a unit in rising order: `unit`, `residents`, `land` (km²), `by` ("people" or
        "land": what was judged), a column `share_CODE` for every class of cells, `class` and
        `class_name` at the level of `classes`, `level1`, and `margin`: the share that decides level
        1 less its threshold, in city's favour where the unit is one, in the rural area's where
        it is one, else the distance to the nearer of the two.

    Raises
    ------
    ParameterError
        Grids of different shapes, unknown codes, NaN or negative numbers, unknown rules, a unit
        without people and land.

    References
    ----------
    European Commission et al. (2021), Applying the degree of urbanisation, and its on-line edition
    of July 2024 for level 2.

    Examples
    --------
    >>> found = urbanisation_of_units([[3, 1, 1]], [[600, 300, 100]], [[1, 1, 1]], [[0, 0, 1]])
    >>> found[["unit", "class_name"]].to_numpy().tolist()
    [[0, 'city'], [1, 'rural area']]
    """
    if rules not in _RULES:
        raise ParameterError(
            f"rules '{rules}' are not known; give {' or '.join(_RULES)}.",
            f"没有“{rules}”规则；可用：{'、'.join(_RULES)}。",
        )
    code, people, ground, unit = _checked(classes, population, land, units)
    level = 1 if set(np.unique(code)) <= set(CLASSES[1]) else 2
    known = sorted(CLASSES[level], reverse=True)
    names, at = np.unique(unit[unit >= 0], return_inverse=True)
    inside, column = unit >= 0, np.searchsorted(known[::-1], code)
    column = len(known) - 1 - column

    def summed(amount: Array) -> Array:
        cell = at * len(known) + column[inside]
        found = np.bincount(cell, amount[inside], len(names) * len(known))
        return np.asarray(found.reshape(len(names), len(known)))

    of_people, of_land = summed(people), summed(ground)
    lived = of_people.sum(axis=1) > 0
    weight = np.where(lived[:, None], of_people, of_land)
    total = weight.sum(axis=1)
    if not (total > 0).all():
        empty = int(names[total == 0][0])
        raise ParameterError(
            f"unit {empty} has neither people nor land in the grids; leave it out.",
            f"单元 {empty} 在格网中既无人口也无陆地，请去掉。",
        )
    share = pd.DataFrame(weight / total[:, None], columns=known)
    first, margin = _level1(share, level)
    second = first if level == 1 else _RULES[rules](share, first)
    return pd.DataFrame(
        {
            "unit": names,
            "residents": of_people.sum(axis=1),
            "land": of_land.sum(axis=1),
            "by": np.where(lived, "people", "land"),
            **{f"share_{c}": share[c] for c in known},
            "class": second,
            "class_name": [UNITS[int(c)] for c in second],
            "level1": first,
            "margin": margin,
        }
    )


def _level1(share: pd.DataFrame, level: int) -> tuple[npt.NDArray[np.int64], Array]:
    """Class of level 1, and how far the deciding share is from its threshold."""
    centre = share[3 if level == 1 else 30].to_numpy()
    rural = share[[1, 0] if level == 1 else [13, 12, 11, 10]].sum(axis=1).to_numpy()
    city, country = centre >= _HALF, rural > _HALF
    found = np.select([city, country], [3, 1], 2)
    between = np.minimum(_HALF - centre, _HALF - rural)
    return found, np.select([city, country], [centre - _HALF, rural - _HALF], between)


def _of_2024(share: pd.DataFrame, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    rural = share[[13, 12, 11, 10]].sum(axis=1)
    dense = share[30] + share[23] >= _HALF
    suburb = share[21] + rural >= _HALF
    village = share[30] + share[23] + share[22] + share[21] + share[13] >= _HALF
    empty = share[11] + share[10] >= _HALF
    town, country = first == 2, first == 1
    return np.select(
        [first == 3, town & dense, town & suburb, town, country & village, country & empty],
        [30, 23, 21, 22, 13, 11],
        12,
    )


def _of_2021(share: pd.DataFrame, first: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    clusters = share[23] + share[22]
    town = first == 2
    low, very_low = share[12], share[11] + share[10]
    village = (share[13] >= low) & (share[13] >= very_low)
    return np.select(
        [
            first == 3,
            town & (share[21] > clusters),
            town & (share[23] > share[22]),
            town,
            village,
            low >= very_low,
        ],
        [30, 21, 23, 22, 13, 12],
        11,
    )


_RULES = {"2024": _of_2024, "2021": _of_2021}


def _checked(
    classes: npt.ArrayLike, population: npt.ArrayLike, land: npt.ArrayLike, units: npt.ArrayLike
) -> tuple[npt.NDArray[np.int64], Array, Array, npt.NDArray[np.int64]]:
    grids = {"classes": classes, "population": population, "land": land, "units": units}
    made = {name: numbers(grid, name) for name, grid in grids.items()}
    shape = made["classes"].shape
    for name, grid in made.items():
        if grid.ndim != 2 or grid.shape != shape:
            raise ParameterError(
                f"{name} has shape {grid.shape}; grids of one shape, rows and columns, are needed.",
                f"{name} 的形状是 {grid.shape}；各格网应同为二维且形状一致。",
            )
        lowest = -np.inf if name == "units" else 0
        whole = name in ("classes", "units")
        bad = ~np.isfinite(grid) | (grid < lowest) | (whole & (grid != np.floor(grid)))
        if bad.any():
            i, j = (int(k) for k in np.argwhere(bad)[0])
            raise ParameterError(
                f"{name} is {grid[i, j]} in cell ({i}, {j}) ({int(bad.sum())} such cells).",
                f"{name} 在格网 ({i}, {j}) 的值 {grid[i, j]} 无效（共 {int(bad.sum())} 格）。",
            )
    held = set(np.unique(made["classes"]).astype(int))
    if not any(held <= set(codes) for codes in CLASSES.values()):
        raise ParameterError(
            f"classes holds {sorted(held)}; codes of one level are needed: "
            f"{' or '.join(str(sorted(codes)) for codes in CLASSES.values())}.",
            f"classes 的代码 {sorted(held)} 不属于同一级。",
        )
    if not (made["units"] >= 0).any():
        raise ParameterError("units has no cell inside any unit.", "units 中没有任何单元的格网。")
    whole_numbers = [made[name].astype(np.int64) for name in ("classes", "units")]
    return whole_numbers[0], made["population"], made["land"], whole_numbers[1]
