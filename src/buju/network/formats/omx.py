"""Open Matrix (OMX): labelled matrices in an HDF5 file; the extra `omx`."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import missing_extra
from buju.network.formats.rows import fail

LOOKUP = "place"


def write_omx(matrices: Mapping[str, pd.DataFrame], path: str | Path) -> Path:
    """Write matrices that share rows and columns, with their labels as look-up `place`.

    Raises
    ------
    NetworkError
        Labels differ between matrices or between rows and columns: the format has one shape, and
        a look-up per axis is what other tools do not read.
    MissingExtra
        `h5py` is not installed.
    """
    path, kit = Path(path), _kit()
    labels: list[str] | None = None
    for name, frame in matrices.items():
        labels = labels if labels is not None else list(map(str, frame.index))
        if list(map(str, frame.index)) != labels or list(map(str, frame.columns)) != labels:
            fail(path, f"matrix {name!r} has other labels than the first, or rows and columns "
                 "differ; reindex it first", f"矩阵 {name!r} 的标签与第一个不一致")  # fmt: skip
    with kit.File(path, "w") as file:
        file.attrs["OMX_VERSION"] = np.bytes_(b"0.2")
        file.attrs["SHAPE"] = np.array([len(labels or [])] * 2, dtype=np.int32)
        for name, frame in matrices.items():
            values = frame.to_numpy(dtype=np.float64)
            file.create_dataset(f"data/{name}", data=values, compression="gzip")
        file.create_dataset(f"lookup/{LOOKUP}", data=[x.encode() for x in labels or []])
    return path


def read_omx(path: str | Path, *, lookup: str | None = None) -> dict[str, pd.DataFrame]:
    """Every matrix of an OMX file, labelled by a look-up.

    Parameters
    ----------
    lookup
        Which look-up labels rows and columns; needed only where there are several. Without any,
        rows count from 1.

    Raises
    ------
    NetworkError
        The file is no OMX file, the look-up is unknown or not said, or lengths do not match.
    MissingExtra
        `h5py` is not installed.
    """
    path, kit = Path(path), _kit()
    if not path.is_file() or not kit.is_hdf5(path):
        fail(path, "is no OMX (HDF5) file", "不是 OMX（HDF5）文件")
    with kit.File(path, "r") as file:
        if "data" not in file:
            fail(path, "has no group /data, so it is no OMX file", "没有 /data，不是 OMX 文件")
        lookups = {name: _labels(values[()]) for name, values in file.get("lookup", {}).items()}
        if (lookup is None and len(lookups) > 1) or (lookup is not None and lookup not in lookups):
            fail(path, f"look-up {lookup!r}: the file has {', '.join(lookups)}; name one of them",
                 f"请指明查找表：{'、'.join(lookups)}")  # fmt: skip
        found = {}
        for name, values in file["data"].items():
            rows, columns = values.shape
            labels = lookups.get(lookup or next(iter(lookups), ""), list(range(1, rows + 1)))
            if not rows == columns == len(labels):
                fail(path, f"matrix {name!r} is {rows} by {columns}, but there are {len(labels)} "
                     "labels", f"矩阵 {name!r} 的形状与标签数不符")  # fmt: skip
            found[name] = pd.DataFrame(values[()], index=labels, columns=labels)
    return found


def _labels(values: Any) -> list[Any]:
    return [v.decode() if isinstance(v, bytes) else v for v in np.asarray(values).tolist()]


def _kit() -> Any:
    try:
        return importlib.import_module("h5py")
    except ImportError as error:
        raise missing_extra("omx", "OMX matrices") from error
