"""Largest total value: every assignment of small markets, and both routes."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError
from buju.match import assign
from buju.match.assignment import _by_paths, _by_programme


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 10**6), requests=st.integers(1, 5), listings=st.integers(1, 3))
def test_no_assignment_is_worth_more(seed: int, requests: int, listings: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.choice([np.nan, -2.0, 0.0, 1.0, 3.5, 4.0], (requests, listings))
    quotas = rng.integers(0, 3, listings)
    best = 0.0
    for match in itertools.product(range(-1, listings), repeat=requests):
        filled = np.bincount([m for m in match if m >= 0], minlength=listings)
        worth = [values[r, m] for r, m in enumerate(match) if m >= 0]
        if (filled <= quotas).all() and not np.isnan(worth).any():
            best = max(best, sum(worth))
    found = assign(values, quotas)
    assert found.value == pytest.approx(best)
    placed = found.match >= 0
    assert (np.bincount(found.match[placed], minlength=listings) <= quotas).all()
    pairs = values[np.flatnonzero(placed), found.match[placed]]
    assert (pairs >= 0).all()
    assert pairs.sum() == pytest.approx(found.value)


def test_both_routes_have_the_same_value() -> None:
    rng = np.random.default_rng(1)
    gain, seats = rng.random((120, 15)), rng.integers(1, 9, 15)
    routes = [_by_paths(gain, seats), _by_programme(gain, seats)]
    totals = [gain[np.flatnonzero(m >= 0), m[m >= 0]].sum() for m in routes]
    assert totals[0] == pytest.approx(totals[1], rel=1e-12)


def test_what_is_refused() -> None:
    with pytest.raises(ParameterError, match="for 2 quotas"):
        assign([[1.0]], [1, 1])
    with pytest.raises(ParameterError, match="infinite"):
        assign([[np.inf]], [1])
