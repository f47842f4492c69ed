"""Bare networks: traps, laws, agreement with an independent Dijkstra, refusals."""

import heapq
import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import MissingExtra, NetworkError
from buju.network import min_plus, shortest_paths, shortest_times
from buju.network.engines import dijkstra

EXACT = 1e-9  # sums of the same few numbers in another order


def by_hand(tail, head, minutes, origin, nodes):
    """Dijkstra with a heap and no shared code."""
    least = dict.fromkeys(range(nodes), float("inf")) | {origin: 0.0}
    queue = [(0.0, origin)]
    while queue:
        time, node = heapq.heappop(queue)
        if time > least[node]:
            continue
        for a, b, m in zip(tail, head, minutes, strict=True):
            if a == node and time + m < least[b]:
                least[b] = time + m
                heapq.heappush(queue, (least[b], b))
    return [least[n] for n in range(nodes)]


@st.composite
def networks(draw, nodes=7):
    ids = st.integers(0, nodes - 1)
    times = st.one_of(st.just(0.0), st.floats(0, 100, allow_nan=False))
    arcs = draw(st.lists(st.tuples(ids, ids, times), min_size=1, max_size=25))
    tail, head, minutes = zip(*arcs, strict=True)
    return nodes, np.array(tail), np.array(head), np.array(minutes)


def every(network):
    nodes, tail, head, minutes = network
    return shortest_times(tail, head, minutes, np.arange(nodes), np.arange(nodes))


@given(networks())
@settings(deadline=None)
def test_agrees_with_another_dijkstra(network):
    nodes, tail, head, minutes = network
    expected = [by_hand(tail, head, minutes, origin, nodes) for origin in range(nodes)]
    np.testing.assert_allclose(every(network), expected, rtol=0, atol=EXACT)


@given(networks())
@settings(deadline=None)
def test_no_detour_is_faster(network):
    times = every(network)
    through = (times[:, :, None] + times[None]).min(axis=1)
    assert (times <= through + EXACT).all()


@given(networks(), st.data())
@settings(deadline=None)
def test_a_faster_arc_slows_nobody(network, data):
    nodes, tail, head, minutes = network
    arc = data.draw(st.integers(0, len(tail) - 1))
    faster = minutes.copy()
    faster[arc] /= 2
    assert (every((nodes, tail, head, faster)) <= every(network) + EXACT).all()


@given(networks(), st.permutations(range(7)))
@settings(deadline=None)
def test_names_of_nodes_do_not_matter(network, order):
    nodes, tail, head, minutes = network
    new = np.array(order)
    renamed = every((nodes, new[tail], new[head], minutes))
    np.testing.assert_allclose(renamed[np.ix_(new, new)], every(network), rtol=0, atol=EXACT)


@given(networks())
@settings(deadline=None)
def test_a_symmetric_network_has_symmetric_times(network):
    nodes, tail, head, minutes = network
    both = (
        nodes,
        np.concatenate([tail, head]),
        np.concatenate([head, tail]),
        np.concatenate([minutes, minutes]),
    )
    times = every(both)
    np.testing.assert_allclose(times, times.T, rtol=0, atol=EXACT)


def test_the_fastest_of_parallel_arcs_counts():
    assert shortest_times([0, 0, 0], [1, 1, 1], [5.0, 1.0, 6.0], [0], [1])[0, 0] == 1.0


def test_an_arc_of_zero_minutes_is_an_arc():
    assert shortest_times([0, 1], [1, 2], [0.0, 3.0], [0], [2])[0, 0] == 3.0


def test_unreachable_stays_infinite_also_for_nodes_without_arcs():
    times = shortest_times([0], [1], [4.0], [1, 0], [0, 9])
    assert np.isinf(times).tolist() == [[True, True], [False, True]]


def test_an_infinite_arc_is_not_there():
    assert np.isinf(shortest_times([0], [1], [np.inf], [0], [1])[0, 0])


def test_blocks_of_origins_change_nothing(monkeypatch):
    rng = np.random.default_rng(1)
    tail, head = rng.integers(0, 50, (2, 300))
    minutes = rng.random(300)
    whole = shortest_times(tail, head, minutes, np.arange(50), np.arange(50))
    monkeypatch.setattr(dijkstra, "BLOCK", 120)
    assert (shortest_times(tail, head, minutes, np.arange(50), np.arange(50)) == whole).all()


@pytest.mark.skipif(importlib.util.find_spec("pyroutingkit") is None, reason="extra [fast]")
def test_contraction_hierarchy_agrees_with_dijkstra():
    rng = np.random.default_rng(2)
    tail, head = rng.integers(0, 200, (2, 900))
    minutes = rng.random(900) * 30
    ends = np.arange(200)
    exact = shortest_times(tail, head, minutes, ends, ends)
    fast = shortest_times(tail, head, minutes, ends, ends, engine="cch")
    np.testing.assert_allclose(fast, exact, rtol=0, atol=1e-3)


@pytest.mark.skipif(importlib.util.find_spec("pyroutingkit") is None, reason="extra [fast]")
@given(networks())
@settings(deadline=None)
def test_contraction_hierarchy_agrees_on_small_and_broken_networks(network):
    nodes, tail, head, minutes = network
    ends = np.arange(nodes + 1)
    fast = shortest_times(tail, head, minutes, ends, ends, engine="cch")
    exact = shortest_times(tail, head, minutes, ends, ends)
    np.testing.assert_allclose(fast, exact, rtol=0, atol=1e-3)


@pytest.mark.skipif(importlib.util.find_spec("pyroutingkit") is not None, reason="extra is there")
def test_the_fast_engine_names_its_extra():
    with pytest.raises(MissingExtra, match=r"pip install 'buju\[fast\]'"):
        shortest_times([0], [1], [1.0], [0], [1], engine="cch")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 1], [1, 2], [1.0, -2.0], [0], [2]), r"arc 1 \(1 to 2\) has -2.0 minutes"),
        (([0], [1], [float("nan")], [0], [1]), r"arc 0 \(0 to 1\) has nan minutes"),
        (([0, 1], [1], [1.0], [0], [1]), "equally long vectors"),
        (([0.5], [1], [1.0], [0], [1]), "integer node ids"),
        (([-1], [1], [1.0], [0], [1]), "node ids count from 0"),
        (([0], [1], [1.0], [float("nan")], [1]), "origins must hold integer node ids"),
        (([0], [1], [1.0], ["a"], [1]), "origins must hold integer node ids"),
        (([0], [1], [1.0], [0], [[0, 1]]), r"destinations must be a vector .* shape \(1, 2\)"),
        (([0], [1], [1.0], [-1], [1]), "origins holds node id -1"),
    ],
)
def test_refusals(arguments, words):
    with pytest.raises(NetworkError, match=words):
        shortest_times(*arguments)


def test_an_unknown_engine_is_named_with_the_nearest():
    with pytest.raises(NetworkError, match="Did you mean 'scipy'"):
        shortest_times([0], [1], [1.0], [0], [1], engine="scippy")


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.one_of(st.just(np.inf), st.floats(0, 50)), min_size=n, max_size=n),
            min_size=n,
            max_size=n,
        )
    )
)
@settings(deadline=None)
def test_min_plus_is_associative_and_has_a_unit(rows):
    x = np.array(rows)
    unit = np.where(np.eye(len(x)) == 1, 0.0, np.inf)
    assert (min_plus(unit, x) == x).all()
    np.testing.assert_allclose(
        min_plus(min_plus(x, x), x), min_plus(x, min_plus(x, x)), rtol=0, atol=EXACT
    )


@pytest.mark.parametrize(
    ("legs", "words"),
    [
        ((), "at least one matrix"),
        (([1.0],), "must be a matrix"),
        (([[1.0, 2.0]], [[1.0]]), "legs do not fit"),
        (([[-1.0]],), "has -1.0 minutes at row 0, column 0"),
        (([[1.0]], [[float("nan")]]), "leg 1 of min_plus has nan"),
    ],
)
def test_min_plus_refusals(legs, words):
    with pytest.raises(NetworkError, match=words):
        min_plus(*legs)


@given(networks())
@settings(deadline=None)
def test_the_arcs_of_a_way_lead_there_and_take_its_time(network):
    nodes, tail, head, minutes = network
    times = every(network)
    pairs = [(o, d) for o in range(nodes) for d in range(nodes)]
    ways = shortest_paths(tail, head, minutes, *zip(*pairs, strict=True))
    for (o, d), way in zip(pairs, ways, strict=True):
        if way is None:
            assert np.isinf(times[o, d])
            continue
        assert minutes[way].sum() == pytest.approx(times[o, d], abs=EXACT)
        stops = [o, *head[way]]
        assert stops[:-1] == list(tail[way])
        assert stops[-1] == d


def test_blocks_of_origins_change_no_way(monkeypatch):
    rng = np.random.default_rng(4)
    tail, head = rng.integers(0, 30, (2, 120))
    pairs = rng.integers(0, 30, (2, 40))
    whole = shortest_paths(tail, head, np.ones(120), *pairs)
    monkeypatch.setattr(dijkstra, "BLOCK", 70)
    parts = shortest_paths(tail, head, np.ones(120), *pairs)
    for a, b in zip(whole, parts, strict=True):
        assert (a is None and b is None) or a.tolist() == b.tolist()


def test_ways_need_as_many_destinations_as_origins():
    with pytest.raises(NetworkError, match="2 origins and 1 destinations"):
        shortest_paths([0], [1], [1.0], [0, 1], [1])


@st.composite
def roads_and_rails(draw, seats=4, stations=4):
    """Roads among seats and stations, rides among stations."""
    size = seats + stations
    ids, stops = st.integers(0, size - 1), st.integers(seats, size - 1)
    long, quick = st.floats(1, 100), st.floats(0, 20)
    roads = draw(st.lists(st.tuples(ids, ids, long), min_size=1, max_size=14))
    rides = draw(st.lists(st.tuples(stops, stops, quick), min_size=1, max_size=6))
    return np.arange(seats), np.arange(seats, size), roads, rides


@given(roads_and_rails())
@settings(deadline=None)
def test_hubs_closed_over_rail_and_road_equal_the_expanded_graph(network):
    """Closing over rides alone would miss ways that ride, drive and ride again."""
    seats, stops, roads, rides = network
    tail, head, minutes = (np.array(c) for c in zip(*roads, *rides, strict=True))
    whole = shortest_times(tail, head, minutes, seats, seats)
    tail, head, minutes = (np.array(c) for c in zip(*roads, strict=True))
    by_road = shortest_times(tail, head, minutes, seats, seats)
    access = shortest_times(tail, head, minutes, seats, stops)
    egress = shortest_times(tail, head, minutes, stops, seats)
    between = shortest_times(tail, head, minutes, stops, stops)
    for a, b, ride in rides:
        i, j = a - len(seats), b - len(seats)
        between[i, j] = min(between[i, j], ride)
    for _ in stops:
        between = min_plus(between, between)
    hubs = np.minimum(by_road, min_plus(access, between, egress))
    np.testing.assert_allclose(hubs, whole, rtol=0, atol=EXACT)
