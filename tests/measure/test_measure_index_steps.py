"""Each step by hand: rules of COINr, named variants, and what may not be done silently."""

import numpy as np
import pandas as pd
import pymcdm
import pytest
from scipy import stats

from buju.errors import ParameterError, SchemaError
from buju.measure import index
from buju.measure.index import arrays
from buju.measure.index.data_weights import critic_weights
from buju.measure.index.spec import Treat
from buju.measure.index.treat import winsorise

EXACT = {"rtol": 1e-12, "atol": 1e-12}


def make(frame: pd.DataFrame, *, down=(), rows=(), **more) -> index.Indicators:
    tree = [
        {"code": c, "parent": "i", "direction": -1 if c in down else 1, **dict(rows).get(c, {})}
        for c in frame
    ]
    tree.append({"code": "i", "parent": ""})
    for row in tree:
        row.setdefault("weight", 1.0)
    return index.make_indicators(index.read_tree(tree), frame, **more)


def frame(**columns) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=[f"U{k}" for k in range(n)], dtype=float)


def scaled(x: pd.DataFrame, normalise: dict, **more) -> pd.DataFrame:
    return index.composite(make(x, **more), {"normalise": normalise}).steps["normalised"]


def test_moments_are_those_of_spreadsheets() -> None:
    x = np.random.default_rng(0).lognormal(size=(5, 23))
    skew, kurtosis = arrays.skew_kurtosis(x)
    np.testing.assert_allclose(skew, stats.skew(x, axis=1, bias=False), **EXACT)
    np.testing.assert_allclose(kurtosis, stats.kurtosis(x, axis=1, bias=False), **EXACT)
    x[0, 3] = np.nan
    skew, kurtosis = arrays.skew_kurtosis(x)
    rest = np.delete(x[0], 3)
    assert skew[0] == pytest.approx(stats.skew(rest, bias=False))
    assert kurtosis[0] == pytest.approx(stats.kurtosis(rest, bias=False))


def test_winsorising_draws_in_one_extreme_after_the_other() -> None:
    # 1..10 with 30 and 100: the example of the R package's manual; 100 comes to 30
    x = np.array([[*range(1, 11), 30.0, 100.0]])
    moved, high, low = winsorise(x, Treat())
    assert moved[0].tolist() == [*range(1, 11), 30.0, 30.0]
    skew, kurtosis = arrays.skew_kurtosis(moved)
    assert abs(skew[0]) < 2 or kurtosis[0] < 3.5
    assert not low.any()
    assert high[0, -1]


def test_what_still_fails_is_logged_from_the_original() -> None:
    x = frame(a=[*np.linspace(1, 2, 30), 1e3, 2e3, 4e3, 8e3], b=np.arange(34))
    spec = {"treat": {"max_points": 1}}
    result = index.composite(make(x), spec)
    a = x["a"]
    expected = np.log(a - a.min() + 0.01 * (a.max() - a.min()))
    np.testing.assert_allclose(result.steps["treated"]["a"], expected, **EXACT)
    assert result.treated["indicator"].tolist() == ["a"]
    assert result.treated["method"].tolist() == ["log"]
    assert any("'a' was logged" in note for note in result.notes)
    kept = index.composite(make(x), {"treat": {"max_points": 1, "leave": ["a"]}})
    pd.testing.assert_frame_equal(kept.steps["treated"], x, check_names=False)


def test_nothing_given_is_changed() -> None:
    x = frame(a=[*np.linspace(1, 2, 30), 1e3, 2e3, 4e3, np.nan], b=np.arange(34))
    data = make(x)
    before = data.values.copy()
    spec = {"impute": {"method": "median"}, "treat": {"max_points": 5}}
    result = index.composite(data, spec)
    pd.testing.assert_frame_equal(data.values, before)
    index.robustness(data, {**spec, "vary": {"treat.max_points": [0, 5]}}, draws=10)
    pd.testing.assert_frame_equal(data.values, before)
    pd.testing.assert_frame_equal(result.steps["imputed"].drop("U33"), before.drop("U33"))


def test_imputation_by_group_lists_every_cell() -> None:
    x = frame(a=[1, np.nan, 3, 10], b=[1, 2, 3, 4])
    groups = pd.DataFrame({"region": ["n", "n", "n", "s"]}, index=x.index)
    spec = {"impute": {"method": "group_mean", "group": "region"}}
    result = index.composite(make(x, groups=groups), spec)
    assert result.imputed.to_dict("records") == [
        {"unit": "U1", "indicator": "a", "value": 2.0, "method": "group_mean by region"}
    ]
    with pytest.raises(ParameterError, match="no column 'regoin'"):
        index.composite(make(x, groups=groups), {"impute": {**spec["impute"], "group": "regoin"}})


def test_a_group_without_figures_leaves_the_cell_and_says_so() -> None:
    x = frame(a=[1, 2, 3, np.nan], b=[1, 2, 3, 4])
    groups = pd.DataFrame({"region": ["n", "n", "n", "s"]}, index=x.index)
    spec = {"impute": {"method": "group_mean", "group": "region"}}
    result = index.composite(make(x, groups=groups), spec)
    assert result.unfilled.to_dict("records") == [{"unit": "U3", "indicator": "a"}]
    assert any("missing still" in note for note in result.notes)
    assert result.index["U3"] == result.steps["normalised"].loc["U3", "b"]
    refuse = {**spec, "aggregate": {"method": "arithmetic", "missing": "refuse"}}
    with pytest.raises(ParameterError, match="unit 'U3' has a missing value under 'i'"):
        index.composite(make(x, groups=groups), refuse)


def test_denominators_divide_and_scale() -> None:
    x = frame(a=[10, 30], b=[1, 2])
    people = frame(p=[2, 3])
    rows = {"a": {"denominator": "p", "scale": 100}}
    result = index.composite(make(x, rows=rows, denominators=people), {})
    assert result.steps["denominated"]["a"].tolist() == [500, 1000]
    left = index.composite(make(x, rows=rows, denominators=people), {"denominate": None})
    assert left.steps["denominated"]["a"].tolist() == [10, 30]
    with pytest.raises(ParameterError, match="denominator 'p' is 0"):
        index.composite(make(x, rows=rows, denominators=people * 0), {})


def test_screening_lists_who_left_and_counts_before_or_after_imputation() -> None:
    x = frame(a=[1, 2, np.nan], b=[1, 2, 3], c=[3, 1, np.nan])
    raw = index.composite(make(x), {"screen": {"min_availability": 0.5}})
    assert raw.dropped["unit"].tolist() == ["U2"]
    assert raw.dropped["availability"].tolist() == pytest.approx([1 / 3])
    assert "units left out: U2" in raw.notes
    filled = {"impute": {"method": "mean"}, "screen": {"min_availability": 0.5}}
    result = index.composite(make(x), filled)
    assert result.dropped.empty
    assert any("before imputation 1 units" in note for note in result.notes)
    filled["screen"]["of"] = "raw"
    assert index.composite(make(x), filled).dropped["unit"].tolist() == ["U2"]
    kept = {"screen": {"min_availability": 0.5, "keep": ["U2"]}}
    assert index.composite(make(x), kept).dropped.empty


@pytest.mark.parametrize(
    ("normalise", "up", "down"),
    [
        ({"method": "min_max"}, [0, 25, 100], [100, 75, 0]),
        ({"method": "z_score"}, None, None),
        ({"method": "rank"}, [1, 2, 3], [3, 2, 1]),
        ({"method": "percentile"}, [0, 0.5, 1], [1, 0.5, 0]),
        ({"method": "borda"}, [0, 1, 2], [2, 1, 0]),
        ({"method": "distance_max"}, [0, 0.25, 1], [1, 0.75, 0]),
        ({"method": "distance_reference", "reference": "U1"}, [0, 1, 1], [1, 1, 0]),
        ({"method": "distance_reference", "reference": "U1", "cap": False}, [0, 1, 4],
         [4 / 3, 1, 0]),
        ({"method": "distance_target", "targets": {"a": 9, "b": 1}, "cap": False},
         [0, 0.125, 0.5], [1, 0.75, 0]),
        ({"method": "goalposts", "bounds": {"a": (0, 4), "b": (0, 4)}}, [0.25, 0.5, 1],
         [0.75, 0.5, 0]),
        ({"method": "goalposts", "bounds": {"a": (0, 4), "b": (0, 4)}, "cap": False, "upper": 10},
         [2.5, 5, 12.5], [7.5, 5, -2.5]),
        ({"method": "efficacy", "bounds": {"a": (1, 5), "b": (5, 1)}}, [60, 70, 100],
         [100, 90, 60]),
    ],
)  # fmt: skip
def test_normalising_by_hand(normalise: dict, up: list, down: list) -> None:
    x = frame(a=[1, 2, 5], b=[1, 2, 5])
    found = scaled(x, normalise, down=["b"])
    if up is None:
        z = (x["a"] - x["a"].mean()) / x["a"].std()
        up, down = z, -z
    np.testing.assert_allclose(found["a"], up, **EXACT)
    np.testing.assert_allclose(found["b"], down, **EXACT)


def test_exponential_efficacy_and_attainment() -> None:
    assert index.efficacy([1, 3], 1, 3, form="exponential") == pytest.approx([60, 100])
    assert index.target_attainment(2, 1, direction=-1) == 0.5
    assert index.target_attainment(3, 2, cap=1.2) == 1.2
    with pytest.raises(ParameterError, match="above zero"):
        index.target_attainment(1, -2)
    with pytest.raises(ParameterError, match="equal"):
        index.efficacy(1, 2, 2)


@pytest.mark.parametrize("variant", ["weighted", "majority"])
def test_copeland_by_hand(variant: str) -> None:
    x = frame(a=[3, 2, 1], b=[1, 3, 2], c=[3, 2, 1])
    spec = {"normalise": None, "aggregate": {"method": "copeland", "copeland": variant}}
    found = index.composite(make(x), spec).index.tolist()
    # U0 beats U1 and U2 two to one; U1 beats U2 three to none
    assert found == pytest.approx([2 / 3, 2 / 3, -4 / 3] if variant == "weighted" else [2, 0, -2])


def test_means_by_hand() -> None:
    x = frame(a=[1, 4], b=[9, 1])
    got = {
        rule: index.composite(
            make(x), {"normalise": None, "aggregate": {"method": rule, "power": 2}}
        ).index.iloc[0]
        for rule in ("arithmetic", "geometric", "harmonic", "generalised")
    }
    assert got == pytest.approx(
        {"arithmetic": 5, "geometric": 3, "harmonic": 1.8, "generalised": np.sqrt(41)}
    )


def test_weights_from_data_agree_with_another_library() -> None:
    x = np.random.default_rng(1).uniform(1, 9, (12, 5))
    np.testing.assert_allclose(critic_weights(x), pymcdm.weights.critic_weights(x), **EXACT)
    scaled_x = (x - x.min(0)) / (x.max(0) - x.min(0))
    data = pd.DataFrame(x, columns=list("abcde"), index=[f"U{k}" for k in range(12)])
    for method, expected in {
        "critic": pymcdm.weights.critic_weights(x),
        "sd": scaled_x.std(0, ddof=1) / scaled_x.std(0, ddof=1).sum(),
        "pca": np.linalg.eigh(np.corrcoef(x.T))[1][:, -1] ** 2,
        "equal": np.full(5, 0.2),
    }.items():
        result = index.composite(make(data), {"weight": {"method": method}})
        np.testing.assert_allclose(result.weights["weight"][:5], expected, rtol=1e-9)
    raw = index.composite(make(data), {"weight": {"method": "entropy", "variant": "raw_shares"}})
    np.testing.assert_allclose(
        raw.weights["weight"][:5], pymcdm.weights.entropy_weights(x), rtol=1e-9
    )
    assert any("entropy (raw_shares)" in note for note in raw.notes)


def test_optimised_weights_even_out_the_effect() -> None:
    g = np.random.default_rng(2)
    common = g.normal(size=60)
    x = np.column_stack([common + 0.3 * g.normal(size=60), common + 0.3 * g.normal(size=60),
                         g.normal(size=60)])  # fmt: skip
    data = pd.DataFrame(x, columns=list("abc"), index=[f"U{k}" for k in range(60)])
    result = index.composite(make(data), {"weight": {"method": "optimised"}})
    correlation = data.corrwith(result.index)
    assert correlation.max() - correlation.min() < 1e-3


def test_ahp_and_its_consistency() -> None:
    saaty = [[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]]
    found = index.ahp_weights(saaty)
    assert found.weights == pytest.approx([0.637, 0.258, 0.105], abs=5e-4)
    assert found.consistency_ratio == pytest.approx(0.033, abs=1e-3)
    with pytest.raises(ParameterError, match="consistency ratio"):
        index.ahp_weights([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])
    with pytest.raises(ParameterError, match="row 1, column 2"):
        index.ahp_weights([[1, 2], [2, 1]])
    x = frame(a=[1, 2, 4], b=[2, 1, 3], c=[1, 3, 2])
    result = index.composite(make(x), {"weight": {"method": "ahp", "matrices": {"i": saaty}}})
    assert result.weights["weight"][:3].tolist() == pytest.approx(found.weights.tolist())


def test_human_development_index_by_its_formula() -> None:
    # technical notes of 2010 to date: goalposts 20-85, 0-18, 0-15, ln 100 - ln 75 000
    life, expected_years, mean_years, income = 80.0, 16.2, 11.3, 40_000.0
    health = (life - 20) / 65
    education = (expected_years / 18 + mean_years / 15) / 2
    standard = (np.log(income) - np.log(100)) / (np.log(75_000) - np.log(100))
    by_hand = (health * education * standard) ** (1 / 3)
    tree = index.read_tree([
        {"code": "life", "parent": "health", "direction": 1},
        {"code": "expected", "parent": "education", "direction": 1},
        {"code": "mean", "parent": "education", "direction": 1},
        {"code": "ln_income", "parent": "standard", "direction": 1},
        *({"code": c, "parent": "hdi"} for c in ("health", "education", "standard")),
        {"code": "hdi", "parent": ""},
    ])  # fmt: skip
    data = pd.DataFrame(
        {"life": [life, 60], "expected": [expected_years, 20], "mean": [mean_years, 5],
         "ln_income": np.log([income, 2e5])}, index=["A", "B"],
    )  # fmt: skip
    bounds = {"life": (20, 85), "expected": (0, 18), "mean": (0, 15),
              "ln_income": (np.log(100), np.log(75_000))}  # fmt: skip
    spec = {
        "normalise": {"method": "goalposts", "bounds": bounds},
        "aggregate": {"method": {2: "arithmetic", 3: "geometric"}},
    }
    result = index.composite(index.make_indicators(tree, data), spec)
    assert result.index["A"] == pytest.approx(by_hand, rel=1e-12)
    assert result.scores.loc["B", "standard"] == 1  # above the goalpost, capped


def test_ranks_say_how_they_round_and_tie() -> None:
    x = frame(a=[10.04, 10.01, 5, 5])
    result = index.composite(make(x), {"normalise": None})
    assert result.ranks()["i"].tolist() == [1, 2, 3, 3]
    assert result.ranks(decimals=1, ties="max")["i"].tolist() == [2, 2, 4, 4]
    assert result.ranks(ties="average")["i"].tolist() == [1, 2, 3.5, 3.5]
    assert result.ranks(ties="dense")["i"].tolist() == [1, 2, 3, 3]
    with pytest.raises(ParameterError, match="ties 'first' is not known"):
        result.ranks(ties="first")


def test_the_log_gives_any_step_again_and_notices_other_data() -> None:
    x = frame(a=[1, 2, 5, np.nan], b=[4, 2, 1, 3])
    spec = {"impute": {"method": "median"}, "aggregate": {"method": "copeland"}}
    result = index.composite(make(x), spec)
    for step, table in result.steps.items():
        again = index.replay(result.to_json(), make(x), step=step)
        pd.testing.assert_frame_equal(again, table, check_exact=True)
    with pytest.raises(ParameterError, match="differs from the log"):
        index.replay(result.to_json(), make(x + 1))


def test_panels_rank_within_each_year_and_fill_along_years() -> None:
    years = pd.MultiIndex.from_product([[2019, 2020, 2021], ["A", "B", "C"]])
    x = pd.DataFrame({"a": [1, 2, 3, np.nan, 4, 5, 5, 6, 9.0], "b": range(9)}, index=years)
    spec = {"impute": {"method": "linear"}, "normalise": {"method": "min_max", "over": "panel"}}
    result = index.composite(make(x.astype(float)), spec)
    assert result.imputed.to_dict("records") == [
        {"unit": "A", "year": 2020, "indicator": "a", "value": 3.0, "method": "linear"}
    ]
    assert result.ranks()["i"].groupby(level="year").max().tolist() == [3, 3, 3]
    one = index.composite(make(x.astype(float)).at(2021), {})
    each = index.composite(make(x.astype(float)), {"impute": {"method": "latest"}})
    np.testing.assert_allclose(one.index, each.index.loc[2021], **EXACT)
    absent = make(x.drop([(2020, "B")]).astype(float))
    result = index.composite(absent, spec)
    assert (2020, "B") not in result.index.index
    assert result.index.notna().all()


BAD_TREES = {
    "cycle": ([("a", "b", 1), ("b", "c", 1), ("c", "b", 1), ("i", "", 1)], "a cycle, a -> b -> c"),
    "parent": ([("a", "j", 1), ("i", "", 1)], "the parent 'j' of 'a' has no row"),
    "twice": ([("a", "i", 1), ("a", "i", 1), ("i", "", 1)], "code 'a' stands 2 times"),
    "roots": ([("a", "i", 1), ("i", "", 1), ("k", "", 1)], "2 rows have no parent"),
    "direction": ([("a", "i", 0), ("i", "", 1)], "indicator 'a' has direction '0'"),
}


@pytest.mark.parametrize("case", BAD_TREES)
def test_a_tree_with_a_fault_names_it_in_two_languages(case: str) -> None:
    rows, message = BAD_TREES[case]
    with pytest.raises(SchemaError, match=message) as caught:
        index.read_tree([dict(zip(("code", "parent", "direction"), r, strict=True)) for r in rows])
    assert caught.value.chinese


def test_bad_data_and_specs_name_code_unit_and_remedy() -> None:
    x = frame(a=[1, 2, 3], b=[5, 5, 5])
    with pytest.raises(ParameterError, match=r"'b' has the same value 5 .* goalposts") as caught:
        index.composite(make(x), {})
    assert "各单位取值相同" in caught.value.chinese
    middle = {"method": "min_max", "constant": "middle"}
    assert scaled(x, middle)["b"].tolist() == [50, 50, 50]
    z = {"normalise": {"method": "z_score"}, "aggregate": {"method": "geometric"}}
    with pytest.raises(ParameterError, match="'a' of unit 'U0' is -1"):
        index.composite(make(x[["a"]]), z)
    rows = {"a": {"weight": 50.0}, "b": {"weight": 40.0}}
    with pytest.raises(ParameterError, match="under 'i' sum to 90, not 100"):
        index.composite(make(x, rows=rows), {"weight": {"method": "given", "sum": 100}})
    said = index.composite(make(x, rows=rows), {"normalise": middle}).notes
    assert any("under 'i' sum to 90" in note for note in said)
    tree = index.read_tree([{"code": "gdp", "parent": "i", "direction": 1},
                            {"code": "i", "parent": ""}])  # fmt: skip
    with pytest.raises(SchemaError, match=r"lack the indicators gdp .* 'gdb'"):
        index.make_indicators(tree, frame(gdb=[1, 2]))
    with pytest.raises(ParameterError, match=r"'normalise\.method'"):
        index.composite(make(x), {"normalise": {"method": "minmax"}})
    with pytest.raises(ParameterError, match=r"'normalize'.*Extra inputs"):
        index.composite(make(x), {"normalize": {"method": "min_max"}})
    with pytest.raises(ParameterError, match="no rule for level 2"):
        index.composite(make(x[["a"]]), {"aggregate": {"method": {3: "arithmetic"}}})
    with pytest.raises(ParameterError, match="has no value under 'i'"):
        _no_value()


def _no_value() -> None:
    tree = index.read_tree([
        {"code": "a", "parent": "i", "direction": 1}, {"code": "b", "parent": "j", "direction": 1},
        {"code": "i", "parent": "r"}, {"code": "j", "parent": "r"}, {"code": "r", "parent": ""},
    ])  # fmt: skip
    index.composite(index.make_indicators(tree, frame(a=[1, 2, np.nan], b=[1, 2, 3])), {})


def test_percentages_as_fractions_are_refused_or_said() -> None:
    x = frame(a=[0.2, 0.5, 0.9])
    rows = {"a": {"unit": "%"}}
    with pytest.raises(SchemaError, match="'a' is in per cent but no value lies above 1"):
        make(x, rows=rows)
    assert "taken as given" in make(x, rows=rows, small_percent="note").notes[0]
    assert make(x, rows=rows, small_percent=("a",)).notes
    mixed = make(frame(a=[20, 50, 0.3, 90]), rows=rows)
    assert "U2 lie below 1" in mixed.notes[0]


def test_a_bare_name_is_a_method_with_its_defaults() -> None:
    x = frame(a=[1, 2, 4], b=[3, 1, 2])
    one = index.composite(make(x), {"normalise": "rank", "aggregate": "harmonic"})
    two = index.composite(
        make(x), {"normalise": {"method": "rank"}, "aggregate": {"method": "harmonic"}}
    )
    pd.testing.assert_frame_equal(one.scores, two.scores)


def test_audit_by_hand() -> None:
    x = frame(a=[1, 2, 3, 4], b=[2, 1, 4, 3], c=[4, 3, 1, 2])
    result = index.composite(make(x), {})
    y = result.steps["normalised"]
    k = 3 / 2 * (1 - y.var().sum() / y.sum(axis=1).var())
    assert index.cronbach(result) == pytest.approx(k)
    shares = index.principal_components(result)
    assert shares["eigenvalue"].sum() == pytest.approx(3)
    assert index.correlation_table(result).loc["a", "b"] == pytest.approx(0.6)
    effect = index.effective_weights(result)
    assert effect.loc[["a", "b", "c"], "effect"].sum() == pytest.approx(1)
    assert effect.loc["i", "share"] == 1
    gone = index.without_each(make(x), {})
    assert set(gone["element"]) == {"a", "b", "c"}
    two = (y["a"] + y["b"]).rank(ascending=False, method="min").astype(int)
    assert gone[gone["element"] == "c"]["rank_without"].tolist() == two.tolist()
    best = index.strengths(result, "U0", first=1)
    assert best["indicator"].tolist() == ["c", "a"]
