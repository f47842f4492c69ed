"""The gap by each of its three routes, against all eigenvalues of a finite-difference Jacobian.

Tolerance 2e-3: Arnoldi stops at a residual of 1e-4 of the eigenvalue, the inverse route at 1e-3.
"""

import numpy as np
import pytest
from economies import economy

from buju.simulate import CommutingTrade, Shocks, certificate, counterfactual

CLOSE = 2e-3


def gap_by_differences(found):
    """min |1 - eigenvalue| of f(x) = x + residual(x), the numeraire's own zero left out."""
    model, world, state = found.model, found.world, found.state
    h = 1e-5
    steps = h * np.eye(len(state))
    jacobian = np.array(
        [(model.step(state + s, world) - model.step(state - s, world)) / (2 * h) for s in steps]
    ).T
    sizes = np.sort(np.abs(np.linalg.eigvals(jacobian)))
    assert sizes[0] < 1e-7
    return sizes[1]


@pytest.mark.parametrize("nu", [0.0, 0.25], ids=["ordinary", "complex eigenvalues"])
@pytest.mark.parametrize("route", ["dense", "arnoldi", "inverse"])
def test_gap(monkeypatch, route, nu) -> None:
    if route != "dense":
        monkeypatch.setattr(certificate, "DENSE", 0)
    if route == "inverse":
        monkeypatch.setattr(certificate, "DENSE_RESORT", 0)
        monkeypatch.setattr(certificate, "arnoldi", lambda *_: never)
        never = certificate.Spectrum(1 + 0j, 1.0, False, np.zeros(0))
    base = economy(45, 3)
    change = Shocks(productivity=np.exp(0.1 * np.random.default_rng(1).normal(size=45)))
    model = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, nu=nu)
    found = counterfactual(model, base, change)
    assert found.certificate.gap == pytest.approx(gap_by_differences(found), rel=CLOSE)


def test_error_bound_holds() -> None:
    """Stopped early, a state is no farther from the answer than its certificate says."""
    from buju.simulate.solvers import Anderson

    base = economy(45, 3)
    change = Shocks(productivity=np.exp(0.3 * np.random.default_rng(1).normal(size=45)))
    model = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, delta=0.3)
    exact = counterfactual(model, base, change)
    for steps in (6, 10, 14, 18):
        early = counterfactual(model, base, change, solver=Anderson(iterations=steps), throw=False)
        error = np.abs(np.log(early.wage / exact.wage)).max()
        assert error <= 3 * early.certificate.error_bound + 1e-12
        if early.verdict == "certified":
            assert error <= 1e-8
