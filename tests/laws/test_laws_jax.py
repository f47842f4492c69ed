"""JAX and NumPy run one text: the same answers on every registered model.

Tolerance 1e-9, in levels of hats: both stop at a residual of 1e-12 on well-conditioned economies.
"""

import subprocess
import sys

import numpy as np
import pytest
from test_laws_simulate import CASES, world

from buju.errors import ParameterError
from buju.simulate import Shocks, counterfactual, gradient, sensitivity
from buju.simulate.backend import JaxProblem
from buju.simulate.problem import Problem

PARITY = 1e-9
OUTCOMES = ("wage", "income", "rent", "price", "residents", "jobs")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # JAX's own, of its own functions
]
jax = pytest.importorskip("jax")


@pytest.mark.parametrize("case", CASES)
def test_the_two_backends_agree(case):
    model, base, hats, _ = world(case, 11)
    one, two = (counterfactual(model, base, Shocks(**hats), backend=b) for b in ("numpy", "jax"))
    assert two.verdict == one.verdict == "certified"
    for name in OUTCOMES:
        np.testing.assert_allclose(getattr(two, name), getattr(one, name), rtol=PARITY)
    assert two.welfare == pytest.approx(one.welfare, rel=PARITY)


@pytest.mark.parametrize("case", CASES)
def test_residuals_and_jacobian_products_agree(case):
    model, base, hats, draw = world(case, 12)
    scene = model.world(base, Shocks(**hats))
    plain, other = Problem(model, scene), JaxProblem(model, scene)
    state = 0.1 * draw.normal(size=len(model.start(scene)))
    x = draw.normal(size=len(state))
    np.testing.assert_allclose(other.value(state), plain.value(state), rtol=PARITY, atol=PARITY)
    products = [p.linearise(state).push(x) for p in (plain, other)]
    np.testing.assert_allclose(products[1], products[0], rtol=PARITY, atol=PARITY)


ONE_EACH = {case.split(": ")[0]: case for case in reversed(CASES)}.values()
GRADIENTS = [
    case if case in ONE_EACH else pytest.param(case, marks=pytest.mark.long) for case in CASES
]


@pytest.mark.parametrize("case", GRADIENTS)
def test_derivatives_agree(case):
    model, base, hats, _ = world(case, 15)
    now = counterfactual(model, base, Shocks(**hats))

    def crowding(model, state, world):
        """Free of the numeraire under every switch."""
        jobs, xp = model.quantities(state, world).jobs_level, state.__array_namespace__()
        return xp.sum(jobs * jobs)

    one, two = (sensitivity(now, of=crowding, backend=b) for b in ("numpy", "jax"))
    assert two.value == pytest.approx(one.value, rel=PARITY)
    for name in one.vectors:
        np.testing.assert_allclose(two.vectors[name], one.vectors[name], rtol=0, atol=PARITY)
    for kernel in ("K", "T", "M", "near_jobs", "near_homes"):
        if getattr(now.world, kernel) is not None:
            found = [s.by_kernel(kernel) for s in (one, two)]
            np.testing.assert_allclose(found[1], found[0], rtol=0, atol=PARITY)
    name = model.elasticities[0]
    assert two.by_parameter(name) == pytest.approx(one.by_parameter(name), abs=PARITY)


def test_an_outcome_may_use_all_of_jax():
    model, base, hats, _ = world(next(iter(CASES)), 16)
    now = counterfactual(model, base, Shocks(**hats))

    def largest(hats):
        return jax.numpy.max(jax.numpy.sort(hats["jobs"]) ** 2)

    top = int(np.argmax(now.jobs))
    found = gradient(now, of=largest, wrt=("productivity",), backend="jax")["productivity"]
    same = gradient(now, of=lambda hats: hats["jobs"][top] * hats["jobs"][top],
                    wrt=("productivity",))["productivity"]  # fmt: skip
    np.testing.assert_allclose(found, same, rtol=0, atol=PARITY)


def test_precision_elsewhere_in_the_process_stays_as_it_was():
    model, base, hats, _ = world(next(iter(CASES)), 13)
    counterfactual(model, base, Shocks(**hats), backend="jax")
    assert jax.numpy.ones(2).dtype == np.float32


def test_an_unknown_backend_is_refused():
    model, base, hats, _ = world(next(iter(CASES)), 14)
    with pytest.raises(ParameterError, match="backend"):
        counterfactual(model, base, Shocks(**hats), backend="torch")


def test_the_room_does_not_load_jax_until_asked():
    code = "import sys, buju.simulate; assert 'jax' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
