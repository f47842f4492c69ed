"""Laws of the composite index, over drawn data and every rule that they hold for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.measure import index

FEW = settings(max_examples=25, deadline=None)
SAME = {"rtol": 1e-9, "atol": 1e-9}
CODES = list("abcd")
SCALES = [
    {"method": "min_max", "lower": 1, "upper": 100}, {"method": "z_score", "mean": 50, "sd": 2},
    {"method": "rank"}, {"method": "percentile", "lower": 0},
    {"method": "distance_reference", "reference": "U0", "cap": False},
]  # fmt: skip
RULES = ["arithmetic", "geometric", "harmonic", "generalised", "copeland", "topsis"]
POSITIVE = SCALES[0]


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Figures above zero that differ within every column."""
    n = draw(st.integers(4, 9))
    seed = draw(st.integers(0, 10_000))
    x = np.random.default_rng(seed).lognormal(size=(n, 4))
    return pd.DataFrame(x, index=[f"U{k}" for k in range(n)], columns=CODES)


def made(x: pd.DataFrame, weights=(1.0, 2.0, 3.0, 1.0)) -> index.Indicators:
    rows = [
        {"code": c, "parent": "p" if c in "ab" else "q", "direction": -1 if c == "b" else 1,
         "weight": w} for c, w in zip(CODES, weights, strict=True)
    ]  # fmt: skip
    rows += [{"code": c, "parent": "i", "weight": 1.0} for c in "pq"]
    tree = index.read_tree([*rows, {"code": "i", "parent": "", "weight": 1.0}])
    return index.make_indicators(tree, x)


def scores(x: pd.DataFrame, normalise: dict, rule: str = "arithmetic") -> pd.Series:
    spec = {"normalise": normalise, "aggregate": {"method": rule}}
    return index.composite(made(x), spec).index


def best_first(x: pd.DataFrame) -> pd.DataFrame:
    """The unit U0 not the worst on any indicator, as a reference must be."""
    top = x.copy()
    top.iloc[0] = [x["a"].max(), x["b"].min(), x["c"].max(), x["d"].max()]
    return top


@pytest.mark.parametrize("normalise", SCALES, ids=lambda n: n["method"])
@FEW
@given(x=tables(), factor=st.floats(0.01, 100), shift=st.floats(0, 10))
def test_units_of_measurement_do_not_matter(normalise, x, factor, shift) -> None:
    x = best_first(x)
    moved = x * factor + shift
    np.testing.assert_allclose(scores(x, normalise), scores(moved, normalise), rtol=1e-6)


@pytest.mark.parametrize("rule", RULES)
@FEW
@given(x=tables(), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(rule, x, seed) -> None:
    mixed = x.sample(frac=1, random_state=seed)
    np.testing.assert_allclose(
        scores(mixed, POSITIVE, rule).reindex(x.index), scores(x, POSITIVE, rule), **SAME
    )


# without TOPSIS, whose ideal moves with the data, and which does not keep this law
@pytest.mark.parametrize("rule", RULES[:-1])
@FEW
@given(x=tables(), unit=st.integers(0, 3), gain=st.floats(0.05, 0.9))
def test_a_better_figure_never_lowers_the_place(rule, x, unit, gain) -> None:
    # fixed bounds: with bounds of the data a change moves the whole scale
    posts = {"method": "goalposts", "bounds": dict.fromkeys(CODES, (-1, 1000)), "lower": 1,
             "upper": 100}  # fmt: skip
    better = x.copy()
    better.iloc[unit, 0] *= 1 + gain
    better.iloc[unit, 1] *= 1 - gain
    before, after = (index.rank(scores(d, posts, rule).to_numpy()) for d in (x, better))
    assert after[unit] <= before[unit]


@pytest.mark.parametrize("rule", RULES)
@FEW
@given(x=tables())
def test_who_leads_everywhere_ranks_first(rule, x) -> None:
    x = best_first(x)
    x.iloc[0] *= [2, 0.5, 2, 2]
    assert index.rank(scores(x, POSITIVE, rule).to_numpy())[0] == 1


@FEW
@given(x=tables())
def test_means_stand_in_their_order(x) -> None:
    low, mid, high = (scores(x, POSITIVE, rule) for rule in ("harmonic", "geometric", "arithmetic"))
    assert (low <= mid + 1e-9).all()
    assert (mid <= high + 1e-9).all()


@FEW
@given(x=tables(), factor=st.floats(0.1, 50))
def test_weights_are_relative(x, factor) -> None:
    one = index.composite(made(x), {}).index
    other = index.composite(made(x, tuple(factor * w for w in (1.0, 2.0, 3.0, 1.0))), {}).index
    np.testing.assert_allclose(one, other, **SAME)


@FEW
@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, 5.0]), min_size=2, max_size=9))
def test_ties_share_a_place_as_pandas_has_it(values) -> None:
    for ties in ("min", "max", "average", "dense"):
        expected = pd.Series(values).rank(ascending=False, method=ties)
        assert index.rank(np.array(values), ties=ties).tolist() == expected.tolist()


@FEW
@given(x=tables(), gaps=st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=5))
def test_every_missing_cell_is_listed_filled_or_unfilled(x, gaps) -> None:
    for i, j in gaps:
        x.iloc[i, j] = np.nan
    if x.notna().sum().min() < 2 or x.iloc[:, :2].isna().all(axis=1).any():
        return
    if x.iloc[:, 2:].isna().all(axis=1).any() or (x.nunique() < 2).any():
        return
    left = index.composite(made(x), {})
    assert len(left.unfilled) == len(gaps)
    filled = index.composite(made(x), {"impute": {"method": "median"}})
    assert len(filled.imputed) == len(gaps)
    assert filled.unfilled.empty
    pd.testing.assert_frame_equal(filled.steps["imputed"].where(x.notna()), x, check_names=False)


@FEW
@given(x=tables(), method=st.sampled_from(["entropy", "critic", "sd", "pca", "equal"]))
def test_weights_of_a_family_sum_to_one(x, method) -> None:
    table = index.composite(made(x), {"weight": {"method": method}}).weights
    np.testing.assert_allclose(table.groupby("parent")["weight"].sum(), 1)
    np.testing.assert_allclose(table.loc[table["level"] == 1, "share"].sum(), 1)
    assert (table["weight"] >= 0).all()


@FEW
@given(x=tables(), least=st.floats(0, 0.25))
def test_benefit_of_the_doubt_forgets_units_and_falls_with_bounds(x, least) -> None:
    base = index.benefit_of_the_doubt(x, min_share=least)
    assert base.max() <= 1 + 1e-9
    assert base.max() == pytest.approx(1) or least > 0
    scaled = index.benefit_of_the_doubt(x * [1, 10, 100, 0.1], min_share=least)
    np.testing.assert_allclose(base, scaled, atol=1e-7)
    tighter = index.benefit_of_the_doubt(x, min_share=0.25)
    assert (tighter <= base + 1e-9).all()
