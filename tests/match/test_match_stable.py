"""Stable assignment: every assignment of small markets, another library, and laws."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching.games import HospitalResident

from buju.errors import ParameterError
from buju.match import blocking_pairs, deferred_acceptance


@st.composite
def markets(draw, most=5):
    requests, listings = draw(st.integers(1, most)), draw(st.integers(1, 4))
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    choices = np.full((requests, listings), -1)
    for row in choices:
        count = rng.integers(0, listings + 1)
        row[:count] = rng.permutation(listings)[:count]
    scores = rng.choice([0.1, 0.4, 0.4, 0.7, np.nan], choices.shape)
    return choices, scores, rng.integers(0, 3, listings)


def stable_ones(choices, scores, quotas) -> list[tuple[int, ...]]:
    """All stable assignments, by trying every one."""
    options = [
        [-1, *(int(c) for c, s in zip(row, seen, strict=True) if c >= 0 and not np.isnan(s))]
        for row, seen in zip(choices, scores, strict=True)
    ]
    found = []
    for match in itertools.product(*options):
        filled = np.bincount([m for m in match if m >= 0], minlength=len(quotas))
        if (filled <= quotas).all() and not slow_blocking(choices, scores, quotas, match):
            found.append(match)
    return found


def slow_blocking(choices, scores, quotas, match) -> list[tuple[int, int]]:
    def key(request: int, listing: int) -> tuple[float, int]:
        return scores[request][list(choices[request]).index(listing)], -request

    pairs = []
    for request, row in enumerate(choices):
        for column, listing in enumerate(row):
            if listing < 0 or np.isnan(scores[request][column]):
                continue
            if listing == match[request]:
                break
            inside = [r for r, m in enumerate(match) if m == listing]
            full = len(inside) >= quotas[listing]
            if quotas[listing] and (
                not full or min(key(r, listing) for r in inside) < key(request, listing)
            ):
                pairs.append((request, int(listing)))
    return pairs


@settings(deadline=None, max_examples=150)
@given(market=markets())
def test_each_side_gets_its_best_of_all_stable_assignments(market: tuple) -> None:
    choices, _, quotas = market
    every = stable_ones(*market)

    def order(match) -> list[int]:
        return [
            list(row).index(m) if m >= 0 else len(row)
            for row, m in zip(choices, match, strict=True)
        ]

    ours = deferred_acceptance(*market)
    theirs = deferred_acceptance(*market, proposing="listings")
    assert tuple(ours.match) in every
    assert tuple(theirs.match) in every
    for other in every:
        assert (np.array(order(ours.match)) <= order(other)).all()
        assert (np.array(order(theirs.match)) >= order(other)).all()
        assert ((np.array(other) >= 0) == (ours.match >= 0)).all()  # rural hospitals
        assert (
            np.bincount([m for m in other if m >= 0], minlength=len(quotas)) == ours.filled
        ).all()


@settings(deadline=None, max_examples=80)
@given(market=markets(), data=st.data())
def test_blocking_pairs_are_all_found(market: tuple, data: st.DataObject) -> None:
    choices, scores, quotas = market
    match, left = [], quotas.copy()
    for row, seen in zip(choices, scores, strict=True):
        options = [-1] + [
            int(c) for c, s in zip(row, seen, strict=True) if c >= 0 and not np.isnan(s) and left[c]
        ]
        match.append(data.draw(st.sampled_from(options)))
        if match[-1] >= 0:
            left[match[-1]] -= 1
    found = {tuple(pair) for pair in blocking_pairs(*market, match).tolist()}
    assert found == set(slow_blocking(*market, match))


@pytest.mark.parametrize("seed", range(5))
def test_another_library_agrees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    requests, listings = 30, 6
    choices = np.stack([rng.permutation(listings) for _ in range(requests)])
    scores = rng.random((requests, listings))
    quotas = rng.integers(2, 6, listings)
    liked = {
        f"p{p}": [
            f"r{r}"
            for r in sorted(range(requests), key=lambda r: -scores[r][list(choices[r]).index(p)])
        ]
        for p in range(listings)
    }
    game = HospitalResident.create_from_dictionaries(
        {f"r{r}": [f"p{p}" for p in row] for r, row in enumerate(choices)},
        liked,
        {f"p{p}": int(q) for p, q in enumerate(quotas)},
    )
    solution = game.solve(optimal="resident")
    expected = np.full(requests, -1)
    for listing, inside in solution.items():
        for resident in inside:
            expected[int(str(resident)[1:])] = int(str(listing)[1:])
    found = deferred_acceptance(choices, scores, quotas)
    np.testing.assert_array_equal(found.match, expected)
    assert len(blocking_pairs(choices, scores, quotas, found.match)) == 0


def test_who_has_nothing_learns_why() -> None:
    choices = np.array([[0], [0], [-1], [1]])
    scores = np.array([[0.9], [0.1], [0.5], [np.nan]])
    found = deferred_acceptance(choices, scores, [1, 1])
    assert found.match.tolist() == [0, -1, -1, -1]
    assert found.reason.tolist() == ["", "outranked", "no choice", "not acceptable"]
    assert found.filled.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"choices": [[0, 3]]}, "choice 3 does not exist"),
        ({"choices": [[1, 1]]}, "named twice"),
        ({"choices": [[0.5, 1]]}, "whole numbers"),
        ({"scores": [[1.0]]}, "same shape"),
        ({"scores": [[1.0, np.inf]]}, "infinite"),
        ({"quotas": [1.5, 1]}, "whole number"),
        ({"quotas": [-1, 1]}, "zero or more"),
        ({"proposing": "firms"}, "'requests' or 'listings'"),
    ],
)
def test_what_is_refused(change: dict, words: str) -> None:
    good = {"choices": [[0, 1]], "scores": [[0.5, 0.5]], "quotas": [1, 1]}
    with pytest.raises(ParameterError, match=words):
        deferred_acceptance(**{**good, **change})


def test_a_given_assignment_must_be_possible() -> None:
    with pytest.raises(ParameterError, match="not among its acceptable"):
        blocking_pairs([[0]], [[0.5]], [1, 1], [1])
    with pytest.raises(ParameterError, match="2 requests and 1 places"):
        blocking_pairs([[0], [0]], [[0.5], [0.4]], [1], [0, 0])
