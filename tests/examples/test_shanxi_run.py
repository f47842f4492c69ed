"""The Shanxi study, run whole: reproducible, honest about its fit, every verdict recomputed."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from buju.report.blocks import accounts, assess
from buju.report.records import Callout, Figure
from buju.report.results import Results
from buju.study import load_study, run_study

SHANXI = Path(__file__).parents[2] / "examples/shanxi"
# The project's own bars for the routed times; a measured pair is the best direct train.
EMU_BAR, ALL_BAR = 0.08, 0.15
SHARE_OUTSIDE = 0.02  # published figures outside their own interval of 80 %


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    ignored = shutil.ignore_patterns("out")
    return Path(shutil.copytree(SHANXI, tmp_path_factory.mktemp("shanxi") / "s", ignore=ignored))


@pytest.fixture(scope="module")
def bundle(copy):
    return run_study(copy)


def test_two_runs_write_the_same_bytes(copy, bundle, tmp_path):
    again = run_study(copy, out=tmp_path / "again")
    for path in sorted(bundle.path.rglob("*")):
        if path.is_file() and path.name not in ("run.json", "report.html"):
            other = again.path / path.relative_to(bundle.path)
            assert path.read_bytes() == other.read_bytes(), path.name


def test_a_changed_input_changes_the_manifest(copy, bundle, tmp_path):
    changed = Path(shutil.copytree(copy, tmp_path / "s", ignore=shutil.ignore_patterns("out")))
    links = changed / "region/links.csv"
    text = links.read_text(encoding="utf-8")
    links.write_text(text.replace(",66,", ",67,", 1), encoding="utf-8")
    assert links.read_text(encoding="utf-8") != text
    other = run_study(changed)
    assert other.manifest["inputs"] != bundle.manifest["inputs"]
    assert (
        other.manifest["tables"]["times"]["sha256"] != bundle.manifest["tables"]["times"]["sha256"]
    )


def test_the_manifest_on_disk_is_the_one_returned_and_is_strict_json(bundle):
    text = (bundle.path / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(text) == bundle.manifest


def test_the_fit_meets_its_bars_without_a_parameter_per_pair(bundle):
    fit = bundle.frame("fit_summary")
    same = fit[fit["comparison"] == "same class"].set_index("sample")
    assert same.loc["multiple_unit", "pairs"] == 50
    assert same.loc["all", "pairs"] == 141
    assert same.loc["multiple_unit", "median_relative"] <= EMU_BAR
    assert same.loc["all", "median_relative"] <= ALL_BAR


def test_two_hours_to_every_prefecture_seat_before_and_after(bundle):
    reach = bundle.frame("reach")
    inside = reach.groupby("network")["within"].sum()
    assert len(reach[reach["network"] == "2019-10-31"]) == 10
    assert inside["2019-10-31"] < 10
    assert inside["2024-12-31"] == 10


def test_every_verdict_is_what_its_row_expects_and_none_is_stated_without_a_check(bundle):
    stated = load_study(SHANXI).region.claims.set_index("claim")
    found = bundle.frame("claims").set_index("claim")
    differs = found["verdict"][found["verdict"] != stated["verdict"]]
    assert differs.empty, differs
    decided = found["verdict"].isin(["supported", "contradicted"])
    assert found.loc[decided, "check"].notna().all()
    assert (found.loc[decided, "evidence_zh"].str.len() > 0).all()
    undecided = ~decided & found["check"].isna()
    assert found.loc[undecided, "reason"].notna().all()


def test_every_published_answer_is_certified(bundle):
    proof = bundle.frame("certificates")
    assert (proof["verdict"] == "certified").all()
    assert (proof["residual"] <= 1e-10).all()
    assert (proof["error_bound"] <= 1e-8).all()


@pytest.mark.parametrize("name", ["effects", "group_effects", "certificates"])
def test_published_figures_stand_within_their_intervals(bundle, name):
    frame = bundle.frame(name)
    points = [column for column in frame if column.endswith("_point")]
    assert points
    for column in points:
        assert set(frame[column]) <= {"inside", "below", "above"}  # drawn, all of them
        assert (frame[column] != "inside").mean() <= SHARE_OUTSIDE, column


def test_a_passenger_line_changes_no_price_of_haulage(bundle):
    resolved = load_study(SHANXI)
    lines = resolved.region.links
    built = lines[lines["project"].isin(["P01", "P02"])]
    assert (built.loc[built["mode"] == "rail", "carries"] == "passengers").all()


def test_people_and_jobs_are_conserved(bundle):
    base = bundle.frame("baseline").set_index("place")
    for _, rows in bundle.frame("effects").groupby("scenario"):
        for what in ("residents", "jobs"):
            moved = rows[f"{what}_persons"].sum()
            assert abs(moved) < 1e-6 * base[what].sum()


def test_what_is_modelled_says_so(bundle):
    base = bundle.frame("baseline")
    inside = base["place"].str.startswith("14")
    assert (base.loc[inside, "jobs_basis"] == "modelled").all()
    assert (base.loc[inside, "gdp_basis"] == "modelled").sum() == 100
    assert base.set_index("place").loc["133100", "gdp_basis"] == "per head of 130600"


def test_no_table_holds_a_column_without_words(bundle):
    for name in bundle.names:
        table = bundle.table(name)
        assert table.title_zh and table.title_en, name
        assert isinstance(table.frame, pd.DataFrame)
        assert table.basis in ("observed", "computed", "modelled"), name


def test_every_county_stands_under_every_definition_beside_the_announcement(bundle):
    table = bundle.frame("definitions")
    counties = bundle.frame("counties")["place"]
    assert table["place"].tolist() == counties.tolist()
    methods = [name for name in table if f"{name}_margin" in table]
    assert {"circle_2019", "circle_2024", "circle_2027", "field", "huff", "labour_market"} <= set(
        methods
    )
    circles = bundle.frame("circles").query("date == '2024-12-31' and inside")
    inside = circles.groupby("place")["core"].agg(set)
    told = table.set_index("place")["circle_2024"].dropna().str.split(";").map(set)
    assert told[told != {""}].to_dict() == inside.to_dict()


def test_cities_that_differ_more_complement_each_other_more(bundle):
    pairs = bundle.frame("complementarity")
    assert len(pairs) == 55  # eleven cities
    assert pairs["similarity"].between(0, 1).all()
    assert pairs["krugman"].between(0, 2).all()
    assert pairs["complementarity"].corr(pairs["similarity"]) < -0.5


def test_the_report_shows_assessment_and_accounts_and_names_what_is_not_published(bundle):
    results = Results(bundle)
    ranked = assess.SECTION.records(results)
    assert not [r for r in ranked if isinstance(r, Callout) and r.kind == "omitted"]
    assert sum(isinstance(r, Figure) for r in ranked) == 4
    told = accounts.SECTION.records(results)
    omitted = [r.text.en for r in told if isinstance(r, Callout) and r.kind == "omitted"]
    assert [words for words in omitted if "no energy balance" in words]
    assert set(bundle.manifest["files"]) >= {"assess/base-case.xlsx", "assess/to-fill.xlsx"}
