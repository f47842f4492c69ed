"""Degree of urbanisation of grid cells (城市化程度), levels 1 and 2."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from buju.errors import ParameterError
from buju.measure.checks import Array, choice, numbers, scalar
from buju.measure.delineation.clusters import (
    QUEEN,
    Labels,
    Mask,
    clusters,
    contiguity,
    fill_gaps,
    smooth_edges,
)

CLASSES = {
    1: {3: "urban centre", 2: "urban cluster", 1: "rural", 0: "water"},
    2: {
        30: "urban centre",
        23: "dense urban cluster",
        22: "semi-dense urban cluster",
        21: "suburban or peri-urban",
        13: "rural cluster",
        12: "low density rural",
        11: "very low density rural",
        10: "water",
    },
}


def degree_of_urbanisation(
    population: npt.ArrayLike,
    land: npt.ArrayLike,
    built: npt.ArrayLike | None = None,
    *,
    level: int = 1,
    centre_density: float = 1500,
    centre_population: float = 50_000,
    built_threshold: float = 0.2,
    centre_contiguity: int = 4,
    gap_fill: bool = True,
    gap_area: int = 15,
    smooth_edge: bool = True,
    smoothing: str = "2023",
    cluster_density: float = 300,
    cluster_population: float = 5000,
    cluster_contiguity: int = 8,
    dense_population: float = 5000,
    semi_dense_density: float = 900,
    semi_dense_population: float = 2500,
    semi_dense_contiguity: int = 4,
    semi_dense_distance: int = 2,
    rural_cluster_population: float = 500,
    low_density: float = 50,
    water_land: float = 0.5,
) -> npt.NDArray[np.int16]:
    """Class of every cell of a 1 km grid by density, size and contiguity of its cluster.

    Density is people per km² of permanent land. Classes are formed in the order of their codes,
    highest first; a later class takes only cells that are still free.

    Parameters
    ----------
    population
        People, (R, C), cells of 1 km².
    land
        Permanent land in km², 0 to 1, (R, C).
    built
        Buildings in km², (R, C), no more than the cell. Cells whose share of built-up land reaches
        `built_threshold` count as dense in urban centres and dense clusters. Without it density
        alone decides.
    level
        1 or 2.
    centre_density, centre_population, centre_contiguity
        What an urban centre needs: people per km², people, and 4 or 8 neighbours.
    gap_fill, gap_area
        Whether gaps of fewer than `gap_area` cells inside one centre are filled.
    smooth_edge, smoothing
        Whether centres take in cells most of whose neighbours are theirs, repeated until stable:
        "2023" counts land or populated neighbours and never adds permanent water, "2022" asks for
        five of eight. Smoothing comes before filling.
    cluster_density, cluster_population, cluster_contiguity
        Urban clusters (level 1), suburban cells (level 2); rural clusters share density and
        contiguity.
    dense_population, semi_dense_density, semi_dense_population, semi_dense_contiguity
        Dense and semi-dense urban clusters.
    semi_dense_distance
        A semi-dense cluster any cell of which lies within so many cells of codes 30 or 23 is
        no semi-dense cluster.
    rural_cluster_population, low_density
        Rural clusters and low density cells.
    water_land
        A cell without people and buildings and with less land than this is water; water overwrites
        only cells of the lowest rural class.

    Returns
    -------
    integer codes, (R, C)
        Level 1: 3 urban centre, 2 urban cluster, 1 rural, 0 water. Level 2: 30 urban centre,
        23 dense and 22 semi-dense urban cluster, 21 suburban, 13 rural cluster, 12 low and 11 very
        low density, 10 water. The levels do not nest fully: that is so in the definition.

    Raises
    ------
    ParameterError
        Grids of different shapes, NaN, negative numbers, more land or buildings than a cell has,
        people in a cell without land.

    References
    ----------
    European Commission et al. (2021), Applying the degree of urbanisation; GHSL data packages 2022
    and 2023 (edge rules, built-up criterion). Differs from published GHS-SMOD where inputs are
    reprojected or smoothed first.

    Examples
    --------
    >>> people = np.zeros((4, 6)); people[1:3, 1:5] = 7000
    >>> degree_of_urbanisation(people, np.ones((4, 6)))
    array([[1, 1, 1, 1, 1, 1],
           [1, 3, 3, 3, 3, 1],
           [1, 3, 3, 3, 3, 1],
           [1, 1, 1, 1, 1, 1]], dtype=int16)
    """
    if level not in CLASSES:
        raise ParameterError(f"level is {level}; give 1 or 2.", f"level 为 {level}；应为 1 或 2。")
    choice(smoothing, ("2023", "2022"), name="smoothing")
    people, ground, share = _grids(population, land, built)
    density = np.divide(people, ground, out=np.zeros_like(people), where=ground > 0)
    dense = density >= scalar(centre_density, name="centre_density", least=0)
    if built is not None:
        dense |= share >= scalar(built_threshold, name="built_threshold", least=0)
    water = (ground < water_land) & (people == 0) & (share == 0)
    touching = contiguity(centre_contiguity, "centre_contiguity")
    centres = clusters(dense, people, centre_population, touching)
    if smooth_edge:
        counted = (people > 0) | (ground >= water_land)
        centres = smooth_edges(centres, smoothing, counted, water)
    if gap_fill:
        centres = fill_gaps(centres, int(scalar(gap_area, name="gap_area", least=0)), touching)
    urban = clusters(
        density >= cluster_density,
        people,
        cluster_population,
        contiguity(cluster_contiguity, "cluster_contiguity"),
    )
    if level == 1:
        return _codes([(centres > 0, 3), (urban > 0, 2)], 1, water, 0)
    core = (centres > 0) | (clusters(dense, people, dense_population, touching) > 0)
    semi_dense = clusters(
        density >= semi_dense_density,
        people,
        semi_dense_population,
        contiguity(semi_dense_contiguity, "semi_dense_contiguity"),
    )
    rural = clusters(
        density >= cluster_density,
        people,
        rural_cluster_population,
        contiguity(cluster_contiguity, "cluster_contiguity"),
    )
    rules = [
        (centres > 0, 30),
        (core, 23),
        (_apart(semi_dense, core, semi_dense_distance), 22),
        (urban > 0, 21),
        (rural > 0, 13),
        (density >= low_density, 12),
    ]
    return _codes(rules, 11, water, 10)


def _codes(
    rules: list[tuple[Mask, int]], rest: int, water: Mask, water_code: int
) -> npt.NDArray[np.int16]:
    """The first rule that holds gives the code; water overwrites the rest alone."""
    masks, codes = [mask for mask, _ in rules], [np.int16(code) for _, code in rules]
    classes = np.select(masks, codes, default=np.int16(rest))
    classes[water & (classes == rest)] = water_code
    return classes


def _apart(labels: Labels, core: Mask, distance: int) -> Mask:
    """Cells of clusters no part of which lies within `distance` cells of `core`."""
    near = core
    if distance > 0:
        near = ndimage.binary_dilation(core, QUEEN, iterations=int(distance))
    fallen = np.zeros(int(labels.max(initial=0)) + 1, dtype=bool)
    fallen[labels[near]] = True
    fallen[0] = True
    return np.asarray(~fallen[labels])


def _grids(
    population: npt.ArrayLike, land: npt.ArrayLike, built: npt.ArrayLike | None
) -> tuple[Array, Array, Array]:
    """People, land and the built-up share of land, checked cell by cell."""
    people = _grid(population, "population")
    ground = _grid(land, "land", people.shape, most=1.0)
    empty = (people > 0) & (ground == 0)
    if empty.any():
        i, j = (int(k) for k in np.argwhere(empty)[0])
        raise ParameterError(
            f"cell ({i}, {j}) has {people[i, j]:g} people and no land ({int(empty.sum())} such "
            "cells), so its density does not exist; move the people to land or correct the land.",
            f"格网 ({i}, {j}) 有 {people[i, j]:g} 人却没有陆地（共 {int(empty.sum())} 格），"
            "无法计算密度；请修正人口或陆地面积。",
        )
    if built is None:
        return people, ground, np.zeros_like(people)
    houses = _grid(built, "built", people.shape, most=1.0)
    share = np.divide(houses, ground, out=np.zeros_like(people), where=ground > 0)
    return people, ground, share


def _grid(
    values: npt.ArrayLike, name: str, shape: tuple[int, ...] | None = None, most: float = np.inf
) -> Array:
    grid = numbers(values, name)
    if grid.ndim != 2 or 0 in grid.shape or (shape is not None and grid.shape != shape):
        asked = "a grid of rows and columns" if shape is None else f"shape {shape} of population"
        raise ParameterError(
            f"{name} has shape {grid.shape}; {asked} is expected.",
            f"{name} 的形状是 {grid.shape}，应为二维格网且与 population 一致。",
        )
    bad = ~np.isfinite(grid) | (grid < 0) | (grid > most)
    if bad.any():
        i, j = (int(k) for k in np.argwhere(bad)[0])
        limit = "zero or more" if most == np.inf else f"from 0 to {most:g} km² a cell"
        raise ParameterError(
            f"{name} is {grid[i, j]} in cell ({i}, {j}) ({int(bad.sum())} such cells); a number "
            f"{limit} is expected. Outside the region write 0 people and 0 land.",
            f"{name} 在格网 ({i}, {j}) 的值为 {grid[i, j]}（共 {int(bad.sum())} 格）；"
            "区域以外请填 0 人、0 陆地。",
        )
    return grid
