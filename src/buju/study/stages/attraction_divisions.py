"""The region divided by laws of attraction: field, Huff, break points, gravity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju import measure
from buju.study.context import Run
from buju.study.stages.divisions import Division, names_of

Array = npt.NDArray[np.float64]
FLOOR = 10.0
"""Minutes that count at least in laws of attraction: a core city's own district is not at 0."""


def attractions(run: Run) -> Iterator[Division]:
    """Field strength, Huff's probabilities and Reilly's break points among the core cities."""
    cores = list(run.study.spec.measure.cores)
    counties = run.frame("counties")["place"].tolist()
    matrix = run.between(run.study.scenarios["base"], counties, cores)
    minutes = np.maximum(matrix.minutes, FLOOR)
    seats = run.region.places.set_index("place").reindex(cores)
    people = seats["residents"].to_numpy(dtype=np.float64)
    exponent = run.study.spec.measure.attraction_exponent
    if seats["gdp"].notna().all():
        pull = measure.mass(people, seats["gdp"].to_numpy(dtype=np.float64))
        field_ = measure.field_strength(pull, minutes, exponent=exponent).strength
        yield _attraction(
            run,
            "field",
            ("城市场强", "Urban field"),
            (
                f"质量 √(人口×生产总值)，指数 {exponent:g}，不足 {FLOOR:g} 分钟按 {FLOOR:g} 计",
                f"mass √(residents × GDP), exponent {exponent:g}, floor {FLOOR:g} min",
            ),
            "Stewart (1948)",
            field_,
            exponent,
        )
    services = _service_jobs(run, cores)
    if services is not None and (services > 0).all():
        yield _attraction(
            run,
            "huff",
            ("哈夫概率", "Huff"),
            (
                "吸引力为核心市全市第三产业就业（普查样本），时间指数 2；取概率最大者",
                "attraction: the core prefecture's jobs in services (census sample), exponent 2; "
                "most likely destination",
            ),
            "Huff (1964)",
            measure.huff(services, minutes),
            2.0,
        )
    yield _attraction(
        run,
        "break_point",
        ("断裂点", "Break points"),
        (
            "雷利—康弗斯：人口除以时间的平方；断裂点上两城吸引力相等",
            "Reilly and Converse: residents over time squared; two cities pull alike at the break",
        ),
        "Converse (1949)",
        measure.field_strength(people, minutes, exponent=2.0).strength,
        2.0,
    )


def _attraction(
    run: Run,
    name: str,
    titles: tuple[str, str],
    how: tuple[str, str],
    reference: str,
    strength: Array,
    exponent: float,
) -> Division:
    cores = np.asarray(run.study.spec.measure.cores)
    order = np.argsort(-strength, axis=1, kind="stable")
    rows = np.arange(len(order))
    first = strength[rows, order[:, 0]]
    alone = len(cores) < 2
    second = np.zeros(len(order)) if alone else strength[rows, order[:, 1]]
    with np.errstate(divide="ignore"):
        margin = (first / second) ** (1 / exponent) - 1
    names = names_of(run)
    to = cores[order[:, 0]] if alone else cores[order[:, 1]]
    words = [
        (
            f"到{names[a][0]}的时间增至 {1 + m:.2f} 倍，则改属{names[b][0]}",
            f"goes to {names[b][1]} when {names[a][1]} is {1 + m:.2f} times as far",
        )
        if np.isfinite(m)
        else ("没有其他中心", "no other centre")
        for a, b, m in zip(cores[order[:, 0]], to, margin, strict=True)
    ]
    area = pd.array(cores[order[:, 0]], dtype="str")
    frame = pd.DataFrame(
        {
            "place": run.frame("counties")["place"].to_numpy(),
            "area": pd.Series(area).where(first > 0),
            "areas": pd.Series(area).where(first > 0).fillna(""),
            "value": first / np.where(strength.sum(axis=1) > 0, strength.sum(axis=1), np.nan),
            "margin": margin,
            "flip_zh": [zh for zh, _ in words],
            "flip_en": [en for _, en in words],
        }
    )
    return Division(name, *titles, *how, reference, "modelled", "share", frame)


def _service_jobs(run: Run, cores: Sequence[str]) -> Array | None:
    """Sampled jobs in services of each core's prefecture; None where they are not in the tables."""
    jobs = run.region.employment
    jobs = jobs[jobs["year"] == run.study.spec.year]
    services = run.region.sectors.query("kind == 'tertiary'")["sector"]
    chosen = jobs[jobs["sector"].isin(services)].groupby("place")["jobs"].sum()
    counties = run.frame("counties")
    total = counties["place"].map(chosen).groupby(counties["prefecture"]).sum(min_count=1)
    found = total.reindex(list(cores)).to_numpy(dtype=np.float64)
    return None if np.isnan(found).any() else found


def gravity(run: Run) -> Division | None:
    """Nodal areas of gravity links between counties; None where a county has no GDP."""
    counties = run.frame("counties")
    if counties["gdp"].isna().any():
        return None
    places = counties["place"].tolist()
    matrix = run.minutes(run.study.scenarios["base"])
    at = [matrix.labels.index(place) for place in places]
    minutes = matrix.minutes[np.ix_(at, at)]
    pull = measure.mass(counties["residents"].to_numpy(), counties["gdp"].to_numpy())
    exponent = run.study.spec.measure.attraction_exponent
    links = measure.gravity_links(pull, minutes, exponent=exponent, floor=FLOOR)
    found = measure.nodal_areas(links, labels=places)
    names = names_of(run)
    words = [_nodal_words(row, names) for row in found.to_dict("records")]
    frame = found[["place", "area"]].assign(
        areas=found["area"],
        value=found["share"],
        margin=found["margin"],
        flip_zh=[zh for zh, _ in words],
        flip_en=[en for _, en in words],
    )
    modelled = int((counties["gdp_basis"] == "modelled").sum())
    return Division(
        "gravity",
        "引力隶属",
        "Gravity membership",
        f"县间引力联系，质量 √(人口×生产总值)（{modelled} 个县的生产总值为推算），"
        f"指数 {exponent:g}；按最强联系逐级归并到结节中心",
        f"gravity ties between counties, mass √(residents × GDP), GDP of {modelled} counties "
        f"modelled, exponent {exponent:g}; the largest tie leads to the nodal centre",
        "Nystuen and Dacey (1961)",
        "modelled",
        "share",
        frame,
    )


def _nodal_words(row: dict[str, object], names: dict[str, tuple[str, str]]) -> tuple[str, str]:
    margin = float(row["margin"])  # type: ignore[arg-type]
    if not np.isfinite(margin):
        return "没有通往他区的联系", "no tie leads to another area"
    if row["place"] == row["area"]:
        zh, en = names[str(row["partner"])]
        return (
            f"总联系量为{zh}的 {1 + margin:.2f} 倍；被超过则不再是中心",
            f"its ties are {1 + margin:.2f} times {en}'s; overtaken, it is no centre",
        )
    zh, en = names[str(row["rival"])]
    return (
        f"与{zh}的联系增至 {1 + margin:.2f} 倍则改属",
        f"leaves when its tie to {en} is {1 + margin:.2f} times as strong",
    )
