"""Circles by the numbers and by the plan."""

import numpy as np
import pandas as pd
import pytest

from buju.errors import ParameterError, SchemaError
from buju.measure import circle, circle_table

MINUTES = [[0, 90], [60, 50], [61, 75], [np.inf, np.inf], [30, 80]]
LABELS = ["010100", "x", "y", "island", "z"]
CIRCLES = circle(MINUTES, ["010100", "B"], labels=LABELS)


def test_every_core_and_the_nearest() -> None:
    inside = CIRCLES[CIRCLES["inside"]]
    assert list(zip(inside["place"], inside["core"], strict=True)) == [
        ("010100", "010100"), ("x", "010100"), ("x", "B"), ("z", "010100"),
    ]  # fmt: skip
    nearest = CIRCLES[CIRCLES["nearest"]]
    assert nearest["place"].tolist() == ["010100", "x", "y", "z"]
    assert nearest["core"].tolist() == ["010100", "B", "010100", "010100"]
    assert nearest["margin"].tolist() == [60, 10, -1, 30]
    assert CIRCLES["margin"].min() == -np.inf


def test_a_shift_of_the_limit_by_the_margin_flips_the_answer() -> None:
    row = CIRCLES[(CIRCLES["place"] == "y") & CIRCLES["nearest"]].iloc[0]
    wider = circle(MINUTES, ["010100", "B"], labels=LABELS, limit=60 - row["margin"])
    assert wider.loc[wider["place"] == "y", "inside"].tolist() == [True, False]


def test_plan_beside_numbers() -> None:
    plan = pd.DataFrame({
        "group": ["capital", "capital", "capital", "B"],
        "place": ["010100", "x", "y", "x"],
    })  # fmt: skip
    table = circle_table(CIRCLES, plan, cores={"capital": "010100"}).set_index("place")
    assert table["by_numbers"].to_dict() == {
        "010100": "capital", "x": "capital;B", "y": "", "island": "", "z": "capital",
    }  # fmt: skip
    assert table["agreement"].to_dict() == {
        "010100": "same", "x": "same", "y": "plan_only", "island": "neither", "z": "numbers_only",
    }  # fmt: skip
    assert table.loc["y", ["core", "minutes", "margin"]].tolist() == ["010100", 61, -1]
    assert pd.isna(table.loc["island", "core"])
    assert table.loc["island", "minutes"] == np.inf
    other = circle_table(CIRCLES, pd.DataFrame({"group": ["B"], "place": ["z"]}))
    assert other.set_index("place")["agreement"].to_dict()["z"] == "plan_only"
    both = pd.DataFrame({"group": ["010100", "B"], "place": ["z", "010100"]})
    assert circle_table(CIRCLES, both)["agreement"].tolist()[0] == "different"


def test_labels_of_a_table_are_checked() -> None:
    minutes = pd.DataFrame(MINUTES, index=LABELS, columns=["B", "010100"])
    with pytest.raises(ParameterError, match=r"minutes \(columns\) carries the same labels in oth"):
        circle(minutes, ["010100", "B"], labels=LABELS)


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="labels has 'x' twice"):
        circle([[1], [2]], ["c"], labels=["x", "x"])
    with pytest.raises(ParameterError, match=r"minutes has shape \(1, 1\).*ask for \(2, 1\)"):
        circle([[1]], ["c"], labels=["x", "y"])
    with pytest.raises(ParameterError, match="cores is empty"):
        circle(np.empty((1, 0)), [], labels=["x"])
    with pytest.raises(ParameterError, match=r"minutes from \[0\] to \[0\] is NaN"):
        circle([[np.nan]], ["c"], labels=["x"])
    with pytest.raises(ParameterError, match="limit is -1"):
        circle([[1]], ["c"], labels=["x"], limit=-1)
    plan = pd.DataFrame({"group": ["B"], "place": ["nowhere"]})
    with pytest.raises(SchemaError, match="no place 'nowhere' in the circle"):
        circle_table(CIRCLES, plan)
    with pytest.raises(SchemaError, match=r"no core 'capital' in the circle.*name it in `cores`"):
        circle_table(CIRCLES, pd.DataFrame({"group": ["capital"], "place": ["x"]}))
    with pytest.raises(SchemaError, match=r"plan lacks the columns place.*Did you mean 'places'"):
        circle_table(CIRCLES, pd.DataFrame({"group": ["B"], "places": ["x"]}))
