"""Decomposition against a published package's answers, by hand, and by its laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buju import track
from buju.errors import ParameterError, SchemaError

FACTORS = ["factor 1", "factor 2", "factor 3"]
# Inputs and answers of the tests of LMDIR 0.1.14 (Heun, MIT), which follow Ang (2005).
YEARS = {
    1971: [[1, 10, 2], [4, 5, 3]],
    1972: [[4, 5, 3], [5, 6, 4]],
    1973: [[8, 2, 4], [5, 7, 5]],
    1974: [[10, 1, 5], [6, 8, 6]],
}
ADDED = {
    1972: [69.79006598, -9.455125793, 39.66505981, 100],
    1973: [42.96021467, -34.31902656, 50.3588119, 59],
    1974: [54.01064234, -9.021284671, 54.01064234, 99],
}
TIMES = {
    1972: [1.761117821, 0.926191306, 1.379410116, 2.25],
    1973: [1.229284572, 0.847970248, 1.273773912, 1.327777778],
    1974: [1.208140223, 0.968911503, 1.208140223, 1.414225941],
}


def table(values) -> pd.DataFrame:
    return pd.DataFrame(values, columns=FACTORS, index=["a", "b"], dtype=float)


@pytest.mark.parametrize("year", [1972, 1973, 1974])
def test_effects_are_those_that_lmdir_prints(year):
    first, last = table(YEARS[year - 1]), table(YEARS[year])
    added = track.lmdi(first, last, FACTORS)
    assert added["effect"].tolist() == pytest.approx(ADDED[year], rel=1e-8)
    times = track.lmdi(first, last, FACTORS, form="multiplicative")
    assert times["effect"].tolist() == pytest.approx(TIMES[year], rel=1e-8)


def test_parts_of_categories_are_those_that_lmdir_prints():
    found = track.lmdi(table(YEARS[1971]), table(YEARS[1972]), FACTORS)
    assert found["a"].tolist() == pytest.approx([50.47438029, -25.23719014, 14.76280986, 40])
    assert found["b"].tolist() == pytest.approx([19.31568569, 15.78206435, 24.90224996, 60])


def test_zeros_take_the_limits_of_wood_and_lenzen():
    first, last = table(YEARS[1971]), table(YEARS[1972])
    first.loc["a", "factor 1"] = 0.0
    assert track.lmdi(first, last, FACTORS)["a"].tolist() == [60, 0, 0, 60]
    first = table(YEARS[1971])
    last.loc["b", "factor 3"] = 0.0
    assert track.lmdi(first, last, FACTORS)["b"].tolist() == [0, 0, -60, -60]
    with pytest.raises(ParameterError, match="form='additive'"):
        track.lmdi(first, last, FACTORS, form="multiplicative")


positive = st.lists(st.floats(0.01, 100), min_size=12, max_size=12)


@given(positive)
def test_nothing_is_left_over_and_time_turned_back_turns_the_sign(values):
    numbers = np.reshape(values, (2, 2, 3))
    first, last = table(numbers[0]), table(numbers[1])
    added = track.lmdi(first, last, FACTORS)["effect"]
    assert added[:3].sum() == pytest.approx(added[3], rel=1e-9, abs=1e-7)
    back = track.lmdi(last, first, FACTORS)["effect"]
    assert back.tolist() == pytest.approx((-added).tolist(), rel=1e-9, abs=1e-7)
    times = track.lmdi(first, last, FACTORS, form="multiplicative")["effect"]
    assert np.prod(times[:3]) == pytest.approx(times[3], rel=1e-9)


@given(positive, st.floats(0.1, 10))
def test_a_factor_counted_in_other_units_has_the_same_effect(values, unit):
    numbers = np.reshape(values, (2, 2, 3))
    first, last = table(numbers[0]), table(numbers[1])
    scaled = track.lmdi(*(t.assign(**{"factor 2": unit * t["factor 2"]}) for t in (first, last)),
                        FACTORS)["effect"]  # fmt: skip
    plain = unit * track.lmdi(first, last, FACTORS)["effect"]
    assert scaled.tolist() == pytest.approx(plain.tolist(), rel=1e-6, abs=1e-6)


def test_bad_tables_are_refused():
    good = table(YEARS[1971])
    with pytest.raises(ParameterError, match="form 'times'"):
        track.lmdi(good, good, FACTORS, form="times")
    with pytest.raises(SchemaError, match="same categories"):
        track.lmdi(good, good.iloc[::-1], FACTORS)
    with pytest.raises(SchemaError, match="column\\(s\\) size are missing"):
        track.lmdi(good, good, ["size"])
    with pytest.raises(SchemaError, match=r"category b, 'factor 2': -1.0") as caught:
        track.lmdi(good, good.assign(**{"factor 2": [1.0, -1.0]}), FACTORS)
    assert "类别 b" in caught.value.chinese


def test_contributions_add_up_and_parts_from_zero_have_no_rate():
    found = track.contributions(pd.Series({"a": 0.0, "b": 50.0}), pd.Series({"a": 1.0, "b": 54.0}))
    assert found["points"].tolist() == pytest.approx([2, 8, 10])
    assert np.isnan(found["growth"][0])
    with pytest.raises(SchemaError, match="sum above zero"):
        track.contributions(pd.Series({"a": 0.0}), pd.Series({"a": 1.0}))


def test_shift_share_is_the_one_of_measure():
    from buju import measure

    assert track.shift_share is measure.shift_share
