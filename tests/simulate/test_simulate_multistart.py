"""Further starts: what they find is checked against the equations in levels.

Tolerance 2e-9 in logs: the referee differentiates by finite differences and stops at 1e-13.
"""

import numpy as np
import pytest
from economies import economy, solve_levels
from test_simulate_switches import agree, as_shocks, change

from buju.errors import NotCertified, ParameterError
from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual

PLAIN = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0}
STRONG = {"alpha": 0.9, "epsilon": 6.0, "sigma": 4.0, "trade": "crs", "nu": 0.5}


def twins():
    return Baseline(
        commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]], wage=[1, 1],
        income=[1, 1], jobs=[50, 50], residents=[50, 50], labels=["A", "B"],
    )  # fmt: skip


def test_one_solution_is_stated() -> None:
    base, model = economy(8, seed=5), CommutingTrade(**PLAIN)
    plain = counterfactual(model, base, as_shocks(change(8)))
    found = counterfactual(model, base, as_shocks(change(8)), starts=6, seed=3)
    assert (plain.certificate.searched, plain.others) == ("", ())
    assert found.certificate.searched == "6 starts, one solution"
    assert found.verdict == "certified"
    assert found.wage.tolist() == plain.wage.tolist()


def test_near_islands_have_one_solution_too() -> None:
    base = economy(8, seed=1, tie=1e-7, parts=2)
    found = counterfactual(CommutingTrade(**PLAIN), base, as_shocks(change(8)), starts=4)
    assert found.certificate.blocks == 2
    assert found.certificate.searched == "4 starts, one solution"


def test_strong_spillovers_make_either_twin_the_city() -> None:
    """Symmetric, and with the city in either place: three solutions, each in levels too."""
    model = CommutingTrade(**STRONG)
    found = counterfactual(model, twins(), Shocks(), starts=20, throw=False)
    assert found.verdict == "several_equilibria"
    assert found.jobs == pytest.approx([1, 1], abs=1e-9)
    assert found.certificate.rightmost > 1
    sizes = []
    for state in found.others:
        other = counterfactual(model, twins(), Shocks(), start=state)
        agree(other, solve_levels(model, twins(), numeraire="mean_wage", begin=state))
        sizes.append(other.jobs)
    assert len(sizes) == 2
    assert np.log(sizes[0]) == pytest.approx(np.log(sizes[1][::-1]), abs=1e-8)
    assert abs(np.log(sizes[0][0])) > 0.1
    with pytest.raises(NotCertified, match=r"others \(20 starts.*3 solutions\): report all"):
        counterfactual(model, twins(), Shocks(), starts=20)


def test_the_seed_decides_and_jax_agrees() -> None:
    pytest.importorskip("jax")
    model = CommutingTrade(**STRONG)
    said = [
        counterfactual(
            model, twins(), Shocks(), starts=5, seed=1, throw=False, backend=b
        ).certificate.searched
        for b in ("numpy", "numpy", "jax")
    ]
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize("starts", [-1, 1.5, True])
def test_starts_are_counted(starts) -> None:
    with pytest.raises(ParameterError, match="a whole number of further starts"):
        counterfactual(CommutingTrade(**PLAIN), twins(), Shocks(), starts=starts)
