"""What is wrong in a region's files, where, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buju.region.schema import Table, rules, tables, unit_zh

if TYPE_CHECKING:
    from buju.region.inputs import RawTable

# A column that is wrong throughout would bury everything else.
_MOST_ALIKE = 200


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a region's files.

    Parameters
    ----------
    table
        Name of the table; empty where the fault is no table's, as in datapackage.json.
    row
        Line number in the file, the header being line 1; in a workbook the row of the sheet,
        in a GeoPackage the feature id. None where the fault is the whole file's or column's.
    column, value
        The column and what stands there; empty where the fault is none's.
    rule, remedy
        What is broken and what to do, in English; `rule_zh` and `remedy_zh` in Chinese.
    check
        Name of the rule in `schema/rules.csv`.
    near
        The value that was probably meant, or empty.
    file, sheet, cell
        Where it stands; `sheet` and `cell` (such as B7) for workbooks only.

    Examples
    --------
    >>> print(Fault("links", 3, "minutes", "-5", "the value is negative", "Correct the number",
    ...             "该值为负数", "请更正该数", file="links.csv"))
    links.csv, line 3, column 'minutes', value '-5': the value is negative. Correct the number. |
    links.csv，第3行，“minutes”列，值“-5”：该值为负数。请更正该数。
    """

    table: str
    row: int | None
    column: str
    value: str
    rule: str
    remedy: str
    rule_zh: str = ""
    remedy_zh: str = ""
    check: str = ""
    near: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""

    @property
    def english(self) -> str:
        """The fault in one English line."""
        place = [self.file or self.table]
        if self.sheet:
            place.append(f"sheet '{self.sheet}'")
        if self.cell:
            place.append(f"cell {self.cell}")
        if self.row:
            place.append(f"line {self.row}")
        if self.column:
            place.append(f"column '{self.column}'")
        if self.value:
            place.append(f"value '{_short(self.value)}'")
        return f"{', '.join(place)}: {self.rule}{_stop(self.rule, '. ')}{self.remedy}."

    @property
    def chinese(self) -> str:
        """The fault in one Chinese line; empty where it has no Chinese words."""
        if not self.rule_zh:
            return ""
        place = [self.file or self.table]
        if self.sheet:
            place.append(f"工作表“{self.sheet}”")
        if self.cell:
            place.append(f"单元格 {self.cell}")
        if self.row:
            place.append(f"第{self.row}行")
        if self.column:
            place.append(f"“{self.column}”列")
        if self.value:
            place.append(f"值“{_short(self.value)}”")
        return f"{'，'.join(place)}：{self.rule_zh}{_stop(self.rule_zh, '。')}{self.remedy_zh}。"

    def __str__(self) -> str:
        return f"{self.english} | {self.chinese}" if self.rule_zh else self.english


def _stop(text: str, stop: str) -> str:
    return " " if text.endswith("?") else "" if text.endswith("？") else stop


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 80 else line[:77] + "..."


def meant(near: str, name: str = "") -> tuple[str, str]:
    """'Did you mean ...?' in English and Chinese, each empty where there is no guess.

    >>> meant("140100", "太原市")
    ("Did you mean '140100' (太原市)? ", '是否应为“140100”（太原市）？')
    """
    if not near:
        return "", ""
    english, chinese = (f" ({name})", f"（{name}）") if name else ("", "")
    return f"Did you mean '{near}'{english}? ", f"是否应为“{near}”{chinese}？"


@dataclass
class Findings:
    """Faults and notes, gathered while tables of a schema are read."""

    schema: Mapping[str, Table] = field(default_factory=tables)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _alike: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def note(self, chinese: str, english: str) -> None:
        """Keep a remark that is no fault."""
        self.notes.append(f"{chinese} / {english}")

    def room_for(self, check: str, raw: RawTable, column: str) -> int:
        """How many more faults of this kind will be spelled out for this column."""
        return max(0, _MOST_ALIKE - self._alike[(check, raw.file + raw.sheet, column)])

    def add(
        self,
        check: str,
        raw: RawTable | None = None,
        *,
        row: int | None = None,
        column: str = "",
        value: str = "",
        near: str = "",
        near_name: str = "",
        file: str = "",
        cell: str = "",
        **words: Any,
    ) -> None:
        """Add the fault that breaks the rule `check` at a row and column of a raw table."""
        if raw is not None:
            kind = (check, raw.file + raw.sheet, column)
            self._alike[kind] += 1
            if self._alike[kind] > _MOST_ALIKE:
                return
        rule = rules()[check]
        table = raw.table if raw is not None else str(words.pop("table", ""))
        english, chinese = meant(near, near_name)
        known = {"table": table, "row": row, "column": column, "value": _short(value)}
        known |= _described(self.schema, table, column) | words
        en, zh = known | {"near": english}, known | {"near": chinese}
        self.faults.append(
            Fault(
                table=table,
                row=row,
                column=column,
                value=value,
                rule=rule.en.format_map(en),
                remedy=rule.remedy_en.format_map(en),
                rule_zh=rule.zh.format_map(zh),
                remedy_zh=rule.remedy_zh.format_map(zh),
                check=check,
                near=near,
                file=file or (raw.file if raw is not None else ""),
                sheet=raw.sheet if raw is not None else "",
                cell=cell or (raw.address(row, column) if raw is not None else ""),
            )
        )

    def count(self, check: str, raw: RawTable, column: str, number: int) -> None:
        """Count faults that are not spelled out, so that `closed` can say how many there were."""
        self._alike[(check, raw.file + raw.sheet, column)] += number

    def closed(self) -> list[Fault]:
        """All faults in the order of tables and lines, with counts of those left out."""
        left_out = {kind: n - _MOST_ALIKE for kind, n in self._alike.items() if n > _MOST_ALIKE}
        result = list(self.faults)
        for (check, place, column), number in left_out.items():
            like = next(
                f
                for f in self.faults
                if (f.check, f.file + f.sheet, f.column) == (check, place, column)
            )
            rule = rules()["more"]
            result.append(
                Fault(
                    like.table,
                    None,
                    column,
                    "",
                    rule.en.format(value=number, row=like.row),
                    rule.remedy_en,
                    rule.zh.format(value=number, row=like.row),
                    rule.remedy_zh,
                    check="more",
                    file=like.file,
                    sheet=like.sheet,
                )
            )
        order = {name: place for place, name in enumerate(["", *self.schema])}
        return sorted(result, key=lambda f: (order.get(f.table, 99), f.row is None, f.row or 0))


def _described(schema: Mapping[str, Table], table: str, column: str) -> dict[str, str]:
    known = schema.get(table)
    if known is None:
        return {}
    words = {
        "title_en": known.title_en,
        "title_zh": known.title_zh,
        "columns": ", ".join(known.columns),
        "key": ", ".join(known.key),
    }
    if column in known.columns:
        described = known.columns[column]
        words |= {
            "meaning_en": described.meaning_en,
            "meaning_zh": described.meaning_zh,
            "in_unit": f" in {described.unit}" if described.unit else "",
            "in_unit_zh": f"（单位：{unit_zh(described.unit)}）" if described.unit else "",
            "values": ", ".join(described.values),
            "minimum": _number(described.minimum),
            "maximum": _number(described.maximum),
        }
    return words


def _number(bound: float | None) -> str:
    return "∞" if bound is None else f"{bound:g}"
