"""The markets that a study names: read, and set against the study and its region."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from buju.errors import StudyError
from buju.match.markets import Market, read_market
from buju.match.registry import registry
from buju.region import Region
from buju.study.model import StudyFile


def read_markets(file: Path, spec: StudyFile, region: Region) -> dict[str, Market]:
    """The markets by the name of their folder.

    Raises
    ------
    SchemaError
        A market's file or tables have faults.
    StudyError
        Two folders share a name, a place is not the region's, or a registry names a scenario of
        this study that is not there.
    """
    markets: dict[str, Market] = {}
    places = {*region.places["place"], *region.outside_places["place"]}
    for name in spec.match.markets:
        market = read_market(file.parent / name)
        if (code := Path(name).name) in markets:
            raise StudyError(
                f"{file.name}, match.markets: two folders are called {code!r}; rename one",
                f"{file.name}，match.markets：有两个名为 {code!r} 的文件夹；请改名",
            )
        _check_places(market, places)
        _check_scenarios(market, file, spec)
        markets[code] = market
    return markets


def market_files(spec: StudyFile, markets: Mapping[str, Market]) -> dict[str, str]:
    """SHA-256 of every file of the markets, by its name relative to the study file."""
    names = [Path(name).as_posix().rstrip("/") for name in spec.match.markets]
    return {
        f"{name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for name, market in zip(names, markets.values(), strict=True)
        for path in (market.path / "market.yaml", *sorted(market.path.glob("*.csv")))
    }


def _check_places(market: Market, known: set[str]) -> None:
    for table, frame in market.tables.items():
        for column in sorted({"place", "places"} & set(frame.columns)):
            codes = frame[column].dropna().str.split(";").explode()
            strange = codes[~codes.isin(known)]
            if len(strange):
                raise StudyError(
                    f"{market.path.name}/{table}.csv, column {column!r}, value "
                    f"{strange.iloc[0]!r} ({len(strange)} in all): the region has no such place; "
                    "add it to places.csv or correct the code",
                    f"{market.path.name}/{table}.csv 的 {column!r} 列：区域中没有地点 "
                    f"{strange.iloc[0]!r}（共 {len(strange)} 处）；请补充 places.csv 或更正代码",
                )


def _check_scenarios(market: Market, file: Path, spec: StudyFile) -> None:
    if market.preset.name != "scenarios":
        return
    runnable = registry(market.tables["listings"], str(market.spec.date)).runnable
    own = runnable[runnable["study"] == file.name]
    strange = own[~own["scenario"].isin(list(spec.scenarios))]
    if len(strange):
        row = strange.iloc[0]
        raise StudyError(
            f"{market.path.name}/listings.csv, scenario {row['listing']!r}: {file.name} has no "
            f"scenario called {row['scenario']!r}; it has {', '.join(spec.scenarios)}",
            f"{market.path.name}/listings.csv 场景 {row['listing']!r}：{file.name} 中没有情景 "
            f"{row['scenario']!r}；现有 {'、'.join(spec.scenarios)}",
        )
