"""Structure and specialisation, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from buju import measure
from buju.errors import ParameterError, SchemaError


def jobs(*values: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"place": list("AABB"), "sector": ["coal", "shops"] * 2, "jobs": list(values)}
    )


FIRST, LAST = jobs(50, 50, 50, 150), jobs(40, 80, 50, 190)
OUTPUT = pd.DataFrame({"place": ["B", "A"], "output": [100, 200]})


def test_location_quotient() -> None:
    table = measure.location_quotient(jobs(30, 70, 10, 90))
    assert table["quotient"].tolist() == pytest.approx([1.5, 0.875, 0.5, 1.125])
    assert measure.location_quotient(jobs(0, 70, 0, 90))["quotient"].isna().tolist() == [
        True, False, True, False,
    ]  # fmt: skip
    assert measure.location_quotient(jobs(0, 0, 1, 9))["quotient"].isna().tolist()[:2] == [True] * 2


def test_quotients_do_not_depend_on_scale_or_order() -> None:
    table = jobs(30, 70, 10, 90)
    mixed = measure.location_quotient(table[::-1].assign(jobs=lambda t: t["jobs"] * 12))
    plain = measure.location_quotient(table)
    assert mixed["quotient"].tolist()[::-1] == pytest.approx(plain["quotient"].tolist())


def test_specialisation() -> None:
    assert measure.krugman_specialisation([1, 0], [0, 5]) == 2
    assert measure.krugman_specialisation([3, 1], [1, 1]) == 0.5
    assert measure.hoover([3, 1], [50, 50]) == 0.25
    assert measure.structural_similarity([3, 4], [4, 3]) == pytest.approx(24 / 25)
    assert measure.structural_similarity([1, 0], [0, 1]) == 0


def test_ellison_glaeser() -> None:
    # s = (1, 0), x = (1/2, 1/2): G = 1/2, 1 - sum x² = 1/2, H = 1/4, so (1/2 - 1/8) / (3/8) = 1
    assert measure.ellison_glaeser([7, 0], [5, 5], plants=[1, 1, 1, 1]) == pytest.approx(1)
    # G = 2 (1/4)² = 1/8 = (1/2)(1/4): as concentrated as four plants are by chance
    assert measure.ellison_glaeser([3, 1], [5, 5], plants=[1, 1, 1, 1]) == pytest.approx(0)
    assert measure.ellison_glaeser([1, 1], [5, 5], plants=[1, 1]) == pytest.approx(-1)


def test_shift_share_by_hand() -> None:
    parts = measure.shift_share(FIRST, LAST)
    # r = 60/300 = 0.2; coal -10/100; shops 70/200
    assert parts["national"].tolist() == pytest.approx([10, 10, 10, 30])
    assert parts["mix"].tolist() == pytest.approx([-15, 7.5, -15, 22.5])
    assert parts["competitive"].tolist() == pytest.approx([-5, 12.5, 5, -12.5])


def test_esteban_marquillas_by_hand() -> None:
    parts = measure.shift_share(FIRST, LAST, variant="esteban-marquillas")
    # homothetic coal in A: 100 · 100 / 300; r_ij - r_j there: -0.2 + 0.1
    assert parts["competitive"][0] == pytest.approx(-10 / 3)
    assert parts["allocation"][0] == pytest.approx((50 - 100 / 3) * -0.1)
    names = ["national", "mix", "competitive", "allocation"]
    assert parts[names].sum(axis=1).tolist() == pytest.approx(parts["change"].tolist())


def test_a_sector_that_is_new_counts_as_competitive() -> None:
    parts = measure.shift_share(jobs(0, 50, 0, 50), jobs(6, 50, 0, 50))
    assert parts.loc[0, ["national", "mix", "competitive"]].tolist() == [0, 0, 6]
    with pytest.raises(
        SchemaError, match=r"no jobs for place 'A', sector 'coal' .* variant='class"
    ):
        measure.shift_share(jobs(0, 50, 9, 50), jobs(6, 50, 9, 50), variant="esteban-marquillas")


def test_urban_flow_by_hand() -> None:
    table = measure.urban_flow(jobs(30, 70, 10, 90), OUTPUT)
    # E_A = 30 - 100 · 40 / 200; 2 of output a job in A, 1 in B
    assert table["external"].tolist() == pytest.approx([10, 10])
    assert table["flow"].tolist() == pytest.approx([20, 10])
    assert table["tendency"].tolist() == pytest.approx([0.1, 0.1])
    services = measure.urban_flow(jobs(30, 70, 10, 90), OUTPUT, sectors=["shops"])
    assert services["external"].tolist() == pytest.approx([0, 10])
    assert services["jobs"].tolist() == [100, 100]  # totals stay totals


def test_core_poles() -> None:
    poles = measure.core_poles(measure.location_quotient(jobs(30, 70, 10, 90)))
    assert poles["place"].tolist() == ["A", "B"]
    assert poles["rival"].tolist() == ["B", "A"]
    assert poles["lead"].tolist() == pytest.approx([3, 1.125 / 0.875])
    alone = measure.core_poles(measure.location_quotient(jobs(4, 6, 0, 9).iloc[[0, 2, 3]]))
    assert alone["lead"].tolist()[0] == np.inf
    assert alone["rival"].isna().tolist() == [False, True]
    assert measure.core_poles(measure.location_quotient(FIRST), least=9).empty


@pytest.mark.parametrize(
    "table, message",
    [
        (FIRST.rename(columns={"jobs": "job"}), "lacks the columns jobs.*Did you mean 'job'"),
        (FIRST.assign(jobs=[1, 2, np.nan, 3]), "'jobs' is missing for place 'B', sector 'coal'"),
        (FIRST.assign(jobs=[1, 2, -1, 3]), "'jobs' is negative for place 'B', sector 'coal'"),
        (FIRST.assign(place=["A", "A", None, "B"]), "column 'place', row 2: empty"),
        (pd.concat([FIRST, FIRST]), "4 repeated rows, the first for place 'A'.*keep one year"),
    ],
)
def test_refused_tables(table: pd.DataFrame, message: str) -> None:
    for method in (
        measure.location_quotient,
        lambda t: measure.urban_flow(t, OUTPUT),
        lambda t: measure.shift_share(t, LAST),
    ):
        with pytest.raises(SchemaError, match=message):
            method(table)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda: measure.shift_share(FIRST, LAST[:3]),
            SchemaError,
            r"differ in 1 rows: B/shops \(only in first\)",
        ),
        (lambda: measure.shift_share(jobs(0, 0, 0, 0), LAST), SchemaError, "no jobs at all"),
        (
            lambda: measure.shift_share(FIRST, LAST, variant="esteban"),
            ParameterError,
            "variant 'esteban' is not known. Did you mean 'esteban-marquillas'",
        ),
        (
            lambda: measure.urban_flow(FIRST, OUTPUT[:1]),
            SchemaError,
            r"without output or without jobs: A \(1\)",
        ),
        (
            lambda: measure.urban_flow(FIRST, OUTPUT, sectors=["steel"]),
            SchemaError,
            "employment has no steel",
        ),
        (
            lambda: measure.ellison_glaeser([1, 1], [1, 1], plants=[5]),
            ParameterError,
            "needs two plants and two regions",
        ),
        (lambda: measure.hoover([0, 0], [1, 1]), ParameterError, "x sums to zero"),
        (lambda: measure.hoover([1, 1], [1]), ParameterError, "reference has 1 values"),
        (
            lambda: measure.krugman_specialisation([1, np.nan], [1, 1]),
            ParameterError,
            r"x is NaN at \[1\]",
        ),
        (lambda: measure.structural_similarity([1], [-1]), ParameterError, "y is negative"),
        (
            lambda: measure.core_poles(FIRST),
            SchemaError,
            "quotients lacks the columns quotient",
        ),
    ],
)
def test_refusals(call, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
