"""Every fault names its file, line and column and the remedy, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strip import write_strip

from buju.errors import RegionError
from buju.region import Fault, check_region, examine_region, read_region
from buju.region.schema import rules

Change = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_strip(tmp_path / "region")


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()


def put(path: Path, text: list[str]) -> None:
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def cell(file: str, line: int, column: str, value: str) -> Change:
    """Write a value into one cell."""

    def change(folder: Path) -> None:
        text = lines(folder / file)
        at = text[0].split(",").index(column)
        row = text[line - 1].split(",")
        row[at] = value
        text[line - 1] = ",".join(row)
        put(folder / file, text)

    return change


def every(file: str, column: str, value: Callable[[str], str]) -> Change:
    """Change every cell of a column."""

    def change(folder: Path) -> None:
        text = lines(folder / file)
        at = text[0].split(",").index(column)
        for line in range(1, len(text)):
            row = text[line].split(",")
            row[at] = value(row[at])
            text[line] = ",".join(row)
        put(folder / file, text)

    return change


def header(file: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = lines(folder / file)
        text[0] = text[0].replace(old, new, 1)
        put(folder / file, text)

    return change


def added(file: str, *rows: str) -> Change:
    return lambda folder: put(folder / file, [*lines(folder / file), *rows])


def only(file: str, count: int) -> Change:
    return lambda folder: put(folder / file, lines(folder / file)[:count])


def raw(file: str, data: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / file).write_bytes(data)

    return change


def buju(**words: object) -> Change:
    def change(folder: Path) -> None:
        path = folder / "datapackage.json"
        package = json.loads(path.read_text(encoding="utf-8"))
        package["buju"].update(words)
        path.write_text(json.dumps(package), encoding="utf-8")

    return change


def removed(file: str) -> Change:
    def change(folder: Path) -> None:
        (folder / file).unlink()
        path = folder / "datapackage.json"
        if path.exists():
            package = json.loads(path.read_text(encoding="utf-8"))
            package["resources"] = [r for r in package["resources"] if r["path"] != file]
            path.write_text(json.dumps(package), encoding="utf-8")

    return change


def resources(*paths: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / "datapackage.json"
        package = json.loads(path.read_text(encoding="utf-8"))
        package["resources"] += [{"name": "flows", "path": p} for p in paths]
        path.write_text(json.dumps(package), encoding="utf-8")

    return change


def both(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


# rule, change, file, line, column, value, words of the English line, words of the Chinese line
CASES: list[tuple[str, Change, str, int | None, str, str, str, str]] = [
    ("package_missing", removed("datapackage.json"), "datapackage.json", None, "", "",
     "Add datapackage.json", "添加 datapackage.json"),
    ("package_unreadable", raw("datapackage.json", b'{\n"name": oops}'), "datapackage.json", 2, "",
     "", "Correct the JSON", "修正 JSON"),
    ("coordinates_undeclared", buju(coordinates=""), "datapackage.json", None, "", "",
     "GCJ-02 and BD-09 are refused unless declared", "不声明则不接受"),
    ("coordinates_unknown", buju(coordinates="GCJ-2"), "datapackage.json", None, "", "GCJ-2",
     "Did you mean 'GCJ-02'?", "是否应为“GCJ-02”"),
    ("resource_missing", resources("flow.csv"), "datapackage.json", None, "", "flow.csv",
     "Add the file", "补上该文件"),
    ("resource_outside", resources("../flows.csv"), "datapackage.json", None, "", "../flows.csv",
     "inside the folder", "文件夹内"),
    ("table_missing", removed("places.csv"), "places.csv", None, "", "",
     "Add places.csv", "请添加 places.csv"),
    ("table_unknown", raw("flow.csv", b"a\n1\n"), "flow.csv", None, "", "flow",
     "Did you mean 'flows'?", "是否应为“flows”"),
    ("file_empty", raw("sectors.csv", b"\xef\xbb\xbf\n"), "sectors.csv", None, "", "",
     "header line with the columns sector", "表头"),
    ("header_only", only("places.csv", 1), "places.csv", None, "", "",
     "Fill in rows", "请在表头下填写数据"),
    ("not_text", raw("lines.csv", b"line,name_zh\n\xff\xfe\x00\x01,\x80\n"), "lines.csv", 2, "", "",
     "byte 13 (line 2)", "第 13 字节"),
    ("delimiter", raw("sectors.csv", b"sector;name_zh\na;b\n"), "sectors.csv", 1, "", "';'",
     "comma-separated", "逗号分隔"),
    ("csv_broken", added("sectors.csv", 'x,"open,b,primary'), "sectors.csv", 5, "", "",
     "quotation mark", "引号"),
    ("ragged", added("sectors.csv", "x,y"), "sectors.csv", 5, "", "",
     "2 cells where the header has 4", "2 个单元格"),
    ("column_missing", header("nodes.csv", "node_type", "type_of_it"), "nodes.csv", 1, "node_type",
     "", "Add the column 'node_type'", "请添加“node_type”列"),
    ("column_unknown", header("places.csv", "area_km2", "area_km"), "places.csv", 1, "area_km", "",
     "Did you mean 'area_km2'?", "是否应为“area_km2”"),
    ("column_twice", header("sectors.csv", "kind", "name_en"), "sectors.csv", 1, "name_en", "",
     "Keep one of the two columns", "只保留其中一列"),
    ("column_unnamed", header("sectors.csv", "kind", ""), "sectors.csv", 2, "", "primary",
     "Name the column", "请填写列名"),
    ("required_empty", cell("links.csv", 4, "minutes", ""), "links.csv", 4, "minutes", "",
     "Fill in 'minutes'", "请填写“minutes”"),
    ("not_number", cell("links.csv", 3, "minutes", "22分钟"), "links.csv", 3, "minutes", "22分钟",
     "Did you mean '22'?", "是否应为“22”"),
    ("not_integer", both(header("place_groups.csv", "core", "members_announced"),
     every("place_groups.csv", "members_announced", lambda v: "2.0")), "place_groups.csv", 2,
     "members_announced", "2.0", "Did you mean '2'?", "是否应为“2”"),
    ("not_year", cell("places.csv", 2, "year", "2020年"), "places.csv", 2, "year", "2020年",
     "Did you mean '2020'?", "是否应为“2020”"),
    ("not_date", cell("links.csv", 16, "opened", "2015/7/1"), "links.csv", 16, "opened", "2015/7/1",
     "Did you mean '2015-07-01'?", "是否应为“2015-07-01”"),
    ("not_boolean", cell("place_group_members.csv", 2, "inferred", "是"), "place_group_members.csv",
     2, "inferred", "是", "Did you mean 'yes'?", "是否应为“yes”"),
    ("not_choice", cell("links.csv", 2, "mode", "roads"), "links.csv", 2, "mode", "roads",
     "Did you mean 'road'?", "请从 road, rail 中选择"),
    ("code_float", cell("nodes.csv", 2, "zone_id", "990101.0"), "nodes.csv", 2, "zone_id",
     "990101.0", "Did you mean '990101'?", "是否应为“990101”"),
    ("code_digits", cell("places.csv", 13, "place", "90205"), "places.csv", 13, "place", "90205",
     "Did you mean '990205'?", "是否应为“990205”"),
    ("list_separator", cell("projects.csv", 2, "groups", "core、east"), "projects.csv", 2, "groups",
     "core、east", "Did you mean 'core;east'?", "是否应为“core;east”"),
    ("negative", cell("places.csv", 5, "residents", "-1"), "places.csv", 5, "residents", "-1",
     "may not lie below zero", "不得小于零"),
    ("out_of_range", cell("place_group_members.csv", 2, "weight", "50"), "place_group_members.csv",
     2, "weight", "50", "outside 0 to 1", "超出 0 至 1"),
    ("duplicate_key", added("sectors.csv", "making,制造,Making,secondary"), "sectors.csv", 5,
     "sector", "making", "Keep one of the lines 3 and 5", "第3行与第5行"),
    ("dangling", cell("nodes.csv", 2, "zone_id", "99010"), "nodes.csv", 2, "zone_id", "99010",
     "Did you mean '990100' (西市（虚构）)?", "是否应为“990100”（西市（虚构））"),
    ("dangling_table", removed("tags.csv"), "projects.csv", None, "tags", "",
     "Add tags.csv", "请添加 tags.csv"),
    ("cycle", cell("place_groups.csv", 2, "parent", "core"), "place_groups.csv", 2, "parent",
     "all → core → all", "Correct the parent", "请更正上级代码"),
    ("self_link", cell("links.csv", 3, "to_node_id", "n990101"), "links.csv", 3, "to_node_id",
     "n990101", "Correct one of the two nodes", "起点和终点"),
    ("seat_without_link", added("nodes.csv", "nX,孤点,111,38,seat,990101,I1"), "nodes.csv", 17,
     "node_id", "nX (子县（虚构）)", "Add a link", "请添加"),
    ("island", both(added("nodes.csv", "j1,甲,111,38,junction,,", "j2,乙,111,38,junction,,"),
     added("links.csv", "L99,j1,j2,road,,,5,estimate,both,,operating,,,")), "nodes.csv", 17,
     "node_id", "j1 (甲), j2 (乙)", "Add the links that connect them", "未与路网其余部分连通"),
    ("jobs_zero", cell("places.csv", 4, "jobs", "0"), "places.csv", 4, "jobs", "0",
     "leave the cell empty", "或留空"),
    ("jobs_all_zero", every("employment.csv", "jobs", lambda v: "0"), "employment.csv", None,
     "jobs", "0", "Write the jobs in persons", "请按人填写"),
    ("totals_in_wan", every("places.csv", "residents", lambda v: str(float(v) / 1e4)), "places.csv",
     None, "residents", "82", "totals in 万?", "是否以万人为单位"),
    ("units_mixed", cell("places.csv", 2, "residents", "128"), "places.csv", 2, "residents",
     "西市（虚构）", "Write persons in every row", "各行都以人为单位"),
    ("coordinates_swapped", both(cell("places.csv", 4, "lon", "38"), cell("places.csv", 4, "lat",
     "111")), "places.csv", 4, "lon", "38", "Did you mean '111, 38'?", "颠倒"),
    ("coordinates_metres", both(cell("nodes.csv", 2, "x_coord", "500000"), cell("nodes.csv", 2,
     "y_coord", "4200000")), "nodes.csv", 2, "x_coord", "500000", "Declare the projected system",
     "请在 datapackage.json 中声明投影坐标系"),
    ("coordinates_degrees", buju(coordinates="EPSG:4546"), "places.csv", 2, "lon", "111.46",
     "Declare WGS84", "请在 datapackage.json 中声明"),
    ("coordinates_outside", both(buju(coordinates="EPSG:4490"), cell("nodes.csv", 2, "x_coord",
     "11.1")), "nodes.csv", 2, "x_coord", "11.1", "Correct the coordinates", "请更正坐标"),
    ("out_of_bounds", cell("links.csv", 3, "minutes", "0"), "links.csv", 3, "minutes", "0",
     "minutes of a link would be 0 min, and more than 0 and at most 1,440 is expected: a link of "
     "no minutes makes two places one", "路段时间为 0 分钟，应大于 0、不超过 1,440：零分钟会使"),
    ("implausible", cell("places.csv", 4, "gdp", "495000"), "places.csv", 4, "gdp", "495000",
     "write 'gdp_per_head 990101' beside `accept` on the sheet 说明",
     "应大于 1,000、不超过 2e+06：生产总值以亿元计"),
    ("accept_unknown", buju(accept="gdp_per_heat"), "datapackage.json", None, "", "gdp_per_heat",
     "Did you mean 'gdp_per_head'?", "是否应为“gdp_per_head”"),
    ("sum_of_counties", cell("places.csv", 2, "residents", "1500000"), "places.csv", 2,
     "residents", "西市（虚构）（990100）", "and those of its counties sum to 1,280,000. Correct",
     "为 1,500,000，而其各县合计为 1,280,000"),
    ("years_mixed", cell("places.csv", 6, "year", "2019"), "places.csv", 6, "year", "2019",
     "belongs to 2019, that of most counties to 2020", "该县数据为 2019 年，而多数县为 2020 年"),
    ("dates_order", both(header("links.csv", "line", "closed"), every("links.csv", "closed",
     lambda v: ""), cell("links.csv", 17, "closed", "2014")), "links.csv", 17, "closed", "2014",
     "'closed' (2014) lies before 'opened' (2015-07)", "“closed”（2014）早于“opened”（2015-07）"),
    ("jobs_partly", cell("places.csv", 5, "jobs", ""), "places.csv", 5, "jobs", "",
     "1 counties have no jobs and 9 have", "1 个县没有就业人数，9 个县有"),
    ("area_missing", cell("places.csv", 5, "area_km2", ""), "places.csv", 5, "area_km2", "",
     "Fill in 'area_km2'", "请填写面积 area_km2"),
    ("seat_missing", cell("nodes.csv", 4, "node_type", "junction"), "places.csv", 6, "place",
     "990103（寅县（虚构））", "has no seat in the network", "zone_id 为 990103 的一行"),
    ("seat_twice", both(cell("nodes.csv", 14, "node_type", "seat")), "places.csv", 6, "place",
     "990103（寅县（虚构））", "has 2 seats in the network", "有 2 个驻地节点"),
    ("seat_shared", both(cell("places.csv", 5, "lon", "111"), cell("places.csv", 5, "lat", "38")),
     "places.csv", 5, "lon", "990102", "990102 and 990101 have the same coordinates", "坐标相同"),
    ("links_missing", removed("links.csv"), "nodes.csv", None, "", "",
     "Fill in the table links", "请填写网络路段表（links）"),
]  # fmt: skip

# Tested with the workbooks they belong to, or by a test of their own below.
ELSEWHERE = {"path_missing", "table_twice", "more", "workbook_unreadable", "merged_cells",
             "formula_uncached", "cell_error", "cell_time", "coordinates_twice",
             "sheet_too_large"}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "change", "file", "line", "column", "value", "english", "chinese"),
    CASES,
    ids=[case[0] for case in CASES],
)
def test_fault_says_where_and_what_to_do(
    folder: Path,
    rule: str,
    change: Change,
    file: str,
    line: int | None,
    column: str,
    value: str,
    english: str,
    chinese: str,
) -> None:
    change(folder)
    found = [f for f in check_region(folder) if f.check == rule]
    assert found, [str(f) for f in check_region(folder)]
    fault = found[0]
    assert (fault.file, fault.row, fault.column, fault.value) == (file, line, column, value)
    text = str(fault)
    assert "\n" not in text
    assert english in fault.english and fault.english in text
    assert chinese in fault.chinese and fault.chinese in text
    assert text.count(file) >= 2
    if line:
        assert f"line {line}" in fault.english and f"第{line}行" in fault.chinese
    if column:
        assert f"column '{column}'" in fault.english and f"“{column}”列" in fault.chinese
    assert fault.remedy in fault.english and fault.remedy_zh in fault.chinese
    assert "{" not in text.replace('{"', "")


def test_every_rule_is_tested() -> None:
    assert {case[0] for case in CASES} | ELSEWHERE == set(rules())


def test_one_error_carries_all_faults(folder: Path) -> None:
    cell("links.csv", 3, "minutes", "-5")(folder)
    cell("nodes.csv", 2, "zone_id", "太原市")(folder)
    header("sectors.csv", "kind", "knd")(folder)
    with pytest.raises(RegionError) as caught:
        read_region(folder)
    checks = [f.check for f in caught.value.faults]
    assert checks == ["dangling", "negative", "column_unknown"]
    for fault in caught.value.faults:
        assert fault.english in str(caught.value) and fault.chinese in str(caught.value)


def test_a_name_in_place_of_a_code_is_recognised(folder: Path) -> None:
    cell("nodes.csv", 2, "zone_id", "东市（虚构）")(folder)
    fault = check_region(folder)[0]
    assert fault.near == "990200"


def test_missing_path(tmp_path: Path) -> None:
    faults = check_region(tmp_path / "nowhere")
    assert [f.check for f in faults] == ["path_missing"]
    with pytest.raises(RegionError, match="没有这个文件夹"):
        read_region(tmp_path / "nowhere")


def test_faults_alike_are_counted_not_repeated(folder: Path) -> None:
    rows = [f"990101,{1900 + i},population_census,many,I1" for i in range(100)]
    more = [f"990102,{1900 + i},population_census,-,I1" for i in range(150)]
    added("indicators.csv", *rows, *more)(folder)
    faults = check_region(folder)
    assert [f.check for f in faults].count("not_number") == 200
    last = next(f for f in faults if f.check == "more")
    assert (
        last.column == "value"
        and last.rule.startswith("50 more faults like the one in line 22")
        and "50" in last.rule_zh
    )


def test_a_code_that_became_a_float_is_one_fault(folder: Path) -> None:
    every("places.csv", "place", lambda v: v + ".0" if v == "990103" else v)(folder)
    assert [f.check for f in check_region(folder)] == ["code_float"]


def test_a_bad_file_does_not_blame_those_that_refer_to_it(folder: Path) -> None:
    raw("sectors.csv", b"\xff\xfe\x00")(folder)
    assert [(f.file, f.check) for f in check_region(folder)] == [("sectors.csv", "not_text")]


def test_lines_count_line_breaks_inside_cells(folder: Path) -> None:
    header("sectors.csv", "kind", "kind")(folder)
    added("sectors.csv", 'mining,"采\n矿",Mining,secondary', "x,y,z,fourth")(folder)
    fault = check_region(folder)[0]
    assert (fault.row, fault.column) == (7, "kind")


def test_fault_is_positional_as_promised() -> None:
    fault = Fault("links", 3, "minutes", "-5", "the value is negative", "Correct it")
    assert (fault.table, fault.row, fault.rule, fault.remedy) == (
        "links", 3, "the value is negative", "Correct it",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["network/flows.csv", "other.csv"])
def test_two_files_for_one_table_are_named(folder: Path, name: str) -> None:
    text = "kind,residence,workplace,year,value,unit\ncommuting,990101,990102,2020,5,person\n"
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    resources(name)(folder)
    assert check_region(folder) == []
    assert read_region(folder).flows["value"].tolist() == [5.0]
    (folder / "flows.csv").write_text(text, encoding="utf-8")
    assert [f.check for f in check_region(folder)] == ["table_twice"]


def test_boundaries_must_be_in_the_folder(folder: Path) -> None:
    for value, rule in (("b.gpkg", "resource_missing"), ("../b.gpkg", "resource_outside")):
        buju(boundaries=value)(folder)
        fault = check_region(folder)[0]
        assert (fault.check, fault.value, fault.file) == (rule, value, "datapackage.json")


@pytest.mark.long
def test_a_fault_in_the_last_of_a_million_rows_is_found(folder: Path) -> None:
    tail = ",population_census,1,I1\n"
    codes = [f"99{i:04d}" for i in range(10_000)]
    rows = [f"{code},{year}{tail}" for code in codes for year in range(1900, 2000)]
    head = lines(folder / "places.csv")
    at = {name: i for i, name in enumerate(head[0].split(","))}
    known = {row.split(",")[at["place"]] for row in head[1:]}
    sample = head[3].split(",")
    extra = [",".join([c, *sample[1:]]) for c in codes if c not in known]
    put(folder / "places.csv", [*head, *extra])
    rows[-1] = rows[-1].replace("999999", "99999")
    (folder / "indicators.csv").write_text(
        "place,year,indicator,value,source\n" + "".join(rows), encoding="utf-8"
    )
    faults = check_region(folder)
    assert [(f.row, f.column, f.value) for f in faults if f.table == "indicators"] == [
        (1_000_001, "place", "99999")
    ]


@pytest.mark.parametrize(
    ("column", "value", "check", "near"),
    [
        ("residents", "1,234", "not_number", "1234"),
        ("residents", "１２３", "not_number", "123"),
        ("residents", "530.4万", "not_number", ""),
        ("residents", "45%", "not_number", ""),
        ("residents", "-", "not_number", ""),
        ("residents", "NA", "not_number", ""),
        ("residents", "nan", "not_number", ""),
        ("residents", "inf", "not_number", ""),
        ("residents", "1e999", "not_number", ""),
        ("residents", "0x10", "not_number", ""),
        ("gdp_year", "2020.0", "not_year", "2020"),
        ("gdp_year", "20", "not_year", ""),
        ("place", "9.90101E+05", "code_float", "990101"),
        ("level", "County", "not_choice", "county"),
    ],
)
def test_what_was_probably_meant(
    folder: Path, column: str, value: str, check: str, near: str
) -> None:
    path = folder / "places.csv"
    quoted = f'"{value}"' if "," in value else value
    cell("places.csv", 4, column, quoted)(folder)
    fault = next(f for f in check_region(folder) if f.column == column)
    assert (fault.check, fault.value, fault.near) == (check, value, near), path.read_text()


JUNK = ["", "-1", "9" * 21, "1e999", "nan", "太原", "990101.0", "'", '"', ";", "2024-13-45", "\x00",
        "yes", "TRUE", "９９", " ", "\u3000", "A;B", "=1+1", "99010", "\ufeff"]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 99), st.integers(0, 999), st.integers(0, 99),
                  st.sampled_from(JUNK)), min_size=1, max_size=4,
    ),
    cut=st.integers(0, 400),
)  # fmt: skip
def test_no_content_of_a_file_ends_in_anything_but_faults(
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[int, int, int, str]],
    cut: int,
) -> None:
    folder = write_strip(tmp_path_factory.mktemp("junk"))
    files = sorted(folder.glob("*.csv"))
    for which, line, column, value in changes:
        file = files[which % len(files)]
        rows = [row.split(",") for row in lines(file)]
        row = rows[line % len(rows)]
        row[column % len(row)] = value
        put(file, [",".join(row) for row in rows])
    last = files[changes[0][0] % len(files)]
    data = last.read_bytes()
    last.write_bytes(data[: len(data) - cut] if cut < len(data) else b"")
    for fault in check_region(folder):
        assert fault.english and fault.chinese and "\n" not in str(fault)


@pytest.mark.parametrize("word", ["gdp_per_head 990101", ["density", "gdp_per_head"]])
def test_a_figure_beyond_a_bound_is_taken_by_name_and_noted(
    folder: Path, word: str | list[str]
) -> None:
    cell("places.csv", 4, "gdp", "495000")(folder)
    assert [f.check for f in check_region(folder)] == ["implausible"]
    buju(accept=word)(folder)
    seen = examine_region(folder)
    assert seen.faults == []
    note = next(n for n in seen.notes if "accept" in n)
    assert "places 990101：人均生产总值为 5.5e+08，超出常见范围，按 accept 采用" in note
    assert "GDP per head is 5.5e+08, beyond what is usual; taken by `accept`" in note


def test_an_impossible_figure_cannot_be_accepted(folder: Path) -> None:
    cell("links.csv", 3, "minutes", "1e308")(folder)
    buju(accept="link_minutes")(folder)
    assert {f.check for f in check_region(folder)} == {"out_of_bounds", "accept_unknown"}


@pytest.mark.parametrize(
    ("change", "check", "column", "words"),
    [
        (cell("places.csv", 4, "jobs", "99000000"), "implausible", "jobs", "jobs to a resident"),
        (cell("places.csv", 4, "residents", "1e15"), "implausible", "residents", "Pudong"),
        (cell("places.csv", 4, "residents", "0"), "out_of_bounds", "residents", "nobody lives"),
        (cell("places.csv", 4, "gdp", "0"), "out_of_bounds", "gdp", "leave the cell empty"),
        (cell("links.csv", 3, "minutes", "1e308"), "out_of_bounds", "minutes", "more than a day"),
        (cell("links.csv", 3, "minutes", "0.5"), "implausible", "minutes", "no train or car"),
        (cell("places.csv", 4, "area_km2", "0"), "out_of_bounds", "area_km2", "inside a place"),
        (cell("places.csv", 4, "area_km2", "0.5"), "implausible", "area_km2", "公顷"),
    ],
)
def test_absurd_figures_are_faults(folder: Path, change, check, column, words) -> None:
    change(folder)
    found = [f for f in check_region(folder) if (f.check, f.column) == (check, column)]
    assert found and words in found[0].english
    assert found[0].rule_zh and found[0].row


def test_of_a_parted_network_the_part_with_fewer_places_is_named(folder: Path) -> None:
    text = [line for line in lines(folder / "links.csv") if not line.startswith(("L03", "L15"))]
    put(folder / "links.csv", [line for line in text if not line.startswith("L17")])
    stations = [f"x{k},站{k},111,38,junction,," for k in range(30)]
    joined = [f"X{k},n980100,x{k},road,,,5,estimate,both,,operating,,," for k in range(30)]
    added("nodes.csv", *stations)(folder)
    added("links.csv", *joined)(folder)
    fault = next(f for f in check_region(folder) if f.check == "island")
    assert "n990101" in fault.value and "n990103" not in fault.value
