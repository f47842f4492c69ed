"""The region divided by one definition after another: area, margin and what would flip it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from buju.study.context import Run

COLUMNS = ("place", "area", "areas", "value", "margin", "flip_zh", "flip_en")


@dataclass(frozen=True)
class Division:
    """Areas of the counties under one definition.

    Attributes
    ----------
    frame
        `place`, `area` (missing outside all), `areas` (all it falls in, joined by ";"), `value`,
        `margin` (how far `value` or its rival may move before the county changes) and what would
        flip it, in words.
    unit
        Of `margin`: "min" or "share".
    left_out_zh, left_out_en
        Why the definition could not be applied; empty where it was.
    """

    name: str
    zh: str
    en: str
    how_zh: str
    how_en: str
    reference: str
    basis: str
    unit: str
    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    left_out_zh: str = ""
    left_out_en: str = ""


def announced(run: Run) -> Division:
    """Clusters and circles as announced; zones and others are listed beside them."""
    kinds = run.region.place_groups.set_index("group")["kind"]
    counties = run.frame("counties")
    groups = [text.split(";") if text else [] for text in counties["groups"]]
    areas = [[g for g in held if kinds[g] in ("cluster", "circle")] for held in groups]
    shown = [[g for g in held if kinds[g] in ("cluster", "circle", "zone")] for held in groups]
    frame = pd.DataFrame(
        {
            "place": counties["place"],
            "area": pd.array([held[0] if held else np.nan for held in areas], dtype="str"),
            "areas": [";".join(held) for held in shown],
            "value": np.nan,
            "margin": np.nan,
            "flip_zh": "修改布局文件",
            "flip_en": "a change of the layout",
        }
    )
    return Division(
        "announced",
        "公布的布局",
        "Announced layout",
        "布局要素的成员名单；群与圈互不重叠，两区另列",
        "members of the layout's elements; zones overlap the cluster and are listed beside it",
        "",
        "observed",
        "",
        frame,
    )


def circles(run: Run) -> Iterator[Division]:
    """The circle of the core cities at each date: the nearest core within the limit."""
    limit = run.study.spec.measure.circle_minutes
    table = run.frame("circles")
    names = names_of(run)
    planned = run.study.spec.measure.core_projects
    for date, rows in table.groupby("date", sort=False):
        built = "、".join(planned.get(str(date), ()))
        with_zh, with_en = (
            (f"，含规划项目 {built}", f", with planned {built}") if built else ("", "")
        )
        nearest = rows[rows["nearest"]].set_index("place").reindex(rows["place"].unique())
        inside = rows[rows["inside"]].groupby("place")["core"].agg(";".join)
        held = nearest["inside"].fillna(False).astype(bool)
        frame = pd.DataFrame(
            {
                "place": nearest.index,
                "area": nearest["core"].where(held).astype("str").to_numpy(),
                "areas": inside.reindex(nearest.index).fillna("").to_numpy(),
                "value": nearest["minutes"].fillna(np.inf).to_numpy(),
                "margin": nearest["margin"].fillna(-np.inf).to_numpy(),
            }
        )
        frame["flip_zh"] = [_circle_words(r, names, "zh") for r in nearest.itertuples()]
        frame["flip_en"] = [_circle_words(r, names, "en") for r in nearest.itertuples()]
        yield Division(
            f"circle_{str(date)[:4]}",
            f"{limit:g} 分钟圈（{date} 路网{with_zh}）",
            f"{limit:g}-minute circle, network of {date}{with_en}",
            "到最近核心城市驻地的门到门时间在界限之内；可同属几个圈，取最近者比较",
            "door to door within the limit of the nearest core's seat; a county may lie in several",
            "NDRC (2019)",
            "modelled",
            "min",
            frame,
        )


def _circle_words(row: object, names: dict[str, tuple[str, str]], language: str) -> str:
    core, margin = getattr(row, "core"), getattr(row, "margin")  # noqa: B009 - a row of a table
    if pd.isna(core) or not np.isfinite(margin):
        return "无路可达" if language == "zh" else "no way to any core"
    zh, en = names[str(core)]
    size = f"{abs(margin):.0f}" if abs(margin) >= 1 else f"{abs(margin):.1f}"
    if margin >= 0:
        return (
            f"到{zh}慢 {size} 分钟以上则出圈"
            if language == "zh"
            else f"leaves when {en} is over {size} min farther"
        )
    return (
        f"到{zh}快 {size} 分钟则入圈"
        if language == "zh"
        else f"enters when {en} is {size} min nearer"
    )


def names_of(run: Run) -> dict[str, tuple[str, str]]:
    """Chinese and English name of every place of the region."""
    places = run.region.places
    english = places["name_en"].fillna(places["name_zh"])
    return dict(zip(places["place"], zip(places["name_zh"], english, strict=True), strict=True))
