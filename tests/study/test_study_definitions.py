"""The region under every definition: margins flip what they say, and what is missing is said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from buju import measure as measures
from buju.errors import StudyError, missing_extra
from buju.network import Scenario
from buju.report.blocks import definitions as definition_block
from buju.report.blocks import structure as structure_block
from buju.report.blocks import tiers as tier_block
from buju.report.records import TableContent
from buju.report.results import Results
from buju.study import geopackage, load_study
from buju.study.bundle import Bundle, write_json, write_tables
from buju.study.context import Run
from buju.study.model import MeasureSpec
from buju.study.stages import definitions, flow_divisions, isochrones, layout, measure, structure

SHANXI = Path(__file__).parents[2] / "examples/shanxi"
USED = ["announced", "circle_2019", "circle_2024", "circle_2027", "field", "huff", "break_point",
        "gravity", "labour_market", "functional", "community"]  # fmt: skip


@pytest.fixture(scope="module")
def run() -> Run:
    found = Run(load_study(SHANXI))
    for stage in (layout, measure, structure, definitions):
        found.tables |= stage.stage(found)
    return found


def test_every_county_stands_once_under_every_definition(run):
    evidence = run.frame("definition_evidence")
    counted = evidence.groupby("definition", sort=False)["place"].agg(["size", "nunique"])
    assert list(counted.index) == USED
    assert (counted == 117).all().all()
    assert len(run.frame("definitions")) == 117


def test_a_county_is_inside_a_circle_when_its_margin_is_not_negative(run):
    evidence = run.frame("definition_evidence")
    circles = evidence[evidence["definition"].str.startswith("circle")]
    assert (circles["area"].notna() == (circles["margin"] >= 0)).all()
    assert (circles["value"] + circles["margin"]).round(9).eq(60).all()


def test_the_margin_of_an_attraction_is_where_the_second_centre_wins(run):
    evidence = run.frame("definition_evidence")
    rows = evidence[evidence["definition"] == "break_point"].set_index("place")
    cores = list(run.study.spec.measure.cores)
    counties = run.frame("counties")["place"].tolist()
    minutes = run.between(run.study.scenarios["base"], counties, cores).minutes.clip(min=10)
    people = run.region.places.set_index("place")["residents"].reindex(cores).to_numpy()
    for factor, same in ((0.999, True), (1.001, False)):
        for k in range(0, len(counties), 13):
            place = counties[k]
            first = cores.index(rows.loc[place, "area"])
            moved = minutes[k].copy()
            moved[first] *= 1 + factor * rows.loc[place, "margin"]
            won = measures.field_strength(people, moved[None], exponent=2.0).strongest[0]
            assert bool(won == first) is same


def test_modelled_flows_keep_people_and_say_that_they_are_modelled(run):
    flows = flow_divisions.modelled_flows(run)
    residents = run.frame("counties")["residents"].sum()
    assert flows["commuters"].sum() == pytest.approx(residents)
    methods = run.frame("definition_methods").set_index("definition")
    for name in ("labour_market", "functional", "community"):
        assert "模型推算" in methods.loc[name, "how_zh"]
        assert "none were observed" in methods.loc[name, "how_en"]
        assert methods.loc[name, "basis"] == "modelled"


def test_what_no_table_allows_is_named_with_its_reason(run):
    methods = run.frame("definition_methods").set_index("definition")
    assert list(methods.index) == [*USED[:8], "urbanisation", *USED[8:]]
    left_out = methods["left_out_zh"] != ""
    assert methods.index[left_out].tolist() == ["urbanisation"]
    assert "measure.grids" in methods.loc["urbanisation", "left_out_zh"]


def test_agreement_is_symmetric_in_what_it_counts(run):
    frame = run.frame("definition_agreement")
    assert len(frame) == len(USED) * (len(USED) - 1) // 2
    assert frame["same_share"].between(0, 1).all()
    same = frame[(frame["first"] == "circle_2019") & (frame["second"] == "circle_2024")]
    assert same["common"].iloc[0] <= 117


def test_other_thresholds_stand_beside_those_of_the_study(run):
    frame = run.frame("labour_areas")
    (asked,) = frame[frame["asked"]].to_dict("records")
    held = run.frame("definition_evidence").query("definition == 'labour_market'")["area"]
    assert asked["areas"] == held.nunique()
    assert asked["alone"] == (held.value_counts() == 1).sum()
    assert (frame["valid"] <= frame["areas"]).all()
    assert (frame["areas"] - frame["valid"] <= frame["reserve"]).all()
    assert frame["areas"].min() < 15
    assert "111 个单独就已留住" in run.tables["labour_areas"].note_zh


def test_isochrones_have_their_area_on_the_ground_and_hold_their_core(run):
    layer = isochrones.polygons(run)
    table = run.frame("isochrones")
    spec = run.study.spec.measure
    assert len(layer) == len(table) == len(spec.cores) * len(spec.core_dates)
    globe = Geod(ellps="WGS84")
    for row, km2 in zip(layer.geometry, table["km2"], strict=True):
        area, _ = globe.geometry_area_perimeter(row)
        assert abs(area) / 1e6 == pytest.approx(km2, rel=1e-3)
    seats = run.region.places.set_index("place").geometry.reindex(layer["core"])
    assert layer.geometry.contains(seats.to_crs(layer.crs), align=False).all()
    first = table.groupby("core").head(1)
    assert first["change"].isna().all()


def test_without_core_cities_there_are_no_isochrones(run):
    spec = run.study.spec.model_copy(update={"measure": MeasureSpec()})
    bare = replace(run, study=replace(run.study, spec=spec), _kept={})
    assert isochrones.polygons(bare).empty


def test_links_that_a_scenario_adds_are_on_the_map_of_the_run(run):
    nodes = run.region.nodes["node_id"].tolist()
    link = {"from": nodes[0], "to": nodes[1], "mode": "road", "facility_type": "class_1"}
    new = {"N1": link | {"minutes": 30}}
    scenarios = {"base": Scenario(), "new": Scenario(name="new", add=new)}
    layer = geopackage.added_links(replace(run, study=replace(run.study, scenarios=scenarios)))
    assert layer[["scenario", "link_id"]].to_numpy().tolist() == [["new", "N1"]]
    at = run.region.nodes.set_index("node_id").loc[nodes[:2], ["x_coord", "y_coord"]]
    assert list(layer.geometry[0].coords) == [tuple(row) for row in at.to_numpy()]
    assert geopackage.added_links(run).empty


def test_without_the_extra_communities_are_left_out_and_said(run, monkeypatch):
    def lacking(_flows):
        raise missing_extra("communities", "communities of flows")

    monkeypatch.setattr(measures, "communities", lacking)
    found = definitions.stage(run)
    methods = found["definition_methods"].frame.set_index("definition")
    assert methods.loc["community", "left_out_zh"]
    assert "community" not in found["definitions"].frame


def test_without_the_extra_association_is_empty_and_said(run, monkeypatch):
    def lacking(*_given, **_named):
        raise missing_extra("spatial", "Moran's I")

    monkeypatch.setattr(measures, "moran", lacking)
    found = structure.stage(run)
    assert found["association"].frame.empty
    assert "Not computed" in found["association"].note_en
    assert "local_association" not in found


def test_concentration_splits_without_remainder(run):
    frame = run.frame("concentration")
    whole = frame[frame["element"] == ""].set_index(["quantity", "year"])
    parts = frame[frame["element"] != ""]
    within = (parts["share"] * parts["theil"]).groupby([parts["quantity"], parts["year"]]).sum()
    left = whole["theil"] - whole["theil_between"] - within.reindex(whole.index)
    assert left.abs().max() < 1e-12


def test_shift_share_parts_sum_to_the_change_in_both_variants(run):
    frame = run.frame("shift_share")
    parts = frame[["national", "mix", "competitive", "allocation"]].fillna(0).sum(axis=1)
    assert np.allclose(parts, frame["change"])
    assert frame["variant"].nunique() == 2


def test_a_pole_is_ranked_against_all_others(run):
    rows = run.frame("pole_profile")
    assert set(rows["place"]) == {"140106"}
    leads = rows["quotient_rank"] == 1
    assert (rows.loc[leads, "quotient"] >= rows.loc[leads, "rival_quotient"]).all()
    assert (rows.loc[~leads, "quotient"] <= rows.loc[~leads, "rival_quotient"]).all()


def test_people_in_all_circles_are_counted_once(run):
    rows = run.frame("circle_people")
    every = rows[rows["core"] == ""].set_index("date")["residents"]
    each = rows[rows["core"] != ""].groupby("date")["residents"]
    assert (every <= each.sum()).all()
    assert (every >= each.max()).all()


def test_the_report_says_everything_in_both_languages(run, tmp_path):
    write_json(tmp_path / "manifest.json", {
        "buju": "0", "study": "研究", "title_en": "Study", "year": 2020, "scenarios": [],
        "region": {}, "notes": [], "inputs": {}, "tables": write_tables(tmp_path, run.tables),
    })  # fmt: skip
    results = Results(Bundle.read(tmp_path))
    object.__setattr__(results, "layers", {"outside": pd.DataFrame(run.region.outside_places)})
    for section in (definition_block.SECTION, tier_block.SECTION, structure_block.SECTION):
        for part in section.parts:
            if "图" in part.what.zh:
                continue  # maps need the outlines that a whole run writes
            for record in part.records(results):
                if isinstance(record, TableContent):
                    assert record.rows
                    assert record.title.zh
                    assert record.title.en
                    assert record.basis in ("computed", "modelled", "observed")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("poles_of", '"140199"', "measure.poles_of: the region has nothing called '140199'"),
        ("core_projects", '{"2027-12-31": [P99]}', "nothing called 'P99'"),
        ("core_projects", '{"2026-12-31": [P01]}', "nothing called '2026-12-31'"),
        ("tier_presets", "[fing]", "tier preset 'fing' is not known"),
    ],
)
def test_names_are_checked_before_anything_is_computed(tmp_path, key, value, said):
    text = (SHANXI / "study.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.strip().startswith(f"{key}:")]
    at = lines.index("measure:")
    lines.insert(at + 1, f"  {key}: {value}")
    study = "\n".join(lines).replace("region: region/", f"region: {SHANXI / 'region'}/")
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        load_study(tmp_path)
