"""The door for arrays: they are checked here, and places are named."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, Literal, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError

Array: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = pd.Index | None
Sign: TypeAlias = Literal["any", "nonnegative", "positive"]
FEW = 5


def vector(
    values: Any,
    *,
    name: str,
    size: int | None = None,
    labels: Labels = None,
    sign: Sign = "nonnegative",
    total: bool = False,
) -> Array:
    """A one-dimensional float64 array, or a refusal that names the place.

    Parameters
    ----------
    values
        Numbers; a Series brings its labels, which must equal `labels` where both are given.
    name
        How the caller's argument is called.
    size, labels
        What the length and the labels must be, where that is known.
    sign
        Which signs are accepted.
    total
        Whether the sum must be above zero.

    Raises
    ------
    ParameterError
        Wrong shape, other labels, text, NaN, infinity, a refused sign or a zero total.

    Examples
    --------
    >>> vector([1, 2], name="jobs").dtype
    dtype('float64')
    """
    own = labels_of(values)
    array = numbers(values, name)
    if array.ndim != 1:
        raise ParameterError(
            f"{name} has shape {array.shape}; one number a place is expected, shape (N,).",
            f"{name} 的形状是 {array.shape}，应为一维，每个地点一个数。",
        )
    if size is not None and len(array) != size:
        raise ParameterError(
            f"{name} has {len(array)} values where the other arguments have {size} places; "
            "give one value a place, in the same order.",
            f"{name} 有 {len(array)} 个值，其他参数有 {size} 个地点；请按同一顺序给出。",
        )
    same_labels(own, labels, name)
    refuse_values(array, name, own if own is not None else labels, sign=sign)
    if total and not array.sum() > 0:
        raise ParameterError(
            f"{name} sums to zero, so shares of it do not exist; leave this case out.",
            f"{name} 合计为零，无法计算份额。",
        )
    return array


def matrix(
    values: Any, *, name: str, shape: tuple[int, int] | None = None
) -> tuple[Array, Labels, Labels]:
    """A two-dimensional float64 array of times or distances, with its labels if it has any.

    Infinity means out of reach and passes; NaN and negative numbers are refused.

    Raises
    ------
    ParameterError
        Wrong shape, text, NaN or a negative number.

    Examples
    --------
    >>> matrix([[0, 5], [5, 0]], name="minutes")[0].shape
    (2, 2)
    """
    rows = labels_of(values)
    columns = _named(values.columns) if isinstance(values, pd.DataFrame) else None
    array = numbers(values, name)
    if array.ndim != 2:
        raise ParameterError(
            f"{name} has shape {array.shape}; a matrix (origins, destinations) is expected.",
            f"{name} 的形状是 {array.shape}，应为矩阵（起点 × 终点）。",
        )
    if shape is not None and array.shape != shape:
        raise ParameterError(
            f"{name} has shape {array.shape} where the other arguments ask for {shape}.",
            f"{name} 的形状是 {array.shape}，按其他参数应为 {shape}。",
        )
    # NaN passes through a minimum, so that one look finds both faults and needs no memory.
    if array.size and not array.min() >= 0:
        _refuse_cells(array, name, rows, columns)
    return array, rows, columns


def _refuse_cells(array: Array, name: str, rows: Labels, columns: Labels) -> NoReturn:
    """Say where a matrix is NaN, or else negative."""
    missing = np.isnan(array)
    bad = missing if missing.any() else array < 0
    i, j = (int(k) for k in np.argwhere(bad)[0])
    raise ParameterError(
        f"{name} from {called(rows, i)} to {called(columns, j)} is "
        f"{'NaN' if missing[i, j] else array[i, j]} ({int(bad.sum())} such cells); "
        "give a number of zero or more, or infinity where there is no way.",
        f"{name}：{called(rows, i)} 到 {called(columns, j)} 的值无效（共 "
        f"{int(bad.sum())} 处）；请填非负数，不可达填 inf。",
    )


def numbers(values: Any, name: str) -> Array:
    """`values` as float64, so that integer counts cannot overflow; text is refused, not parsed."""
    try:
        if isinstance(values, pd.Series | pd.DataFrame):
            # through float64 with NaN, since nullable integers would become objects
            plain = values.convert_dtypes() if _holds_objects(values) else values
            if not _holds_objects(plain):
                return plain.to_numpy(dtype=np.float64, na_value=np.nan)
        raw = np.asarray(values)
        if raw.dtype.kind not in "biuf":
            raise ValueError(f"type {raw.dtype}")
        return np.asarray(raw, dtype=np.float64)
    except (TypeError, ValueError) as cause:
        raise ParameterError(
            f"{name} holds something that is not a number ({cause}); convert it first.",
            f"{name} 含有非数字内容，请先转换。",
        ) from cause


def labels_of(values: Any) -> Labels:
    """The labels a Series or DataFrame carries; a bare running number is none."""
    return _named(values.index) if isinstance(values, pd.Series | pd.DataFrame) else None


def _named(index: pd.Index) -> Labels:
    return None if isinstance(index, pd.RangeIndex) else index


def same_labels(own: Labels, expected: Labels, name: str) -> None:
    """Refuse labels that differ, in content or order."""
    if own is None or expected is None or own.equals(expected):
        return
    odd = [str(x) for x in own if x not in expected][:FEW]
    what = f"labels the others lack: {', '.join(odd)}" if odd else "the same labels in other order"
    raise ParameterError(
        f"{name} carries {what}; reindex it to the labels of the matrix.",
        f"{name} 的标签与矩阵不一致，请按矩阵的标签重新排列。",
    )


def called(labels: Labels, position: int) -> str:
    """What a message calls a place: its label, or its position counted from 0.

    >>> called(None, 3)
    '[3]'
    >>> called(pd.Index(["140105"]), 0)
    "'140105'"
    """
    return f"[{position}]" if labels is None else f"'{labels[position]}'"


def refuse_values(array: Array, name: str, labels: Labels, *, sign: Sign) -> None:
    """Refuse NaN, infinity and refused signs, naming the first places."""
    faults = [
        (np.isnan(array), "NaN", "missing is not zero: fill it or leave the place out"),
        (np.isinf(array), "infinite", "give a finite number"),
    ]
    if sign != "any":
        faults.append((array < 0, "negative", "give zero or more"))
    if sign == "positive":
        faults.append((array == 0, "zero", "give more than zero or leave the place out"))
    for bad, word, remedy in faults:
        if bad.any():
            where = np.flatnonzero(bad)
            places = ", ".join(called(labels, int(k)) for k in where[:FEW])
            raise ParameterError(
                f"{name} is {word} at {places} ({len(where)} of {len(array)}); {remedy}.",
                f"{name} 在 {places} 处的值无效（{word}，共 {len(where)} 处）。",
            )


def scalar(
    value: float, *, name: str, above: float | None = None, least: float | None = None
) -> float:
    """A finite parameter above or at least a bound.

    Examples
    --------
    >>> scalar(2, name="exponent", above=0)
    2.0
    """
    number = float(numbers(value, name))
    bound = f"above {above:g}" if above is not None else f"at least {least or 0:g}"
    low = number <= above if above is not None else number < (least or 0)
    if low or not np.isfinite(number):
        raise ParameterError(
            f"{name} is {value}; a finite number {bound} is expected.",
            f"{name} 的取值 {value} 不被接受。",
        )
    return number


def choice(value: str, options: Sequence[str], *, name: str) -> str:
    """`value` if it is one of `options`; otherwise a refusal that suggests the nearest."""
    if value in options:
        return value
    near = difflib.get_close_matches(str(value), options, n=1, cutoff=0.4)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ParameterError(
        f"{name} '{value}' is not known.{hint} Known: {', '.join(options)}.",
        f"未知的 {name}：'{value}'。可用：{', '.join(options)}。",
    )


def shares(values: Any, *, name: str, size: int | None = None) -> Array:
    """Counts or shares brought to a sum of 1."""
    array = vector(values, name=name, size=size, total=True)
    return np.asarray(array / array.sum())


def _holds_objects(values: pd.Series[Any] | pd.DataFrame) -> bool:
    types = [values.dtype] if isinstance(values, pd.Series) else list(values.dtypes)
    return not all(pd.api.types.is_numeric_dtype(kind) for kind in types)
