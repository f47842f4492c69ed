"""Attraction: cases worked out by hand and against the formulas written as loops."""

import numpy as np
import pandas as pd
import pytest

from buju import measure
from buju.errors import ParameterError
from buju.measure.interaction.intervening import intervening_mass

LINE = np.array([[0.0, 1, 2], [1, 0, 1], [2, 1, 0]])


def test_mass_links_and_membership() -> None:
    assert measure.mass([4, 0], [9, 5]).tolist() == [6, 0]
    links = measure.gravity_links([2, 3, 4], LINE, exponent=1, constant=10)
    assert links.tolist() == [[0, 60, 40], [60, 0, 120], [40, 120, 0]]
    assert measure.membership(links)[0].tolist() == [0, 0.6, 0.4]
    apart = measure.gravity_links([2, 3], [[0, np.inf], [5, 0]])
    assert apart.tolist() == [[0, 0], [6 / 25, 0]]
    assert measure.gravity_links([1, 1], [[0, 0], [0, 0]], floor=2)[0, 1] == 0.25


def test_field() -> None:
    field = measure.field_strength([100, 400], [[10, 40], [20, 20], [np.inf, np.inf]])
    assert field.strength.tolist() == [[1, 0.25], [0.25, 1], [0, 0]]
    assert field.strongest.tolist() == [0, 1, -1]
    own = measure.field_strength([1, 4], [[0, 10]], floor=5)
    assert own.strength.tolist() == [[0.04, 0.04]]
    assert own.strongest.tolist() == [0]


def test_reilly_is_one_at_the_break_point() -> None:
    assert measure.reilly(200_000, 50_000, 10, 10) == 4
    reach = measure.converse(200_000, 50_000, 30)
    assert reach == 20
    assert measure.reilly(200_000, 50_000, reach, 30 - reach) == pytest.approx(1)
    assert measure.converse([4, 1], [1, 4], 30).tolist() == [20, 10]


def test_huff() -> None:
    table = measure.huff([100, 400, 0], [[10, 20, 1], [np.inf, 7, 1]])
    assert table == pytest.approx(np.array([[0.5, 0.5, 0], [0, 1, 0]]))
    assert measure.huff([1, 3], [5, 5]) == pytest.approx([0.25, 0.75])
    steep = measure.huff([1, 4], [1, 2], attraction_exponent=0.5, distance_exponent=1)
    assert steep == pytest.approx([0.5, 0.5])
    far = measure.huff([1, 1], [1e9, 2e9], distance_exponent=60)
    assert far[0] == pytest.approx(1)  # no underflow


def by_definition(mass: np.ndarray, distance: np.ndarray) -> np.ndarray:
    size = len(mass)
    within = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            within[i, j] = sum(
                mass[k] for k in range(size) if k not in (i, j) and distance[i, k] <= distance[i, j]
            )
    return within * (1 - np.eye(size))


def test_what_lies_between_excludes_both_ends_and_counts_ties() -> None:
    between = intervening_mass(np.array([1.0, 2, 4]), LINE)
    assert between.tolist() == [[0, 0, 2], [4, 0, 1], [2, 0, 0]]
    rng = np.random.default_rng(3)
    mass, distance = rng.uniform(1, 9, 8), rng.integers(0, 4, (8, 8)).astype(float)
    assert intervening_mass(mass, distance) == pytest.approx(by_definition(mass, distance))


def test_radiation_by_hand() -> None:
    shares = measure.trip_law("radiation", [1, 2, 3], [1, 2, 3], LINE)
    # row 0: 2/(1·3) and 3/(3·6); row 1, where both ends tie: 1/(5·6) and 3/(3·6)
    assert shares[:2] == pytest.approx(np.array([[0, 0.8, 0.2], [1 / 6, 0, 5 / 6]]))


@pytest.mark.parametrize(
    "law, formula",
    [
        ({"name": "gravity-exponential", "rate": 0.3}, lambda m, n, s, d: n * np.exp(-0.3 * d)),
        ({"name": "gravity-power", "exponent": 1.5}, lambda m, n, s, d: n * d**-1.5),
        ({"name": "radiation"}, lambda m, n, s, d: m * n / ((m + s) * (m + n + s))),
        (
            {"name": "extended-radiation", "exponent": 0.7},
            lambda m, n, s, d: (
                ((m + n + s) ** 0.7 - (m + s) ** 0.7)
                * (m**0.7 + 1)
                / (((m + s) ** 0.7 + 1) * ((m + n + s) ** 0.7 + 1))
            ),
        ),
        (
            {"name": "intervening-opportunities", "rate": 0.05},
            lambda m, n, s, d: np.exp(-0.05 * s) - np.exp(-0.05 * (s + n)),
        ),
    ],
)
def test_trip_laws_are_their_formulas(law: dict, formula) -> None:
    rng = np.random.default_rng(11)
    size = 7
    origins, ends = rng.uniform(1, 9, size), rng.uniform(1, 9, size)
    distance = rng.uniform(1, 9, (size, size))
    np.fill_diagonal(distance, np.inf)
    within = by_definition(ends, distance)
    weight = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            if i != j:
                weight[i, j] = formula(origins[i], ends[j], within[i, j], distance[i, j])
    expected = weight / weight.sum(axis=1, keepdims=True)
    shares = measure.trip_law(origins=origins, destinations=ends, distance=distance, **law)
    assert shares == pytest.approx(expected, rel=1e-12)


def test_trip_laws_at_the_edges() -> None:
    unreached = np.array([[0, np.inf, 2], [1, 0, np.inf], [2, 1, 0]])
    for law, parameter in measure.TRIP_LAWS.items():
        given = {parameter: 0.5} if parameter else {}
        shares = measure.trip_law(law, [1, 1, 1], [5, 6, 7], unreached, **given)
        assert shares[0].tolist() == [0, 0, 1]
        assert shares[1].tolist() == [1, 0, 0]
    # an empty origin is no trouble for the extended law: B**a / (B**a + 1) with B = n
    empty = measure.trip_law("extended-radiation", [0, 1, 1], [1, 1, 1], LINE, exponent=1)
    assert empty[0] == pytest.approx([0, 0.75, 0.25])  # 1/2 and 1/(2·3)
    large = measure.trip_law("extended-radiation", [1e7] * 3, [1e7] * 3, LINE, exponent=60)
    assert np.isfinite(large).all()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("radiaton", [1, 1], [1, 1]), "law 'radiaton' is not known. Did you mean 'radiation'"),
        (("gravity-power", [1, 1], [1, 1]), "'gravity-power' needs exponent="),
        (("radiation", [0, 1], [1, 1]), r"origins is zero at \[0\]"),
        (("radiation", [1, 1], [1, 0]), r"origin \[0\] reaches no destination with any mass"),
        (("radiation", [1, np.nan], [1, 1]), r"origins is NaN at \[1\]"),
        (("radiation", [1, 1], [1, -1]), r"destinations is negative at \[1\]"),
        (("radiation", [1, 1], [1]), "destinations has 1 values"),
    ],
)
def test_refused_trip_laws(arguments: tuple, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        measure.trip_law(*arguments, [[0, 1], [1, 0]])


def test_other_refusals() -> None:
    square = [[0, 1], [1, 0]]
    with pytest.raises(ParameterError, match="'radiation' has no exponent; it takes no parameter"):
        measure.trip_law("radiation", [1, 1], [1, 1], square, exponent=1)
    with pytest.raises(ParameterError, match="rate is 0; a finite number above 0"):
        measure.trip_law("gravity-exponential", [1, 1], [1, 1], square, rate=0)
    with pytest.raises(ParameterError, match=r"distance has shape \(1, 2\).*same places"):
        measure.trip_law("radiation", [1], [1, 1], [[1, 2]])
    with pytest.raises(ParameterError, match=r"distance from \[0\] to \[1\] is zero"):
        measure.trip_law("gravity-power", [1, 1], [1, 1], [[0, 0], [1, 0]], exponent=2)
    with pytest.raises(ParameterError, match=r"distance from \[0\] to \[1\] is zero"):
        measure.gravity_links([1, 1], [[0, 0], [1, 0]])
    with pytest.raises(ParameterError, match=r"distance has shape \(1, 2\)"):
        measure.gravity_links([1], [[1, 2]])
    with pytest.raises(ParameterError, match=r"place \[1\] has no tie"):
        measure.membership([[1, 2], [0, 0]])
    with pytest.raises(ParameterError, match="is infinite; a tie is finite"):
        measure.membership([[1, np.inf]])
    with pytest.raises(ParameterError, match=r"distance from \[0\] to \[0\] is zero"):
        measure.huff([1], [[0]])
    with pytest.raises(ParameterError, match=r"origin 'a' reaches no destination"):
        measure.huff([1], pd.DataFrame([[np.inf]], index=["a"]))
    with pytest.raises(ParameterError, match="distance_b is 0; finite numbers above zero"):
        measure.reilly(1, 1, 1, 0)
    with pytest.raises(ParameterError, match="population_a is nan"):
        measure.converse(np.nan, 1, 1)
    with pytest.raises(ParameterError, match="gdp has 1 values"):
        measure.mass([1, 2], [1])
    with pytest.raises(ParameterError, match="distance carries"):
        measure.huff(pd.Series([1], ["a"]), pd.Series([1], ["b"]))
