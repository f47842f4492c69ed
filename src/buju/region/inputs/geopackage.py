"""Layers of a GeoPackage become raw tables; points give the coordinates that columns do not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataSourceError

from buju.region.faults import Findings
from buju.region.inputs import RawTable
from buju.region.nearest import nearest
from buju.region.schema import axes, tables


def read_geopackage(file: str, data: bytes, found: Findings) -> list[RawTable]:
    """The raw tables of a GeoPackage: layers named by a table.

    The line of a row is its feature id. Where a layer of places or nodes has points and no
    columns for their coordinates, these are taken from the points and the layer's own system,
    whatever datapackage.json declares.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "region.gpkg"
        path.write_bytes(data)
        try:
            layers = pyogrio.list_layers(path)[:, 0].tolist()
        except DataSourceError as error:
            reason = str(error).replace(str(path), file)
            found.add("workbook_unreadable", file=file, reason_en=reason, reason_zh=reason)
            return []
        titles = {table.title_zh: name for name, table in tables().items()}
        result = []
        for layer in layers:
            table = layer if layer in tables() else titles.get(layer, "")
            if table:
                frame = pyogrio.read_dataframe(path, layer=layer, fid_as_index=True)
                result.append(_layer(table, file, layer, frame))
            else:
                _unknown(file, layer, found)
    return result


def _unknown(file: str, layer: str, found: Findings) -> None:
    near = nearest(layer.lower(), tables())
    if near:
        found.add("table_unknown", file=file, value=layer, near=near)
    else:
        found.note(
            f"{file} 的图层“{layer}”不是区域数据表，未读取",
            f"{file}: the layer '{layer}' is no table of a region: not read",
        )


def _layer(table: str, file: str, layer: str, frame: pd.DataFrame) -> RawTable:
    system = ""
    if isinstance(frame, gpd.GeoDataFrame):
        columns = axes().get(table, ())
        if columns and frame.crs is not None and not frame.columns.isin(columns).any():
            seats = frame.geometry.to_crs("EPSG:4326")
            frame = frame.assign(**{columns[0]: seats.x, columns[1]: seats.y})
            system = "WGS84"
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    cells = {name: _texts(frame[name]) for name in frame.columns}
    return RawTable(
        table,
        file,
        pd.DataFrame(cells, index=pd.RangeIndex(len(frame))),
        np.asarray(frame.index, dtype=np.int64),
        sheet=layer,
        system=system,
    )


def _texts(values: pd.Series) -> pd.Series:
    texts = pd.Series([_text(value) for value in values], dtype="str")
    return texts.mask(texts.str.strip() == "")


def _text(value: Any) -> str | None:
    if value is None or value is pd.NaT or value != value:
        return None
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat(sep=" ")
    if isinstance(value, float | np.floating):
        return repr(float(value))
    return str(value)
