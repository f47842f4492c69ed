"""The reference page of the tables, written from the schema's rows."""

from __future__ import annotations

from buju.region.schema import TYPES, Column, Table, bounds, rules, tables

_HEAD = """# Tables of a region

A region is a folder with `datapackage.json` and one `<table>.csv` a table, or the same tables as
sheets of `region.xlsx` or layers of `region.gpkg`. This page is written from the rows in
`src/buju/region/schema/`; `make docs` writes it again.

区域是一个文件夹：`datapackage.json` 加每表一个 `<表名>.csv`，也可以是 `region.xlsx` 的工作表或
`region.gpkg` 的图层。本页由 `src/buju/region/schema/` 中的行自动生成。

An empty cell means *not known*, never zero. 空单元格表示未知，绝不表示零。

`datapackage.json` must declare the coordinate system in its `buju` object:
`{"name": "my-region", "buju": {"coordinates": "WGS84"}}`. Known are WGS84, EPSG:4490 (CGCS2000),
EPSG:4513 to EPSG:4554 (its 3-degree zones, easting in the column for longitude), GCJ-02 and BD-09.
`buju.boundaries` may name a GeoPackage of polygons with a column `place`, and
`buju.map_approval_number` the 审图号 of that map.

Incomplete dates count from their last day: what opened in `2024` is open from 2024-12-31.
不完整的日期按其最后一天计：`2024` 即 2024-12-31 起。
"""


def reference_markdown() -> str:
    """The page `docs/reference/tables.md`: every table, column, type and rule of a region.

    >>> reference_markdown().splitlines()[0]
    '# Tables of a region'
    """
    parts = [_HEAD, _types(), *(_table(table) for table in tables().values()), _bounds(), _rules()]
    return "\n".join(parts)


def _types() -> str:
    rows = [f"| `{name}` | {en} | {zh} |" for name, (en, zh) in TYPES.items()]
    return "\n".join(["## Types 类型\n", "| type | | |", "| --- | --- | --- |", *rows, ""])


def _table(table: Table) -> str:
    required = " Required. 必需。" if table.required else ""
    head = [
        f"## {table.name} {table.title_zh}\n",
        f"{table.meaning_en}.{required} {table.meaning_zh}。\n",
        f"Key 主键: {', '.join(f'`{name}`' for name in table.key)}\n",
        "| column | type | unit | required | default | values, references | meaning | 含义 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *(_column(column) for column in table.columns.values()), ""])


def _column(column: Column) -> str:
    cells = [
        f"`{column.name}`",
        column.type,
        column.unit,
        "yes" if column.required else "",
        column.default,
        _limits(column),
        column.meaning_en,
        column.meaning_zh,
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _limits(column: Column) -> str:
    parts = []
    if column.values:
        parts.append(", ".join(f"`{value}`" for value in column.values))
    if column.minimum is not None or column.maximum is not None:
        low = "" if column.minimum is None else f"{column.minimum:g}"
        high = "" if column.maximum is None else f"{column.maximum:g}"
        parts.append(f"{low} to {high}" if low and high else f"from {low}" if low else f"to {high}")
    if column.references:
        parts.append("→ " + " or ".join(f"`{t}.{c}`" for t, c in column.references))
    return "; ".join(parts)


def _bounds() -> str:
    head = [
        "## Bounds 取值范围\n",
        "A figure beyond a bound is a fault. Where `accept` is yes, a region may take it by name: "
        "`density 140105` beside `accept` on the sheet 说明, or in `buju` of datapackage.json. "
        "超出范围为错误；accept 为 yes 的，确认无误后可按名称采用。\n",
        "| bound | table | level | of | above | at most | unit | accept | because | 理由 |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows = [
        f"| `{b.name}` | {b.table} | {b.level} | {b.what_en} {b.what_zh} | {_end(b.above)} "
        f"| {_end(b.high)} | {b.unit} | {'yes' if b.accept else ''} | {b.reason_en} "
        f"| {b.reason_zh} |"
        for b in bounds().values()
    ]
    return "\n".join([*head, *rows, ""])


def _end(bound: float | None) -> str:
    return "" if bound is None else f"{bound:,g}"


def _rules() -> str:
    head = [
        "## What is checked 检查规则\n",
        "`buju check DIR` prints one line a fault. Words in braces are filled in.\n",
        "| rule | fault | remedy | 错误 | 处理 |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = [
        f"| `{r.name}` | {_clean(r.en)} | {_clean(r.remedy_en)} "
        f"| {_clean(r.zh)} | {_clean(r.remedy_zh)} |"
        for r in rules().values()
    ]
    return "\n".join([*head, *rows, ""])


def _clean(text: str) -> str:
    return text.replace("{near}", "").replace("|", "\\|")
