"""Rules exclude with a reason, scores are made of parts, amounts respect capacities."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError
from buju.match.amounts import allocate
from buju.match.eligibility import eligibility
from buju.match.presets import Rule, preset, presets
from buju.match.scoring import scores

FIRM = {
    "request": "E1",
    "name_zh": "甲",
    "place": "990101",
    "sector": "making",
    "amount": 100.0,
    "months": 12.0,
    "years": 3.0,
    "collateral": False,
    "rate": 6.0,
    "grade": 70.0,
    "consent": True,
}
PRODUCT = {
    "listing": "F1",
    "name_zh": "乙",
    "places": "990101;990102",
    "sectors": "making",
    "least": 10.0,
    "most": 200.0,
    "rate": 5.0,
    "months": 24.0,
    "years": 2.0,
    "collateral": False,
    "days": 3.0,
    "quota": 1,
}


def broken(firm: dict[str, object], product: dict[str, object]) -> list[str]:
    requests, listings = pd.DataFrame([FIRM | firm]), pd.DataFrame([PRODUCT | product])
    found = eligibility(requests, listings, preset("finance").hard())
    return [rule.name for rule in found.nearest_miss(0)[1]]


@pytest.mark.parametrize(
    ("firm", "product", "rules"),
    [
        ({}, {}, []),
        ({"consent": False}, {}, ["consent"]),
        ({"place": "990103"}, {}, ["place"]),
        ({"place": "990103"}, {"places": None}, []),
        ({"sector": "farming"}, {}, ["sector"]),
        ({"amount": 9.9}, {}, ["least"]),
        ({"amount": 200.0}, {}, []),
        ({"amount": 200.1}, {}, ["most"]),
        ({"months": 25.0}, {}, ["months"]),
        ({"years": 1.0}, {"collateral": True}, ["years", "collateral"]),
        ({"rate": 4.9}, {}, ["rate"]),
        # What is not stated is not taken for met, where something is asked.
        ({"rate": np.nan}, {}, ["rate"]),
        ({"amount": 9.9}, {"least": np.nan}, []),
    ],
)
def test_each_rule_of_the_finance_desk_excludes_by_itself(
    firm: dict[str, object], product: dict[str, object], rules: list[str]
) -> None:
    assert broken(firm, product) == rules


def test_capabilities_must_cover_needs() -> None:
    rule = Rule("needs", "hard", "", "has", "covers", "needs", 0, "", "")
    requests = pd.DataFrame({"has": ["a;b", "a", None]})
    listings = pd.DataFrame({"needs": ["a;b", "b", None]})
    assert eligibility(requests, listings, [rule]).allowed.tolist() == [
        [True, True, True],
        [False, False, True],
        [False, False, True],
    ]


def test_blocking_rules_come_with_their_counts_the_most_first() -> None:
    requests = pd.DataFrame([FIRM | {"amount": 500.0, "rate": 5.5}])
    listings = pd.DataFrame([PRODUCT, PRODUCT | {"rate": 6.0}, PRODUCT | {"most": 1000.0}])
    found = eligibility(requests, listings, preset("finance").hard())
    assert [(r.name, n) for r, n in found.blocking(0)] == [("most", 2), ("rate", 1)]


@pytest.mark.parametrize("name", [n for n in presets() if n != "allowances"])
def test_every_rule_names_columns_of_its_tables_and_speaks_both_languages(name: str) -> None:
    kind = preset(name)
    for rule in kind.rules:
        assert not rule.request or rule.request in kind.schema["requests"].columns
        assert not rule.listing or rule.listing in kind.schema["listings"].columns
        assert rule.en
        assert rule.zh
    for side in ("request", "listing"):
        assert sum(rule.weight for rule in kind.scores(side)) == pytest.approx(1)


def test_a_figure_that_is_the_same_throughout_gives_its_weight_to_the_others() -> None:
    listings = pd.DataFrame({"rate": [4.0, 6.0], "days": [3.0, 3.0]})
    rules = [
        Rule("cost", "score", "request", "", "low", "rate", 0.6, "", ""),
        Rule("speed", "score", "request", "", "low", "days", 0.4, "", ""),
    ]
    found = scores(pd.DataFrame({"request": ["a"]}), listings, rules)
    assert found.weights.tolist() == [1.0, 0.0]
    assert found.total().tolist() == [[1.0, 0.0]]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.integers(1, 5))
def test_parts_sum_to_the_score_and_stay_within_bounds(figures: list[float], firms: int) -> None:
    listings = pd.DataFrame({"rate": figures, "most": np.arange(len(figures)) + 1.0})
    requests = pd.DataFrame({"amount": np.arange(firms) + 0.5})
    rules = [
        Rule("cost", "score", "request", "", "low", "rate", 3, "", ""),
        Rule("size", "score", "request", "amount", "fit", "most", 1, "", ""),
    ]
    found = scores(requests, listings, rules)
    rows, columns = (a.ravel() for a in np.indices(found.shape))
    parts = found.explain(rows, columns).sum(axis=1).to_numpy()
    total = found.total()
    assert np.allclose(parts, total.ravel())
    assert total.min() >= 0
    assert total.max() <= 1 + 1e-12


def test_an_unknown_preset_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="did you mean 'finance'"):
        preset("finanse")


def best_by_hand(values: np.ndarray, amounts: np.ndarray, room: np.ndarray) -> float:
    """The generalised assignment problem by trying everything."""
    places = range(-1, len(room))
    best = 0.0
    for choice in itertools.product(places, repeat=len(amounts)):
        used = np.zeros(len(room))
        for request, place in enumerate(choice):
            if place >= 0:
                used[place] += amounts[request]
        worth = sum(values[r, p] * amounts[r] for r, p in enumerate(choice) if p >= 0)
        if (used <= room + 1e-9).all() and not np.isnan(worth):
            best = max(best, worth)
    return best


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_amounts_are_the_best_there_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 1, (5, 2))
    values[rng.uniform(size=values.shape) < 0.2] = np.nan
    amounts, room = rng.integers(1, 9, 5).astype(float), rng.integers(0, 20, 2).astype(float)
    found = allocate(values, amounts, room)
    assert found.value == pytest.approx(best_by_hand(values, amounts, room), abs=1e-6)
    assert (amounts @ found.share <= room + 1e-6).all()
    assert (found.share.sum(axis=1) <= 1 + 1e-9).all()
    parted = allocate(values, amounts, room, split=True)
    assert parted.value >= found.value - 1e-6
    assert not found.share[np.isnan(values)].any()


@pytest.mark.parametrize(
    ("values", "amounts", "room", "words"),
    [
        ([[1.0]], [1.0, 2.0], [1.0], "one row a request"),
        ([[1.0]], [0.0], [1.0], "above zero"),
        ([[1.0]], [1.0], [-1.0], "zero or more"),
        ([[np.inf]], [1.0], [1.0], "must be finite"),
    ],
)
def test_amounts_refuse_what_makes_no_sense(
    values: object, amounts: object, room: object, words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        allocate(values, amounts, room)  # type: ignore[arg-type]
