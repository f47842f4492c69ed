"""What every market checks at its door."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError

Floats: TypeAlias = npt.NDArray[np.float64]
Integers: TypeAlias = npt.NDArray[np.int64]


def quotas_of(quotas: Any) -> Integers:
    """Places of each listing, (P,): whole numbers of zero or more."""
    array = np.asarray(quotas)
    whole = array.ndim == 1 and array.dtype.kind in "iuf" and np.isfinite(array).all()
    if not whole or (array < 0).any() or (array != np.floor(array)).any():
        raise ParameterError(
            f"quotas {array.tolist()[:5] if array.ndim else array}...: one whole number of zero or "
            "more a listing is expected.",
            "quotas 应为每个供给方一个非负整数。",
        )
    return array.astype(np.int64)
