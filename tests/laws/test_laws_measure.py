"""Laws that the register `methods.csv` says its methods obey.

Tolerance 1e-9, relative: sums of up to a dozen terms of like size, in float64.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from buju import measure
from buju.measure import Method, decay, methods

RELATIVE = 1e-9
LAWS = {
    "decay", "grows", "relabel_access", "relabel_catchment", "relabel_pairs", "supply_conserved",
    "availability_conserved", "rows_sum_to_one", "scale", "permutation", "replication",
    "zero_when_equal", "zero_at_reference",
}  # fmt: skip
OF_TABLES = {"relabel_places", "unit_free", "linear", "every_place_once", "itself", "mirror"}
"""Laws that `test_laws_layout` tests."""
DECAYS = {
    "decay.Cumulative": decay.Cumulative(45),
    "decay.Exponential": decay.Exponential(0.03),
    "decay.Power": decay.Power(1.5),
    "decay.Logistic": decay.Logistic(40, 12),
    "decay.Linear": decay.Linear(80),
    "decay.Steps": decay.Steps(((10, 1.0), (20, 0.68), (60, 0.22))),
}


def under(law: str) -> pytest.MarkDecorator:
    held = [method for method in methods() if law in method.laws.split()]
    assert held, law
    return pytest.mark.parametrize("method", held, ids=lambda method: method.name)


def tried(**strategies):
    """`given` without a deadline: a shared machine may pause at any example."""
    return lambda test: settings(deadline=None)(given(**strategies)(test))


def test_every_law_of_the_register_is_tested() -> None:
    assert {law for method in methods() for law in method.laws.split()} == LAWS | OF_TABLES


def near(expected: object) -> object:
    return pytest.approx(expected, rel=RELATIVE, abs=RELATIVE)


# What the laws are tried on

amounts = st.floats(0.5, 1e6)
times = st.one_of(st.floats(0, 200), st.just(np.inf))


@st.composite
def worlds(draw, square=False):
    """Minutes, supply, demand and a decay; some pairs out of reach, some places empty."""
    origins = draw(st.integers(2, 6))
    destinations = origins if square else draw(st.integers(1, 6))
    size = (origins, destinations)
    minutes = draw(hnp.arrays(float, size, elements=times))
    supply = draw(hnp.arrays(float, destinations, elements=st.one_of(st.just(0.0), amounts)))
    demand = draw(hnp.arrays(float, origins, elements=st.one_of(st.just(0.0), amounts)))
    return minutes, supply, demand, draw(st.sampled_from(list(DECAYS.values())))


@st.composite
def pairs_of_vectors(draw):
    size = draw(st.integers(11, 14))  # primacy of eleven cities needs as many
    x = draw(hnp.arrays(float, size, elements=amounts, unique=True))
    return x, draw(hnp.arrays(float, size, elements=amounts))


CALL = {
    "x and weights": lambda f, x, y: f(x, y),
    "x and population": lambda f, x, y: f(x, y),
    "x and a reference": lambda f, x, y: f(x, y),
    "x and y": lambda f, x, y: f(x, y),
    "populations": lambda f, x, y: f(x),
    "sizes": lambda f, x, y: f(x, minimum=x.min()),
    "shares": lambda f, x, y: f(x / x.sum()),
}


def score(method: Method, x: np.ndarray, y: np.ndarray) -> float:
    result = CALL[method.inputs](method.load(), x, y)
    return result if isinstance(result, float) else result.exponent


# Decay


@under("decay")
@tried(steps=hnp.arrays(float, 8, elements=st.floats(0, 60)))
def test_a_decay_falls_from_one_to_zero(method: Method, steps: np.ndarray) -> None:
    f = DECAYS[method.name]
    assert isinstance(f, method.load())
    weights = f(np.cumsum(steps))
    assert (weights >= 0).all()
    assert (weights <= 1).all()
    assert (np.diff(weights) <= 1e-15).all()
    assert f(0.0) == near(1.0)
    assert f(np.inf) == 0.0


# Access


@under("grows")
@tried(world=worlds(), more=st.floats(0, 100))
def test_more_time_reaches_no_less(method: Method, world: tuple, more: float) -> None:
    minutes, supply, _, _ = world
    f = method.load()
    less_time = f(minutes, supply, decay.Cumulative(30))
    assert (f(minutes, supply, decay.Cumulative(30 + more)) >= less_time * (1 - RELATIVE)).all()


@under("relabel_access")
@tried(world=worlds(), data=st.data())
def test_renaming_places_renames_access(method: Method, world: tuple, data: st.DataObject) -> None:
    minutes, supply, demand, f = world
    rows = data.draw(st.permutations(range(len(demand))))
    columns = data.draw(st.permutations(range(len(supply))))
    plain = method.load()(minutes, supply, f)
    assert method.load()(minutes[rows][:, columns], supply[columns], f) == near(plain[rows])


@under("relabel_catchment")
@tried(world=worlds(), data=st.data())
def test_renaming_places_renames_catchments(
    method: Method, world: tuple, data: st.DataObject
) -> None:
    minutes, supply, demand, f = world
    rows = data.draw(st.permutations(range(len(demand))))
    columns = data.draw(st.permutations(range(len(supply))))
    plain = method.load()(minutes, supply, demand, f)
    again = method.load()(minutes[rows][:, columns], supply[columns], demand[rows], f)
    assert again == near(plain[rows])


def reached(world: tuple) -> float:
    """The supply that some demand reaches."""
    minutes, supply, demand, f = world
    return supply[demand @ f(minutes) > 0].sum()


@under("supply_conserved")
@tried(world=worlds())
def test_what_people_have_is_the_supply_they_reach(method: Method, world: tuple) -> None:
    _, _, demand, _ = world
    assert demand @ method.load()(*world) == near(reached(world))


@under("availability_conserved")
@tried(world=worlds())
def test_availability_sums_to_what_is_reached(method: Method, world: tuple) -> None:
    _, _, demand, _ = world
    available = method.load()(*world)
    assert available.sum() == near(reached(world))
    assert available == near(demand * measure.two_step_floating_catchment(*world))


@tried(world=worlds())
def test_balancing_shares_out_the_levels_of_service(world: tuple) -> None:
    minutes, supply, demand, f = world
    weights = f(minutes)
    rows = weights.sum(axis=1, keepdims=True)
    own = np.divide(weights, rows, out=np.zeros_like(weights), where=rows > 0)
    met = demand @ own
    levels = np.divide(supply, met, out=np.zeros_like(supply), where=met > 0)
    assert measure.balanced_floating_catchment(*world).sum() == near(levels.sum())
    assert levels @ met == near(reached(world))  # each person counts once


# Attraction


@under("relabel_pairs")
@tried(world=worlds(square=True), data=st.data())
def test_renaming_places_renames_links(method: Method, world: tuple, data: st.DataObject) -> None:
    minutes, supply, _, _ = world
    order = data.draw(st.permutations(range(len(supply))))
    plain = method.load()(supply, minutes, floor=1)
    again = method.load()(supply[order], minutes[order][:, order], floor=1)
    assert again == near(plain[order][:, order])


LAWS_OF_TRIPS = [
    {"name": "gravity-exponential", "rate": 0.05},
    {"name": "gravity-power", "exponent": 1.7},
    {"name": "radiation"},
    {"name": "extended-radiation", "exponent": 1.3},
    {"name": "intervening-opportunities", "rate": 1e-6},
]


@under("rows_sum_to_one")
@tried(data=st.data())
def test_shares_of_a_row_sum_to_one(method: Method, data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 6))
    distance = data.draw(hnp.arrays(float, (size, size), elements=st.floats(0.5, 500)))
    mass = data.draw(hnp.arrays(float, size, elements=amounts))
    if method.name == "trip_law":
        for law in LAWS_OF_TRIPS:
            shares = measure.trip_law(
                origins=mass, destinations=mass[::-1], distance=distance, **law
            )
            assert shares.sum(axis=1) == near(np.ones(size))
            assert (np.diag(shares) == 0).all()
            assert (shares >= 0).all()
        return
    if method.name == "membership":
        shares = measure.membership(measure.gravity_links(mass, distance))
    else:
        shares = method.load()(mass, distance)
    assert shares.sum(axis=1) == near(np.ones(size))


def test_every_trip_law_is_tried() -> None:
    assert [law["name"] for law in LAWS_OF_TRIPS] == list(measure.TRIP_LAWS)


# Indices


@under("scale")
@tried(vectors=pairs_of_vectors(), factor=st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(method: Method, vectors: tuple, factor: float) -> None:
    x, y = vectors
    assert score(method, factor * x, y) == near(score(method, x, y))
    assert score(method, x, factor * y) == near(score(method, x, y))


@under("permutation")
@tried(vectors=pairs_of_vectors(), data=st.data())
def test_the_order_does_not_matter(method: Method, vectors: tuple, data: st.DataObject) -> None:
    x, y = vectors
    order = data.draw(st.permutations(range(len(x))))
    assert score(method, x[order], y[order]) == near(score(method, x, y))


@under("replication")
@tried(vectors=pairs_of_vectors())
def test_two_copies_of_a_region_are_as_uneven_as_one(method: Method, vectors: tuple) -> None:
    x, y = vectors
    assert score(method, np.tile(x, 2), np.tile(y, 2)) == near(score(method, x, y))


@under("zero_when_equal")
@tried(vectors=pairs_of_vectors())
def test_equal_places_are_not_uneven(method: Method, vectors: tuple) -> None:
    x, y = vectors
    assume(x.max() > 1.1 * x.min())  # below, an index of squares vanishes in rounding
    assert score(method, np.full(len(x), x[0]), y) == near(0.0)
    assert score(method, x, y) > 0


@under("zero_at_reference")
@tried(vectors=pairs_of_vectors())
def test_the_reference_is_at_no_distance_from_itself(method: Method, vectors: tuple) -> None:
    x, y = vectors
    assert score(method, x, 3 * x) == near(0.0)
    assert score(method, x, y) == near(score(method, y, x))


@tried(vectors=pairs_of_vectors(), data=st.data())
def test_within_and_between_make_the_whole(vectors: tuple, data: st.DataObject) -> None:
    x, y = vectors
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(x), max_size=len(x)))
    parts = measure.theil_decomposition(x, groups, y)
    assert parts.within + parts.between == near(parts.total)
    assert parts.total == near(measure.theil(x, y))
    assert parts.groups["share"].sum() == near(1.0)
