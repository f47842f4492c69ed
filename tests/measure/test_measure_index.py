"""The composite index: a case by hand, other implementations, the same result twice."""

from pathlib import Path

import numpy as np
import pandas as pd
import pymcdm
import pytest

from buju.errors import BujuError
from buju.measure import index

CODES = list("abcd")
SPEC = {
    "denominate": None,
    "impute": None,
    "screen": None,
    "treat": None,
    "normalise": {"method": "min_max", "lower": 1.0, "upper": 100.0},
    "weight": {"method": "given"},
    "aggregate": {"method": "arithmetic"},
}
TREE = [
    ("a", 1, "s1", 1, 1, "Indicator"), ("b", 1, "s1", -1, 1, "Indicator"),
    ("c", 1, "s2", 1, 2, "Indicator"), ("d", 1, "s2", 1, 1, "Indicator"),
    ("s1", 2, "I", 1, 1, "Aggregate"), ("s2", 2, "I", 1, 3, "Aggregate"),
    ("I", 3, None, 1, 1, "Aggregate"),
]  # fmt: skip


@pytest.fixture
def data() -> pd.DataFrame:
    values = np.random.default_rng(0).uniform(1, 100, (12, 4))
    return pd.DataFrame(values, columns=CODES, index=[f"U{k}" for k in range(12)])


@pytest.fixture
def indicators(data: pd.DataFrame, tmp_path: Path) -> index.Indicators:
    named = data.rename_axis("uCode").reset_index().assign(uName=lambda f: f["uCode"])
    named.to_csv(tmp_path / "idata.csv", index=False)
    columns = ["iCode", "Level", "Parent", "Direction", "Weight", "Type"]
    meta = pd.DataFrame(TREE, columns=columns).assign(iName=lambda f: f["iCode"])
    meta.to_csv(tmp_path / "imeta.csv", index=False)
    return index.read_coinr(tmp_path / "idata.csv", tmp_path / "imeta.csv")


def test_scores_and_ranks_by_hand(data: pd.DataFrame, indicators: index.Indicators) -> None:
    result = index.composite(indicators, SPEC)
    x = data.assign(b=-data["b"])
    y = 1 + 99 * (x - x.min()) / (x.max() - x.min())
    s1, s2 = (y["a"] + y["b"]) / 2, (2 * y["c"] + y["d"]) / 3
    expected = (s1 + 3 * s2) / 4
    np.testing.assert_allclose(result.scores["I"], expected, rtol=1e-12)
    assert list(result.steps) == [
        "denominated", "imputed", "screened", "treated", "normalised", "aggregated",
    ]  # fmt: skip
    ranks = expected.rank(ascending=False, method="min")
    assert result.ranks()["I"].tolist() == ranks.tolist()
    again = index.composite(indicators, SPEC)
    pd.testing.assert_frame_equal(result.scores, again.scores, check_exact=True)


def test_geometric_mean_by_level(indicators: index.Indicators) -> None:
    spec = {**SPEC, "aggregate": {"method": {2: "arithmetic", 3: "geometric"}}}
    scores = index.composite(indicators, spec).scores
    np.testing.assert_allclose(scores["I"], scores["s1"] ** 0.25 * scores["s2"] ** 0.75, rtol=1e-12)


def test_a_zero_under_a_geometric_mean_is_refused_by_name(indicators: index.Indicators) -> None:
    normalise = {"method": "min_max", "lower": 0.0, "upper": 100.0}
    spec = {**SPEC, "normalise": normalise, "aggregate": {"method": "geometric"}}
    with pytest.raises(BujuError, match=r"'s1' by geometric mean: '[ab]' of unit 'U\d+' is 0"):
        index.composite(indicators, spec)


def test_replications_repeat_and_rank_every_unit(indicators: index.Indicators) -> None:
    vary = {
        "normalise": [SPEC["normalise"], {"method": "rank"}],
        "weight": {"noise": 0.25, "levels": [1, 2]},
        "aggregate": [{"method": "arithmetic"}, {"method": "geometric"}],
        "indicators": {"noise": 0.02},
    }
    one = index.robustness(indicators, {**SPEC, "vary": vary}, draws=300, seed=1)
    two = index.robustness(indicators, {**SPEC, "vary": vary}, draws=300, seed=1)
    pd.testing.assert_frame_equal(one.ranks, two.ranks, check_exact=True)
    assert one.ranks.shape == (300, 12)
    assert one.ranks.to_numpy().min() == 1
    assert one.ranks.to_numpy().max() <= 12
    assert set(one.sobol.index) == set(vary)
    assert (one.intervals["p05"] <= one.intervals["p95"]).all()


@pytest.mark.parametrize(
    ("variant", "theirs"),
    [
        ("min_max", pymcdm.normalizations.minmax_normalization),
        ("vector", pymcdm.normalizations.vector_normalization),
    ],
)
def test_topsis_as_another_library_has_it(variant: str, theirs) -> None:
    x = np.random.default_rng(3).uniform(1, 10, (8, 4))
    weights, types = np.array([0.1, 0.2, 0.3, 0.4]), np.array([1, -1, 1, 1])
    ours = index.topsis(x, weights, types, normalise=variant)
    np.testing.assert_allclose(ours, pymcdm.methods.TOPSIS(theirs)(x, weights, types), rtol=1e-12)


def test_entropy_weights_as_another_library_has_them() -> None:
    x = np.random.default_rng(4).uniform(1, 10, (8, 4))
    ours = index.entropy_weights(x, variant="raw_shares")
    np.testing.assert_allclose(ours, pymcdm.weights.entropy_weights(x), rtol=1e-12)
    assert not np.allclose(ours, index.entropy_weights(x, variant="min_max"))


def test_benefit_of_the_doubt_and_acceptability_keep_their_bounds() -> None:
    x = np.random.default_rng(5).uniform(1, 10, (8, 4))
    scores = index.benefit_of_the_doubt(x, min_share=0.05)
    assert scores.max() == pytest.approx(1)
    assert (scores > 0).all()
    free = index.benefit_of_the_doubt(x, min_share=0.0)
    assert (free >= scores - 1e-9).all()  # bounds only take away
    shares = np.asarray(index.smaa(x, draws=500, seed=0).rank_acceptability)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares.sum(axis=0), 1)
