"""Roads routed once and trains joined on equal Dijkstra on the whole multimodal graph."""

import importlib.util
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import NetworkError
from buju.network import Hubs, Router, Trains, min_plus, shortest_times

EXACT = 1e-9  # sums of the same few numbers in another order
OTHER = {"networkit": "networkit", "igraph": "igraph"}


def grid(seed, side=14):
    """A grid of roads, and lines over it whose stations are some of its nodes."""
    draw = np.random.default_rng(seed)
    ids = np.arange(side * side).reshape(side, side)
    one = np.concatenate([ids[:, :-1].ravel(), ids[:-1].ravel()])
    other = np.concatenate([ids[:, 1:].ravel(), ids[1:].ravel()])
    minutes = draw.uniform(5, 15, 2 * len(one))
    roads = np.concatenate([one, other]), np.concatenate([other, one]), minutes
    stations = draw.choice(side * side, 12, replace=False)
    return draw, roads, stations


def line_graph(draw, stations, lines=3, stops=5):
    """Boarding, riding and alighting: street nodes first, then one vehicle a stop and line."""
    arcs, size = [], len(stations)
    for _ in range(lines):
        called = draw.choice(size, stops, replace=False)
        vehicles = size + np.arange(stops)
        arcs += [(s, v, draw.uniform(5, 20)) for s, v in zip(called, vehicles, strict=True)]
        arcs += [(v, s, 0.0) for s, v in zip(called, vehicles, strict=True)]
        for a, b in pairwise(vehicles):
            ride = draw.uniform(3, 12)
            arcs += [(a, b, ride), (b, a, ride)]
        size += stops
    tail, head, minutes = (np.array(c) for c in zip(*arcs, strict=True))
    street = np.arange(len(stations))
    return Trains(tail.astype(int), head.astype(int), minutes, size, street, street)


def expanded(roads, stations, trains, origins, destinations):
    nodes = int(max(roads[0].max(), roads[1].max())) + 1
    place = np.concatenate([stations, nodes + np.arange(trains.nodes - len(stations))])
    tail = np.concatenate([roads[0], place[trains.tail]])
    head = np.concatenate([roads[1], place[trains.head]])
    return shortest_times(
        tail, head, np.concatenate([roads[2], trains.minutes]), origins, destinations
    )


@given(seed=st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_hubs_equal_dijkstra_on_everything(seed):
    draw, roads, stations = grid(seed)
    ends = draw.choice(14 * 14, 40, replace=False)
    hubs = Hubs.prepare(Router(*roads), ends, ends, stations)
    for _ in range(2):  # another rail scenario on the same roads
        trains = line_graph(draw, stations)
        whole = expanded(roads, stations, trains, ends, ends)
        np.testing.assert_allclose(hubs.times(trains), whole, rtol=0, atol=EXACT)


def test_closing_over_rides_alone_misses_ride_road_ride():
    """Two lines whose ends lie a short walk apart."""
    roads = [0, 1, 2, 3, 4], [1, 2, 3, 4, 5], [1.0, 500, 3, 500, 1]
    stations = np.array([1, 2, 3, 4])
    tail, head = [0, 4, 5, 2, 6, 7], [4, 5, 1, 6, 7, 3]
    minutes = np.array([5.0, 10, 0, 5, 10, 0])
    street = np.arange(4)
    trains = Trains(np.array(tail), np.array(head), minutes, 8, street, street)
    hubs = Hubs.prepare(Router(*roads), [0], [5], stations)
    rides = shortest_times(tail, head, minutes, street, street)
    alone = np.minimum(hubs.road, min_plus(hubs.access, rides, hubs.egress))
    assert hubs.times(trains).item() == 1 + 15 + 3 + 15 + 1
    assert alone.item() > hubs.times(trains).item()
    assert hubs.times(None).item() == 1005


def test_trains_of_other_stations_are_refused():
    draw, roads, stations = grid(1)
    hubs = Hubs.prepare(Router(*roads), [0], [1], stations[:-1])
    with pytest.raises(NetworkError, match="12 and 12 stations, the roads were routed for 11"):
        hubs.times(line_graph(draw, stations))


@pytest.mark.skipif(importlib.util.find_spec("pyroutingkit") is None, reason="extra [fast]")
def test_the_hierarchy_takes_other_minutes_and_infinite_arcs():
    draw, roads, _ = grid(2)
    ends = np.arange(14 * 14)
    fast, exact = (Router(*roads, engine=e) for e in ("cch", "scipy"))
    for _ in range(3):
        minutes = draw.uniform(0, 30, len(roads[0]))
        minutes[draw.random(len(minutes)) < 0.3] = np.inf
        a, b = (r.times(ends, ends, minutes=minutes) for r in (fast, exact))
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-3)


@pytest.mark.skipif(importlib.util.find_spec("pyroutingkit") is None, reason="extra [fast]")
@pytest.mark.parametrize("long", [150_000.0, 214_748.0])
def test_times_beyond_the_integers_are_right_or_refused(long):
    roads = [0, 1, 2], [1, 2, 3], [0.125, long, 0.125]
    exact = shortest_times(*roads, [0, 3], [3, 0])
    if long < 200_000:
        found = shortest_times(*roads, [0, 3], [3, 0], engine="cch")
        np.testing.assert_allclose(found, exact, rtol=0, atol=1e-3)
    else:
        with pytest.raises(NetworkError, match="too long for engine 'cch'"):
            shortest_times([0, 1], [1, 2], [long, long], [0], [2], engine="cch")


@pytest.mark.parametrize("name", list(OTHER))
def test_other_libraries_agree(name):
    library = pytest.importorskip(OTHER[name])
    draw, roads, _ = grid(3)
    ends = draw.choice(14 * 14, 20, replace=False)
    ours = shortest_times(*roads, ends, ends)
    if name == "igraph":
        graph = library.Graph(list(zip(roads[0].tolist(), roads[1].tolist(), strict=True)),
                              directed=True)  # fmt: skip
        theirs = graph.distances(ends.tolist(), ends.tolist(), weights=roads[2].tolist())
    else:
        graph = library.Graph(14 * 14, weighted=True, directed=True)
        for a, b, m in zip(*(c.tolist() for c in roads), strict=True):
            graph.addEdge(a, b, m)
        found = library.distance.SPSP(graph, ends.tolist(), ends.tolist())
        theirs = np.array(found.run().getDistances())
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=EXACT)


def test_auto_chooses_the_exact_engine_on_small_networks():
    _, roads, _ = grid(4)
    ends = np.arange(20)
    a, b = (shortest_times(*roads, ends, ends, engine=e) for e in ("auto", "scipy"))
    assert (a == b).all()


def test_minutes_of_a_router_are_checked():
    _, roads, _ = grid(5)
    router = Router(*roads)
    with pytest.raises(NetworkError, match="equally long"):
        router.times([0], [1], minutes=[1.0])
    with pytest.raises(NetworkError, match="destinations names node 196 of 196"):
        router.times([0], [196])


@given(factor=st.floats(0.01, 100))
@settings(deadline=None, max_examples=20)
def test_another_unit_of_time_scales_the_answer(factor):
    _, roads, _ = grid(6)
    ends = np.arange(30)
    base = shortest_times(*roads, ends, ends)
    scaled = shortest_times(roads[0], roads[1], roads[2] * factor, ends, ends)
    np.testing.assert_allclose(scaled, base * factor, rtol=1e-12)
