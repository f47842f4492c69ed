"""What `assess`, `accounts` and `measure.grids` name must be there before anything is computed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from buju.errors import StudyError
from buju.measure.index import read_tree
from buju.region import Region
from buju.study.assess_spec import AccountsSpec, AssessSpec
from buju.study.filling import read_filled
from buju.study.grids import grids_of
from buju.study.model import StudyFile


def require_asked(file: Path, spec: StudyFile, region: Region) -> None:
    """Refuse names that the region lacks, systems that are no tree, and faulty filled sheets.

    Raises
    ------
    StudyError
        Names the key of the study file and the nearest name there is.
    SchemaError
        A system of `index_trees` has a cycle, an indicator without direction, and the like.
    ParameterError
        A raster of `measure.grids` is not there or is no grid of 1 km cells.
    """
    if spec.assess is not None:
        _assess(file, spec.assess, region)
    if spec.accounts is not None:
        _accounts(file, spec.accounts, region)
    if spec.measure.grids is not None:
        grids_of(file.parent, spec.measure.grids)


def _assess(file: Path, asked: AssessSpec, region: Region) -> None:
    systems = list(dict.fromkeys(region.index_trees["index"]))
    places = list(region.level(asked.level)["place"])
    defined = list(region.indicator_definitions["indicator"])
    _known(file, "assess.index", [asked.index], systems)
    _known(file, "assess.templates", asked.templates, systems)
    _known(file, "assess.places", asked.places, places)
    ranked = [place for place in places if not asked.places or place in asked.places]
    _known(file, "assess.focus", [asked.focus] if asked.focus else [], ranked)
    _known(file, "assess.compare", [asked.compare] if asked.compare else [], defined)
    rows = region.index_trees
    for name in (asked.index, *asked.templates):
        system = rows[rows["index"] == name]
        listed = system[system["indicator"].notna() | (system["kind"] == "group")]
        read_tree(
            pd.DataFrame({
                "code": listed["code"], "parent": listed["parent"].fillna(""),
                # a group whose indicators all lack a name stands here as a leaf
                "direction": listed["direction"].astype(object).where(
                    listed["direction"].notna(),
                    (listed["kind"] == "group").map({True: "up", False: None}),
                ),
            }),
            name=f"index_trees.csv, {name}",
        )  # fmt: skip
    read_filled([file.parent / path for path in asked.filled], region)


def _accounts(file: Path, asked: AccountsSpec, region: Region) -> None:
    defined = list(region.indicator_definitions["indicator"])
    if asked.carbon is not None:
        names = [asked.carbon, asked.product, asked.growth]
        _known(file, "accounts.carbon, product, growth", names, defined)
    _known(file, "accounts.published", asked.published, defined)
    _known(file, "accounts.targets", asked.targets, list(region.targets["target"]))
    places = list(region.places["place"])
    for number, budget in enumerate(asked.budgets, start=1):
        _known(file, f"accounts.budgets {number}, place", [budget.place], places)
        _known(file, f"accounts.budgets {number}, indicator", [budget.indicator], defined)


def _known(file: Path, where: str, names: Iterable[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise StudyError(
                f"{file}, {where}: the region has nothing called {name!r}.{hint}",
                f"{file}，{where}：区域中没有 {name!r}。",
            )
