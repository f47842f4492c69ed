"""The pipeline: stages are not added, projects only move forward, missing dates stay missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buju import track
from buju.errors import ParameterError, SchemaError

STAGES = ["reserve", "signed", "landed", "started", "building", "operating"]


def projects(**columns):
    row = {
        "project": ["A", "B", "C", "D"],
        "start": ["2020-06", "2021", None, "2022-01-15"],
        "planned_completion": ["2025", "2023-06-30", None, None],
        "actual_completion": ["2024-12-31", None, None, None],
    }
    return pd.DataFrame(row | columns)


@given(st.lists(st.sampled_from([*STAGES, None]), max_size=40))
def test_counts_are_of_projects_and_reached_never_rises(held):
    table = pd.DataFrame({"project": [f"P{k}" for k in range(len(held))], "stage": held})
    found = track.by_stage(table)
    assert found["projects"].sum() == len(held)
    reached = found["reached"].iloc[:6].astype(int)
    assert reached.is_monotonic_decreasing
    assert reached.iloc[0] == sum(stage is not None for stage in held)
    known = found["conversion"].dropna()
    assert known.between(0, 1).all()


def test_costs_are_summed_where_published_and_missing_otherwise():
    table = pd.DataFrame({"project": list("ABC"), "stage": ["reserve", "reserve", "building"],
                          "cost": [5.0, np.nan, np.nan]})  # fmt: skip
    found = track.by_stage(table).set_index("stage")
    assert found.loc["reserve", ["costed", "cost"]].tolist() == [1, 5.0]
    assert np.isnan(found.loc["building", "cost"])


def test_unknown_stages_and_repeated_projects_are_refused():
    with pytest.raises(SchemaError, match="no stage is called 'planned'") as caught:
        track.by_stage(pd.DataFrame({"project": ["A"], "stage": ["planned"]}))
    assert "未查明则留空" in caught.value.chinese
    with pytest.raises(SchemaError, match="A stands twice"):
        track.by_stage(pd.DataFrame({"project": ["A", "A"], "stage": ["reserve", "signed"]}))


def history(rows):
    return pd.DataFrame(rows, columns=["project", "stage", "date"])


def test_a_cohort_moves_on_by_hand():
    rows = [
        ("A", "reserve", "2020-01-01"),
        ("A", "signed", "2020-01-31"),
        ("A", "started", "2020-03-01"),
        ("B", "reserve", "2020-02-01"),
        ("C", "signed", "2020-03-01"),
    ]
    found = track.moves(history(rows), "2020-04-01").set_index("stage")
    assert found.loc["reserve", ["came", "moved_on", "still_there"]].tolist() == [2, 1, 1]
    assert found.loc["reserve", "conversion"] == 0.5
    assert found.loc["reserve", "median_days"] == 30
    assert found.loc["reserve", "median_days_there"] == 60
    assert found.loc["signed", ["came", "moved_on"]].tolist() == [2, 1]
    assert np.isnan(found.loc["landed", "conversion"])


@pytest.mark.parametrize(
    "rows",
    [
        [("A", "signed", "2020-01-01"), ("A", "reserve", "2020-02-01")],
        [("A", "signed", "2020-01-01"), ("A", "signed", "2020-02-01")],
        [("A", "signed", "2021-01-01")],
        [("A", "signed", "2020-01-01"), ("A", "nowhere", "2020-02-01")],
    ],
    ids=["back", "twice", "later", "unknown"],
)
def test_a_project_that_goes_back_is_refused(rows):
    with pytest.raises(SchemaError, match="a project moves forward only") as caught:
        track.moves(history(rows), "2020-12-31")
    assert "项目只能前进" in caught.value.chinese


def test_what_is_not_on_record_is_not_called_unfinished():
    found = track.milestones(projects(), "2024-06-30").set_index("project")
    assert found["state"].to_dict() == {
        "A": "running",  # completed later than the day of looking
        "B": "overdue",
        "C": "no_plan",
        "D": "no_plan",
    }
    assert found.loc["B", "days_late"] == 366
    later = track.milestones(projects(), "2026-01-01").set_index("project")
    assert later.loc["A", ["state", "days_late"]].tolist() == ["done", -365.0]
    late = track.milestones(projects(actual_completion=["2026-02", None, None, None]), "2026-12")
    assert late.loc[0, ["state", "days_late"]].tolist() == ["done_late", 59.0]


def test_money_spent_stands_beside_money_planned_and_time_passed():
    table = projects(cost=[100.0, 50.0, np.nan, 10.0], invested=[50.0, np.nan, 3.0, 5.0],
                     invested_as_of=["2022-12-31", None, "2023", "2023"])  # fmt: skip
    found = track.spending(table, "2024-01-01").set_index("project")
    assert found.index.tolist() == ["A", "D"]
    assert found["share"].tolist() == [0.5, 0.5]
    assert found.loc["A", "elapsed"] == pytest.approx(914 / 2010)
    assert np.isnan(found.loc["D", "elapsed"])


def test_bars_say_what_their_end_rests_on():
    found = track.gantt(projects(), "2026-03-01").set_index("project")
    assert found.loc["A"].tolist() == ["2020-06-01", "2024-12-31", "actual"]
    assert found.loc["B"].tolist() == ["2021-01-01", "2023-06-30", "planned"]
    assert found.loc["D"].tolist() == ["2022-01-15", "2026-03-01", "open"]
    assert "C" not in found.index


def tags():
    rows = [("f", None, True), ("f1", "f", False), ("i", None, True)]
    rows += [(f"i{k}", "i", False) for k in range(1, 16)]
    frame = pd.DataFrame(rows, columns=["tag", "parent", "published"])
    return frame.assign(name_zh="名称未公布", name_en="not published")


def test_fifteen_items_are_numbered_and_their_content_stays_empty():
    items, fields = track.cooperation(tags(), "i", "f")
    assert items["number"].tolist() == list(range(1, 16))
    blank = ["content", "field", "responsible", "due", "state"]
    assert items[blank].isna().all(axis=None)
    assert fields["name"].isna().all()
    told = tags()
    told.loc[told["tag"] == "i3", ["published", "parent", "name_zh"]] = [True, "f1", "共建园区"]
    items, _ = track.cooperation(told, "i", "f")
    assert items.loc[2, ["content", "field"]].tolist() == ["共建园区 / not published", "f1"]
    with pytest.raises(ParameterError, match="no tag 'g'"):
        track.cooperation(tags(), "i", "g")
