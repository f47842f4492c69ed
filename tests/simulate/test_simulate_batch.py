"""Many scenarios: equal to one by one, whoever solves them, also when a worker dies."""

import importlib
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from economies import economy

from buju.errors import NotCertified, ParameterError
from buju.simulate import Baseline, CommutingTrade, Shocks, batch, counterfactual
from buju.simulate.batch import _sent
from buju.simulate.solvers import NewtonKrylov

MODEL = CommutingTrade(alpha=0.7, epsilon=3.0, sigma=4.0)
TWINS = Baseline(
    commuting=[[0.4, 0.1], [0.1, 0.4]],
    trade=[[0.7, 0.3], [0.3, 0.7]],
    wage=[1, 1],
    income=[1, 1],
    jobs=[50, 50],
    residents=[50, 50],
)
SHOCKS = [Shocks(amenity=[1 + k / 100, 1.0]) for k in range(50)]


def same(found):
    """Bit by bit what a batch in turn finds, kernels and all."""
    alone = batch(MODEL, TWINS, SHOCKS)
    return len(found) == len(alone) and all(
        (a.state == b.state).all()
        and a.welfare == b.welfare
        and a.certificate == b.certificate
        and (a.flows()["trade"] == b.flows()["trade"]).all()
        and a.shocks is b.shocks
        for a, b in zip(found, alone, strict=True)
    )


@pytest.mark.parametrize("solver", [None, NewtonKrylov()], ids=["default", "given"])
def test_in_turn_as_one_by_one(solver):
    found = batch(MODEL, TWINS, SHOCKS, solver=solver)
    for together, shock in zip(found, SHOCKS, strict=True):
        alone = counterfactual(MODEL, TWINS, shock)
        assert np.abs(together.state - alone.state).max() < 1e-9
        assert together.welfare == pytest.approx(alone.welfare, rel=1e-9)
        assert together.verdict == alone.verdict == "certified"
        assert together.certificate.gap == pytest.approx(alone.certificate.gap, rel=1e-6)


@pytest.mark.parametrize("size", [0.01, 0.3, 3.0], ids=["small", "large", "enormous"])
def test_changes_of_any_size_are_as_one_by_one(size):
    base, draw = economy(30, 5), np.random.default_rng(2)
    model = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, delta=0.3)
    shocks = [Shocks(productivity=np.exp(size * draw.normal(size=30))) for _ in range(6)]
    found = batch(model, base, shocks)
    for together, shock in zip(found, shocks, strict=True):
        alone = counterfactual(model, base, shock)
        assert np.abs(together.state - alone.state).max() < 1e-9
    solvers = {rung[0] for one in found for rung in one.certificate.rungs}
    assert solvers == ({"chord"} if size < 0.1 else {"chord", "newton-krylov"} & solvers)


def test_a_baseline_in_parts_has_no_factors_to_share():
    parts = replace(TWINS, commuting=np.diag([0.5, 0.5]), trade=np.eye(2))
    found = batch(MODEL, parts, SHOCKS[:3], throw=False)
    assert {one.verdict for one in found} == {"disconnected"}


def test_further_starts_are_told_of_each():
    found = batch(MODEL, TWINS, SHOCKS[:3], starts=2, seed=4)
    assert all(one.certificate.searched == "2 starts, one solution" for one in found)
    with pytest.raises(ParameterError, match="whole number"):
        batch(MODEL, TWINS, SHOCKS[:3], starts=-1)


def test_one_scenario_is_a_counterfactual():
    (found,) = batch(MODEL, TWINS, SHOCKS[:1])
    assert (found.state == counterfactual(MODEL, TWINS, SHOCKS[0]).state).all()


def test_by_threads():
    with ThreadPoolExecutor(2) as executor:
        assert same(batch(MODEL, TWINS, SHOCKS, executor=executor))


def test_by_processes():
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        assert same(batch(MODEL, TWINS, SHOCKS, executor=executor))


def test_a_scenario_without_an_answer_raises_or_says_so():
    cut = Shocks(
        trade_cost=np.array([[1.0, np.inf], [np.inf, 1.0]]),
        commuting_cost=np.array([[1.0, np.inf], [np.inf, 1.0]]),
    )
    with pytest.raises(NotCertified):
        batch(MODEL, TWINS, [SHOCKS[0], cut])
    found = batch(MODEL, TWINS, [SHOCKS[0], cut], throw=False)
    assert found[0].verdict == "certified"
    assert found[1].verdict != "certified"


def slowly(model, baseline, options, shocks):
    time.sleep(0.2)
    return _sent(model, baseline, options, shocks)


@pytest.mark.filterwarnings("ignore")  # a dying worker makes Dask warn
def test_a_killed_dask_worker_loses_nothing(monkeypatch):
    distributed = pytest.importorskip("distributed")
    cloudpickle = pytest.importorskip("cloudpickle")
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    module = importlib.import_module("buju.simulate.batch")
    monkeypatch.setattr(module, "_sent", slowly)
    monkeypatch.setattr(module, "CHUNK", 2)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    )
    with cluster, distributed.Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))
        threading.Timer(1.0, os.kill, (victim, signal.SIGKILL)).start()
        assert same(batch(MODEL, TWINS, SHOCKS, executor=client.get_executor()))
        assert victim not in client.run(os.getpid).values()
