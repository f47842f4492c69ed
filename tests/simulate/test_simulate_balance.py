"""Fitting kernels to totals where the open pairs fall into parts."""

import numpy as np
import pytest

from buju.errors import ParameterError
from buju.simulate.balance import balance

TOTALS = 1e-12


def kernel(*sizes: int) -> np.ndarray:
    """Blocks of steep kernels with nothing between them."""
    rng = np.random.default_rng(4)
    whole = np.full((sum(sizes), sum(sizes)), -np.inf)
    start = 0
    for size in sizes:
        end = start + size
        minutes = rng.uniform(30, 600, (size, size))
        np.fill_diagonal(minutes, 10)
        whole[start:end, start:end] = -4.43 * np.log(minutes)
        start = end
    return whole


def test_parts_without_ties_are_fitted_each():
    log_kernel = kernel(30, 1, 1, 8)
    rng = np.random.default_rng(5)
    rows, columns = rng.uniform(1, 9, (2, 40))
    for part in (slice(0, 30), slice(30, 31), slice(31, 32), slice(32, 40)):
        columns[part] *= rows[part].sum() / columns[part].sum()
    flows = balance(log_kernel, rows, columns, [str(k) for k in range(40)])
    np.testing.assert_allclose(flows.sum(axis=1), rows, rtol=TOTALS)
    np.testing.assert_allclose(flows.sum(axis=0), columns, rtol=TOTALS)
    assert (flows[np.isneginf(log_kernel)] == 0).all()


def test_parts_whose_totals_differ_are_named():
    labels = ["A", "B", "C"]
    with pytest.raises(ParameterError, match="C"):
        balance(kernel(2, 1), np.array([4.0, 4.0, 2.0]), np.array([5.0, 4.0, 1.0]), labels)
