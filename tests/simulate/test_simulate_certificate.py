"""The gap by each of its routes, against all eigenvalues of a finite-difference Jacobian.

Tolerance 2e-3 by inverse iteration, which stops at 1e-3. 1e-6 from the matrix, by LAPACK or by
shifts, and by Arnoldi's products: what finite differences allow.
"""

import numpy as np
import pytest
from economies import economy

from buju.simulate import CommutingTrade, Shocks, conditioning, counterfactual
from buju.simulate.problem import Problem
from buju.simulate.solvers import spectrum

CLOSE = {"lapack": 1e-6, "shifts": 1e-6, "arnoldi": 1e-6, "inverse": 2e-3}


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
@pytest.mark.parametrize("route", CLOSE)
def test_gap(monkeypatch, route, nu) -> None:
    if route == "lapack":
        monkeypatch.setattr(spectrum, "WHOLE", 90)
    elif route == "shifts":
        monkeypatch.setattr(spectrum, "WHOLE", 0)
    else:
        monkeypatch.setattr(conditioning, "DENSE", 0)
    if route == "inverse":
        monkeypatch.setattr(conditioning, "DENSE_RESORT", 0)
        monkeypatch.setattr(conditioning, "arnoldi", lambda *_, **__: never)
        never = spectrum.Spectrum(1 + 0j, 1.0, False)
    base = economy(45, 3)
    change = Shocks(productivity=np.exp(0.1 * np.random.default_rng(1).normal(size=45)))
    model = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, nu=nu)
    found = counterfactual(model, base, change)
    monkeypatch.undo()
    assert found.certificate.gap == pytest.approx(gap_by_differences(found), rel=CLOSE[route])


@pytest.mark.parametrize("tie", [1.0, 1e-3], ids=["ordinary", "loose"])
def test_gap_of_more_places_than_are_factored(tie):
    places = conditioning.DENSE + 10
    found = counterfactual(
        CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, nu=0.2),
        economy(places, 4, tie=tie, parts=2),
        Shocks(productivity=np.linspace(0.9, 1.1, places)),
    )
    assert found.certificate.determinant_sign == 0  # by products: the Jacobian was not formed
    problem = Problem(found.model, found.world)
    matrix = problem.dense_jacobian(problem.linearise(found.state))
    matrix -= conditioning.MOVED * np.multiply.outer(problem.direction, problem.pin)
    sizes = np.abs(np.linalg.eigvals(matrix))
    assert found.certificate.gap == pytest.approx(sizes.min(), rel=1e-6)


def clustered(draw, size):
    """A spectrum on both sides of zero's left, one eigenvalue just before a cluster."""
    values = np.concatenate([[-0.8], -0.8003 - 0.01 * draw.random(12), -1 - 4 * draw.random(size)])
    basis = draw.normal(size=(len(values), len(values))) / 20 + np.eye(len(values))
    return basis @ np.diag(values[: len(values)]) @ np.linalg.inv(basis)


def turning(draw, size):
    """A pair nearest zero, and another further right."""
    matrix = np.diag(-2 - 3 * draw.random(size + 4))
    for k, (real, imaginary) in enumerate([(-0.9, 0.7), (-0.2, 2.5)]):
        pair = slice(2 * k, 2 * k + 2)
        matrix[pair, pair] = [[real, imaginary], [-imaginary, real]]
    basis = draw.normal(size=matrix.shape) / 20 + np.eye(len(matrix))
    return basis @ matrix @ np.linalg.inv(basis)


@pytest.mark.parametrize("make", [clustered, turning])
@pytest.mark.parametrize("seed", range(5))
def test_a_matrix_tells_its_nearest_and_its_rightmost_eigenvalue(monkeypatch, make, seed) -> None:
    matrix = make(np.random.default_rng(seed), 120)
    values = np.linalg.eigvals(matrix)
    monkeypatch.setattr(np.linalg, "eigvals", None)  # not the last resort
    found = spectrum.dense_spectrum(matrix, spectrum.Factors(matrix))
    assert abs(found.nearest) == pytest.approx(np.abs(values).min(), rel=1e-6)
    assert found.rightmost == pytest.approx(values.real.max(), rel=1e-3)


@pytest.mark.parametrize("kind", [float, complex])
def test_factors_solve_and_know_the_sign(kind) -> None:
    draw = np.random.default_rng(4)
    for _ in range(6):
        matrix = draw.normal(size=(7, 7)).astype(kind)
        factors = spectrum.Factors(matrix)
        right = draw.normal(size=7).astype(kind)
        np.testing.assert_allclose(matrix @ factors.solve(right), right, rtol=1e-10)
        if kind is float:
            assert factors.sign == np.sign(np.linalg.det(matrix))


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
