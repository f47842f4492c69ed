"""The base case as a workbook of live formulas, so that an office can check it by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from buju.errors import ParameterError
from buju.measure.index import formulas
from buju.measure.index.result import IndexResult

FIRST = 2  # first column of indicators: unit code and name stand before


def export_workbook(result: IndexResult, path: str | Path) -> Path:
    """Write every step of a result as sheets whose figures are formulas on the sheet before.

    Sheets: Raw, Denominators, Groups, Denominated, Imputed, Screened, Treated, Treatment,
    Normalised, Weights, Scores, Ranks, Notes. Change a raw figure or a given weight and the ranks
    follow. What is decided rather than computed stays a value: which cells the outlier rule moves
    (skewness and kurtosis stand beside, live), which units are screened out, and weights read from
    data.

    Parameters
    ----------
    result
        From `composite`, of one year.
    path
        File to write (.xlsx).

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    ParameterError
        Several years, or a rule without a worksheet formula (Copeland, TOPSIS, ties other than
        "min" and "average").

    Examples
    --------
    >>> import tempfile
    >>> from buju.measure.index import composite, make_indicators, read_tree
    >>> tree = read_tree([{"code": "g", "parent": "i", "direction": 1},
    ...                   {"code": "i", "parent": ""}])
    >>> data = make_indicators(tree, pd.DataFrame({"g": [1, 2]}, index=["A", "B"]))
    >>> export_workbook(composite(data, {}), Path(tempfile.mkdtemp()) / "index.xlsx").name
    'index.xlsx'
    """
    if result.indicators.panel:
        raise ParameterError(
            "the workbook holds one year; compute it with indicators.at(year).",
            "工作簿只含一个年份，请先用 at(年份) 选取。",
        )
    formulas.check(result)
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # the same bytes each time
        head = book.add_format({"bold": True, "bottom": 1})
        Writer(book, head, result).write()
    return Path(path)


class Writer:
    """One workbook being written."""

    def __init__(self, book: Any, head: Any, result: IndexResult) -> None:
        self.book, self.head, self.result = book, head, result
        self.indicators = result.indicators
        self.codes = list(self.indicators.tree.indicators)
        self.all_units = list(self.indicators.units)
        self.kept = list(result.steps["screened"].index)

    def write(self) -> None:
        """All sheets, in the order of the steps."""
        self._raw()
        self._step("Denominated", "denominated", self.all_units, self._denominated)
        self._step("Imputed", "imputed", self.all_units, self._imputed)
        self._step("Screened", "screened", self.kept, self._screened)
        self._step("Treated", "treated", self.kept, self._treated)
        self._treatment()
        self._step("Normalised", "normalised", self.kept, self._normalised)
        self._weights()
        self._scores()
        self._notes()

    def _sheet(self, name: str, columns: list[str]) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, FIRST)
        for k, text in enumerate(columns):
            sheet.write_string(0, k, text, self.head)
        return sheet

    def _labels(self, sheet: Any, units: list[str]) -> None:
        for r, unit in enumerate(units, start=1):
            sheet.write_string(r, 0, unit)
            sheet.write_string(r, 1, str(self.indicators.names.get(unit, "")))

    def _raw(self) -> None:
        for name, frame in (("Raw", self.indicators.values),
                            ("Denominators", self.indicators.denominators)):  # fmt: skip
            sheet = self._sheet(name, ["unit", "name", *map(str, frame.columns)])
            self._labels(sheet, self.all_units)
            _numbers(sheet, frame)
        group = self.indicators.groups
        sheet = self._sheet("Groups", ["unit", "name", *map(str, group.columns)])
        self._labels(sheet, self.all_units)
        for c, column in enumerate(group.columns, start=FIRST):
            for r, text in enumerate(group[column], start=1):
                sheet.write_string(r, c, "" if pd.isna(text) else str(text))

    def _step(self, name: str, step: str, units: list[str], formula: Any) -> None:
        sheet = self._sheet(name, ["unit", "name", *self.codes])
        self._labels(sheet, units)
        values = self.result.steps[step]
        for k, code in enumerate(self.codes):
            for r, unit in enumerate(units):
                text, array = formula(k, code, r, unit)
                number = values.at[unit, code]
                shown = "" if pd.isna(number) else float(number)
                write = sheet.write_array_formula if array else sheet.write_formula
                place = (r + 1, k + FIRST) * (2 if array else 1)
                write(*place, text, None, shown)

    def _range(self, sheet: str, k: int, rows: int) -> str:
        first, last = (cell(r, k + FIRST, row_abs=True, col_abs=True) for r in (1, rows))
        return f"{sheet}!{first}:{last}"

    def _denominated(self, k: int, code: str, r: int, unit: str) -> tuple[str, bool]:
        node = self.indicators.tree.by_code[code]
        own = f"Raw!{cell(r + 1, k + FIRST)}"
        if not (node.denominator and self.result.spec.denominate):
            return f'=IF({own}="","",{own})', False
        column = list(self.indicators.denominators.columns).index(node.denominator)
        below = f"Denominators!{cell(r + 1, column + FIRST)}"
        return f'=IF(OR({own}="",{below}=""),"",{own}/({below}/{node.scale!r}))', False

    def _imputed(self, k: int, code: str, r: int, unit: str) -> tuple[str, bool]:
        own = f"Denominated!{cell(r + 1, k + FIRST)}"
        gap = pd.isna(self.result.steps["denominated"].at[unit, code])
        if not gap or pd.isna(self.result.steps["imputed"].at[unit, code]):
            return f'=IF({own}="","",{own})', False
        n = len(self.all_units)
        column = self._range("Denominated", k, n)
        rule = self.result.spec.impute
        assert rule is not None
        if rule.group is None:
            return f"={'AVERAGE' if rule.method == 'mean' else 'MEDIAN'}({column})", False
        position = list(self.indicators.groups.columns).index(rule.group)
        groups = self._range("Groups", position, n)
        mine = f"Groups!{cell(r + 1, position + FIRST)}"
        middle = "AVERAGE" if rule.method == "group_mean" else "MEDIAN"
        return f"={middle}(IF({groups}={mine},IF(ISNUMBER({column}),{column})))", True

    def _screened(self, k: int, code: str, r: int, unit: str) -> tuple[str, bool]:
        own = f"Imputed!{cell(self.all_units.index(unit) + 1, k + FIRST)}"
        return f'=IF({own}="","",{own})', False

    def _treated(self, k: int, code: str, r: int, unit: str) -> tuple[str, bool]:
        own = f"Screened!{cell(r + 1, k + FIRST)}"
        column = self._range("Screened", k, len(self.kept))
        return formulas.treated(self.result, code, own, column), False

    def _normalised(self, k: int, code: str, r: int, unit: str) -> tuple[str, bool]:
        own = f"Treated!{cell(r + 1, k + FIRST)}"
        column = self._range("Treated", k, len(self.kept))
        reference = ""
        rule = self.result.spec.normalise
        if rule is not None and rule.reference in self.kept:
            at = self.kept.index(rule.reference) + 1
            reference = f"Treated!{cell(at, k + FIRST, row_abs=True, col_abs=True)}"
        return formulas.normalised(self.result, code, own, column, reference), False

    def _treatment(self) -> None:
        heads = ["indicator", "method", "high points", "low points", "skewness before",
                 "kurtosis before", "skewness after", "kurtosis after"]  # fmt: skip
        sheet = self._sheet("Treatment", heads)
        n = len(self.kept)
        for k, code in enumerate(self.codes):
            method, high, low = formulas.moves(self.result, code)
            sheet.write_string(k + 1, 0, code)
            sheet.write_string(k + 1, 1, method)
            sheet.write_number(k + 1, 2, high)
            sheet.write_number(k + 1, 3, low)
            for c, (name, step) in enumerate(
                (f, s) for s in ("Screened", "Treated") for f in ("SKEW", "KURT")
            ):
                text = f'=IFERROR({name}({self._range(step, k, n)}),"")'
                sheet.write_formula(k + 1, 4 + c, text)

    def _weights(self) -> None:
        heads = ["code", "parent", "level", "weight", "within siblings", "name"]
        sheet = self._sheet("Weights", heads)
        table = self.result.weights
        last = len(table) + 1
        for r, row in enumerate(table.itertuples(index=False), start=1):
            sheet.write_string(r, 0, row.code)
            sheet.write_string(r, 1, row.parent)
            sheet.write_number(r, 2, row.level)
            sheet.write_number(r, 3, row.weight)
            sheet.write_string(r, 5, self.indicators.tree.by_code[row.code].name)
            text = f"=D{r + 1}/SUMIFS($D$2:$D${last},$B$2:$B${last},B{r + 1})"
            sheet.write_formula(r, 4, text if row.parent else f"=D{r + 1}", None, row.weight)

    def _scores(self) -> None:
        result, tree = self.result, self.indicators.tree
        codes = [*self.codes, *tree.aggregates]
        sheet = self._sheet("Scores", ["unit", "name", *codes])
        self._labels(sheet, self.kept)
        ranks = self._sheet("Ranks", ["unit", "name", *tree.aggregates])
        self._labels(ranks, self.kept)
        places, values = result.ranks(), result.steps["aggregated"]
        position = {code: k for k, code in enumerate(codes)}
        m, n = len(self.codes), len(self.kept)
        for r, unit in enumerate(self.kept, start=1):
            for k, code in enumerate(codes):
                if k < m:
                    own = f"Normalised!{cell(r, k + FIRST)}"
                    text = f'=IF({own}="","",{own})'
                else:
                    kids = [position[child] for child in tree.children(code)]
                    pairs = [(f"Weights!$E${kid + 2}", cell(r, kid + FIRST)) for kid in kids]
                    gaps = values.loc[unit, list(tree.children(code))].isna().any()
                    text = formulas.combined(result, tree.by_code[code].level, pairs, bool(gaps))
                number = values.at[unit, code]
                sheet.write_formula(r, k + FIRST, text, None, "" if pd.isna(number) else number)
            for k, code in enumerate(tree.aggregates):
                column = self._range("Scores", m + k, n)
                text = formulas.place(f"Scores!{cell(r, m + k + FIRST)}", column)
                ranks.write_formula(r, k + FIRST, text, None, places.at[unit, code])

    def _notes(self) -> None:
        sheet = self._sheet("Notes", ["notes"])
        for r, text in enumerate(self.result.notes, start=1):
            sheet.write_string(r, 0, text)
        sheet.write_string(len(self.result.notes) + 2, 0, self.result.to_json()[:32000])


def _numbers(sheet: Any, frame: pd.DataFrame) -> None:
    for c in range(frame.shape[1]):
        for r, value in enumerate(frame.iloc[:, c], start=1):
            if not pd.isna(value):
                sheet.write_number(r, c + FIRST, float(value))
