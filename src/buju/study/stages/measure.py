"""Stage `measure`: access, circles, attraction, specialisation, city sizes, ten years of change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju import measure
from buju.errors import ParameterError
from buju.measure import decay
from buju.network import LabelledMatrix, Scenario
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.stages.change import change_tables
from buju.study.stages.isochrones import isochrone_table

FEW_CITIES = 8
"""Cities below which the standard error, z sqrt(2 / n), exceeds half of the exponent."""


def stage(run: Run) -> dict[str, Table]:
    """Tables `access`, `circles`, `circle_plan`, `attraction`, `specialisation` and others."""
    tables = {"access": _access(run)}
    tables |= run.attempt("rank_size", lambda: _rank_size(run))
    if run.study.spec.measure.cores:
        tables["circles"] = _circles(run)
        tables |= run.attempt("attraction", lambda: _attraction(run))
        tables["circle_people"] = _circle_people(run, tables["circles"].frame)
        tables["circle_plan"] = _circle_plan(run)
        tables["isochrones"] = isochrone_table(run)
    if not _employment(run).empty:
        tables |= run.attempt("specialisation", lambda: _specialisation(run))
    return tables | change_tables(run)


def _employment(run: Run) -> pd.DataFrame:
    """Jobs of the study's counties by sector in its year."""
    jobs, counties = run.region.employment, run.frame("counties")["place"]
    return jobs[(jobs["year"] == run.study.spec.year) & jobs["place"].isin(counties)]


def _everyone(run: Run, labels: list[str]) -> pd.Series:
    places = pd.concat([run.region.places, run.region.outside_places], ignore_index=True)
    return places.set_index("place")["residents"].reindex(labels)


def _access(run: Run) -> Table:
    asked = run.study.spec.measure
    fall = decay.Logistic(median=asked.access_median_minutes, sd=asked.access_median_minutes / 3)
    hour = decay.Cumulative(60.0)
    frames = []
    for name, scenario in run.study.scenarios.items():
        matrix = run.minutes(scenario)
        residents = _everyone(run, matrix.labels).to_numpy()
        frame = pd.DataFrame(
            {
                "scenario": name,
                "place": matrix.labels,
                "potential": measure.accessibility(matrix.minutes, residents, fall),
                "within_hour": measure.accessibility(matrix.minutes, residents, hour),
                "mean_minutes": measure.weighted_mean_time(matrix.minutes, residents),
            }
        )
        frames.append(frame[frame["place"].isin(run.frame("counties")["place"])])
    table = pd.concat(frames, ignore_index=True)
    base = table[table["scenario"] == "base"].set_index("place")["potential"]
    table["change"] = table["potential"] / table["place"].map(base) - 1
    return Table(
        table,
        "可达性",
        "Accessibility",
        {
            "potential": "person",
            "within_hour": "person",
            "mean_minutes": "min",
            "change": "share",
        },
        basis="modelled",
        note_zh=f"potential：按 Logistic 衰减（中位 {asked.access_median_minutes:g} 分钟）"
        "加权的可达人口，含区域外城市；mean_minutes：加权平均旅行时间。",
        note_en=f"`potential`: residents weighted by a logistic decay with median "
        f"{asked.access_median_minutes:g} min, outside cities included.",
    )


def _to_cores(run: Run, scenario: Scenario) -> LabelledMatrix:
    counties = run.frame("counties")["place"].tolist()
    return run.between(scenario, counties, list(run.study.spec.measure.cores))


def _circles(run: Run) -> Table:
    limit = run.study.spec.measure.circle_minutes
    frames = []
    for date in run.study.spec.measure.core_dates or (run.study.scenarios["base"].date,):
        built = run.study.spec.measure.core_projects.get(date, ())
        found = _circle(run, run.dated(date, built))
        frames.append(found.assign(date=date, projects=";".join(built)))
    return Table(
        pd.concat(frames, ignore_index=True),
        f"核心城市 {limit:g} 分钟圈",
        f"Circles of {limit:g} minutes round the core cities",
        {"minutes": "min", "margin": "min"},
        basis="modelled",
        note_zh="起讫点为政府驻地，公路与客运铁路门到门最短时间；margin 为距界限的余量。",
        note_en="Seat to seat, door to door by road and rail; `margin` is what would flip a place.",
    )


def _circle_people(run: Run, circles: pd.DataFrame) -> Table:
    """Counties and people within the limit of each core, date by date, and of all of them."""
    people = run.frame("counties").set_index("place")["residents"]
    inside = circles[circles["inside"]]
    inside = inside.assign(residents=inside["place"].map(people))
    every = inside.drop_duplicates(["date", "place"]).assign(core="")
    counted = (
        pd.concat([inside, every]).groupby(["core", "date"])["residents"].agg(["count", "sum"])
    )
    cores = [*run.study.spec.measure.cores, ""]
    dates = list(dict.fromkeys(circles["date"]))
    rows = pd.MultiIndex.from_product([cores, dates], names=["core", "date"])
    frame = counted.reindex(rows, fill_value=0).reset_index()
    frame = frame.rename(columns={"count": "counties", "sum": "residents"})
    frame["change"] = frame.groupby("core")["residents"].diff()
    frame["share"] = frame["residents"] / people.sum()
    built = circles.drop_duplicates("date").set_index("date")["projects"]
    frame["projects"] = frame["date"].map(built)
    return Table(
        frame,
        "各核心城市时间圈内的县与常住人口",
        "Counties and residents within the time limit of each core city",
        {"counties": "count", "residents": "person", "change": "person", "share": "share"},
        basis="modelled",
        note_zh=f"人口为 {run.study.spec.year} 年，各日期不变，变化只来自路网；整县计入；"
        "各圈合并时不重复计。",
        note_en=f"Residents of {run.study.spec.year} at every date, so that only the network "
        "changes; whole counties; all circles together count each county once.",
    )


def _circle(run: Run, scenario: Scenario) -> pd.DataFrame:
    matrix = _to_cores(run, scenario)
    return measure.circle(
        matrix.minutes,
        list(run.study.spec.measure.cores),
        labels=list(matrix.rows),
        limit=run.study.spec.measure.circle_minutes,
    )


def _circle_plan(run: Run) -> Table:
    """Counties by the circle they fall in and by the element of the plan with that core."""
    region = run.region
    cores = set(run.study.spec.measure.cores)
    elements = region.place_groups
    elements = elements[elements["kind"].isin(["cluster", "circle"]) & elements["core"].isin(cores)]
    plan = pd.concat(
        [region.members(group).assign(group=group) for group in elements["group"]]
        or [pd.DataFrame(columns=["place", "group"])],
        ignore_index=True,
    )[["group", "place"]]
    core_of = dict(zip(elements["group"], elements["core"], strict=True))
    found = measure.circle_table(_circle(run, run.study.scenarios["base"]), plan, cores=core_of)
    return Table(
        found,
        "按时间计算的圈与布局公布的圈",
        "Circles by the numbers beside circles by the plan",
        {"minutes": "min", "margin": "min"},
        basis="modelled",
        note_zh="按时间：到该要素核心城市的时间在界限之内；按布局：该要素的成员。",
        note_en="`by_numbers`: within the limit of the element's core; `by_plan`: member of it.",
    )


def _attraction(run: Run) -> Table:
    matrix = _to_cores(run, run.study.scenarios["base"])
    cores = list(run.study.spec.measure.cores)
    places = run.region.places.set_index("place").reindex(cores)
    pull = measure.mass(places["residents"].to_numpy(), places["gdp"].to_numpy())
    exponent = run.study.spec.measure.attraction_exponent
    field = measure.field_strength(pull, matrix.minutes, exponent=exponent, floor=10.0)
    share = field.strength / field.strength.sum(axis=1, keepdims=True)
    order = np.argsort(-share, axis=1, kind="stable")
    rows = np.arange(len(order))
    frame = pd.DataFrame(
        {
            "place": list(matrix.rows),
            "centre": np.asarray(cores)[order[:, 0]],
            "share": share[rows, order[:, 0]],
            "second": np.asarray(cores)[order[:, 1]] if len(cores) > 1 else "",
            "second_share": share[rows, order[:, 1]] if len(cores) > 1 else np.nan,
        }
    )
    return Table(
        frame,
        "城市场强：各县受哪个核心城市吸引最强",
        "Urban field: which core city pulls each county most",
        {"share": "share", "second_share": "share"},
        basis="modelled",
        note_zh=f"质量为 √(人口×生产总值)，距离为分钟，指数 {exponent:g}，"
        "10 分钟以内按 10 分钟计。",
        note_en=f"Mass √(residents × GDP), distance in minutes, exponent {exponent:g}, floor 10.",
    )


def _specialisation(run: Run) -> Table:
    jobs = _employment(run)
    table = measure.location_quotient(jobs[["place", "sector", "jobs"]])
    total = jobs.groupby("place")["jobs"].transform("sum")
    table = table.assign(jobs=jobs["jobs"].to_numpy(), share=(jobs["jobs"] / total).to_numpy())
    names = run.region.sectors.set_index("sector")
    for language in ("zh", "en"):
        table[f"sector_{language}"] = table["sector"].map(names[f"name_{language}"])
    return Table(
        table.reset_index(drop=True),
        "区位商",
        "Location quotients",
        {"quotient": "ratio", "jobs": "person (sample)", "share": "share"},
        note_zh="普查长表样本（约十分之一），按居住地；参照区为全部县合计。",
        note_en="Census long-form sample, about one in ten, by residence; reference: all counties.",
    )


def _rank_size(run: Run) -> Table:
    places = run.region.places
    prefectures = places[places["level"] == "prefecture"]
    if len(prefectures) < FEW_CITIES:
        raise ParameterError(
            f"the region has {len(prefectures)} prefectures; below {FEW_CITIES} the error of the "
            "exponent exceeds half of it, so that no figure is given",
            f"区域只有 {len(prefectures)} 个地级市；少于 {FEW_CITIES} 个时，指数的误差超过其一半，"
            "不列出数值",
        )
    found = measure.rank_size(prefectures["residents"].to_numpy())
    row = {
        "cities": len(prefectures),
        "exponent": found.exponent,
        "se": found.standard_error,
        "primacy": measure.primacy(prefectures["residents"].to_numpy()),
        "note_zh": found.note_zh,
        "note_en": found.note,
    }
    return Table(
        pd.DataFrame([row]),
        "位序—规模与首位度（地级市常住人口）",
        "Rank-size exponent and primacy, prefectures",
        {"exponent": "", "se": "", "primacy": "ratio"},
        note_zh="样本少时标准误很大，不宜据此判断齐普夫律。",
        note_en="With few cities the standard error is large; do not read Zipf's law into it.",
    )
