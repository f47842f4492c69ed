"""Laws of the methods that read tables of places: order, units, every place once, itself.

Each method is asked about one small world. The world can be put in another order, its people, jobs
and output can be multiplied, and the register says what the answer then does. Tolerance as in
`test_laws_measure`; answers that are words must be the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from buju import measure
from buju.measure import Method, decay, methods

RELATIVE = 1e-9
SEEDS = range(8)
SECTORS = ["coal", "shops", "schools"]
CORES = 2


@dataclass(frozen=True)
class World:
    """Places with all that the methods ask for; arrays stand in the order of `places`."""

    places: list[str]
    minutes: np.ndarray
    people: np.ndarray
    output: np.ndarray
    jobs: np.ndarray
    """(places, sectors)"""
    later: np.ndarray
    flows: np.ndarray
    group: list[str]
    near: np.ndarray

    @classmethod
    def drawn(cls, seed: int, size: int = 9) -> World:
        draw = np.random.default_rng(seed)
        at = draw.uniform(0, 100, (size, 2))
        minutes = 5 + np.linalg.norm(at[:, None] - at[None], axis=2)
        people = draw.uniform(1e4, 1e6, size)
        flows = (
            np.outer(people, people)
            * np.exp(-0.08 * minutes)
            * draw.uniform(0.8, 1.2, (size, size))
        )
        flows *= (people / flows.sum(axis=1))[:, None]
        near = np.exp(-minutes / 30)
        np.fill_diagonal(near, 0)
        jobs = draw.uniform(10, 1000, (size, len(SECTORS)))
        return cls(
            [f"P{k}" for k in range(size)],
            minutes,
            people,
            draw.uniform(1, 50, size),
            jobs,
            jobs * draw.uniform(0.5, 1.6, jobs.shape),
            flows,
            list(draw.choice(["west", "east"], size)),
            near,
        )

    def ordered(self, order: np.ndarray) -> World:
        """The same places in another order."""
        square = np.ix_(order, order)
        return replace(
            self,
            places=[self.places[k] for k in order],
            group=[self.group[k] for k in order],
            minutes=self.minutes[square],
            flows=self.flows[square],
            near=self.near[square],
            people=self.people[order],
            output=self.output[order],
            jobs=self.jobs[order],
            later=self.later[order],
        )

    def times(self, factor: float) -> World:
        """The same places with all their people, jobs, flows and output multiplied."""
        kept = ("people", "output", "jobs", "later", "flows")
        return replace(self, **{name: factor * getattr(self, name) for name in kept})

    @property
    def cores(self) -> list[int]:
        """Positions of the core places, which are the same places in every order."""
        return [self.places.index(f"P{k}") for k in range(CORES)]

    def by_place(self, values: object) -> pd.Series:
        return pd.Series(np.asarray(values), index=self.places)

    def pairs(self, values: np.ndarray) -> pd.Series:
        return pd.DataFrame(values, index=self.places, columns=self.places).stack()

    def employment(self, jobs: np.ndarray | None = None) -> pd.DataFrame:
        wide = pd.DataFrame(self.jobs if jobs is None else jobs, self.places, SECTORS)
        return wide.rename_axis("place").reset_index().melt("place", SECTORS, "sector", "jobs")

    def commuting(self) -> pd.DataFrame:
        long = self.pairs(self.flows).rename_axis(["residence", "workplace"])
        return long.rename("commuters").reset_index()

    def groups(self) -> pd.DataFrame:
        return pd.DataFrame({"group": self.group, "place": self.places})

    def circle(self) -> pd.DataFrame:
        names = [self.places[k] for k in self.cores]
        return measure.circle(self.minutes[:, self.cores], names, labels=self.places, limit=40)


def keyed(table: pd.DataFrame, keys: list[str], *values: str) -> pd.Series:
    """Columns of a table as one long series by their keys."""
    return table.set_index(keys)[list(values)].stack(future_stack=True)


def grown(world: World) -> pd.DataFrame:
    found = measure.shift_share(world.employment(), world.employment(world.later))
    return keyed(found, ["place", "sector"], "change", "national", "mix", "competitive")


def shifted(world: World) -> pd.Series:
    one, two = ({"place": world.places, "value": v.sum(axis=1)} for v in (world.jobs, world.later))
    found = measure.population_shift(pd.DataFrame(one), pd.DataFrame(two), world.groups())
    return keyed(found, ["group"], "first_share", "last_share", "share_points")


def urban(world: World) -> pd.Series:
    years = [
        pd.DataFrame({"place": world.places, "people": v.sum(axis=1), "urban": v[:, 0]})
        for v in (world.jobs, world.later)
    ]
    found = measure.urban_shift(*years, world.groups())
    return keyed(found, ["group"], "first_share", "last_share", "share_points")


def traded(world: World) -> pd.Series:
    output = pd.DataFrame({"place": world.places, "output": world.output})
    return keyed(measure.urban_flow(world.employment(), output), ["place"], "flow")


def areas(world: World) -> pd.DataFrame:
    return measure.labour_market_areas(
        world.commuting(),
        min_size=1e3,
        target_size=1e4,
        min_self_containment=0.6,
        target_self_containment=0.7,
    )


def tiers(world: World) -> pd.Series:
    values = pd.DataFrame(
        {"cluster": world.places, "criterion": "residents", "value": 30 * world.people}
    )
    found = measure.cluster_tiers(values)
    return keyed(found[found["criterion"] == "residents"], ["cluster", "tier"], "met", "margin")


def linked(world: World) -> pd.DataFrame:
    ties = measure.gravity_links(world.people, world.minutes, floor=5.0)
    return measure.nodal_areas(ties, labels=world.places)


def urban_areas(world: World) -> pd.DataFrame:
    centre = {world.places[k]: 0.9 for k in world.cores}
    return measure.functional_urban_area(world.commuting(), centre)


def fitted(world: World) -> pd.Series:
    found = measure.calibrate_gravity(world.flows, world.minutes, diagonal=True)
    return pd.Series([found.parameter])


def parts(world: World) -> pd.Series:
    found = measure.theil_decomposition(world.output, world.group, world.people)
    return pd.Series([found.within, found.between, found.total])


def agreed(world: World) -> pd.Series:
    found = measure.partition_agreement(
        world.by_place(world.group), areas(world).set_index("place")["area"].reindex(world.places)
    )
    return pd.Series([found.common, found.same_share, found.adjusted_rand])


def plants(world: World) -> pd.Series:
    total = world.jobs.sum(axis=1)
    sizes = world.jobs[:, 0] / 4
    return pd.Series([measure.ellison_glaeser(world.jobs[:, 0], total, plants=np.repeat(sizes, 4))])


def strength(world: World) -> pd.Series:
    found = measure.field_strength(world.people[world.cores], world.minutes[:, world.cores])
    names = [world.places[k] for k in world.cores]
    return pd.DataFrame(found.strength, world.places, names).stack()


def trips(world: World) -> pd.Series:
    into = world.jobs.sum(axis=1)
    into *= world.people.sum() / into.sum()
    return world.pairs(measure.wilson(world.people, into, world.minutes, decay.Exponential(0.05)))


def cells(world: World) -> tuple[np.ndarray, np.ndarray]:
    """A grid of cells from the world's numbers, and the unit of each."""
    draw = np.random.default_rng(round(float(world.minutes.sum() * 1e6)) % 2**32)
    return draw.lognormal(7, 2, (20, 24)), draw.integers(0, 4, (20, 24))


def of_units(world: World) -> pd.Series:
    people, units = cells(world.ordered(np.argsort(world.places)))
    factor = world.people.sum()  # people of a cell count only by their shares
    classes = measure.degree_of_urbanisation(people, np.ones(people.shape), level=2)
    found = measure.urbanisation_of_units(classes, factor * people, np.ones(people.shape), units)
    return keyed(found, ["unit"], "class", "margin")


CASES: dict[str, Callable[[World], pd.Series]] = {
    "daily_reach": lambda w: w.by_place(measure.daily_reach(w.minutes, w.people, limit=60)),
    "weighted_mean_time": lambda w: w.by_place(measure.weighted_mean_time(w.minutes, w.people)),
    "economic_potential": lambda w: w.by_place(measure.economic_potential(w.minutes, w.people)),
    "closest_facility": lambda w: w.by_place(
        measure.closest_facility(w.minutes[:, w.cores], w.people[w.cores]).minutes
    ),
    "circle": lambda w: keyed(w.circle(), ["place", "core"], "margin", "inside", "nearest"),
    "circle_table": lambda w: keyed(
        measure.circle_table(w.circle(), w.groups(), cores={"west": "P0", "east": "P1"}),
        ["place"],
        "agreement",
    ),
    "nodal_areas": lambda w: keyed(linked(w), ["place"], "area", "share"),
    "cluster_tiers": tiers,
    "city_classes": lambda w: keyed(
        measure.city_classes(w.by_place(w.people)), ["city"], "class", "to_next"
    ),
    "partition_agreement": agreed,
    "labour_market_areas": lambda w: keyed(areas(w), ["place"], "area"),
    "mass": lambda w: w.by_place(measure.mass(w.people, w.output)),
    "field_strength": strength,
    "reilly": lambda w: pd.Series(measure.reilly(w.people[w.cores[0]], w.people[w.cores[1]], 3, 5)),
    "converse": lambda w: pd.Series(
        measure.converse(w.people[w.cores[0]], w.people[w.cores[1]], 50)
    ),
    "location_quotient": lambda w: keyed(
        measure.location_quotient(w.employment()), ["place", "sector"], "quotient"
    ),
    "complementarity": lambda w: keyed(
        both_ways(measure.complementarity(w.employment())),
        ["place", "partner"],
        "similarity",
        "krugman",
        "complementarity",
    ),
    "ellison_glaeser": plants,
    "shift_share": grown,
    "urban_flow": traded,
    "core_poles": lambda w: keyed(
        measure.core_poles(measure.location_quotient(w.employment())), ["sector"], "place", "lead"
    ),
    "population_shift": shifted,
    "urban_shift": urban,
    "theil_decomposition": parts,
    "functional_urban_area": lambda w: keyed(urban_areas(w), ["place"], "area", "role", "share"),
    "wilson": trips,
    "calibrate_gravity": fitted,
    "flow_fit": lambda w: pd.Series([measure.flow_fit(w.flows, w.flows.T).common_part]),
    "communities": lambda w: keyed(
        measure.communities(w.commuting(), seeds=3), ["place"], "community"
    ),
    "moran": lambda w: pd.Series([measure.moran(w.people, w.near, permutations=9).value]),
    "local_association": lambda w: w.by_place(
        measure.local_association(w.people, w.near, permutations=9)["local_moran"]
    ),
    "urbanisation_of_units": of_units,
}


def both_ways(table: pd.DataFrame) -> pd.DataFrame:
    """Pairs named in both orders, for a table that names each once."""
    turned = table.rename(columns={"place": "partner", "partner": "place"})
    return pd.concat([table, turned], ignore_index=True)


def under(law: str) -> pytest.MarkDecorator:
    held = [method for method in methods() if law in method.laws.split()]
    assert held, law
    return pytest.mark.parametrize("method", held, ids=lambda method: method.name)


def same(found: pd.Series, expected: pd.Series, factor: float = 1.0) -> None:
    found = found.reindex(expected.index)
    if pd.api.types.is_numeric_dtype(expected) and not pd.api.types.is_bool_dtype(expected):
        wanted = factor * expected.to_numpy()
        np.testing.assert_allclose(found.to_numpy(), wanted, rtol=RELATIVE, atol=1e-9 * factor)
        return
    for one, two in zip(found, expected, strict=True):
        if isinstance(two, float):
            assert one == pytest.approx(two, rel=RELATIVE, abs=RELATIVE, nan_ok=True)
        else:
            assert one == two


@pytest.mark.parametrize("seed", SEEDS)
@under("relabel_places")
def test_the_order_of_places_changes_no_answer(method: Method, seed: int) -> None:
    world = World.drawn(seed)
    order = np.random.default_rng(seed).permutation(len(world.places))
    case = CASES[method.name]
    same(case(world.ordered(order)), case(world))


@pytest.mark.parametrize("factor", [1e-2, 1e3])
@under("unit_free")
def test_the_unit_of_people_jobs_and_money_changes_no_answer(method: Method, factor: float) -> None:
    for seed in SEEDS:
        world = World.drawn(seed)
        same(CASES[method.name](world.times(factor)), CASES[method.name](world))


@pytest.mark.parametrize("factor", [1e-2, 1e3])
@under("linear")
def test_the_answer_is_counted_in_the_unit_of_what_goes_in(method: Method, factor: float) -> None:
    for seed in SEEDS:
        world = World.drawn(seed)
        same(CASES[method.name](world.times(factor)), CASES[method.name](world), factor)


@pytest.mark.parametrize("seed", SEEDS)
@under("every_place_once")
def test_every_place_is_given_once(method: Method, seed: int) -> None:
    world = World.drawn(seed)
    places = CASES[method.name](world).index.get_level_values(0).unique()
    asked = range(4) if method.name == "urbanisation_of_units" else world.places
    assert sorted(places) == sorted(asked)
    assert not CASES[method.name](world).index.duplicated().any()


@pytest.mark.parametrize("seed", SEEDS)
@under("itself")
def test_a_thing_agrees_with_itself_wholly(method: Method, seed: int) -> None:
    world = World.drawn(seed)
    if method.name == "flow_fit":
        assert measure.flow_fit(world.flows, world.flows).common_part == pytest.approx(1)
        return
    held = areas(world).set_index("place")["area"]
    found = measure.partition_agreement(held, held)
    assert found.same_share == 1
    assert found.adjusted_rand == pytest.approx(1)


@pytest.mark.parametrize("level", [1, 2])
@under("mirror")
def test_a_mirrored_grid_has_mirrored_classes(method: Method, level: int) -> None:
    for seed in SEEDS:
        people, _ = cells(World.drawn(seed))
        people[:8, :8] += 4000
        land = np.ones(people.shape)
        found = method.load()(people, land, level=level)
        for turn in (np.flipud, np.fliplr, np.transpose):
            np.testing.assert_array_equal(
                method.load()(turn(people), turn(land), level=level), turn(found)
            )


def test_every_method_obeys_some_law() -> None:
    assert [method.name for method in methods() if not method.laws.split()] == []
    assert [method.name for method in methods() if not method.reference] == []
