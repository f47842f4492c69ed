"""Targets and projects in a study: every row with its light, forecasts beside what came."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from buju import track
from buju.errors import StudyError
from buju.study import load_study
from buju.study.claims import track as checks
from buju.study.context import Run
from buju.study.stages import layout, network
from buju.study.stages import track as stage

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def run() -> Run:
    found = Run(load_study(EXAMPLES / "shanxi"))
    for part in (layout, network, stage):
        found.tables |= part.stage(found)
    return found


def strip(tmp_path: Path, tables: dict | None = None, **section) -> Run:
    study = yaml.safe_load((EXAMPLES / "strip/study.yaml").read_text(encoding="utf-8"))
    study |= {"region": str(EXAMPLES / "strip/region"), "track": section}
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    loaded = load_study(file)
    if tables:
        region = replace(loaded.region, tables=dict(loaded.region.tables) | tables)
        loaded = replace(loaded, region=region)
    return Run(loaded)


def test_every_target_has_a_light_and_a_rule(run):
    frame = run.frame("targets")
    assert frame["target"].tolist() == run.region.targets["target"].tolist()
    assert frame["rule_zh"].notna().all() and frame["rule_en"].notna().all()
    aims = frame["kind"].isin(["seed", "plan"])
    assert (frame.loc[~aims, "rule"] == "no_target").all()


def test_two_hours_to_every_seat_is_judged_on_the_network_and_says_so(run):
    rows = run.frame("targets").set_index("target").loc[["T031", "T035"]]
    assert (rows["actual_basis"] == "routed").all()
    assert (rows["light"] == "green").all()
    reach = run.frame("reach")
    last = reach.loc[reach["network"] == "2024-12-31", "minutes"].max()
    assert rows["actual_value"].tolist() == [last / 60] * 2


def test_eight_per_cent_is_compared_with_growth_rates_only(run):
    record = run.frame("growth_record")
    assert set(record["place"]) == {"140900", "140902", "140922"}
    xinfu = record[(record["place"] == "140902") & record["in_year"]].iloc[0]
    assert (xinfu["value"], xinfu["met"]) == (3.6, False)
    light = run.frame("targets").set_index("target").loc["T001"]
    assert (light["light"], light["rule"]) == ("grey", "no_outturn")  # the zone's own: unpublished


def test_a_forecast_knows_only_the_years_before_and_what_came_stands_beside_it(run):
    rows = run.frame("growth_forecast")
    before = rows[rows["known_to"] == 2021]
    assert (before["year"] == 2022).all()
    assert before["outcome"].notna().all()
    mine = before[before["asked"]]
    assert mine["place"].tolist() == ["140900"]
    assert 0.1 < mine["probability"].iloc[0] < 0.5
    assert rows.loc[rows["known_to"] == 2023, "outcome"].isna().all()
    path = run.frame("growth_path")
    assert path.loc[(path["known_to"] == 2021) & path["value"].notna(), "year"].max() == 2021


def test_the_record_of_forecasts_is_printed_whatever_it_says(run):
    table = run.frame("growth_backtest").set_index(["known_to", "method"])
    now = table.loc[(2023, "pooled")]
    assert (now["forecasts"], now["origins"]) == (55, 5)
    assert 0 < now["coverage"] <= 1 and np.isfinite(now["brier_skill"])
    assert "55" in now["zh"] and "55" in now["en"]
    assert run.frame("growth_dropped").empty


def test_parts_of_the_change_of_emissions_add_up(run):
    parts = run.frame("change_parts").set_index("factor")
    assert parts["effect"].iloc[:3].sum() == pytest.approx(parts.loc["total", "effect"])
    assert parts["ratio"].iloc[:3].prod() == pytest.approx(parts.loc["total", "ratio"])
    rows = run.region.indicators
    rows = rows[(rows["indicator"] == "co2_fossil_edgar") & rows["place"].str.endswith("00")]
    wide = rows.pivot(index="place", columns="year", values="value")
    assert parts.loc["total", "effect"] == pytest.approx((wide[2022] - wide[2015]).sum())
    assert len(run.frame("change_places")) == 11


def test_a_cumulative_change_is_a_pace(run):
    pace = run.frame("cumulative_pace").set_index("target")["pace"]
    assert (1 + pace["T048"] / 100) ** 4 == pytest.approx(1 - 0.161)
    assert (1 + pace["T051"] / 100) ** 5 == pytest.approx(1 - 0.135)


def test_all_projects_stand_in_the_register_and_stages_are_counted(run):
    register, stages = run.frame("pipeline_projects"), run.frame("pipeline_stages")
    assert len(register) == stages["projects"].sum() == 51
    assert stages.set_index("stage").loc["unknown", "projects"] == register["stage"].isna().sum()
    phases = register.set_index("project")["phases_zh"]
    assert phases["P25"] == "钟楼街改造二期、钟楼街改造三期"
    assert run.frame("pipeline_spending")["project"].tolist() == ["P22"]


def test_fifteen_items_in_six_fields_stay_empty(run):
    items, fields = run.frame("cooperation_items"), run.frame("cooperation_fields")
    assert (len(items), len(fields)) == (15, 6)
    assert items[["field", "content", "responsible", "due", "state"]].isna().all(axis=None)


def test_a_region_without_targets_and_projects_says_nothing_of_them(tmp_path):
    whole = load_study(EXAMPLES / "strip").region
    bare = {name: whole.tables[name].iloc[:0] for name in ("targets", "projects")}
    tables = stage.stage(strip(tmp_path, bare))
    assert tables["targets"].frame.empty and tables["pipeline_projects"].frame.empty
    assert not any(name.startswith(("growth", "cooperation", "change")) for name in tables)


def panel_tables(prices="constant", fraction=1.0, kind="plan"):
    """The strip with growth of its counties and a target of growth."""
    region = load_study(EXAMPLES / "strip").region
    rng = np.random.default_rng(0)
    places = region.level("county")["place"].head(4)
    shock = rng.normal(5, 2, 8)
    rows = [
        (place, 2013 + k, "growth", fraction * (shock[k] + rng.normal()), "observed")
        for place in places
        for k in range(8)
    ]
    columns = ["place", "year", "indicator", "value", "basis"]
    added = pd.DataFrame(rows, columns=columns).reindex(columns=region.indicators.columns)
    known = {"indicator": "growth", "name_zh": "增速", "name_en": "growth", "unit": "percent"}
    known |= {"prices": prices}
    target = {"target": "G2", "scope": "strip", "places": places.iloc[0], "indicator": "growth"}
    target |= {"unit": "percent/year", "prices": "constant", "value": 6.0, "year": 2021}
    target |= {"direction": ">=", "kind": kind, "name_zh": "增速", "name_en": "growth"}
    return {
        "indicators": added.astype({"year": "Int64"}),
        "indicator_definitions": pd.DataFrame([known]).reindex(
            columns=region.indicator_definitions.columns
        ),
        "targets": pd.DataFrame([target]).reindex(columns=region.targets.columns),
    }


def asked(tmp_path, tables):
    """A run whose study asks for growth that only its changed tables have."""
    from buju.study.track_spec import TrackSpec

    run = strip(tmp_path, tables)
    growth = {"indicator": "growth", "targets": ["G2"], "level": "county"}
    spec = run.study.spec.model_copy(update={"track": TrackSpec.model_validate({"growth": growth})})
    return replace(run, study=replace(run.study, spec=spec))


def test_a_target_still_to_come_gets_its_light_from_the_forecast(tmp_path):
    tables = stage.stage(asked(tmp_path, panel_tables()))
    forecast = tables["growth_forecast"].frame
    chance = forecast.loc[forecast["asked"], "probability"].iloc[0]
    found = tables["targets"].frame.set_index("target").loc["G2"]
    assert found["chance"] == chance
    assert found["rule"] in ("likely", "doubtful", "unlikely")


def test_a_forecast_that_was_due_before_there_were_years_is_listed(tmp_path):
    tables = panel_tables()
    tables["targets"] = tables["targets"].assign(year=2015)
    found = stage.stage(asked(tmp_path, tables))
    listed = found["growth_left_out"].frame
    assert listed[["target", "known_to"]].to_numpy().tolist() == [["G2", 2014]]
    assert "years" in listed["reason_en"][0] or "year(s)" in listed["reason_en"][0]
    assert (found["growth_forecast"].frame["known_to"] == 2020).all()


@pytest.mark.parametrize(
    ("tables", "kind", "words"),
    [
        (panel_tables(prices="current"), track.MixedPrices, "deflate one of them"),
        (panel_tables(fraction=0.01), track.Fractions, "multiply by 100"),
        (panel_tables(kind="outturn"), StudyError, "a seed or plan target of growth"),
    ],
    ids=["prices", "fractions", "kind"],
)
def test_growth_that_cannot_be_compared_is_refused(tmp_path, tables, kind, words):
    with pytest.raises(kind, match=words) as caught:
        stage.stage(asked(tmp_path, tables))
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.chinese)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"reach": ["G9"]}, "track.reach: the region has nothing called 'G9'"),
        ({"cooperation": {"items": "X", "fields": "T"}}, "track.cooperation: the region has"),
        ({"as_of": "2020-13"}, "is not a date"),
        ({"targetz": []}, "unknown key"),
        (
            {"decompose": {"quantity": "a", "output": "b", "growth": "c", "first": 2, "last": 1}},
            "must lie before last",
        ),
    ],
    ids=["target", "tag", "date", "key", "years"],
)
def test_names_of_the_section_are_checked_before_anything_is_computed(tmp_path, section, words):
    with pytest.raises(StudyError, match=words):
        strip(tmp_path, **section)


def test_claims_that_the_record_cannot_decide_say_what_is_on_record(run):
    found = checks.early_work(run, place="140900")
    assert found.verdict == "no data" and "没有此前的项目台账" in found.zh
    bare = checks.projects_record(run, projects=["P07", "P08"], what_zh="数据", what_en="figures")
    assert (bare.verdict, bare.value) == ("no data", 0)
    built = checks.projects_record(run, projects=["P01"], what_zh="数据", what_en="figures")
    assert built.value > 0 and "投资 1 项" in built.zh
    assert checks.one_document(run, source="announcement").verdict == "supported"
    assert checks.one_document(run, source="S1").verdict == "contradicted"


def test_claims_that_name_what_is_not_listed_are_refused(run):
    with pytest.raises(StudyError, match="place '999999'"):
        checks.early_work(run, place="999999")
    with pytest.raises(StudyError, match="project 'P99'"):
        checks.projects_record(run, projects=["P99"], what_zh="", what_en="")
