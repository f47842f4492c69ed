"""The section `decide`: what is appraised, what is not said, and what each part rests on."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from buju import decide
from buju.errors import StudyError
from buju.study.claims import decide as checks
from buju.study.context import Run
from buju.study.decision import decision
from buju.study.load import load_study
from buju.study.stages import decide as stage
from buju.study.stages import layout

STRIP = Path(__file__).parents[2] / "examples/strip"
# Present values are sums of some thirty products.
ROUNDED = 1e-9

ASKED = {
    "networks": ["base", "fast-line"],
    "access_to": "970100",
    "solved_again": 2,
    "horizon": 20,
    "budgets": {"none": 0, "some": 20, "ample": 60},
    "years": [2023, 2032],
    "zones": ["core", "east"],
    "sharing": [
        {"project": "P1", "parties": {"home": ["99"], "away": ["*"]}, "km": {"home": 30}},
        {
            "project": "P1",
            "parties": {"home": ["99"], "east": ["97"], "rest": ["*"]},
            "km": {"home": 30, "east": 10},
        },
    ],
    "limits": {
        "zone": "core",
        "caps": {"water": {"unit": "m3", "per_resident": 30, "per_job": 40, "more": {"far": 1e9}}},
        "cases": {"now": {"water": ""}, "far": {"water": "far"}},
    },
}


def made(folder: Path, **changes: object) -> Run:
    """The strip with a section `decide`, up to that stage."""
    target = folder / "strip"
    if not target.exists():
        shutil.copytree(STRIP, target, ignore=shutil.ignore_patterns("out", "markets*"))
        projects = target / "region/projects.csv"
        text = projects.read_text(encoding="utf-8").replace("990100;970100", "990103;970100")
        projects.write_text(text, encoding="utf-8")
    study = yaml.safe_load((target / "study.yaml").read_text(encoding="utf-8"))
    study["decide"] = {**ASKED, **changes}
    study["simulate"] = {
        "epsilon": 3.3,
        "costs": {"services_share": 0.3},
        "draws": {"count": 6, "epsilon": [3.0, 3.6]},
    }
    (target / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    run = Run(load_study(target))
    run.tables |= layout.stage(run)
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    found = made(tmp_path_factory.mktemp("strip"), draws=4)
    found.tables |= stage.stage(found)
    return found


def test_a_study_without_the_section_has_no_such_tables(run):
    spec = run.study.spec.model_copy(update={"decide": None})
    bare = run.asking(replace(run.study, spec=spec))
    assert stage.stage(bare) == {}


def test_every_row_with_a_number_of_the_model_carries_a_verdict(run):
    for name in (
        "link_values", "line_values", "link_checks", "appraisal_elements", "portfolio",
        "portfolio_summary", "portfolio_front", "portfolio_pairs", "zone_levers", "zone_flips",
        "sharing", "sharing_core", "sharing_coalitions", "limits",
    ):  # fmt: skip
        assert (run.frame(name)["verdict"] == "certified").all(), name
        table = run.tables[name]
        assert "区间" in table.note_zh or name in ("link_checks", "sharing_core"), name
    appraised = run.frame("appraisal").query("modelled")
    assert (appraised["verdict"] == "certified").all()


def test_link_values_meet_solving_again(run):
    checks_ = run.frame("link_checks")
    assert len(checks_) == 4
    assert checks_["relative_difference"].abs().max() < 1e-4
    values = run.frame("link_values")
    assert set(values["network"]) == {"base", "fast-line"}
    assert set(values.loc[values["network"] == "fast-line", "link_id"]) - set(
        values.loc[values["network"] == "base", "link_id"]
    ) == {"L17"}


def test_access_is_the_share_of_residents_whose_way_uses_a_link(run):
    rows = run.frame("link_values").query("network == 'fast-line'").set_index("link_id")
    assert rows["access"].between(0, 1 + 1e-12).all()
    assert rows.loc["L17", "access"] > 0


def test_the_appraisal_is_its_flows_by_hand(run):
    row = run.frame("appraisal").set_index("project").loc["P1"]
    works = sum(120 / 5 / 1.08**t for t in range(5))
    gains = sum(row["benefit"] / 1.08**t for t in range(5, 25))
    assert row["costs_present"] == pytest.approx(works, rel=ROUNDED)
    assert row["enpv"] == pytest.approx(gains - works, rel=1e-6)
    assert row["bcr"] == pytest.approx(gains / works, rel=1e-6)
    assert (row["base_year"], row["opened"]) == (2023, 2027)
    assert row["enpv_low"] <= row["enpv_high"]
    assert 0 <= row["enpv_positive"] <= 1
    saved = row["minutes_saved"] / 60 * 365
    home = decision(run).people[decision(run).home]
    hour = 1e8 * home["gdp"].sum() / home["jobs"].sum() / 2000
    trips = works * 1e8 / (saved * hour * sum(1.08**-t for t in range(5, 25)))
    assert row["break_even_trips"] == pytest.approx(trips, rel=1e-6)


def test_a_cost_for_a_part_counts_as_unknown(tmp_path):
    run = made(tmp_path, partial_costs=["P1"])
    row = stage.PARTS["appraisal"](run)["appraisal"].frame.set_index("project").loc["P1"]
    assert np.isnan(row["enpv"])
    assert np.isnan(row["break_even_trips"])
    assert "cost unknown" in row["note_en"]
    assert "成本不明" in row["note_zh"]
    spread = sum(1 / 5 / 1.08**t for t in range(5))
    gains = sum(row["benefit"] / 1.08**t for t in range(5, 25))
    assert row["break_even_cost"] * spread == pytest.approx(gains, rel=1e-6)
    assert row["interval"] == "none"


def test_costs_of_another_price_year_are_refused_or_converted(tmp_path):
    run = made(tmp_path)
    file = tmp_path / "strip/region/projects.csv"
    text = file.read_text(encoding="utf-8-sig").replace(",120,2020,", ",120,2015,")
    file.write_text(text, encoding="utf-8")
    run = made(tmp_path)
    with pytest.raises(StudyError, match="at prices of 2015, benefits at those of 2020"):
        stage.PARTS["appraisal"](run)
    run = made(tmp_path, price_index={2015: 100, 2020: 110})
    row = stage.PARTS["appraisal"](run)["appraisal"].frame.set_index("project").loc["P1"]
    works = sum(132 / 5 / 1.08**t for t in range(5))
    assert row["costs_present"] == pytest.approx(works, rel=ROUNDED)


def test_projects_without_links_say_so(run):
    rows = run.frame("appraisal").query("not modelled")
    assert rows["enpv"].isna().all()
    assert rows["note_en"].str.contains("not modelled").all()
    assert rows["note_zh"].str.contains("效益未计算").all()


def test_more_budget_never_lowers_the_value_and_the_full_model_checks_it(run):
    sums = run.frame("portfolio_summary")
    assert sums["value"].is_monotonic_increasing
    assert sums["value"].iloc[0] == sums["spent"].iloc[0] == 0
    assert (sums["bound"] >= sums["value"] - 1e-9).all()
    np.testing.assert_allclose(sums["error"], sums["value"] - sums["full_model"], atol=1e-9)
    # One project: pairs leave nothing out, so the check must agree.
    assert sums["error"].abs().max() < 1e-6 * max(1.0, sums["value"].abs().max())
    out = run.frame("portfolio").query("budget == 'none'").iloc[0]
    assert not out["chosen"]
    assert out["reason"]


def test_levers_compare_members_and_name_what_flips(run):
    table = run.frame("zone_levers")
    assert set(table["zones"]) == {"core", "east", "core;east"}
    assert (table["welfare"] > 0).all()
    assert (table["zone_product"] > 0).all()
    flips = run.frame("zone_flips")
    assert flips["flips"].dtype == bool
    signs = flips[flips["question"] == "sign"]
    both = np.sign(signs["with_inferred"]) != np.sign(signs["announced_only"])
    assert (signs["flips"] == both).all()


def test_sharing_adds_up(run):
    worth = run.frame("sharing_coalitions")
    for case, shares in run.frame("sharing").groupby("case"):
        mine = worth[worth["case"] == case]
        every = mine.iloc[-1]["net"]
        joint = max(0.0, every)
        assert shares["shapley"].sum() == pytest.approx(joint, abs=1e-9)
        assert shares["equal_gain"].sum() == pytest.approx(joint, abs=1e-9)
        if every > 0:
            assert shares["accrued"].sum() == pytest.approx(joint, abs=1e-6)
            assert shares["transfer_shapley"].sum() == pytest.approx(0, abs=1e-6)
    appraised = run.frame("appraisal").set_index("project").loc["P1"]
    assert worth[worth["case"] == 0].iloc[-1]["net"] == pytest.approx(appraised["enpv"], rel=1e-6)


def test_sharing_needs_a_line_and_a_cost(tmp_path):
    case = {"project": "P2", "parties": {"a": ["99"], "b": ["97"]}, "km": {"a": 1}}
    projects = pd.read_csv(STRIP / "region/projects.csv", dtype=str)
    known = list(projects["project"])
    if "P2" not in known:
        with pytest.raises(StudyError, match="nothing called 'P2'"):
            made(tmp_path, sharing=[case])
        return
    with pytest.raises(StudyError, match="nothing to share"):
        stage.PARTS["sharing"](made(tmp_path, sharing=[case]))


def test_limits_bind_or_cost_nothing(run):
    table = run.frame("limits").set_index("case")
    assert table.loc["now", "binds"]
    assert table.loc["now", "price"] > 0
    assert table.loc["now", "use"] == pytest.approx(table.loc["now", "most"], rel=1e-7)
    assert not table.loc["far", "binds"]
    assert table.loc["far", "price"] == 0
    assert table.loc["far", "zone_residents"] == pytest.approx(
        table.loc["far", "zone_residents_free"], abs=1e-9
    )
    assert table["residual"].max() <= 1e-8


def test_a_rate_of_use_must_be_known(tmp_path):
    limits = {**ASKED["limits"], "caps": {"water": {"unit": "m3", "per_resident": "no_such"}}}
    limits["cases"] = {"now": {"water": ""}}
    with pytest.raises(StudyError, match="no indicator 'no_such'"):
        stage.PARTS["limits"](made(tmp_path, limits=limits))


def test_intervals_come_from_the_first_draws_or_are_said_to_be_absent(run, tmp_path):
    row = run.frame("appraisal").set_index("project").loc["P1"]
    assert row["benefit_low"] <= row["benefit_high"]
    assert row["interval"] == "draws"
    assert "前 4 次抽样" in run.tables["appraisal"].note_zh
    bare = made(tmp_path)
    found = stage.PARTS["appraisal"](bare)["appraisal"]
    assert found.frame.set_index("project").loc["P1", "interval"] == "none"
    assert "no interval" in found.note_en


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"zones": ["cor"]}, "nothing called 'cor'. Did you mean 'core'"),
        ({"networks": ["fastline"]}, "Did you mean 'fast-line'"),
        ({"access_to": "nowhere"}, "decide.access_to"),
        ({"partial_costs": ["P9"]}, "decide.partial_costs or assumed_costs"),
    ],
)
def test_unknown_names_are_refused_before_anything_is_computed(tmp_path, changes, words):
    with pytest.raises(StudyError) as refused:
        made(tmp_path, **changes)
    assert words in str(refused.value)


def test_claims_are_decided_by_the_tables(run):
    pull = checks.zones_pull(run, zones=["core", "east"])
    row = run.frame("zone_levers").query("zones == 'core;east'").iloc[0]
    signs = {row["rest_product"] > 0, row["welfare_rest"] > 0}
    unsure = "uncertain" in (row["rest_product_direction"], row["welfare_rest_direction"])
    expected = "no data" if unsure or len(signs) > 1 else "supported"
    assert pull.verdict == (expected if expected == "no data" or True in signs else "contradicted")
    assert checks.supply_loosens(run, cap="water", now="now", more="far").verdict == "no data"
    assert checks.supply_loosens(run, cap="water", now="now", more="far").value > 0
    assert checks.costs_shared(run, case=0).verdict == "no data"
    assert checks.pole_pulls(run, place="990103").value != 0
    with pytest.raises(StudyError, match="which the economy does not have"):
        checks.pole_pulls(run, place="nowhere")


def test_claims_without_the_section_have_no_data(run):
    spec = run.study.spec.model_copy(update={"decide": None})
    bare = run.asking(replace(run.study, spec=spec))
    bare.tables.clear()
    bare.tables |= layout.stage(bare)
    assert checks.zones_pull(bare, zones=["core"]).verdict == "no data"
    assert checks.pole_pulls(bare, place="990103").verdict == "no data"
    assert checks.supply_loosens(bare, cap="a", now="b", more="c").verdict == "no data"
    assert checks.costs_shared(bare, case=0).verdict == "no data"


def test_workers_change_no_number(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    alone = made(tmp_path, draws=3)
    several = made(tmp_path, draws=3)
    with ThreadPoolExecutor(2) as executor:
        several.executor = executor
        one, two = (stage.PARTS["appraisal"](r)["appraisal"].frame for r in (alone, several))
    pd.testing.assert_frame_equal(one, two)


def test_times_taken_from_elsewhere_must_be_of_its_places(run):
    economy, network = decision(run).network_economy(run.study.scenarios["base"])
    table = economy.minutes(network, "all")
    with pytest.raises(decide_error(), match="rows and columns"):
        economy.know(network, "all", table.iloc[:, ::-1])


def decide_error() -> type[Exception]:
    from buju.errors import ParameterError

    return ParameterError


def test_the_room_offers_what_the_stage_uses():
    assert {"limited", "Cap", "share", "appraise", "select"} <= set(decide.__all__)
