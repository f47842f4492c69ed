"""Faults of a study file: each with its line, its value and a remedy, in two languages."""

from pathlib import Path

import pytest

from buju.errors import StudyError
from buju.study import load_study

STRIP = Path(__file__).parents[2] / "examples/strip"
HEAD = f"study: x\nregion: {STRIP / 'region'}\nyear: 2020\n"


def said(folder, body, head=HEAD):
    file = folder / "study.yaml"
    file.write_text(head + body, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_study(file)
    return caught.value.english, caught.value.chinese


@pytest.mark.parametrize(
    ("body", "english", "chinese"),
    [
        (
            "scenarios:\n  base: {}\n  a: {}\n  a: {}\n",
            "line 7: 'a' stands already on line 6",
            "第 7 行",
        ),
        ("scenarios:\n  base:\n", "line 5, scenarios.base: is empty; write `{}`", "为空"),
        ("scenarios: {base: {}}\ndate: 2020-12-31\n", "put it in quotes, '2020-12-31'", "加引号"),
        (
            "scenarios: {base: {}}\nmeasure: {cores: [990103]}\n",
            "line 5, measure.cores.0: a code or a date is text: put it in quotes, '990103'",
            "'990103'",
        ),
        ("scenarios: {base: {}}\nmeasure: {cores: [010100]}\n", "'010100'", "'010100'"),
        ("scenarios: {base: {}, a: {zones: {990103: {}}}}\n", "in quotes, '990103'", "'990103'"),
        ("scenarios: {base: {}}\nsimulate: {alpha: 2}\n", "must be below 1 (found 2", "应小于 1"),
        ("scenarios: {base: {}}\nsimulate: {trade: x}\n", "must be one of 'crs', 'irs'", "之一"),
        ("scenarios: {base: {}}\nsimulate: {alpha: much}\n", "must be a number", "应为数字"),
        ("scenarios: {base: {}}\nsimulat: {}\n", "line 5, simulat: unknown key", "不认识的键"),
        ("scenarios: {base: []}\n", "must hold keys", "键: 值"),
        ("title_en: x\n", "scenarios: is missing; add it", "请补上"),
    ],
)
def test_a_fault_names_line_value_and_remedy(tmp_path, body, english, chinese):
    told = said(tmp_path, body)
    assert english in told[0]
    assert chinese in told[1]
    assert "Input should be" not in told[0]


def test_all_faults_are_told_at_once(tmp_path):
    english, chinese = said(
        tmp_path, "scenarios:\n  base:\ndate: 2020-12-31\nsimulate: {alpha: 2, sigm: 3}\n"
    )
    assert "4 fault(s)" in english
    assert "4 处错误" in chinese
    for words in ("line 5", "line 6", "line 7, simulate.alpha", "line 7, simulate.sigm"):
        assert words in english
