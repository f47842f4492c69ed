"""The region divided by commuting. The flows are the calibrated model's: none were observed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju import measure
from buju.errors import MissingExtra, ParameterError
from buju.study.census import URBAN, census
from buju.study.context import Run
from buju.study.economy import economy
from buju.study.stages.divisions import Division, names_of
from buju.study.stages.grid_divisions import urban_centres
from buju.study.world import calibrate

Array = npt.NDArray[np.float64]
_MODELLED_ZH = "通勤流为模型推算（没有观测的通勤流），人数按常住人口折算"
_MODELLED_EN = "commuting flows are modelled (none were observed), counted in residents"
_CITY = 0.5
_COMMUTING = 0.15


def modelled_flows(run: Run) -> pd.DataFrame:
    """Commuters between counties as the calibrated base economy has them, in persons."""
    spec, base = run.study.spec.simulate, run.study.scenarios["base"]
    people = economy(run)
    world = calibrate(run, spec, people, base)
    places = run.frame("counties")["place"].tolist()
    at = [world.places.index(place) for place in places]
    share = np.asarray(world.prepared.baseline.commuting)[np.ix_(at, at)]
    persons = share / share.sum() * float(people["jobs"].to_numpy()[at].sum())
    size = len(places)
    return pd.DataFrame(
        {
            "residence": np.repeat(places, size),
            "workplace": np.tile(places, size),
            "commuters": persons.ravel(),
        }
    )


def labour_market(run: Run, flows: pd.DataFrame) -> Division:
    """Labour-market areas by the usual thresholds."""
    asked = run.study.spec.measure
    low, high = asked.labour_self_containment
    small, large = asked.labour_size
    head = (
        "labour_market",
        "劳动力市场区",
        "Labour-market areas",
        f"{_MODELLED_ZH}；自足率 {low:g}–{high:g}，规模 {small:,.0f}–{large:,.0f} 人",
        f"{_MODELLED_EN}; self-containment {low:g} to {high:g}, size {small:,.0f} to {large:,.0f}",
        "Coombes and Bond (2008)",
        "modelled",
        "share",
    )
    try:
        found = measure.labour_market_areas(
            flows,
            min_size=small,
            target_size=large,
            min_self_containment=low,
            target_self_containment=high,
        )
    except ParameterError as lack:
        return Division(*head, left_out_zh=lack.chinese or lack.english, left_out_en=lack.english)
    areas = found.attrs["areas"].set_index("area")
    contained = found["area"].map(areas["self_containment"])
    spare = found["area"].map(areas["validity"]) - 1
    valid = found["area"].map(areas["valid"]).astype(bool)
    words = [
        (
            f"自足率 {c:.0%}；降低 {m / (1 + m):.0%} 则本区解散",
            f"contains {c:.0%} of its own; {m / (1 + m):.0%} less and the area is dissolved",
        )
        if ok
        else (f"自足率 {c:.0%}，未达标（留置地点并入）", f"contains {c:.0%}: not valid")
        for c, m, ok in zip(contained, spare, valid, strict=True)
    ]
    return Division(*head, _frame(found, contained, spare, words))


def functional_areas(run: Run, flows: pd.DataFrame, touching: Array | None) -> Division:
    """Functional urban areas round the districts of each prefecture."""
    titles = ("功能性城市地区", "Functional urban areas")
    tail = ("EU-OECD", "modelled", "share")
    share, centre, city = _cities(run)
    how = (
        f"{_MODELLED_ZH}；{city[0]}，通勤率 ≥ {_COMMUTING:.0%}",
        f"{_MODELLED_EN}; {city[1]}; commuting {_COMMUTING:.0%} or more",
    )
    if not (share >= _CITY).any():
        zh, en = "没有城镇人口或市辖区", "no urban residents or districts in the tables"
        return Division("functional", *titles, *how, *tail, left_out_zh=zh, left_out_en=en)
    found = measure.functional_urban_area(
        flows,
        share.to_dict(),
        centre=centre,
        minimum_share=_CITY,
        minimum_commuting=_COMMUTING,
        neighbours=None if touching is None else _neighbours(run, touching),
    )
    spare = found["margin"].where(found["role"] != "city", found["place"].map(share) - _CITY)
    words = [
        _functional_words(role, value, m)
        for role, value, m in zip(found["role"], found["share"], spare, strict=True)
    ]
    return Division("functional", *titles, *how, *tail, _frame(found, found["share"], spare, words))


def _cities(run: Run) -> tuple[pd.Series, dict[str, str], tuple[str, str]]:
    """Share of a county's people in urban centres, the centre it is in, and how both are known."""
    grid = urban_centres(run)
    if grid is not None:
        held = grid.set_index("place")
        words = (
            f"城市为一半以上人口住在城市中心（{_CITY:.0%}，人口格网）的县",
            f"city: counties with {_CITY:.0%} of their people in an urban centre of the grid",
        )
        return held["share"], held["centre"].dropna().to_dict(), words
    counties = run.region.level("county").set_index("place")
    urban = (census(run, URBAN, run.study.spec.year) / counties["residents"]).dropna()
    districts = counties.index[counties["kind"] == "district"]
    words = (
        f"城市为城镇人口比重 ≥ {_CITY:.0%} 的市辖区（无格网，以城镇人口比重代替城市中心人口比重）",
        f"city: districts with an urban share of {_CITY:.0%} or more (it stands for the share in "
        "an urban centre, there is no grid)",
    )
    share = urban.reindex(districts).dropna().clip(upper=1.0)
    return share, counties["parent"].to_dict(), words


def _functional_words(role: str, share: float, spare: float) -> tuple[str, str]:
    if role == "city":
        return (
            f"城市；城镇人口比重降低 {100 * spare:.0f} 个百分点则不再是",
            f"city, until its urban share is {100 * spare:.0f} points lower",
        )
    if role == "enclave":
        return f"飞地并入（通勤率 {share:.1%}）", f"enclave, commuting {share:.1%}"
    points = 100 * abs(spare)
    if spare >= 0 and role == "commuting":
        return f"通勤率降低 {points:.1f} 点则离开", f"leaves when {points:.1f} points fewer commute"
    if spare >= 0:
        return "通勤率够，但与城市不相连", "enough commute, but it does not touch the area"
    return f"通勤率提高 {points:.1f} 点则进入", f"enters when {points:.1f} points more commute"


def _neighbours(run: Run, touching: Array) -> dict[str, list[str]]:
    places = run.frame("counties")["place"].to_numpy()
    return {
        str(place): [str(p) for p in places[row > 0]]
        for place, row in zip(places, touching, strict=True)
    }


def flow_communities(run: Run, flows: pd.DataFrame) -> Division:
    """Communities of the flows; left out with its reason where the extra is not installed."""
    head = (
        "community",
        "流动社区",
        "Flow communities",
        f"{_MODELLED_ZH}；莱顿算法，模块度，分辨率 1，20 个种子取最优",
        f"{_MODELLED_EN}; Leiden, modularity, resolution 1, best of 20 seeds",
        "Traag et al. (2019)",
        "modelled",
        "share",
    )
    try:
        found = measure.communities(flows)
    except MissingExtra as lack:
        return Division(*head, left_out_zh="未安装所需的附加组件", left_out_en=lack.english)
    except ParameterError as lack:
        return Division(*head, left_out_zh=lack.chinese or lack.english, left_out_en=lack.english)
    rival, spare = _margins(flows, found)
    names = names_of(run)
    words = [
        (
            f"与{names[r][0]}社区的流量再增加本县对外流量的 {m:.0%} 则改属",
            f"leaves when flows to the community of {names[r][1]} grow by {m:.0%} of all its own",
        )
        for r, m in zip(rival, spare, strict=True)
    ]
    renamed = found.rename(columns={"community": "area"})
    return Division(*head, _frame(renamed, found["stability"], spare, words))


def _margins(flows: pd.DataFrame, found: pd.DataFrame) -> tuple[list[str], pd.Series]:
    """The next best community of each place, and what keeps the place from it.

    Flow to its own community less what sizes suggest, over the same of the next best; a share of
    the place's flows.
    """
    wide = flows.pivot(index="residence", columns="workplace", values="commuters").fillna(0.0)
    both = wide.loc[found["place"], found["place"]].to_numpy()
    both = both + both.T
    np.fill_diagonal(both, 0.0)
    held = pd.get_dummies(found["community"]).astype(float)
    strength = both.sum(axis=1)
    own = held.to_numpy() > 0
    others = strength @ held.to_numpy() - strength[:, None] * own
    gain = both @ held.to_numpy() - strength[:, None] * others / strength.sum()
    here = gain[own]
    elsewhere = np.where(own, -np.inf, gain)
    if elsewhere.shape[1] < 2:
        return found["community"].tolist(), pd.Series(np.inf, index=found.index)
    rival = held.columns.to_numpy()[elsewhere.argmax(axis=1)]
    size = np.where(strength > 0, strength, np.nan)
    return list(rival), pd.Series((here - elsewhere.max(axis=1)) / size, index=found.index)


def _frame(
    found: pd.DataFrame, value: pd.Series, margin: pd.Series, words: list[tuple[str, str]]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": found["place"],
            "area": found["area"],
            "areas": found["area"].fillna(""),
            "value": value,
            "margin": margin,
            "flip_zh": [zh for zh, _ in words],
            "flip_en": [en for _, en in words],
        }
    )
