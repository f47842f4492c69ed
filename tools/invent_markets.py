"""Write the invented markets of `examples/strip`: the same files from the same seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

MARKETS = Path(__file__).parents[1] / "examples/strip/markets"
COUNTIES = [f"9901{k:02d}" for k in range(1, 6)] + [f"9902{k:02d}" for k in range(1, 6)]
SECTORS = ["farming", "making", "serving"]
FIELDS = {
    "mine": ("矿山", ["巷道", "运输皮带", "通风系统"]),
    "power": ("电力", ["变电站", "储能站", "配电网"]),
    "plant": ("制造", ["产线", "仓库", "模具"]),
    "farm": ("农业", ["大棚", "果园", "灌区"]),
    "water": ("水务", ["泵站", "管网", "河道"]),
    "road": ("交通", ["路口", "桥梁", "公交"]),
    "rail": ("铁路", ["车站", "线路", "货场"]),
    "health": ("医疗", ["门诊", "影像", "急救"]),
    "school": ("教育", ["课堂", "实训室", "食堂"]),
    "office": ("政务", ["大厅", "档案", "热线"]),
    "travel": ("文旅", ["景区", "博物馆", "古建"]),
    "air": ("环保", ["排口", "扬尘", "固废"]),
}
ACTIONS = {"vision": "图像识别", "sensing": "在线监测", "twin": "数字孪生"}
SKILLS = [*ACTIONS, "edge", "cloud", "safety"]


def listing(rng: np.random.Generator, values: list[str], most: int) -> str:
    """One to `most` of the values, parted by semicolons, in their order."""
    chosen = rng.choice(len(values), rng.integers(1, most + 1), replace=False)
    return ";".join(values[k] for k in sorted(chosen))


def finance(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Twelve products and sixty firms."""
    products = pd.DataFrame(
        {
            "listing": [f"F{k:02d}" for k in range(1, 13)],
            "name_zh": [f"产品{k:02d}（虚构）" for k in range(1, 13)],
            "name_en": [f"Product {k:02d} (invented)" for k in range(1, 13)],
            "provider": [f"机构{'甲乙丙丁'[k % 4]}（虚构）" for k in range(12)],
            "places": [listing(rng, COUNTIES, 6) if k % 3 else "" for k in range(12)],
            "sectors": [listing(rng, SECTORS, 2) if k % 2 else "" for k in range(12)],
            "least": rng.choice([0, 5, 20], 12),
            "most": rng.choice([100, 300, 1000, 3000], 12),
            "rate": np.round(rng.uniform(3.2, 8.5, 12), 2),
            "months": rng.choice([12, 24, 36, 60], 12),
            "years": rng.choice([0, 1, 2, 3], 12),
            "collateral": rng.choice(["yes", "no"], 12, p=[0.4, 0.6]),
            "days": rng.integers(1, 21, 12),
            "quota": rng.integers(2, 7, 12),
        }
    )
    firms = pd.DataFrame(
        {
            "request": [f"E{k:03d}" for k in range(1, 61)],
            "name_zh": [f"企业{k:03d}（虚构）" for k in range(1, 61)],
            "name_en": [f"Firm {k:03d} (invented)" for k in range(1, 61)],
            "place": rng.choice(COUNTIES, 60),
            "sector": rng.choice(SECTORS, 60, p=[0.2, 0.4, 0.4]),
            "amount": np.round(rng.lognormal(4.6, 0.9, 60), 0),
            "months": rng.choice([6, 12, 24, 36], 60),
            "years": np.round(rng.exponential(5, 60), 1),
            "collateral": rng.choice(["yes", "no"], 60),
            "rate": np.round(rng.uniform(4, 9, 60), 1),
            "grade": np.round(rng.normal(65, 12, 60).clip(20, 95), 0),
            "consent": rng.choice(["yes", "no"], 60, p=[0.93, 0.07]),
        }
    )
    return {"listings": products, "requests": firms}


def floor_space(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Twenty spaces and forty firms."""
    spaces = pd.DataFrame(
        {
            "listing": [f"B{k:02d}" for k in range(1, 21)],
            "name_zh": [f"楼宇{k:02d}（虚构）" for k in range(1, 21)],
            "place": rng.choice(COUNTIES, 20),
            "uses": [listing(rng, ["office", "works", "store"], 2) for _ in range(20)],
            "area": rng.integers(6, 60, 20) * 100,
            "height": np.round(rng.choice([2.8, 3.6, 4.5, 7.2], 20), 1),
            "load": rng.choice([2, 4, 8, 12], 20),
            "power": rng.choice([50, 200, 800, 2000], 20),
            "rent": np.round(rng.uniform(8, 45, 20), 1),
        }
    )
    firms = pd.DataFrame(
        {
            "request": [f"T{k:03d}" for k in range(1, 41)],
            "name_zh": [f"租户{k:03d}（虚构）" for k in range(1, 41)],
            "places": [listing(rng, COUNTIES, 5) if k % 4 else "" for k in range(40)],
            "use": rng.choice(["office", "works", "store"], 40),
            "area": rng.integers(2, 30, 40) * 50,
            "height": rng.choice([0, 2.8, 4.5], 40),
            "load": rng.choice([0, 2, 4], 40),
            "power": rng.choice([10, 50, 200], 40),
            "rent": np.round(rng.uniform(15, 60, 40), 1),
            "jobs": rng.integers(3, 200, 40),
        }
    )
    return {"listings": spaces, "requests": firms}


def scenarios(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """A registry of 108 scenarios, some in a second version, and eighty suppliers."""
    rows = []
    for field, (word, things) in FIELDS.items():
        for thing in things:
            for action, does in ACTIONS.items():
                code = f"S{len(rows) + 1:03d}"
                place = str(rng.choice(COUNTIES))
                needs = ";".join(sorted({action, str(rng.choice(SKILLS))}))
                budget = int(rng.integers(2, 60) * 10)
                first = (
                    code,
                    1,
                    "2024-03-01",
                    "open",
                    f"{word}{thing}{does}（虚构）",
                    field,
                    place,
                )
                rows.append((*first, f"{word}部门（虚构）", needs, budget, 1, ""))
    again = rng.choice(len(rows), 12, replace=False)
    later = [
        (
            *rows[k][:1],
            2,
            "2024-09-01",
            str(rng.choice(["open", "awarded", "closed"])),
            *rows[k][4:],
        )
        for k in sorted(again)
    ]
    columns = ["listing", "version", "published", "status", "name_zh", "field", "place"]
    registry = pd.DataFrame(
        [*rows, *later], columns=[*columns, "owner", "needs", "budget", "quota", "study"]
    )
    rail = registry.index[(registry["field"] == "rail") & (registry["version"] == 1)]
    registry.loc[rail[3], "study"] = "markets.yaml#fast-line"
    plant = registry.index[(registry["field"] == "plant") & (registry["version"] == 1)]
    registry.loc[plant[0], "study"] = "markets.yaml#zone"
    suppliers = pd.DataFrame(
        {
            "request": [f"P{k:03d}" for k in range(1, 81)],
            "name_zh": [f"供应商{k:03d}（虚构）" for k in range(1, 81)],
            "places": [listing(rng, COUNTIES, 5) if k % 3 else "" for k in range(80)],
            "fields": [listing(rng, list(FIELDS), 3) for _ in range(80)],
            "has": [listing(rng, SKILLS, 4) for _ in range(80)],
            "fee": rng.integers(1, 30, 80) * 10,
            "record": rng.poisson(3, 80),
            "grade": np.round(rng.normal(70, 10, 80).clip(30, 98), 0),
        }
    )
    return {"listings": registry, "requests": suppliers}


def allowances(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Eight plants, two invented benchmarks, sixteen orders."""
    benchmarks = pd.DataFrame(
        {
            "benchmark": ["X1", "X2"],
            "name_zh": ["大型机组（虚构）", "小型机组（虚构）"],
            "power": [0.8, 0.9],
            "heat": [0.1, 0.1],
            "source": "invented",
        }
    )
    power = rng.integers(20, 300, 8) * 1000
    plants = pd.DataFrame(
        {
            "facility": [f"C{k}" for k in range(1, 9)],
            "name_zh": [f"电厂{k}（虚构）" for k in range(1, 9)],
            "benchmark": rng.choice(["X1", "X2"], 8),
            "power": power,
            "heat": rng.integers(0, 50, 8) * 1000,
            "correction": np.round(rng.uniform(0.97, 1.03, 8), 3),
        }
    )
    given = plants["benchmark"].map(benchmarks.set_index("benchmark")["power"]) * power
    plants["emissions"] = np.round(given * rng.uniform(0.85, 1.15, 8)).astype(int)
    room = (given * plants["correction"] - plants["emissions"]).round()
    orders = []
    for plant, gap in zip(plants["facility"], room, strict=True):
        for part in (0.4, 0.6):
            side = "offer" if gap > 0 else "bid"
            price = 60 + (-1 if gap > 0 else 1) * rng.integers(-200, 400) / 100
            orders.append((plant, side, round(price, 2), max(1, int(abs(gap) * part))))
    order = rng.permutation(len(orders))
    table = pd.DataFrame(
        [orders[k] for k in order], columns=["facility", "side", "price", "quantity"]
    )
    table.insert(0, "order", [f"O{k:02d}" for k in range(1, len(table) + 1)])
    return {"facilities": plants, "benchmarks": benchmarks, "orders": table}


def main() -> None:
    """Write the tables of all four."""
    for number, (name, invent) in enumerate(
        {
            "finance": finance,
            "floor-space": floor_space,
            "scenarios": scenarios,
            "allowances": allowances,
        }.items()
    ):
        folder = MARKETS / name
        folder.mkdir(parents=True, exist_ok=True)
        for table, frame in invent(np.random.default_rng([2024, number])).items():
            frame.to_csv(folder / f"{table}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
