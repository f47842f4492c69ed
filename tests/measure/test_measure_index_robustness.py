"""Replications, Sobol shares, acceptability, benefit of the doubt and moves, against others."""

import numpy as np
import pandas as pd
import pytest
from Pyfrontier.frontier_model import EnvelopDEA
from scipy.stats import sobol_indices, uniform

from buju.errors import ParameterError
from buju.measure import index
from buju.measure.index.sobol import estimate

UNITS = [f"U{k:02d}" for k in range(15)]
BASE = {
    "impute": {"method": "mean"},
    "treat": {"method": "winsorise"},
    "normalise": {"method": "min_max", "lower": 1, "upper": 100},
    "aggregate": {"method": "arithmetic"},
}
VARY = {
    "impute": [{"method": "mean"}, {"method": "median"}],
    "treat.max_points": [1, 5],
    "normalise": [BASE["normalise"], {"method": "rank"}],
    "weight": {"noise": 0.25, "levels": [1]},
    "aggregate": [{"method": "arithmetic"}, {"method": "geometric"}],
    "indicators": {"noise": 0.02},
}


@pytest.fixture(scope="module")
def data() -> index.Indicators:
    g = np.random.default_rng(7)
    x = np.exp(g.normal(size=(15, 6)))
    x[3, 2] = np.nan
    tree = [{"code": c, "parent": p, "direction": d} for c, p, d in
            zip("abcdef", "ppqqrr", [1, 1, -1, 1, 1, -1], strict=True)]  # fmt: skip
    tree += [{"code": c, "parent": "i"} for c in "pqr"] + [{"code": "i", "parent": ""}]
    frame = pd.DataFrame(x, index=UNITS, columns=list("abcdef"))
    return index.make_indicators(index.read_tree(tree), frame)


def test_a_replication_without_noise_is_the_composite(data: index.Indicators) -> None:
    vary = {"normalise": VARY["normalise"], "aggregate": VARY["aggregate"]}
    found = index.robustness(data, {**BASE, "vary": vary}, draws=40, seed=3)
    for row, setting in found.settings.iterrows():
        normalise = VARY["normalise"][0 if "min_max" in setting["normalise"] else 1]
        spec = {**BASE, "normalise": normalise, "aggregate": {"method": setting["aggregate"]}}
        ranks = index.composite(data, spec).ranks()["i"]
        assert found.ranks.loc[row].tolist() == ranks.tolist()
    pd.testing.assert_series_equal(
        found.base.astype(int), index.composite(data, BASE).ranks()["i"], check_names=False
    )


def test_one_choice_at_a_time_and_probabilities(data: index.Indicators) -> None:
    found = index.robustness(data, {**BASE, "vary": VARY}, draws=400, seed=1)
    alone = found.one_at_a_time.set_index(["choice", "option"])["mean_shift"]
    assert alone["aggregate", "arithmetic"] == 0
    first = found.probability_among(3)
    assert ((first >= 0) & (first <= 1)).all()
    assert first.sum() >= 3 - 1e-9
    shares = found.rank_acceptability
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert list(found.sobol.index) == list(VARY)
    np.testing.assert_allclose(first, shares.iloc[:, :3].sum(axis=1))
    other = index.robustness(data, {**BASE, "vary": VARY}, draws=400, seed=2)
    assert not found.ranks.equals(other.ranks)


def test_more_draws_leave_the_earlier_ones_as_they_were(data: index.Indicators) -> None:
    vary = {"indicators": {"noise": 0.1, "of": "sd"}, "weight": {"noise": 0.5}}
    few = index.robustness(data, {**BASE, "vary": vary}, draws=50, seed=1, sobol=0)
    more = index.robustness(data, {**BASE, "vary": vary}, draws=80, seed=1, sobol=0)
    pd.testing.assert_frame_equal(few.ranks, more.ranks.iloc[:50])
    assert few.sobol["first"].isna().all()


def test_sobol_shares_as_scipy_has_them() -> None:
    def f(x: np.ndarray) -> np.ndarray:
        return np.sin(np.pi * x[0]) + 7 * x[1] ** 2 + x[2] * x[0]

    draw = np.random.default_rng(5)
    a, b = draw.random((2, 3, 512))
    mixed = np.stack([np.where(np.arange(3)[:, None] == k, b, a) for k in range(3)])
    f_a, f_b, f_ab = f(a), f(b), np.stack([f(x) for x in mixed])
    theirs = sobol_indices(
        func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None, :]}, n=512,
        dists=[uniform()] * 3,
    )  # fmt: skip
    for k in range(3):
        first, total = estimate(f_a[None], f_b[None], f_ab[k][None])
        assert total[0] == pytest.approx(theirs.total_order.ravel()[k], rel=1e-9)
        assert first[0] == pytest.approx(theirs.first_order.ravel()[k], rel=1e-6, abs=0.02)


def test_combinations_that_cannot_be_computed_are_named(data: index.Indicators) -> None:
    vary = {"normalise": [{"method": "z_score"}], "aggregate": [{"method": "geometric"}]}
    with pytest.raises(ParameterError, match=r"combination \(normalise: z_score, aggregate: geo"):
        index.robustness(data, {**BASE, "vary": vary}, draws=10, seed=0)
    with pytest.raises(ParameterError, match=r"'normalise\.method'"):
        index.robustness(data, {**BASE, "vary": {"normalise": [{"method": "zz"}]}}, draws=10)
    with pytest.raises(ParameterError, match="vary 'normalize' is not known"):
        index.robustness(data, {**BASE, "vary": {"normalize": []}}, draws=10)
    with pytest.raises(ParameterError, match="no 'vary'"):
        index.robustness(data, BASE, draws=10)
    with pytest.raises(ParameterError, match="base spec skips 'treat'"):
        spec = {**BASE, "treat": None, "vary": {"treat.max_points": [1]}}
        index.robustness(data, spec, draws=10)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the solver they call
def test_benefit_of_the_doubt_as_data_envelopment_has_it() -> None:
    x = np.random.default_rng(6).uniform(1, 10, (9, 3))
    model = EnvelopDEA("CRS", "in")
    model.fit(np.ones((9, 1)), x)
    theirs = [result.score for result in model.results]
    ours = index.benefit_of_the_doubt(x, min_share=0)
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    bound = index.benefit_of_the_doubt(x, min_share=0.2)
    assert (bound <= ours + 1e-9).all()
    # one third each leaves no freedom: then weights are 1/(3 y) up to a factor
    fixed = index.benefit_of_the_doubt(x, min_share=1 / 3)
    forced = [1 / (x / x[c]).mean(axis=1).max() for c in range(9)]
    np.testing.assert_allclose(fixed, forced, rtol=1e-7)
    with pytest.raises(ParameterError, match=r"\[0\], indicator 2 is 0"):
        index.benefit_of_the_doubt([[1, 0], [1, 2]])
    with pytest.raises(ParameterError, match="cannot hold"):
        index.benefit_of_the_doubt(x, min_share=0.5)


def test_acceptability_by_hand() -> None:
    # first on one indicator, second on the other: half of the weights favour each
    found = index.smaa([[1, 0], [0, 1]], draws=20_000, seed=0)
    np.testing.assert_allclose(found.rank_acceptability, 0.5, atol=0.02)
    np.testing.assert_allclose(found.central_weights.to_numpy(), [[0.75, 0.25], [0.25, 0.75]],
                               atol=0.02)  # fmt: skip
    bound = index.smaa([[1, 0], [0, 1]], draws=100, seed=0, lower=[0.6, 0])
    assert bound.rank_acceptability.iloc[0, 0] == 1
    with pytest.raises(ParameterError, match="bounds of the weights"):
        index.smaa([[1, 0], [0, 1]], lower=[0.6, 0.6])


@pytest.mark.parametrize("k", [1, 3])
def test_a_move_does_what_it_says_and_no_less_would(data: index.Indicators, k: int) -> None:
    ranks = index.composite(data, BASE).ranks()["i"]
    unit = ranks.sort_values().index[8]
    move = index.what_would_move(data, BASE, unit, k)
    assert move.rank - move.wanted == k

    def rank_with(changes: pd.Series) -> int:
        values = data.values.copy()
        values.loc[unit, changes.index] = changes
        changed = index.make_indicators(data.tree, values)
        return int(index.composite(changed, BASE).ranks().loc[unit, "i"])

    done = move.alone[move.alone["reached"]]
    assert len(done)
    for code, row in done.iterrows():
        assert rank_with(pd.Series({code: row["needed"]})) <= move.wanted
        almost = row["now"] + 0.99 * row["change"]
        assert rank_with(pd.Series({code: almost})) > move.wanted or abs(row["change"]) < 1e-9
    assert rank_with(move.together["needed"]) <= move.wanted
    size = np.sqrt((move.together["in_sd"] ** 2).sum())
    assert size <= done["in_sd"].abs().min() * 1.5
    with pytest.raises(ParameterError, match="can rise 1 to"):
        index.what_would_move(data, BASE, unit, 20)


def test_a_move_of_a_ratio_is_measured_after_the_division() -> None:
    """The same ratios given as they are, or as figures of places of very different size."""
    draw = np.random.default_rng(3)
    ratio = pd.DataFrame(draw.uniform(1, 9, (6, 2)), index=list("ABCDEF"), columns=["a", "b"])
    size = pd.Series(10.0 ** np.arange(6), index=ratio.index)
    rows = [{"code": c, "parent": "i", "direction": 1} for c in "ab"] + [
        {"code": "i", "parent": ""}
    ]
    plain = index.make_indicators(index.read_tree(rows), ratio)
    divided = index.make_indicators(
        index.read_tree([{**row, "denominator": "n" if row["parent"] else ""} for row in rows]),
        ratio.mul(size, axis=0), denominators=pd.DataFrame({"n": size}),
    )  # fmt: skip
    last = index.composite(plain, {}).ranks()["i"].idxmax()
    one = index.what_would_move(plain, {}, last, 2)
    two = index.what_would_move(divided, {}, last, 2)
    for table, other in ((one.alone, two.alone), (one.together, two.together)):
        assert other["in_sd"].to_numpy() == pytest.approx(table["in_sd"].to_numpy(), rel=1e-6)
        assert other["within_observed"].tolist() == table["within_observed"].tolist()
        needed = other["needed"].to_numpy() / size[last]
        assert needed == pytest.approx(table["needed"].to_numpy(), rel=1e-9)
