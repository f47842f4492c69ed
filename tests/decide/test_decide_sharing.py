"""Shares of a joint gain: cases by hand, axioms, the core."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.decide import share
from buju.errors import ParameterError

# Sums over some thousand coalitions in float64.
CLOSE = 1e-9


def games(n: int) -> st.SearchStrategy[dict[frozenset[str], float]]:
    names = [f"p{k}" for k in range(n)]
    sets = [frozenset(c) for size in range(1, n + 1) for c in combinations(names, size)]
    return st.lists(st.integers(-5, 20), min_size=len(sets), max_size=len(sets)).map(
        lambda values: dict(zip(sets, map(float, values), strict=True))
    )


@settings(max_examples=50, deadline=None)
@given(game=st.integers(2, 4).flatmap(games))
def test_shapley_is_the_mean_over_orders(game: dict[frozenset[str], float]) -> None:
    names = sorted({p for s in game for p in s})
    found = share(names, game)
    total = dict.fromkeys(names, 0.0)
    orders = list(permutations(names))
    for order in orders:
        for k, party in enumerate(order):
            before = frozenset(order[:k])
            total[party] += game[before | {party}] - game.get(before, 0.0)
    mean = [total[p] / len(orders) for p in names]
    assert found.table["shapley"].to_numpy() == pytest.approx(mean, abs=CLOSE)
    for rule in ("shapley", "equal_gain", "least_core"):
        assert found.table[rule].sum() == pytest.approx(game[frozenset(names)], abs=1e-7)


@settings(max_examples=50, deadline=None)
@given(game=st.integers(2, 4).flatmap(games))
def test_the_core_test_tells_the_truth(game: dict[frozenset[str], float]) -> None:
    names = sorted({p for s in game for p in s})
    found = share(names, game)
    for row in found.core.to_dict("records"):
        given_ = dict(zip(names, found.table[row["rule"]], strict=True))
        gains = {s: v - sum(given_[p] for p in s) for s, v in game.items() if len(s) < len(names)}
        assert row["excess"] == pytest.approx(max(gains.values()), abs=1e-7)
        assert row["in_core"] == (row["excess"] <= 1e-6)
        assert gains[frozenset(row["coalition"].split("+"))] == pytest.approx(row["excess"],
                                                                              abs=1e-7)  # fmt: skip
    rules = found.core.set_index("rule")
    assert found.core_empty == (not rules.loc["least_core", "in_core"])
    assert rules["excess"].min() >= rules.loc["least_core", "excess"] - 1e-7


def test_an_empty_core() -> None:
    """Any two of three get everything: somebody can always be outbid."""
    names = ["a", "b", "c"]
    game = {s: float(len(s) >= 2) for size in (1, 2, 3) for s in combinations(names, size)}
    found = share(names, game)
    assert found.core_empty
    assert found.table["shapley"].tolist() == pytest.approx([1 / 3] * 3)
    assert found.core["excess"].tolist() == pytest.approx([1 / 3] * 3)
    assert not found.core["in_core"].any()


def test_airport_game_of_twelve() -> None:
    """Cost of a runway is that of the longest needed; Shapley shares each stretch among its users
    (Littlechild and Owen 1973)."""
    need = {f"p{k:02d}": float((k + 1) ** 2) for k in range(12)}
    found = share(list(need), lambda inside: -max(need[p] for p in inside))
    length = sorted(need.values())
    expected, paid, before = [], 0.0, 0.0
    for k, longest in enumerate(length):
        paid += (longest - before) / (12 - k)
        before = longest
        expected.append(-paid)
    assert found.table["shapley"].to_numpy() == pytest.approx(expected)
    assert found.core.set_index("rule").loc["shapley", "in_core"]


def test_a_line_between_two_provinces() -> None:
    """It needs both; most of the gain falls to one, most of the cost to the other."""
    found = share(["山西", "河北"], {("山西",): 0.0, ("河北",): 0.0, ("河北", "山西"): 120.0},
                  accrued={"山西": 150.0, "河北": -30.0})  # fmt: skip
    table = found.table.set_index("party")
    assert table["shapley"].tolist() == [60.0, 60.0]
    assert table["equal_gain"].tolist() == [60.0, 60.0]
    assert table["transfer_shapley"].tolist() == [-90.0, 90.0]
    assert table.filter(like="transfer").sum().to_numpy() == pytest.approx(np.zeros(3), abs=1e-9)
    assert found.surplus == 120.0
    assert not found.core_empty


@pytest.mark.parametrize(
    ("parties", "worth", "accrued", "words"),
    [
        (["a"], {("a",): 1.0}, None, "from 2 to 12"),
        (["a", "a"], {("a",): 1.0}, None, "from 2 to 12"),
        ([f"p{k}" for k in range(13)], lambda _: 0.0, None, "13 given"),
        (["a", "b"], {("a",): 1.0, ("a", "b"): 2.0}, None, "first b"),
        (["a", "b"], lambda _: float("nan"), None, "3 coalition"),
        (["a", "b"], lambda _: 1.0, {"a": 1.0}, "differing: b"),
        (["a", "b"], lambda _: 1.0, {"a": 1.0, "b": 1.0}, "sum to 2"),
    ],
)
def test_what_is_refused(parties, worth, accrued, words: str) -> None:
    with pytest.raises(ParameterError, match=words) as error:
        share(parties, worth, accrued=accrued)
    assert error.value.chinese
