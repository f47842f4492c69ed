"""A bundle of twelve invented places, written as a run writes it."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from buju.study.bundle import Bundle, Table, write_json, write_tables

PLACES = [f"99{p:02d}{c:02d}" for p in (1, 2) for c in range(1, 7)]
NAMES = dict(zip(PLACES, "子丑寅卯辰巳午未申酉戌亥", strict=True))
PINYIN = ["Zi", "Chou", "Yin", "Mao", "Chen", "Si", "Wu", "Wei", "Shen", "You", "Xu", "Hai"]
HOSTILE = "<script>alert('x')</script>"
SCENARIOS = ["line", "both"]


def county_table() -> pd.DataFrame:
    k = np.arange(12)
    prefecture = np.where(k < 6, "990100", "990200")
    residents = 50_000.0 + 61_234 * k
    residents[5] = np.nan
    return pd.DataFrame(
        {
            "place": PLACES,
            "name_zh": [f"{c}县" for c in NAMES.values()],
            "name_en": PINYIN,
            "prefecture": prefecture,
            "prefecture_zh": np.where(k < 6, "甲市", "乙市"),
            "prefecture_en": np.where(k < 6, "Jia", "Yi"),
            "residents": residents,
            "groups": np.where(k < 6, "whole;west", "whole;east"),
        }
    )


def effect_table() -> pd.DataFrame:
    frames = []
    for scenario, verdict in zip(SCENARIOS, ["certified", "stalled"], strict=True):
        change = np.linspace(-0.012, 0.034, 12)
        frame = pd.DataFrame({"scenario": scenario, "place": PLACES})
        for name in ("residents", "jobs", "wage", "rent", "price"):
            frame[f"{name}_change"] = change
        frame["residents_persons"] = np.round(change * 1e5)
        frame["jobs_persons"] = np.round(change * 5e4)
        frame["residents_low"], frame["residents_high"] = change - 0.01, change + 0.01
        frame["residents_direction"] = ["down", "uncertain", "up"] * 4
        frames.append(frame.assign(verdict=verdict))
    return pd.concat(frames, ignore_index=True)


def claim_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "claim": ["C01", "C02", "C03"],
            "statement_zh": ["甲市有六县", HOSTILE, "将更好"],
            "statement_en": ["Jia has six counties", HOSTILE, "things will be better"],
            "value": [6.0, 2.5, np.nan],
            "unit": ["count", "min", None],
            "verdict": ["supported", "contradicted", "not testable"],
            "computed": [6.0, 3.25, np.nan],
            "evidence_zh": ["表中六县", "实为 3.25", ""],
            "evidence_en": ["six in the table", "it is 3.25", ""],
            "reason": [None, None, "没有数字 / no number"],
        }
    )


def shift_table() -> pd.DataFrame:
    first = 40_000.0 + 60_000 * np.arange(12)
    last = first * np.linspace(0.8, 1.3, 12)
    points = 100 * (last / last.sum() - first / first.sum())
    return county_table()[["place", "prefecture"]].assign(
        first=first,
        last=last,
        change=last - first,
        growth=last / first - 1,
        share_points=points,
        first_year=2010,
        last_year=2020,
    )


def fit_pairs() -> pd.DataFrame:
    measured = np.array([30.0, 60.0, 90.0, 200.0])
    modelled = np.array([33.0, 55.0, 120.0, np.inf])
    return pd.DataFrame(
        {
            "origin_zh": list("子丑寅卯"),
            "origin_en": PINYIN[:4],
            "destination_zh": list("辰巳午未"),
            "destination_en": PINYIN[4:8],
            "service_class": ["multiple_unit", "locomotive"] * 2,
            "measured": measured,
            "modelled": modelled,
            "relative": modelled / measured - 1,
            "used_as_link": [True, False, False, False],
        }
    )


def all_tables() -> dict[str, Table]:
    access = [
        pd.DataFrame(
            {
                "scenario": s,
                "place": PLACES,
                "potential": 1e6,
                "within_hour": 234_567.0,
                "mean_minutes": np.linspace(20, 200, 12) - 5 * k,
                "change": 0.011 * k * np.arange(12),
            }
        )
        for k, s in enumerate(["base", *SCENARIOS])
    ]
    circles = [
        pd.DataFrame(
            {
                "date": date,
                "place": PLACES,
                "core": "990100",
                "minutes": np.linspace(10, 190, 12) - gain * np.arange(12),
                "inside": np.arange(12) < 4 + gain,
                "nearest": True,
            }
        )
        for date, gain in (("2019-12-31", 0), ("2024-12-31", 2))
    ]
    plan = pd.DataFrame(
        {
            "place": PLACES,
            "agreement": ["same", "numbers_only", "plan_only", "neither"] * 3,
            "by_numbers": ["west", "west", "", ""] * 3,
            "by_plan": ["west", "", "east", ""] * 3,
            "core": "990100",
            "minutes": np.linspace(10, 190, 12),
            "margin": 60 - np.linspace(10, 190, 12),
        }
    )
    elements = pd.DataFrame(
        {
            "group": ["whole", "west", "east"],
            "name_zh": ["全域", "西群", "东圈"],
            "name_en": ["Whole", "West cluster", "East circle"],
            "kind": ["layout", "cluster", "circle"],
            "counties": [12, 6, 6],
            "inferred": [0, 0, 1],
            "area_km2": [1200.0, 600.0, 600.0],
            "residents": [4_641_444.0, np.nan, 3e6],
            "gdp": [123.4, 60.0, 63.4],
            "members_announced": [12, 5, pd.NA],
            "area_announced_km2": [1200.0, 640.0, np.nan],
            "residents_announced": [4.6e6, 1.6e6, np.nan],
        }
    )
    group = pd.DataFrame(
        {
            "scenario": ["line", "both"],
            "group": ["west", "west"],
            "residents_change": [0.0123, 0.0456],
            "residents_persons": [12_345.0, 45_678.0],
            "jobs_change": [0.01, 0.02],
            "jobs_persons": [100.0, 200.0],
            "verdict": ["certified", "stalled"],
        }
    )
    certificates = pd.DataFrame(
        {
            "scenario": SCENARIOS,
            "verdict": ["certified", "stalled"],
            "welfare_change": [0.00123, 0.777],
            "residual": [2e-13, 3e-2],
            "gap": 0.3,
            "error_bound": 1e-12,
            "block_balance": 1e-15,
            "homogeneity": 1e-15,
            "numeraire": "mean_wage",
            "uniqueness": "not known",
        }
    )
    return {
        "counties": Table(county_table(), "县", "Counties", {"residents": "person"}, "observed"),
        "elements": Table(elements, "要素", "Elements", {"residents": "person"}),
        "county_shift": Table(shift_table(), "各县", "By county", {"first": "person"}, "observed"),
        "access": Table(pd.concat(access), "可达性", "Accessibility", {"change": "share"}),
        "circles": Table(pd.concat(circles), "圈", "Circles", {"minutes": "min"}, "modelled"),
        "isochrones": Table(isochrone_table(), "等时圈", "Isochrones", {"km2": "km²"}, "modelled"),
        "labour_areas": Table(
            threshold_table(), "门槛", "Thresholds", {}, "modelled", "为何。", "Why so."
        ),
        "circle_plan": Table(plan, "圈与布局", "Circles and plan", {"minutes": "min"}, "modelled"),
        "fit_pairs": Table(fit_pairs(), "逐对", "Pairs", {"measured": "min"}),
        "effects": Table(effect_table(), "变化", "Effects", {}, "modelled", "长期。", "Long run."),
        "group_effects": Table(group, "按要素", "By element", {}, "modelled"),
        "baseline": Table(
            pd.DataFrame(
                {
                    "place": PLACES,
                    "residents": 1e5,
                    "jobs": 5e4,
                    "jobs_basis": "modelled",
                    "wage": 8.25,
                    "gdp_basis": "observed",
                }
            ),
            "基准",
            "Baseline",
            {"residents": "person", "wage": "1e4 CNY"},
            "modelled",
        ),
        "beside": Table(
            pd.DataFrame(
                {
                    "group": ["west", "east"],
                    "observed_residents": [1.25, -1.25],
                    "observed_jobs": [0.5, -0.5],
                    "model_line": [0.0314, -0.0314],
                    "model_both": [0.9876, -0.9876],
                }
            ),
            "并列",
            "Beside",
            {},
            "modelled",
        ),
        "unreachable": Table(
            pd.DataFrame({"scenario": [], "origin": [], "destination": []}, dtype="str"),
            "无法到达",
            "Pairs without a way",
        ),
        "variants": Table(
            pd.DataFrame(
                {
                    "variant": ["study", "study"],
                    "variant_zh": ["本研究设定", "本研究设定"],
                    "variant_en": ["as the study says"] * 2,
                    "scenario": SCENARIOS,
                    "group": "west",
                    "verdict": ["certified", "stalled"],
                    "residents_change": [0.0321, 0.0654],
                    "jobs_change": [0.01, 0.0654],
                    "welfare_change": [0.001, 0.0654],
                }
            ),
            "设定",
            "Settings",
            {},
            "modelled",
        ),
        "certificates": Table(certificates, "证书", "Certificates"),
        "claims": Table(claim_table(), "论断", "Claims"),
        "findings": Table(
            pd.DataFrame({"number": [1], "zh": [f"甲 {HOSTILE}"], "en": [f"Jia {HOSTILE}"]}),
            "发现",
            "Findings",
        ),
    }


def isochrone_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "core": PLACES[:2],
            "date": "2024-12-31",
            "projects": "",
            "minutes": 60.0,
            "km2": [5012.0, 4890.0],
            "change": [np.nan, 36.0],
        }
    )


def threshold_table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "least": [0.6667, 0.9],
            "target": [0.75, 0.95],
            "least_size": 1e3,
            "target_size": 1e4,
            "areas": [11, 4],
            "valid": [11, 3],
            "alone": [10, 1],
            "largest": [2, 5],
            "reserve": [0, 2],
            "asked": [True, False],
        }
    )


def layers() -> dict[str, gpd.GeoDataFrame]:
    boxes = [shapely.box(112 + k % 4, 36 + k // 4, 113 + k % 4, 37 + k // 4) for k in range(11)]
    note = "无边界数据（泰森多边形） / cells nearest to each seat"
    counties = gpd.GeoDataFrame(
        county_table().iloc[:11].assign(boundary_basis="voronoi", boundary_note=note),
        geometry=boxes,
        crs="EPSG:4326",
    )
    links = gpd.GeoDataFrame(
        {
            "link_id": ["L1", "L2", "L3"],
            "mode": ["rail", "road", "rail"],
            "status": ["operating", "operating", "planned"],
            "project": [None, None, "P1"],
        },
        geometry=[shapely.LineString([(112.2, 36.3), (115.5, 38 + k / 5)]) for k in range(3)],
        crs="EPSG:4326",
    )
    outside = gpd.GeoDataFrame(
        {"place": ["980100"], "name_zh": ["远市"], "name_en": ["Yuan"]},
        geometry=[shapely.Point(118, 39)],
        crs="EPSG:4326",
    )
    line = [shapely.LineString([(112.5, 36.5), (114.5, 37.5)])]
    added = gpd.GeoDataFrame(
        {"scenario": ["both"], "link_id": ["N1"], "mode": ["road"]}, geometry=line, crs="EPSG:4326"
    )
    within = gpd.GeoDataFrame(
        isochrone_table(),
        geometry=[shapely.Point(112.5 + k, 36.5).buffer(0.4) for k in range(2)],
        crs="EPSG:4326",
    )
    return {
        "counties": counties,
        "prefectures": counties.iloc[:0],
        "links": links,
        "outside": outside,
        "added_links": added,
        "isochrones": within,
    }


def write_bundle(folder: Path, tables: dict[str, Table]) -> Bundle:
    folder.mkdir(parents=True)
    for name, layer in layers().items():
        layer.to_file(folder / "region.gpkg", layer=name, driver="GPKG", engine="pyogrio")
    titles = {"base": ("基准", "Base"), "line": ("新线", "New line"), "both": ("两线", "Both")}
    manifest = {
        "buju": "0",
        "study": f"虚构区域 {HOSTILE}",
        "title_en": "Invented region",
        "year": 2020,
        "scenarios": [
            {"scenario": s, "title_zh": zh, "title_en": en, "date": "2020", "projects": ["P1"]}
            for s, (zh, en) in titles.items()
        ],
        "region": {"coordinates": "WGS84", "map_approval_number": ""},
        "notes": ["a note"],
        "inputs": {"study.yaml": "ab" * 32},
        "tables": write_tables(folder, tables),
    }
    write_json(folder / "manifest.json", manifest)
    return Bundle.read(folder)


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_bundle(tmp_path_factory.mktemp("report") / "bundle", all_tables())


@pytest.fixture(scope="session")
def html(bundle: Bundle) -> str:
    from buju.report import render

    return render(bundle).read_text(encoding="utf-8")


@pytest.fixture
def bundle_of(tmp_path: Path):
    def write(tables: dict[str, Table]) -> Bundle:
        return write_bundle(tmp_path / "bundle", tables)

    return write


def manifest_of(bundle: Bundle) -> dict:
    return json.loads((bundle.path / "manifest.json").read_text(encoding="utf-8"))
