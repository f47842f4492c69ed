"""Data and tree in the two tables of COINr: iData and iMeta."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from buju.errors import SchemaError
from buju.measure.index.indicators import Indicators, make_indicators
from buju.measure.index.tables_in import EMPTY, read_text_table, to_numbers
from buju.measure.index.tree import read_tree
from buju.measure.tables import require_columns

TREE = {
    "iCode": "code", "Parent": "parent", "Level": "level", "Direction": "direction",
    "Weight": "weight", "iName": "name", "Unit": "unit", "Target": "target",
    "Denominator": "denominator", "ScaleFactor": "scale",
}  # fmt: skip


def read_coinr(idata_csv: str | Path, imeta_csv: str | Path) -> Indicators:
    """Indicators from COINr's iData and iMeta.

    Parameters
    ----------
    idata_csv
        One row a unit (and year): `uCode`, a column for every indicator of iMeta; optional
        `uName`, `Time`, and the columns iMeta calls Group, Denominator or Other. CSV or XLSX.
    imeta_csv
        `iCode`, `Type` (Indicator, Aggregate, Group, Denominator, Other), and for indicators and
        aggregates `Parent`, `Level`, `Direction`, `Weight`; optional `iName`, `Unit`, `Target`,
        `Denominator` and `ScaleFactor`. Other columns are not read.

    Returns
    -------
    Indicators
        Years are kept where `Time` holds more than one. What looks odd (per cent that may be
        fractions, columns not used) stands in `.notes`.

    Raises
    ------
    SchemaError
        A file or column is missing, a cell is not a number, or the tree has a fault; see
        `read_tree` and `make_indicators`.

    References
    ----------
    Becker et al. (2022), COINr, Journal of Open Source Software 7(78), 4567.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "d.csv").write_text("uCode,a\\nNA,1\\nCN,2\\n")
    >>> _ = (folder / "m.csv").write_text(
    ...     "iCode,Parent,Level,Direction,Weight,Type\\n"
    ...     "a,i,1,1,1,Indicator\\ni,NA,2,1,1,Aggregate\\n")
    >>> read_coinr(folder / "d.csv", folder / "m.csv").units.tolist()
    ['NA', 'CN']
    """
    data, meta = read_text_table(idata_csv), read_text_table(imeta_csv)
    require_columns(data, ["uCode"], name=str(idata_csv))
    require_columns(meta, ["iCode", "Type", "Parent", "Direction"], name=str(imeta_csv))
    kind = meta["Type"].str.lower()
    known = {"indicator", "aggregate", "group", "denominator", "other"}
    if not kind.isin(known).all():
        row = int((~kind.isin(known)).to_numpy().argmax())
        raise SchemaError(
            f"{imeta_csv}, row {row + 2}: Type '{meta['Type'].iloc[row]}' is not one of Indicator, "
            "Aggregate, Group, Denominator, Other.",
            f"{imeta_csv} 第 {row + 2} 行：Type '{meta['Type'].iloc[row]}' 无法识别。",
        )
    in_tree = meta[kind.isin(["indicator", "aggregate"])]
    rows = in_tree[[c for c in TREE if c in meta]].rename(columns=TREE).copy()
    for column in rows.columns.drop("code"):
        rows[column] = rows[column].where(~rows[column].isin(EMPTY), "")
    tree = read_tree(rows, name=str(imeta_csv))
    leaves = set(meta.loc[kind == "indicator", "iCode"])
    odd = sorted(set(tree.indicators) ^ leaves)
    if odd:
        raise SchemaError(
            f"{imeta_csv}: '{odd[0]}' is an Aggregate without members, or an Indicator with some; "
            "correct Type or Parent.",
            f"{imeta_csv}：'{odd[0]}' 的 Type 与上下级关系不符，请改正。",
        )
    return _assemble(data, meta, kind, tree, str(idata_csv))


def _assemble(data, meta, kind, tree, name) -> Indicators:  # type: ignore[no-untyped-def]
    index, notes = _index(data, name)
    groups = [c for c in meta.loc[kind == "group", "iCode"] if c in data]
    below = [c for c in meta.loc[kind == "denominator", "iCode"] if c in data]
    used = ["uCode", "uName", "Time", *groups, *below, *meta.loc[kind == "other", "iCode"]]
    labels = data["uCode"]
    values = pd.DataFrame({
        code: to_numbers(data[code], name=code, labels=labels).to_numpy()
        for code in data.columns if code in tree.by_code
    }, index=index)  # fmt: skip
    rest = [c for c in data.columns if c not in used and c not in tree.by_code]
    if rest:
        notes.append(f"{name}: columns iMeta does not know, not used: {', '.join(rest)}")
    grouped = data[groups].where(~data[groups].isin(EMPTY), None).set_axis(index)
    divisors = pd.DataFrame({
        code: to_numbers(data[code], name=code, labels=labels).to_numpy() for code in below
    }, index=index)  # fmt: skip
    names = pd.Series(
        data["uName"].to_numpy() if "uName" in data else labels.to_numpy(), index=labels.to_numpy()
    )
    return make_indicators(
        tree, values, denominators=divisors, groups=grouped,
        names=names[~names.index.duplicated()], notes=tuple(notes), small_percent="note",
    )  # fmt: skip


def _index(data: pd.DataFrame, name: str) -> tuple[pd.Index, list[str]]:
    if "Time" not in data or data["Time"].nunique() == 1:
        year = [] if "Time" not in data else [f"{name}: all rows are of {data['Time'].iloc[0]}"]
        return pd.Index(data["uCode"], name="unit"), year
    years = to_numbers(data["Time"], name="Time")
    if years.isna().any():
        raise SchemaError(f"{name}: a row has no Time; fill it.", f"{name}：有一行缺少 Time。")
    whole = [int(y) if float(y).is_integer() else float(y) for y in years]
    return pd.MultiIndex.from_arrays([whole, data["uCode"]], names=["year", "unit"]), []
