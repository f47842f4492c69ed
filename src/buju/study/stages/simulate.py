"""Stage `simulate`: calibrate the economy on the base network, solve every scenario, certify."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju import simulate
from buju.simulate.regional import MODELLED
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.draws import Draws, draw
from buju.study.economy import economy
from buju.study.model import SimulateSpec
from buju.study.parameters import parameter_rows
from buju.study.stages import effects
from buju.study.world import World, calibrate, zone_hats

_SCALED = (
    "就业不是人数：由分行业就业样本的份额推算，并在各地级市内折算到常住人口的总数，"
    "只表示就业在哪里，一县可大于其常住人口；",
    "Jobs are no count of persons: shares of the sampled employed, scaled within each prefecture "
    "to the sum of residents. They say where work is; a county's may exceed its residents.",
)
_GIVEN = (
    "区域内各县就业为地点表所填人数，区域外按区域的就业与人口之比；",
    "Jobs of the counties are those given in places; outside places have the region's ratio to "
    "residents.",
)
Solved = dict[str, simulate.Equilibrium]


def stage(run: Run) -> dict[str, Table]:
    """Tables `baseline`, `effects`, `group_effects`, `variants`, `beside`, `certificates`, …"""
    spec = run.study.spec.simulate
    people = economy(run)
    world = calibrate(run, spec, people, run.study.scenarios["base"])
    solved = _solve_all(run, world)
    drawn = draw(run, list(solved))
    run.tables["baseline"] = baseline(people, world)
    changes = effects.effects(people, solved, drawn, spec.draws)
    return {
        "baseline": run.tables["baseline"],
        "effects": changes,
        "group_effects": effects.group_effects(run, changes.frame, drawn, spec.draws),
        "variants": _variants(run, people, solved),
        "beside": effects.beside(run, changes.frame, drawn, spec.draws),
        "certificates": effects.certificates(solved, drawn, spec.draws),
        "parameters": _parameters(run),
        "draws": _draws(drawn),
    }


def _solve_all(run: Run, world: World) -> Solved:
    names = [name for name in run.study.scenarios if name != "base"]
    return {name: solve(run, world, name) for name in names}


def solve(run: Run, world: World, name: str) -> simulate.Equilibrium:
    """One scenario's certified equilibrium, as the study asks for it."""
    asked, hats = run.study.spec.simulate, zone_hats(run, name, world.places)
    return world.solve(
        run, run.study.scenarios[name], hats, numeraire=asked.numeraire, starts=asked.starts
    )


def variant_specs(spec: SimulateSpec) -> dict[str, tuple[str, str, SimulateSpec]]:
    """Other ways to build the same model, by name: title in Chinese, in English, settings."""
    found = {}
    if spec.mobility == "registered":
        free = spec.model_copy(update={"mobility": "free"})
        found["free-mobility"] = ("自由迁移（不分户籍地）", "free mobility", free)
    if spec.costs.services_share:
        without = spec.costs.model_copy(update={"services_share": 0.0})
        alone = spec.model_copy(update={"costs": without})
        found["no-services"] = (
            "只经通勤（不含服务贸易）",
            "commuting only, no services trade",
            alone,
        )
    return found


def _variants(run: Run, people: pd.DataFrame, solved: Solved) -> Table:
    """The elements' change under the study's settings and under each variant."""
    answers = {"study": ("本研究设定", "as the study says", solved)}
    for name, (zh, en, spec) in variant_specs(run.study.spec.simulate).items():
        world = calibrate(run, spec, people, run.study.scenarios["base"])
        answers[name] = (zh, en, _solve_all(run, world))
    rows = []
    for name, (zh, en, found) in answers.items():
        for scenario, equilibrium in found.items():
            row: dict[str, object] = {
                "variant": name,
                "variant_zh": zh,
                "variant_en": en,
                "scenario": scenario,
            }
            row |= {"welfare_change": equilibrium.welfare - 1, "verdict": equilibrium.verdict}
            for group in run.region.place_groups["group"]:
                members = run.region.members(group).set_index("place")["weight"]
                weight = people["place"].map(members).fillna(0.0).to_numpy()
                change = {
                    f"{what}_change": _mean_change(people[what], weight, getattr(equilibrium, what))
                    for what in ("residents", "jobs")
                }
                rows.append(row | {"group": group} | change)
    columns = ["variant", "variant_zh", "variant_en", "scenario", "welfare_change", "verdict"]
    return Table(
        pd.DataFrame(rows, columns=[*columns, "group", "residents_change", "jobs_change"]),
        "不同设定下布局要素的变化",
        "Change of the elements under other settings of the model",
        {"welfare_change": "share", "residents_change": "share", "jobs_change": "share"},
        basis="modelled",
        note_zh=effects.LONG_RUN_ZH + "各设定只求点值，不抽样；本研究设定的区间见按要素的变化。",
        note_en=effects.LONG_RUN_EN + " One answer for each setting, not drawn; the interval of "
        "the study's own stands in the table by element.",
    )


def _mean_change(level: pd.Series, weight: np.ndarray, hat: np.ndarray) -> float:
    whole = float((level * weight).sum())
    return float((level * weight * (hat - 1)).sum()) / whole if whole else np.nan


def baseline(people: pd.DataFrame, world: World) -> Table:
    """People, jobs and income of every place, and the share that works elsewhere."""
    flows = np.asarray(world.prepared.baseline.commuting)
    stay = flows.diagonal() / flows.sum(axis=1)
    modelled = (people["jobs_basis"] == MODELLED).any()
    how_zh, how_en = _SCALED if modelled else _GIVEN
    return Table(
        people.assign(wage=1e4 * people["gdp"] / people["jobs"], commuters_out=1 - stay),
        "均衡基准：人口、就业与收入",
        "Baseline of the equilibrium: people, jobs and income",
        {
            "residents": "person",
            "jobs": "person",
            "gdp": "1e8 CNY",
            "wage": "1e4 CNY per job",
            "commuters_out": "share",
        },
        basis="modelled",
        note_zh=how_zh + "通勤与贸易流为模型推算；依据见就业依据与生产总值依据两列。",
        note_en=how_en + " Commuting and trade flows are modelled; the columns of basis say what "
        "is not observed.",
    )


def _parameters(run: Run) -> Table:
    return Table(
        parameter_rows(run.study.spec.simulate),
        "参数、来源与抽样区间",
        "Parameters, their sources and the ranges drawn from",
        note_zh="参数取自文献，未用本区域数据估计；抽样区间是围绕文献值选定的，不是置信区间。",
        note_en="Parameters come from the literature, not estimated on this region; ranges are "
        "chosen round the published values and are no confidence intervals.",
    )


def _draws(drawn: Draws) -> Table:
    frame = drawn.parameters.copy()
    for scenario, welfare in drawn.welfare.items():
        frame[f"welfare_{scenario}"] = welfare - 1
    frame.insert(0, "draw", np.arange(len(frame)))
    return Table(
        frame,
        "抽样的参数",
        "Parameters drawn",
        {column: "share" for column in frame.columns if column.startswith("welfare_")},
        basis="modelled",
    )
