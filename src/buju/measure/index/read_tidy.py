"""Long tables: one row an observation, as CSV, XLSX or SDMX-CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from buju.errors import SchemaError
from buju.measure.index.indicators import Indicators, make_indicators
from buju.measure.index.tables_in import read_text_table, to_numbers
from buju.measure.index.tree import Tree, read_tree
from buju.measure.tables import require_columns


def read_tidy(
    source: str | Path | pd.DataFrame,
    tree: Tree | str | Path | pd.DataFrame | Sequence[Mapping[str, Any]],
    *,
    unit: str = "unit",
    indicator: str = "indicator",
    value: str = "value",
    year: str | None = "year",
    groups: pd.DataFrame | None = None,
    small_percent: str | tuple[str, ...] = "refuse",
) -> Indicators:
    """Indicators from a long table and a tree.

    Parameters
    ----------
    source
        CSV, XLSX or a frame with the columns named.
    tree
        A tree, its rows, or a file of them (columns as for `read_tree`).
    unit, indicator, value, year
        Names of the columns; `year` may be absent or None.
    groups
        Text by unit (index: unit codes), for imputation by group or ranking by class.
    small_percent
        As for `make_indicators`.

    Returns
    -------
    Indicators
        Observations of indicators that the tree uses, or divides by; others are named in `.notes`.

    Raises
    ------
    SchemaError
        A column is missing, a cell is not a number, an observation stands twice, an indicator of
        the tree has no observation.

    Examples
    --------
    >>> long = pd.DataFrame({"unit": ["A", "B"], "indicator": ["gdp", "gdp"], "value": [1, 2]})
    >>> rows = [{"code": "gdp", "parent": "i", "direction": 1}, {"code": "i", "parent": ""}]
    >>> read_tidy(long, rows).values["gdp"].tolist()
    [1.0, 2.0]
    """
    name = "table" if isinstance(source, pd.DataFrame) else str(source)
    frame = source if isinstance(source, pd.DataFrame) else read_text_table(source)
    if isinstance(tree, str | Path):
        tree = read_tree(read_text_table(tree), name=str(tree))
    shape = tree if isinstance(tree, Tree) else read_tree(tree)
    require_columns(frame, [unit, indicator, value], name=name)
    dated = year is not None and year in frame.columns
    plain = pd.DataFrame({
        "unit": frame[unit].astype(str), "indicator": frame[indicator].astype(str),
        "value": to_numbers(frame[value].astype(object).where(frame[value].notna(), ""), name=value)
        .to_numpy(),
    })  # fmt: skip
    if dated:
        plain["year"] = to_numbers(frame[year], name=str(year)).to_numpy().astype(int)
    keys = ["year", "unit"] if dated and plain["year"].nunique() > 1 else ["unit"]
    return _assemble(plain, shape, keys, name, groups, small_percent)


def read_sdmx_csv(
    source: str | Path,
    tree: Tree | str | Path | Sequence[Mapping[str, Any]],
    *,
    unit: str = "REF_AREA",
    indicator: str = "INDICATOR",
    groups: pd.DataFrame | None = None,
    small_percent: str | tuple[str, ...] = "refuse",
) -> Indicators:
    """Indicators from SDMX-CSV (versions 1.0 and 2.0), which names its dimensions by their codes.

    Parameters
    ----------
    source
        A file with `TIME_PERIOD`, `OBS_VALUE` and the two dimensions named.
    tree
        As for `read_tidy`.
    unit, indicator
        Dimensions that hold the units and the indicators.
    groups, small_percent
        As for `read_tidy`.

    Returns
    -------
    Indicators
        Years are kept where there are several.

    Raises
    ------
    SchemaError
        A column is missing, a period is not a whole year, or an observation stands twice because
        the file has a further dimension that varies (it is named).

    References
    ----------
    SDMX Technical Working Group, SDMX-CSV 2.0.0 field guide.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "s.csv"
    >>> _ = file.write_text("DATAFLOW,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\\n"
    ...     "X:Y(1.0),A,gdp,2020,1\\nX:Y(1.0),B,gdp,2020,2\\n")
    >>> rows = [{"code": "gdp", "parent": "i", "direction": 1}, {"code": "i", "parent": ""}]
    >>> read_sdmx_csv(file, rows).values["gdp"].tolist()
    [1.0, 2.0]
    """
    frame = read_text_table(source)
    # codes with labels are written "A: Alpha"; headings too
    frame.columns = pd.Index([str(c).split(":")[0].split("[")[0].strip() for c in frame.columns])
    require_columns(frame, [unit, indicator, "TIME_PERIOD", "OBS_VALUE"], name=str(source))
    for column in (unit, indicator):
        frame[column] = frame[column].str.split(": ").str[0]
    odd = frame[~frame["TIME_PERIOD"].str.fullmatch(r"\d{4}")]
    if len(odd):
        raise SchemaError(
            f"{source}, row {int(odd.index[0]) + 2}: TIME_PERIOD '{odd['TIME_PERIOD'].iloc[0]}' is "
            "not a year; an index is of whole years.",
            f"{source} 第 {int(odd.index[0]) + 2} 行：TIME_PERIOD 不是年份。",
        )
    keys = [unit, indicator, "TIME_PERIOD"]
    if frame.duplicated(keys).any():
        other = [c for c in frame.columns if c not in {*keys, "OBS_VALUE", "OBS_STATUS"}
                 and frame[c].nunique() > 1]  # fmt: skip
        raise SchemaError(
            f"{source}: several observations for one {unit}, {indicator} and year; these columns "
            f"vary: {', '.join(other) or 'none'}. Keep one code of each, or name it as indicator.",
            f"{source}：同一单位、指标和年份有多个观测值；变化的维度：{', '.join(other)}。",
        )
    return read_tidy(
        frame, tree, unit=unit, indicator=indicator, value="OBS_VALUE", year="TIME_PERIOD",
        groups=groups, small_percent=small_percent,
    )  # fmt: skip


def _assemble(
    plain: pd.DataFrame, tree: Tree, keys: list[str], name: str,
    groups: pd.DataFrame | None, small_percent: str | tuple[str, ...],
) -> Indicators:  # fmt: skip
    twice = plain.duplicated([*keys, "indicator"])
    if twice.any():
        row = plain[twice].iloc[0]
        raise SchemaError(
            f"{name}: '{row['indicator']}' of '{row['unit']}' stands more than once "
            f"({int(twice.sum())} such rows); keep one.",
            f"{name}：'{row['unit']}' 的 '{row['indicator']}' 重复，请只保留一条。",
        )
    order = plain[keys].drop_duplicates()
    wide = plain.set_index([*keys, "indicator"])["value"].unstack("indicator")
    index = pd.MultiIndex.from_frame(order) if len(keys) == 2 else pd.Index(order["unit"])
    wide = wide.reindex(index)
    below = {n.denominator for n in tree.nodes if n.denominator} & set(wide.columns)
    unused = [c for c in wide.columns if c not in tree.by_code and c not in below]
    notes = (f"{name}: indicators not in the tree, not used: {', '.join(unused)}",)
    matched = None
    if groups is not None:
        matched = groups.set_axis(groups.index.astype(str)).reindex(index.get_level_values("unit"))
    return make_indicators(
        tree, wide[[c for c in wide.columns if c in tree.by_code]],
        denominators=wide[sorted(below)], groups=matched, notes=notes if unused else (),
        small_percent=small_percent,
    )  # fmt: skip
