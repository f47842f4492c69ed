"""Assessment within classes, with reasons, vetoes, grades and publication without scores."""

import pandas as pd
import pytest

from buju.errors import ParameterError
from buju.measure import index

UNITS = list("ABCDEF")
GRADES = {"优秀": 0.34, "良好": 0.33, "一般": 0.33}


@pytest.fixture
def counties() -> index.Indicators:
    tree = index.read_tree([
        {"code": "gdp", "parent": "i", "direction": 1, "weight": 60, "target": 8},
        {"code": "air", "parent": "i", "direction": -1, "weight": 40, "target": 40},
        {"code": "coal", "parent": "i", "direction": -1, "weight": 0, "classes": "coal",
         "veto": ">= 9"},
        {"code": "i", "parent": "", "weight": 1},
    ])  # fmt: skip
    values = pd.DataFrame({
        "gdp": [9, 8, 7, 5, 5.5, 4.0], "air": [30, 40, 50, 30, 40, 50.0],
        "coal": [1, 2, 9, 0, 0, 0.0],
    }, index=UNITS)  # fmt: skip
    groups = pd.DataFrame({"kind": ["coal"] * 3 + ["farm"] * 3}, index=UNITS)
    names = pd.Series({u: f"{u}县" for u in UNITS})
    return index.make_indicators(tree, values, groups=groups, names=names)


def bounds(**more) -> dict:
    posts = {"gdp": (4, 10), "air": (20, 60), "coal": (0, 10)}
    return {"normalise": {"method": "goalposts", "bounds": posts, "upper": 100}, **more}


def test_ranks_are_within_classes_with_their_own_indicators(counties: index.Indicators) -> None:
    found = index.assess(counties, bounds(), classes="kind")
    assert found.table["rank"].to_dict() == {"A": 1, "B": 2, "C": 3, "D": 1, "E": 2, "F": 3}
    assert found.table["of"].tolist() == [3] * 6
    assert "coal" in found.results["coal"].steps["imputed"]
    assert "coal" not in found.results["farm"].steps["imputed"]
    # 60 x (9 - 4)/6 + 40 x (60 - 30)/40
    assert found.table.loc["A", "base"] == pytest.approx(80)


def test_weights_of_a_class_hold_there_alone(counties: index.Indicators) -> None:
    schemes = {"farm": {"gdp": 0, "air": 100}}
    found = index.assess(counties, bounds(), classes="kind", schemes=schemes)
    assert found.table.loc["D", "base"] == pytest.approx(75)
    assert found.table.loc["A", "base"] == pytest.approx(80)
    with pytest.raises(ParameterError, match="no unit has: hills"):
        index.assess(counties, bounds(), classes="kind", schemes={"hills": {"gdp": 1}})


def test_bonus_deduction_and_veto_stand_with_reason_and_document(
    counties: index.Indicators,
) -> None:
    adjust = pd.DataFrame({
        "unit": ["B", "A"], "points": [5.0, -30.0], "reason": ["prize", "false figures"],
        "document": ["No. 1", "No. 2"],
    })  # fmt: skip
    veto = pd.DataFrame({"unit": ["D"], "reason": ["accident"], "document": ["No. 3"]})
    found = index.assess(counties, bounds(), classes="kind", adjustments=adjust, vetoes=veto,
                         grades=GRADES)  # fmt: skip
    table = found.table
    assert table.loc["B", "score"] == pytest.approx(table.loc["B", "base"] + 5)
    assert table.loc["A", "deduction"] == -30
    assert table.loc[["C", "D"], "veto"].all()  # C by the rule on coal
    assert table.loc["D", "rank"] == 1  # place and score stay visible
    assert table.loc["D", "grade"] == "良好"
    assert table.loc["E", "grade"] == "优秀"  # the place goes to the next
    assert set(found.reasons["kind"]) == {"bonus", "deduction", "veto"}
    held = index.assess(counties, bounds(), classes="kind", vetoes=veto, grades=GRADES,
                        refill=False)  # fmt: skip
    assert held.table.loc["E", "grade"] != "优秀"
    with pytest.raises(ParameterError, match="unit 'B' has no document"):
        index.assess(counties, bounds(), adjustments=adjust.assign(document=""))
    with pytest.raises(ParameterError, match="no unit 'Z'"):
        index.assess(counties, bounds(), vetoes=veto.assign(unit="Z"))


def test_attainment_joins_the_outcome_by_a_stated_share(counties: index.Indicators) -> None:
    each, mean = index.attainment(counties, cap=1.2)
    assert each.loc["A", "gdp"] == pytest.approx(9 / 8)
    assert each.loc["D", "air"] == 1.2  # 40 / 30 capped
    assert mean["B"] == pytest.approx(100)
    found = index.assess(counties, bounds(), also={"target": (0.4, mean)})
    row = found.table.loc["B"]
    assert row["score"] == pytest.approx(0.6 * row["base"] + 0.4 * 100)
    with pytest.raises(ParameterError, match="shares in 'also'"):
        index.assess(counties, bounds(), also={"target": (1.4, mean)})
    goals = pd.DataFrame({"unit": ["A"], "indicator": ["gdp"], "target": [-1.0]})
    with pytest.raises(ParameterError, match="'gdp': target -1"):
        index.attainment(counties, goals)


def test_publication_is_an_order_without_scores(counties: index.Indicators) -> None:
    found = index.assess(counties, bounds(), classes="kind", grades=GRADES)
    shown = found.publication()
    assert list(shown.columns) == ["class", "name", "unit", "grade"]
    assert shown["unit"].tolist() == ["A", "B", "C", "D", "E", "F"]
    assert found.publication(order="code")["grade"].tolist()[:2] == ["优秀", "良好"]


def test_two_years_compare_under_one_rule_set_only(counties: index.Indicators) -> None:
    later = index.make_indicators(counties.tree, counties.values.assign(gdp=[4, 8, 9, 5, 6, 4.0]),
                                  groups=counties.groups, names=counties.names)  # fmt: skip
    one, two = (index.assess(x, bounds(), classes="kind") for x in (counties, later))
    change = index.year_on_year(one, two)
    assert change.loc["A", "places"] == one.table.loc["A", "rank"] - two.table.loc["A", "rank"]
    other = index.assess(later, bounds(), classes="kind", schemes={"farm": {"gdp": 1}})
    with pytest.raises(ParameterError, match="different rules"):
        index.year_on_year(one, other)
    missing = counties.groups.assign(kind=[None, *counties.groups["kind"][1:]])
    with pytest.raises(ParameterError, match="no class for A"):
        index.assess(index.make_indicators(counties.tree, counties.values, groups=missing),
                     bounds(), classes="kind")  # fmt: skip
