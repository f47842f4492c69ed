"""The invented strip of twelve places, as tables; run this file to write `examples/strip/region`.

Nothing here exists: codes begin with 99, which no division of China has, and names say so. Two
prefectures hold five counties each, in a row from west to east, 20 km apart; one outside place
lies at either end.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from buju.region import write_region

EXAMPLE = Path(__file__).parents[2] / "examples" / "strip" / "region"
_STEP = 0.23  # degrees of longitude at 38 N, about 20 km
_NAMES = "子丑寅卯辰巳午未申酉"
_PINYIN = ["Zi", "Chou", "Yin", "Mao", "Chen", "Si", "Wu", "Wei", "Shen", "You"]
_RESIDENTS_2020 = [90, 140, 820, 160, 70, 80, 110, 430, 120, 60]  # thousands
_RESIDENTS_2010 = [105, 150, 700, 170, 85, 95, 120, 390, 125, 75]
_SHARES = {"farming": 0.3, "making": 0.3, "serving": 0.4}


def counties() -> list[str]:
    """Codes of the ten counties from west to east."""
    return [f"9901{i:02d}" for i in range(1, 6)] + [f"9902{i:02d}" for i in range(1, 6)]


def strip() -> dict[str, pd.DataFrame]:
    """The tables by name."""
    return {
        "places": _places(),
        "outside_places": _outside(),
        "place_groups": _groups(),
        "place_group_members": _members(),
        "tags": pd.DataFrame(
            {"tag": ["T", "T1"], "parent": [None, "T"], "name_zh": ["虚构主题", "虚构板块"]}
        ),
        "nodes": _nodes(),
        "links": _links(),
        "lines": pd.DataFrame(
            {
                "line": ["R1"],
                "name_zh": ["虚构铁路"],
                "name_en": ["Invented railway"],
                "mode": ["rail"],
                "carries": ["both"],
                "status": ["operating"],
                "source": ["I1"],
            }
        ),
        "indicators": _indicators(),
        "indicator_definitions": pd.DataFrame(
            {
                "indicator": ["population_census"],
                "name_zh": ["普查人口"],
                "name_en": ["Census population"],
                "unit": ["person"],
                "direction": ["none"],
            }
        ),
        "projects": _projects(),
        "targets": pd.DataFrame(
            {
                "target": ["G1"],
                "scope": ["strip"],
                "indicator": ["population_census"],
                "name_zh": ["虚构目标"],
                "value": [2_200_000.0],
                "year": [2030],
                "direction": [">="],
                "kind": ["plan"],
                "source": ["I1"],
            }
        ),
        "employment": _employment(),
        "sectors": pd.DataFrame(
            {
                "sector": list(_SHARES),
                "name_zh": ["农业", "制造", "服务"],
                "name_en": ["Farming", "Making", "Serving"],
                "kind": ["primary", "secondary", "tertiary"],
            }
        ),
        "sources": pd.DataFrame(
            {
                "source": ["I1"],
                "publisher": ["invented"],
                "title": ["虚构数据，仅供教学和测试 / Invented figures for teaching and tests"],
                "date": ["2020"],
            }
        ),
    }


def _places() -> pd.DataFrame:
    codes, thousands = counties(), _RESIDENTS_2020
    west, east = sum(thousands[:5]), sum(thousands[5:])
    county = pd.DataFrame(
        {
            "place": codes,
            "name_zh": [f"{name}县（虚构）" for name in _NAMES],
            "name_en": [f"{name} (invented)" for name in _PINYIN],
            "level": "county",
            "parent": [code[:4] + "00" for code in codes],
            "lon": [round(111.0 + _STEP * i, 4) for i in range(10)],
            "lat": [38.0 + 0.02 * (i % 2) for i in range(10)],
            "area_km2": 900.0,
            "residents": [1e3 * n for n in thousands],
            "jobs": [450.0 * n for n in thousands],
            "gdp": [0.55 * n for n in thousands],
        }
    )
    prefecture = pd.DataFrame(
        {
            "place": ["990100", "990200"],
            "name_zh": ["西市（虚构）", "东市（虚构）"],
            "name_en": ["West City (invented)", "East City (invented)"],
            "level": "prefecture",
            "lon": county["lon"][[2, 7]].tolist(),
            "lat": county["lat"][[2, 7]].tolist(),
            "area_km2": 4500.0,
            "residents": [1e3 * west, 1e3 * east],
            "jobs": [450.0 * west, 450.0 * east],
            "gdp": [0.55 * west, 0.55 * east],
        }
    )
    both = pd.concat([prefecture, county], ignore_index=True)
    return both.assign(year=2020, gdp_year=2020, source="I1")


def _outside() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": ["980100", "970100"],
            "name_zh": ["西邻市（虚构）", "东邻市（虚构）"],
            "name_en": ["West Neighbour (invented)", "East Neighbour (invented)"],
            "lon": [110.2, 113.9],
            "lat": [38.0, 38.0],
            "area_km2": [8000.0, 9000.0],
            "year": 2020,
            "residents": [1.2e6, 4.5e6],
            "gdp": [600.0, 3900.0],
            "gdp_year": 2020,
            "source": "I1",
        }
    )


def _groups() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": ["all", "core", "east"],
            "name_zh": ["虚构布局", "核心圈", "东部圈"],
            "name_en": ["Invented layout", "Core circle", "Eastern circle"],
            "kind": ["layout", "circle", "circle"],
            "parent": [None, "all", "all"],
            "core": [None, "990100", "990200"],
            "source": "I1",
        }
    )


def _members() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": ["core", "core", "east", "east"],
            "place": ["990102", "990103", "990200", "970100"],
            "weight": [0.5, 1.0, 1.0, 1.0],
            "inferred": [True, False, False, False],
            "source": "I1",
        }
    )


def _nodes() -> pd.DataFrame:
    places = pd.concat([_places().iloc[2:], _outside()], ignore_index=True)
    seats = pd.DataFrame(
        {
            "node_id": "n" + places["place"],
            "name": places["name_zh"],
            "x_coord": places["lon"],
            "y_coord": places["lat"],
            "node_type": "seat",
            "zone_id": places["place"],
        }
    )
    stations = seats.iloc[[2, 7, 11]].assign(
        node_id=["s990103", "s990203", "s970100"],
        node_type="station",
        y_coord=lambda t: t["y_coord"] + 0.01,
    )
    return pd.concat([seats, stations], ignore_index=True).assign(source="I1")


def _links() -> pd.DataFrame:
    row = ["n980100", *(f"n{code}" for code in counties()), "n970100"]
    minutes = [55.0, *[22.0] * 9, 60.0]
    road = pd.DataFrame({"from_node_id": row[:-1], "to_node_id": row[1:], "minutes": minutes})
    road = road.assign(mode="road", carries="both", facility_type="class_1", length=20.0)
    access = pd.DataFrame(
        {
            "from_node_id": ["n990103", "n990203", "n970100"],
            "to_node_id": ["s990103", "s990203", "s970100"],
            "minutes": 10.0,
            "mode": "road",
            "carries": "passengers",
            "facility_type": "access",
        }
    )
    rail = pd.DataFrame(
        {
            "from_node_id": ["s990103", "s990203", "s990103"],
            "to_node_id": ["s990203", "s970100", "s970100"],
            "minutes": [50.0, 45.0, 35.0],
            "mode": "rail",
            "carries": ["both", "both", "passengers"],
            "facility_type": ["conventional", "conventional", "high_speed"],
            "line": ["R1", "R1", None],
            "project": [None, None, "P1"],
            "minutes_basis": ["estimate", "estimate", "planned"],
            "status": ["operating", "operating", "planned"],
            "opened": [None, "2015-07", "2027"],
        }
    )
    links = pd.concat([road, access, rail], ignore_index=True)
    links["minutes_basis"] = links["minutes_basis"].fillna("estimate")
    links["status"] = links["status"].fillna("operating")
    links.insert(0, "link_id", [f"L{i:02d}" for i in range(1, len(links) + 1)])
    return links.assign(source="I1")


def _indicators() -> pd.DataFrame:
    by_year = {2010: _RESIDENTS_2010, 2020: _RESIDENTS_2020}
    rows = [
        (code, year, "population_census", 1e3 * n, "I1")
        for year, thousands in by_year.items()
        for code, n in zip(counties(), thousands, strict=True)
    ]
    return pd.DataFrame(rows, columns=["place", "year", "indicator", "value", "source"])


def _employment() -> pd.DataFrame:
    rows = []
    for i, (code, n) in enumerate(zip(counties(), _RESIDENTS_2020, strict=True)):
        lean = 0.02 * (i - 4.5)  # farming in the west, serving in the east
        for sector, share in _SHARES.items():
            turn = {"farming": -lean, "serving": lean}.get(sector, 0.0)
            rows.append((code, 2020, sector, round(450 * n * (share + turn)), "I1"))
    return pd.DataFrame(rows, columns=["place", "year", "sector", "jobs", "source"])


def _projects() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "project": ["P1"],
            "name_zh": ["虚构高铁"],
            "name_en": ["Invented high-speed line"],
            "places": ["990100;970100"],
            "groups": ["core;east"],
            "tags": ["T1"],
            "type": ["rail"],
            "stage": ["reserve"],
            "cost": [120.0],
            "price_year": [2020],
            "start": ["2023"],
            "planned_completion": ["2027"],
            "confidence": ["low"],
            "source": ["I1"],
        }
    )


def write_strip(path: Path) -> Path:
    """Write the strip as a region folder."""
    return write_region(strip(), path, name="strip", title="虚构带状区域 / Invented strip")


if __name__ == "__main__":
    write_strip(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLE)
