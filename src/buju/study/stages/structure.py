"""Stage `structure`: who complements whom, who leads in what, how concentrated, near what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju import measure
from buju.errors import MissingExtra, ParameterError
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.stages.concentration import concentration
from buju.study.stages.near import contiguity, nearness, neighbours
from buju.study.stages.tiers import tier_tables

FEW_JOBS = 100
"""Sampled jobs below which a quotient says little."""
ENOUGH_COUNTIES = 6
"""Six can be arranged in 720 ways; with fewer, 999 permutations repeat themselves."""
_SAMPLE_ZH = "普查长表样本（约十分之一），按居住地。"
_SAMPLE_EN = "Census long-form sample, about one in ten, by residence."


def stage(run: Run) -> dict[str, Table]:
    """Tables `complementarity`, `core_poles`, `concentration`, `association`, `neighbours`, …"""
    tables = {"concentration": concentration(run)}
    tables |= tier_tables(run)
    jobs = county_jobs(run, run.study.spec.year)
    if not jobs.empty:
        tables |= _by_sector(run, jobs)
    beside = neighbours(run)
    if beside is not None:
        tables["neighbours"] = run.tables["neighbours"] = beside
    return tables | _association(run)


def _by_sector(run: Run, jobs: pd.DataFrame) -> dict[str, Table]:
    """What the sampled jobs by sector allow."""
    tables: dict[str, Table] = {}
    if run.frame("counties")["prefecture"].nunique() > 1:
        tables |= run.attempt("complementarity", lambda: _complementarity(run, jobs))
    if "specialisation" in run.tables:
        tables |= run.attempt("core_poles", lambda: _core_poles(run))
        place = run.study.spec.measure.poles_of
        if place is not None:
            tables |= run.attempt("pole_profile", lambda: _pole_profile(run, place))
    first = county_jobs(run, run.study.spec.measure.first_year)
    if not first.empty:
        tables |= run.attempt("shift_share", lambda: _shift_share(run, first, jobs))
    return tables


def county_jobs(run: Run, year: int) -> pd.DataFrame:
    """Sampled jobs of the counties by sector in a year, with their prefecture."""
    table, counties = run.region.employment, run.frame("counties").set_index("place")
    chosen = table[(table["year"] == year) & table["place"].isin(counties.index)]
    return chosen[["place", "sector", "jobs"]].assign(
        prefecture=chosen["place"].map(counties["prefecture"])
    )


def _by_city(jobs: pd.DataFrame) -> pd.DataFrame:
    summed = jobs.groupby(["prefecture", "sector"], sort=False)["jobs"].sum().reset_index()
    return summed.rename(columns={"prefecture": "place"})


def _complementarity(run: Run, jobs: pd.DataFrame) -> Table:
    frame = measure.complementarity(_by_city(jobs))
    _name_sectors(run, frame, "gives", "takes")
    sectors = jobs["sector"].nunique()
    return Table(
        frame,
        "城市间的产业相似与互补（错位协同）",
        "Alike or complementary: pairs of cities by the make-up of their jobs",
        {"similarity": "", "krugman": "", "complementarity": ""},
        note_zh=f"地级市合计，{sectors} 个行业门类；{_SAMPLE_ZH}互补：一方多出而"
        "另一方缺少的就业占可能最大值的比例；不表示两地有贸易。门类少则相似系数偏高，只宜相互比较。",
        note_en=f"Prefectures, {sectors} sectors. {_SAMPLE_EN} Complementarity: jobs one has in "
        "excess and the other lacks, over the most possible; no trade was observed. Few sectors "
        "make the cosine high: compare pairs with each other only.",
    )


def _name_sectors(run: Run, frame: pd.DataFrame, *columns: str) -> None:
    names = run.region.sectors.set_index("sector")
    for column in columns:
        for language in ("zh", "en"):
            frame[f"{column}_{language}"] = frame[column].map(names[f"name_{language}"])


def _core_poles(run: Run) -> Table:
    """The leading county in each sector among those with enough sampled jobs in it."""
    found = run.frame("specialisation")
    enough = found[found["jobs"] >= FEW_JOBS]
    frame = measure.core_poles(enough[["place", "sector", "quotient"]])
    jobs = found.set_index(["place", "sector"])["jobs"]
    frame["jobs"] = jobs.reindex(pd.MultiIndex.from_frame(frame[["place", "sector"]])).to_numpy()
    _name_sectors(run, frame, "sector")
    return Table(
        frame,
        "各行业的核心极：区位商最高的县",
        "Core poles: the county that leads in each sector",
        {
            "quotient": "ratio",
            "rival_quotient": "ratio",
            "lead": "ratio",
            "jobs": "person (sample)",
        },
        note_zh=f"只比较该行业样本就业不少于 {FEW_JOBS} 人的县；{_SAMPLE_ZH}",
        note_en=f"Counties with {FEW_JOBS} or more sampled jobs in the sector. {_SAMPLE_EN}",
    )


def _pole_profile(run: Run, place: str) -> Table:
    """One place's sectors against all other counties."""
    found = run.frame("specialisation")
    ranks = found.groupby("sector")[["quotient", "jobs"]].rank(ascending=False, method="min")
    found = found.assign(quotient_rank=ranks["quotient"], jobs_rank=ranks["jobs"])
    found["of_region"] = found["jobs"] / found.groupby("sector")["jobs"].transform("sum")
    ordered = found.sort_values("quotient", ascending=False, kind="stable")
    best = ordered[ordered["place"] != place].drop_duplicates("sector").set_index("sector")
    rows = found[found["place"] == place].copy()
    rows["rival"] = rows["sector"].map(best["place"])
    rows["rival_quotient"] = rows["sector"].map(best["quotient"])
    rows["few"] = rows["jobs"] < FEW_JOBS
    rows = rows.sort_values("quotient", ascending=False).reset_index(drop=True)
    names = run.frame("counties").set_index("place")
    zh, en = names.loc[place, "name_zh"], names.loc[place, "name_en"]
    others = len(names) - 1
    return Table(
        rows,
        f"{zh}各行业与其余 {others} 个县的比较",
        f"{en} against the other {others} counties, sector by sector",
        {
            "quotient": "ratio",
            "jobs": "person (sample)",
            "share": "share",
            "of_region": "share",
            "rival_quotient": "ratio",
        },
        note_zh=f"名次在全部 {others + 1} 个县中；样本过少指样本不足 {FEW_JOBS} 人，"
        f"名次不可靠；{_SAMPLE_ZH}",
        note_en=f"Ranks among all {others + 1} counties; few: under {FEW_JOBS} sampled jobs, the "
        f"rank is loose. {_SAMPLE_EN}",
    )


def _shift_share(run: Run, first: pd.DataFrame, last: pd.DataFrame) -> Table:
    """Both variants by city; sectors without jobs somewhere at first are left out, and named."""
    one, two = _by_city(first), _by_city(last)
    wide = one.pivot(index="place", columns="sector", values="jobs")
    common = [s for s in wide if (wide[s] > 0).all() and s in set(two["sector"])]
    one, two = (t[t["sector"].isin(common)] for t in (one, two))
    left = sorted((set(first["sector"]) | set(last["sector"])) - set(common))
    frames = []
    for variant in ("classical", "esteban-marquillas"):
        parts = measure.shift_share(one, two, variant=variant)
        columns = ["first", "last", "change", "national", "mix", "competitive"]
        columns += ["allocation"] if "allocation" in parts else []
        summed = parts.groupby("place", sort=False)[columns].sum().reset_index()
        frames.append(summed.assign(variant=variant))
    frame = pd.concat(frames, ignore_index=True)
    frame["first_year"], frame["last_year"] = (
        run.study.spec.measure.first_year,
        run.study.spec.year,
    )
    names = run.region.sectors.set_index("sector")
    said_zh = "、".join(names["name_zh"].reindex(left)) or "无"
    said_en = ", ".join(names["name_en"].reindex(left)) or "none"
    person = ("first", "last", "change", "national", "mix", "competitive", "allocation")
    return Table(
        frame,
        "就业变化的偏离—份额分解",
        "Shift-share of the change of sampled jobs",
        dict.fromkeys(person, "person (sample)"),
        note_zh=f"{_SAMPLE_ZH}两次样本的规模不同，总量变化含抽样率之差，只宜看构成；"
        f"期初有城市无就业的行业未列入：{said_zh}。分解是算术，不是原因。",
        note_en=f"{_SAMPLE_EN} The two samples differ in size, so totals mix growth with the "
        f"sampling rate; read the parts. Left out, without jobs somewhere at first: "
        f"{said_en}. Arithmetic, no causes.",
    )


def _association(run: Run) -> dict[str, Table]:
    """Moran's I and local clusters of density and growth; left out where that cannot be done."""
    counties = run.frame("counties")
    if len(counties) < ENOUGH_COUNTIES:
        for name in ("association", "local_association"):
            run.leave_out(
                name,
                f"只有 {len(counties)} 个县，少于 {ENOUGH_COUNTIES} 个时无法做置换检验",
                f"{len(counties)} counties; a permutation test needs {ENOUGH_COUNTIES} or more",
            )
        return {}
    values = {"density": np.log(counties["residents"] / counties["area_km2"]).to_numpy()}
    if "county_shift" in run.tables:
        values["growth"] = run.frame("county_shift")["growth"].to_numpy()
    touching = contiguity(run)
    weights = {"time": nearness(run)} | ({} if touching is None else {"contiguity": touching})
    rows, local = [], counties[["place"]].copy()
    lack: dict[str, str] = {}
    for what, x in values.items():
        for how, w in weights.items():
            try:
                found = measure.moran(x, w)
            except (MissingExtra, ParameterError) as error:
                lack[error.english] = error.chinese
                continue
            rows.append({"what": what, "weights": how, "moran": found.value, "p": found.p})
        if touching is not None and not lack:
            kinds = measure.local_association(x, touching)
            local[f"{what}_kind"], local[f"{what}_p"] = kinds["kind"], kinds["p"]
    frame = pd.DataFrame(rows, columns=["what", "weights", "moran", "p"])
    note_zh = "density 为人口密度的对数，growth 为两次普查间的变化率；time：exp(−分钟/60)，"
    note_zh += "contiguity：共边或共点；p 为 999 次置换的单侧值。"
    note_en = "`density`: log residents per km²; `growth` between the censuses; `time`: "
    note_en += "exp(-minutes / 60), `contiguity`: shared border or corner; one-sided p, 999 draws."
    if lack:
        said_zh, said_en = "；".join(lack.values()), "; ".join(lack)
        note_zh, note_en = (
            f"有未计算的：{said_zh}。{note_zh}",
            f"Not computed: {said_en}. {note_en}",
        )
        run.leave_out("local_association", said_zh, said_en)
    tables = {
        "association": Table(
            frame, "空间自相关（莫兰指数）", "Moran's I", {}, "computed", note_zh, note_en
        )
    }
    if len(local.columns) > 1:
        tables["local_association"] = Table(
            local,
            "局部空间自相关",
            "Local clusters",
            {},
            "computed",
            "共边或共点；多重检验按 Benjamini–Hochberg 校正，none 为不显著。",
            "Contiguity; p corrected by Benjamini and Hochberg; `none` where not significant.",
        )
    return tables
