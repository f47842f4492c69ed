"""JAX and NumPy run one text: the same answers on every registered model.

Tolerance 1e-9, in levels of hats: both stop at a residual of 1e-12 on well-conditioned economies.
"""

import subprocess
import sys

import numpy as np
import pytest
from test_laws_simulate import CASES, world

from buju.errors import ParameterError
from buju.simulate import Shocks, counterfactual
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
