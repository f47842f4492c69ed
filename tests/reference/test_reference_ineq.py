"""Gini and Theil of the incomes in the manual of the R package `ineq`.

The vector stands in the examples of `ineq::ineq`; its Gini index with all digits in the package's
own regression test (0.462091130267624), the corrected one and Theil's T in seven digits as R prints
them and as others who compare with R quote them.
"""

import pytest

from buju import measure

INCOMES = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
PRINTED = 5e-8  # half of the last of seven digits


def test_gini_is_that_of_ineq() -> None:
    assert measure.gini(INCOMES) == pytest.approx(0.462091130267624, rel=1e-13)
    n = len(INCOMES)
    assert measure.gini(INCOMES) * n / (n - 1) == pytest.approx(0.5134346, abs=PRINTED)


def test_theil_is_that_of_ineq() -> None:
    assert measure.theil(INCOMES) == pytest.approx(0.3623412, abs=PRINTED)
