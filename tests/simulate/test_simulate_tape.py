"""Every operation of the tape: pushes against finite differences, pulls against pushes.

Tolerance 1e-6: central differences of step 1e-5 on values of order 1.
"""

import numpy as np
import pytest

from buju.simulate import linearise
from buju.simulate.kernel import Kernel
from buju.simulate.linearise import Linearisation

DRAW = np.random.default_rng(0)
MATRIX, VECTOR = DRAW.random((4, 4)) + 0.1, DRAW.random(4) + 0.5
KERNEL = Kernel(DRAW.random((4, 4)) + 0.1)


def space(x):
    return x.__array_namespace__()


OPERATIONS = {
    "add": lambda x: 2 + x + VECTOR + x,
    "subtract": lambda x: 1 - x - (x - VECTOR),
    "negate": lambda x: -x,
    "multiply": lambda x: x * x * VECTOR * 3,
    "divide": lambda x: x / VECTOR / (1 / x) / (VECTOR / x),
    "exp-log": lambda x: space(x).exp(space(x).log(x) * 2),
    "sum": lambda x: x * space(x).sum(x),
    "sum-axis": lambda x: space(x).sum(space(x).stack([x, x * x], axis=1), axis=1),
    "concat-slice": lambda x: space(x).concat([x[2:], x[:2]]) * VECTOR,
    "stack-column": lambda x: space(x).stack([x, x * x], axis=1)[:, 1],
    "kernel": lambda x: KERNEL @ x + KERNEL.T @ (x * x),
    "kernel-columns": lambda x: (KERNEL @ space(x).stack([x, x * x], axis=1))[:, 1],
    "matrix": lambda x: MATRIX @ x,
    "matrix-right": lambda x: x @ MATRIX,
    "form": lambda x: x * (VECTOR @ (x[:, None] * MATRIX) @ VECTOR) * (x @ VECTOR) * (VECTOR @ x),
    "broadcast": lambda x: VECTOR @ (x[:, None] * MATRIX + x[None, :]),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation(name) -> None:
    function, point = OPERATIONS[name], np.array([0.7, 1.3, 0.4, 2.0])
    line = Linearisation(function, point)
    assert line.value == pytest.approx(function(point))
    step = 1e-5
    slow = [(function(point + step * e) - function(point - step * e)) / (2 * step)
            for e in np.eye(4)]  # fmt: skip
    fast = np.array([line.push(e) for e in np.eye(4)])
    assert fast == pytest.approx(np.array(slow), abs=1e-6)
    back = np.array([line.pull(e).point for e in np.eye(len(line.value))])
    assert back == pytest.approx(fast.T, abs=1e-12)


@pytest.mark.parametrize("directions", [1, 3, 128])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_many_directions_at_once_are_each_by_itself(monkeypatch, operation, directions):
    monkeypatch.setattr(linearise, "DIRECTIONS", directions)
    point = DRAW.random(4) + 0.5
    line = Linearisation(OPERATIONS[operation], point)
    alone = np.column_stack([line.push(column) for column in np.eye(4)])
    np.testing.assert_allclose(line.matrix(), alone, rtol=1e-13, atol=1e-13)


def test_a_function_that_reads_a_part_has_a_jacobian_too():
    line = Linearisation(lambda x: space(x).concat([x[:2] * x[:2], x[:1] * 2]), np.ones(4))
    np.testing.assert_array_equal(line.matrix(), [[2, 0, 0, 0], [0, 2, 0, 0], [2, 0, 0, 0]])
