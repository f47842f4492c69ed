"""Shifts between two years."""

import numpy as np
import pandas as pd
import pytest

from buju.errors import SchemaError
from buju.measure import population_shift, urban_shift

FIRST = pd.DataFrame({"place": ["A", "B", "C"], "value": [100, 200, 100]})
LAST = pd.DataFrame({"place": ["C", "B", "A"], "value": [20, 200, 180]})  # another order
GROUPS = pd.DataFrame({"group": ["rim", "core", "rim"], "place": ["B", "A", "C"]})


def test_shift_by_hand() -> None:
    table = population_shift(FIRST, LAST, GROUPS).set_index("group")
    assert table.index.tolist() == ["rim", "core"]
    assert table.loc["core"].tolist() == pytest.approx([100, 180, 80, 0.8, 0.25, 0.45, 20])
    assert table.loc["rim"].tolist() == pytest.approx([300, 220, -80, -80 / 300, 0.75, 0.55, -20])


def test_part_members_and_overlap() -> None:
    groups = pd.DataFrame({
        "group": ["half", "all", "all", "all"], "place": list("AABC"), "weight": [0.5, 1, 1, 1],
    })  # fmt: skip
    table = population_shift(FIRST, LAST, groups).set_index("group")
    assert table.loc["half", ["first", "last"]].tolist() == [50, 90]
    assert table.loc["all", ["first_share", "last_share", "share_points"]].tolist() == [1, 1, 0]


def test_growth_from_nothing_is_missing() -> None:
    table = population_shift(FIRST.assign(value=[0, 200, 100]), LAST, GROUPS)
    assert np.isnan(table["growth"][1])
    assert table["change"][1] == 180


def test_urban_shares() -> None:
    first = FIRST.rename(columns={"value": "people"}).assign(urban=[80, 50, 0])
    last = LAST.rename(columns={"value": "people"}).assign(urban=[11, 99, 135])
    table = urban_shift(first, last, GROUPS).set_index("group")
    assert table.loc["core", ["first_share", "last_share"]].tolist() == [0.8, 0.75]
    assert table.loc["core", "share_points"] == pytest.approx(-5)
    assert table.loc["rim", ["first_urban", "last_urban"]].tolist() == [50, 110]
    assert table.loc["rim", "share_points"] == pytest.approx(100 / 3)
    with pytest.raises(SchemaError, match="last: place 'C' has more urban residents than resid"):
        urban_shift(first, last.assign(urban=[21, 0, 0]), GROUPS)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"last": LAST[:2]}, r"1 places stand in one year only: A \(first\)"),
        ({"last": LAST.assign(value=0)}, "last sums to zero"),
        ({"first": FIRST.assign(value=[1, np.nan, 1])}, "'value' is missing for place 'B'"),
        ({"groups": GROUPS.assign(place=["B", "A", "Z"])}, "place 'Z' of group 'rim' has no value"),
        ({"groups": GROUPS.assign(weight=[1, 1, 2])}, "'C' of group 'rim' weighs 2, more than 1"),
        ({"groups": GROUPS.assign(weight=[1, 1, None])}, "'weight' is missing for group 'rim'"),
        ({"groups": GROUPS.drop(columns="group")}, "groups lacks the columns group"),
    ],
)
def test_refusals(change: dict, message: str) -> None:
    given = {"first": FIRST, "last": LAST, "groups": GROUPS, **change}
    with pytest.raises(SchemaError, match=message):
        population_shift(**given)
