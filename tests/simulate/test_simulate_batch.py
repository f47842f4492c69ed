"""Many scenarios: equal to one by one, whoever solves them, also when a worker dies."""

import importlib
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from buju.errors import NotCertified
from buju.simulate import Baseline, CommutingTrade, Shocks, batch, counterfactual

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
    alone = [counterfactual(MODEL, TWINS, shock) for shock in SHOCKS]
    return len(found) == len(alone) and all(
        (a.state == b.state).all() and a.welfare == b.welfare
        for a, b in zip(found, alone, strict=True)
    )


def test_in_turn():
    assert same(batch(MODEL, TWINS, SHOCKS))


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


def slowly(model, baseline, throw, options, shocks):
    time.sleep(0.2)
    return [counterfactual(model, baseline, shock, throw=throw, **options) for shock in shocks]


@pytest.mark.filterwarnings("ignore")  # a dying worker makes Dask warn
def test_a_killed_dask_worker_loses_nothing(monkeypatch):
    distributed = pytest.importorskip("distributed")
    cloudpickle = pytest.importorskip("cloudpickle")
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    module = importlib.import_module("buju.simulate.batch")
    monkeypatch.setattr(module, "_several", slowly)
    monkeypatch.setattr(module, "CHUNK", 2)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    )
    with cluster, distributed.Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))
        threading.Timer(1.0, os.kill, (victim, signal.SIGKILL)).start()
        assert same(batch(MODEL, TWINS, SHOCKS, executor=client.get_executor()))
        assert victim not in client.run(os.getpid).values()
