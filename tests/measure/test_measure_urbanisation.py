"""Degree of urbanisation: cases by hand, and a slow second implementation cell by cell."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError
from buju.measure import degree_of_urbanisation
from buju.measure.delineation.clusters import QUEEN, ROOK, fill_gaps, smooth_edges

EDGES = [(-1, 0), (1, 0), (0, -1), (0, 1)]
ALL = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]


# The second implementation: sets of cells and loops


def groups(cells: set, steps: list) -> list[set]:
    found, left = [], set(cells)
    while left:
        todo = [min(left)]
        left.discard(todo[0])
        group = set(todo)
        while todo:
            i, j = todo.pop()
            for a, b in steps:
                if (i + a, j + b) in left:
                    left.discard((i + a, j + b))
                    group.add((i + a, j + b))
                    todo.append((i + a, j + b))
        found.append(group)
    return found


def slow(people, land, built, level, rule):
    shape = people.shape
    cells = [(i, j) for i in range(shape[0]) for j in range(shape[1])]
    density = {c: people[c] / land[c] if land[c] else 0.0 for c in cells}
    share = {c: built[c] / land[c] if land[c] else 0.0 for c in cells}
    water = {c for c in cells if land[c] < 0.5 and people[c] == 0 and share[c] == 0}

    def formed(chosen, least, steps):
        return [g for g in groups(set(chosen), steps) if sum(people[c] for c in g) >= least]

    dense = [c for c in cells if density[c] >= 1500 or share[c] >= 0.2]
    owner = {c: k for k, g in enumerate(formed(dense, 50_000, EDGES)) for c in g}
    while True:
        new = {}
        for c in cells:
            if c in owner or (rule == "2023" and c in water):
                continue
            around = [(c[0] + a, c[1] + b) for a, b in ALL]
            votes = Counter(owner[n] for n in around if n in owner)
            if not votes:
                continue
            best, most = votes.most_common(1)[0]
            count = sum(
                n in owner or n not in density or people[n] > 0 or land[n] >= 0.5 for n in around
            )
            if (most >= 5) if rule == "2022" else (2 * most > count):
                new[c] = best
        if not new:
            break
        owner.update(new)
    for gap in groups({c for c in cells if c not in owner}, EDGES):
        edge = any(c[0] in (0, shape[0] - 1) or c[1] in (0, shape[1] - 1) for c in gap)
        beside = {owner.get((c[0] + a, c[1] + b)) for c in gap for a, b in EDGES} - {None}
        if len(gap) < 15 and not edge and len(beside) == 1:
            owner.update(dict.fromkeys(gap, beside.pop()))
    union = lambda gs: set().union(*gs)  # noqa: E731
    over = lambda least: [c for c in cells if density[c] >= least]  # noqa: E731
    suburban = union(formed(over(300), 5000, ALL))
    if level == 1:
        rules, rest, wet = [(set(owner), 3), (suburban, 2)], 1, 0
    else:
        core = set(owner) | union(formed(dense, 5000, EDGES))
        semi = [
            g
            for g in formed(over(900), 2500, EDGES)
            if not any(max(abs(c[0] - d[0]), abs(c[1] - d[1])) <= 2 for c in g for d in core)
        ]
        rural = union(formed(over(300), 500, ALL))
        rules = [
            (set(owner), 30), (core, 23), (union(semi), 22), (suburban, 21), (rural, 13),
            (set(over(50)), 12),
        ]  # fmt: skip
        rest, wet = 11, 10
    code = np.full(shape, rest)
    for c in cells:
        code[c] = next((k for held, k in rules if c in held), wet if c in water else rest)
    return code


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    level=st.sampled_from([1, 2]),
    rule=st.sampled_from(["2022", "2023"]),
)
def test_two_implementations_agree_cell_by_cell(seed: int, level: int, rule: str) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(3, 14, 2))
    people = rng.choice([0, 10, 60, 200, 400, 1000, 2000, 9000, 20_000], shape).astype(float)
    land = rng.choice([0.0, 0.3, 0.5, 1.0], shape, p=[0.1, 0.1, 0.1, 0.7])
    people[land == 0] = 0
    built = rng.choice([0.0, 0.1, 0.25], shape) * land
    code = degree_of_urbanisation(people, land, built, level=level, smoothing=rule)
    assert np.issubdtype(code.dtype, np.integer)
    np.testing.assert_array_equal(code, slow(people, land, built, level, rule))


def block(rows: int, columns: int, people: float) -> tuple[np.ndarray, np.ndarray]:
    grid = np.zeros((rows + 4, columns + 4))
    grid[2:-2, 2:-2] = people
    return grid, np.ones_like(grid)


def test_corners_do_not_join_a_centre_but_join_a_cluster() -> None:
    people = np.zeros((8, 8))
    people[1:4, 1:4] = people[4:7, 4:7] = 3500  # 31,500 each: together a centre only by corners
    land = np.ones_like(people)
    assert set(np.unique(degree_of_urbanisation(people, land))) == {1, 2}
    assert 3 in degree_of_urbanisation(people, land, centre_contiguity=8)


@pytest.mark.parametrize(("side", "filled"), [(3, True), (4, False)])
def test_gaps_below_fifteen_cells_are_filled(side: int, filled: bool) -> None:
    people, land = block(side + 6, side + 6, 2000.0)
    hole = slice(5, 5 + side)
    people[hole, hole] = 0
    code = degree_of_urbanisation(people, land, smooth_edge=False)
    assert (code[hole, hole] == 3).all() == filled  # 9 or 16 cells


def test_a_gap_between_two_clusters_or_at_the_edge_stays_open() -> None:
    labels = np.array([[1, 1, 1, 1], [1, 0, 0, 2], [1, 1, 2, 2], [0, 1, 0, 2]], dtype=np.int32)
    np.testing.assert_array_equal(fill_gaps(labels, 15, ROOK), labels)


def test_density_is_per_square_kilometre_of_land() -> None:
    people, land = block(10, 10, 600.0)
    assert 3 not in degree_of_urbanisation(people, land)
    assert 3 in degree_of_urbanisation(people, land * 0.4)


def test_smoothing_by_five_of_eight_worked_by_hand() -> None:
    labels = np.array(
        [[0, 0, 0, 0, 0], [0, 1, 1, 1, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 0]], dtype=np.int32
    )
    full = np.ones(labels.shape, dtype=bool)
    grown = smooth_edges(labels, "2022", full, ~full)
    assert grown[2, 2] == 1  # five of its eight neighbours
    assert grown.sum() == 6
    assert (smooth_edges(labels, "2023", full, ~full) == grown).all()
    wet = np.zeros_like(full)
    wet[2, 2] = True
    assert smooth_edges(labels, "2023", full, wet)[2, 2] == 0
    assert smooth_edges(labels, "2022", full, wet)[2, 2] == 1
    assert QUEEN.sum() == 9


def test_buildings_join_cells_to_centres_only_where_given() -> None:
    people, land = block(6, 6, 2000.0)
    people[4, 4], built = 0.0, np.zeros_like(people)
    built[4, 4] = 0.5
    plain = {"smooth_edge": False, "gap_fill": False}
    assert degree_of_urbanisation(people, land, **plain)[4, 4] == 1
    assert degree_of_urbanisation(people, land, built, **plain)[4, 4] == 3
    assert degree_of_urbanisation(people, land, built, built_threshold=0.6, **plain)[4, 4] == 1


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), more=st.floats(1, 5000))
def test_a_higher_threshold_never_enlarges_raw_centres(seed: int, more: float) -> None:
    rng = np.random.default_rng(seed)
    people = rng.uniform(0, 8000, (12, 12))
    plain = {"smooth_edge": False, "gap_fill": False}
    few = degree_of_urbanisation(people, np.ones((12, 12)), centre_density=1500 + more, **plain)
    many = degree_of_urbanisation(people, np.ones((12, 12)), **plain)
    assert not ((few == 3) & (many != 3)).any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"population": np.full((2, 2), np.nan)}, r"population is nan in cell \(0, 0\)"),
        ({"population": np.full((2, 2), -1.0)}, "population is -1"),
        ({"land": np.full((2, 2), 1.5)}, "from 0 to 1 km²"),
        ({"land": np.zeros((2, 2))}, "no land"),
        ({"land": np.ones((3, 2))}, "shape"),
        ({"built": np.ones((3, 2))}, "shape"),
        ({"level": 3}, "give 1 or 2"),
        ({"smoothing": "2021"}, "smoothing"),
        ({"centre_contiguity": 5}, "centre_contiguity is 5"),
    ],
)
def test_what_is_refused(change: dict, words: str) -> None:
    good = {"population": np.ones((2, 2)), "land": np.ones((2, 2))}
    with pytest.raises(ParameterError, match=words):
        degree_of_urbanisation(**{**good, **change})
