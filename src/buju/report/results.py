"""A bundle as the blocks read it: tables by name, names of things in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from buju.report.formats import Text, is_missing
from buju.report.needs import missing
from buju.study.bundle import Bundle, Table

if TYPE_CHECKING:
    from buju.report.maps.base import Base

CERTIFIED = "certified"
_LAYERS = ("counties", "links", "outside")
MORE_LAYERS = ("added_links", "isochrones")
"""Layers that only some studies have."""


@dataclass(frozen=True)
class Results:
    """What a report may say: the bundle's tables, with names beside codes."""

    bundle: Bundle

    @property
    def manifest(self) -> dict[str, Any]:
        """The bundle's manifest."""
        return self.bundle.manifest

    def lacks(self, needs: Mapping[str, tuple[str, ...]]) -> list[Text]:
        """What of the tables and columns asked for is not there or has no row."""
        return [reason for name, columns in needs.items() for reason in self._lacks(name, columns)]

    def _lacks(self, name: str, columns: tuple[str, ...]) -> list[Text]:
        described = self.manifest["tables"].get(name)
        if described is None:
            return [self._why(name)]
        title = Text(described["title_zh"], described["title_en"])
        if not described["rows"]:
            return [self._why(name)]
        gone = [column for column in columns if column not in described["columns"]]
        listed = ", ".join(gone)
        words = Text(f"表“{title.zh}”缺少列 {listed}", f"table “{title.en}” lacks column {listed}")
        return [words] if gone else []

    def _why(self, name: str) -> Text:
        """Why a table is not there: the reason of the run, or what would have to be filled in."""
        said = self.manifest.get("left_out", {}).get(name)
        return Text(said["zh"], said["en"]) if said else missing(name)

    def is_empty(self, name: str) -> bool:
        """Whether a table was written and has no row."""
        described = self.manifest["tables"].get(name)
        return described is not None and not described["rows"]

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {}

    def table(self, name: str) -> Table:
        """A table, read once."""
        if name not in self._tables:
            self._tables[name] = self.bundle.table(name)
        return self._tables[name]

    def frame(self, name: str) -> pd.DataFrame:
        """The rows of a table."""
        return self.table(name).frame

    def keys(self, name: str) -> tuple[str, ...]:
        """Keys of the region's sources that a table rests on: stated for it, or row by row."""
        stated = self.manifest["tables"][name].get("sources")
        if stated is not None:
            return tuple(map(str, stated))
        frame = self.frame(name)
        if name in ("sources", "parameters") or "source" not in frame:
            return ()
        found = (key.strip() for text in frame["source"].dropna() for key in str(text).split(";"))
        return tuple(sorted({key for key in found if key}))

    @cached_property
    def counties(self) -> pd.DataFrame:
        """Table `counties` by place."""
        return self.frame("counties").set_index("place")

    @cached_property
    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """Layers of the bundle's map."""
        path = self.bundle.path / "region.gpkg"
        there = set(pyogrio.list_layers(path)[:, 0])
        wanted = [*_LAYERS, *(name for name in MORE_LAYERS if name in there)]
        return {name: gpd.read_file(path, layer=name, engine="pyogrio") for name in wanted}

    @cached_property
    def base(self) -> Base:
        """Outlines that all maps share, drawn once."""
        from buju.report.maps.base import base_of

        return base_of(self)

    @property
    def place_names(self) -> dict[str, Text]:
        """Names of counties, prefectures and outside places by code."""
        return self._places

    @cached_property
    def _places(self) -> dict[str, Text]:
        frame = self.frame("counties")
        outside = self.layers["outside"]
        names = dict(zip(frame["prefecture"], _names(frame, "prefecture_"), strict=True))
        names |= dict(zip(outside["place"], _names(outside, "name_"), strict=True))
        return names | dict(zip(frame["place"], _names(frame, "name_"), strict=True))

    def place(self, code: object) -> Text:
        """The name of a county, prefecture or outside place; the code where none is known."""
        if is_missing(code) or code == "":
            return Text("", "")
        return self._places.get(str(code), Text.same(code))

    def place_both(self, code: object) -> Text:
        """A name as tables show it: the English column keeps the Chinese name beside pinyin."""
        name = self.place(code)
        return name if name.zh == name.en else Text(name.zh, f"{name.en} {name.zh}")

    @cached_property
    def _elements(self) -> dict[str, Text]:
        if "elements" not in self.bundle.names:
            return {}
        frame = self.frame("elements")
        return dict(zip(frame["group"], _names(frame, "name_"), strict=True))

    def element(self, code: object) -> Text:
        """The name of an element of the layout."""
        return self._elements.get(str(code), Text.same(code))

    def elements_of(self, codes: object) -> Text:
        """The names of elements whose codes are joined by semicolons."""
        if is_missing(codes) or codes == "":
            return Text("", "")
        names = [self.element(code) for code in str(codes).split(";")]
        return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))

    @property
    def scenarios(self) -> list[tuple[str, Text]]:
        """Names and titles of the scenarios other than base."""
        return [
            (str(row["scenario"]), Text(row["title_zh"], row["title_en"]))
            for row in self.manifest["scenarios"]
            if row["scenario"] != "base"
        ]

    def scenario(self, name: str) -> Text:
        """The title of a scenario; a dated network, which has none, keeps its date."""
        titles = {row["scenario"]: row for row in self.manifest["scenarios"]}
        if name not in titles:
            return Text.same(name)
        title = Text(titles[name]["title_zh"], titles[name]["title_en"])
        return Text("基准", "Base") if title == Text.same("base") else title

    def projects(self, scenario: str) -> tuple[str, ...]:
        """Codes of the projects that a scenario builds."""
        for row in self.manifest["scenarios"]:
            if row["scenario"] == scenario:
                return tuple(row["projects"])
        return ()


def _names(frame: pd.DataFrame, prefix: str) -> list[Text]:
    chinese, english = frame[f"{prefix}zh"], frame[f"{prefix}en"]
    return [
        Text(str(zh), str(zh) if is_missing(en) else str(en))
        for zh, en in zip(chinese, english, strict=True)
    ]
