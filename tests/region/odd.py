"""Small invented regions, plain or odd, as tables: what an office's first template may hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from buju.region import write_region

YEAR = 2023


def odd_region(
    residents: tuple[float, ...] = (300_000, 200_000, 120_000),
    *,
    prefectures: int = 1,
    jobs: str = "given",
    outside: int = 0,
    groups: bool = False,
    rail: bool = False,
    area: bool = True,
    parents: bool = True,
    year: int = YEAR,
) -> dict[str, pd.DataFrame]:
    """Tables by name: counties in a row, 20 minutes apart, dealt out to prefectures in turn.

    `jobs` is "given" (in places), "employment" (a table of two sectors) or "both".
    """
    codes = [f"99{1 + i % max(prefectures, 1):02d}{1 + i:02d}" for i in range(len(residents))]
    people = np.asarray(residents, dtype=float)
    county = pd.DataFrame(
        {
            "place": codes,
            "name_zh": [f"第{i + 1}县（虚构）" for i in range(len(codes))],
            "level": "county",
            "parent": [code[:4] + "00" for code in codes] if parents and prefectures else None,
            "lon": [111.0 + 0.2 * i for i in range(len(codes))],
            "lat": 38.0,
            "residents": people,
            "gdp": people / 2e4,
        }
    )
    if jobs in ("given", "both"):
        county["jobs"] = people * 0.5
    tops = [
        {
            "place": f"99{k + 1:02d}00",
            "name_zh": f"第{k + 1}市（虚构）",
            "level": "prefecture",
            "lon": 111.0 + 0.2 * k,
            "lat": 38.0,
            "residents": people[k::prefectures].sum(),
            "gdp": people[k::prefectures].sum() / 2e4,
        }
        for k in range(prefectures)
    ]
    places = pd.concat([pd.DataFrame(tops), county], ignore_index=True) if tops else county
    places = places.assign(year=year, gdp_year=year)
    if area:
        places["area_km2"] = 900.0
    tables = {"places": places} | _network(county, outside, rail)
    if outside:
        tables["outside_places"] = _outside(outside, year)
    if groups:
        tables |= _groups(codes)
    if jobs in ("employment", "both"):
        tables |= _employment(codes, people, year)
    return tables


def _outside(count: int, year: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": [f"98{k + 1:02d}00" for k in range(count)],
            "name_zh": [f"邻市{k + 1}（虚构）" for k in range(count)],
            "lon": [110.0 - 0.5 * k for k in range(count)],
            "lat": 38.0,
            "area_km2": 9000.0,
            "year": year,
            "residents": 2e6,
            "gdp": 900.0,
            "gdp_year": year,
        }
    )


def _network(county: pd.DataFrame, outside: int, rail: bool) -> dict[str, pd.DataFrame]:
    beyond = [f"98{k + 1:02d}00" for k in range(outside)]
    zones = [*county["place"], *beyond]
    nodes = pd.DataFrame(
        {
            "node_id": [f"n{zone}" for zone in zones],
            "x_coord": [*county["lon"], *(110.0 - 0.5 * k for k in range(outside))],
            "y_coord": 38.0,
            "node_type": "seat",
            "zone_id": zones,
        }
    )
    row = [f"n{zone}" for zone in [*reversed(beyond), *county["place"]]]
    links = pd.DataFrame(
        {
            "from_node_id": row[:-1],
            "to_node_id": row[1:],
            "mode": "road",
            "minutes": 20.0,
            "carries": "both",
        }
    )
    if rail:
        ends = [row[0], row[-1]]
        stations = nodes[nodes["node_id"].isin(ends)].assign(
            node_id=lambda t: "s" + t["node_id"], node_type="station"
        )
        nodes = pd.concat([nodes, stations], ignore_index=True)
        more = pd.DataFrame(
            {
                "from_node_id": [ends[0], ends[1], "s" + ends[0]],
                "to_node_id": ["s" + ends[0], "s" + ends[1], "s" + ends[1]],
                "mode": ["road", "road", "rail"],
                "minutes": [8.0, 8.0, 60.0],
                "carries": "passengers",
            }
        )
        links = pd.concat([links, more], ignore_index=True)
    links.insert(0, "link_id", [f"L{k:02d}" for k in range(1, len(links) + 1)])
    return {
        "nodes": nodes,
        "links": links.assign(minutes_basis="estimate", status="operating"),
    }


def _groups(codes: list[str]) -> dict[str, pd.DataFrame]:
    return {
        "place_groups": pd.DataFrame(
            {
                "group": ["g1", "g2"],
                "name_zh": ["圈一（虚构）", "组群二（虚构）"],
                "kind": ["circle", "town_group"],
                "core": [codes[0], None],
            }
        ),
        "place_group_members": pd.DataFrame(
            {"group": ["g1"] * (len(codes) - 1) + ["g2"], "place": codes}
        ),
    }


def _employment(codes: list[str], people: np.ndarray, year: int) -> dict[str, pd.DataFrame]:
    rows = [
        (code, year, sector, round(n * share))
        for k, (code, n) in enumerate(zip(codes, people, strict=True))
        for sector, share in (("a", 0.02 + 0.002 * k), ("b", 0.03))
    ]
    return {
        "employment": pd.DataFrame(rows, columns=["place", "year", "sector", "jobs"]),
        "sectors": pd.DataFrame(
            {
                "sector": ["a", "b"],
                "name_zh": ["制造", "服务"],
                "name_en": ["Making", "Serving"],
                "kind": ["secondary", "tertiary"],
            }
        ),
    }


def write_study(folder: Path, tables: dict[str, pd.DataFrame], **more: object) -> Path:
    """A region folder and the study file that the workbench would make of it."""
    write_region(tables, folder / "region", buju={"coordinates": "WGS84"})
    content = {
        "study": "虚构小区域",
        "region": "region/",
        "year": int(tables["places"]["year"].max()),
        "scenarios": {"base": {}},
        **more,
    }
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path
