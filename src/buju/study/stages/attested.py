"""Stage `attested`: who signed which figure, by which receipt, and what the region's tables hold.

A receipt proves who signed which bytes and when; that the figure is right it does not prove.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buju.errors import BujuError, StudyError
from buju.region import Region
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.ledgers import ledger_folder, receipt_files

# What a payload is about, by schema: fields that name it, the figure, and its unit.
_ABOUT: dict[str, tuple[tuple[str, ...], str, str]] = {
    "indicator-figure/v1": (("indicator", "place", "period"), "value", "unit"),
    "project-milestone/v1": (("project", "milestone"), "date", ""),
    "coal-output/v1": (("mine", "period"), "raw_coal", "t"),
    "generation/v1": (("plant", "source", "start"), "energy", "MWh"),
    "facility-energy/v1": (("facility", "period"), "co2", "t"),
    "allowance-transfer/v1": (("transfer", "seller", "buyer"), "tonnes", "t"),
    "study-manifest/v1": (("study",), "manifest_sha256", ""),
}
_WORDS = {
    "approved": ("获批", "approved"), "started": ("开工", "started"),
    "topped-out": ("封顶", "topped out"), "trial-run": ("试运行", "trial run"),
    "opened": ("开通", "opened"), "completed": ("完工", "completed"),
    "coal": ("煤电", "coal"), "gas": ("燃气", "gas"), "wind": ("风电", "wind"),
    "solar": ("光伏", "solar"), "hydro": ("水电", "hydro"), "biomass": ("生物质", "biomass"),
    "storage": ("储能", "storage"),
}  # fmt: skip
_REACHED = {"started": "start", "opened": "actual_completion", "completed": "actual_completion"}
COLUMNS = (
    "receipt", "origin", "entry", "finality", "cosigned", "logged", "agency", "signed_by",
    "second_factor", "pad", "synthetic", "schema", "subject", "subject_zh", "subject_en",
    "signed", "table", "held", "agreement", "note",
)  # fmt: skip


def stage(run: Run) -> dict[str, Table]:
    """Table `attested_rows`, where the study names a ledger."""
    folder = ledger_folder(run.study)
    if folder is None:
        return {}
    from buju.attest.protocol.manifest import attested_rows

    try:
        found = attested_rows(receipt_files(folder), folder / "trust.json")
    except BujuError as wrong:
        raise StudyError(
            f"{run.study.path}, attest: a receipt does not verify: {wrong.english}. Put the right "
            "receipt or trust file there, or take the receipt out",
            f"{run.study.path}，attest：有回执未通过核验：{wrong.chinese}。请换上正确的回执或"
            "信任文件，或移走该回执",
        ) from wrong
    rows = [_row(run.region, one) for one in found]
    return {
        "attested_rows": Table(
            pd.DataFrame(rows, columns=list(COLUMNS)).astype({"entry": int, "synthetic": bool}),
            "已签署的数值与里程碑",
            "Figures and milestones that were signed",
            basis="observed",
            note_zh="回执证明谁在何时签署了哪些字节，不证明数值正确；每次运行都离线核验全部回执。"
            "agreement 比较签署值与本区域数据表。synthetic 为真者是演示：签署人和手指均为生成。",
            note_en="A receipt proves who signed which bytes and when, not that a figure is right; "
            "every run verifies all receipts offline. `agreement` compares what was signed with "
            "the region's tables. Rows that are `synthetic` are a demonstration: signer and finger "
            "are generated.",
        )
    }


def _row(region: Region, found: Mapping[str, Any]) -> dict[str, Any]:
    payload = found["payload"]
    names, figure, unit = _ABOUT.get(payload["schema"], ((), "", ""))
    table, held = _held(region, payload)
    parts = [str(payload[name]) for name in names]
    subject = [_named(region, name, part) for name, part in zip(names, parts, strict=True)]
    written = str(payload.get("unit", "")) if unit == "unit" else unit
    signed = f"{_text(payload.get(figure))} {written}".strip()
    return {
        **{key: found[key] for key in ("receipt", "origin", "entry", "logged", "pad")},
        "finality": found["verdict"],
        "cosigned": ";".join(found["cosigned"]),
        "agency": payload["agency"],
        "signed_by": found["signed_by"],
        "second_factor": found["second_factor"],
        "synthetic": bool(found["synthetic"]),
        "schema": payload["schema"],
        "subject": " · ".join(parts),
        "subject_zh": " · ".join(zh for zh, _ in subject),
        "subject_en": " · ".join(en for _, en in subject),
        "signed": signed,
        "table": table,
        "held": held,
        "agreement": _agreement(table, held, signed),
        "note": str(payload.get("note", "")),
    }


def _named(region: Region, field: str, code: str) -> tuple[str, str]:
    """Chinese and English name of what a field's code means; the code where nothing is known."""
    tables = {
        "indicator": (region.indicator_definitions, "indicator"),
        "place": (region.places, "place"),
        "project": (region.projects, "project"),
    }
    if field not in tables:
        return _WORDS.get(code, (code, code))
    table, key = tables[field]
    rows = table[table[key] == code]
    if rows.empty:
        return code, code
    zh, en = rows["name_zh"].iloc[0], rows["name_en"].iloc[0]
    return str(zh), str(zh if pd.isna(en) else en)


def _held(region: Region, payload: Mapping[str, Any]) -> tuple[str, str]:
    """The table of the region that speaks of the same thing, and what it says; "" without one."""
    if payload["schema"] == "indicator-figure/v1":
        rows = region.indicators
        of = (rows["indicator"] == payload["indicator"]) & (rows["place"] == payload["place"])
        rows = rows[of & (rows["year"].astype(str) == payload["period"])]
        units = region.indicator_definitions.set_index("indicator")["unit"]
        unit = units.get(payload["indicator"], "")
        value = "" if rows.empty else f"{_text(rows['value'].iloc[0])} {unit}"
        return "indicators", value
    if payload["schema"] == "project-milestone/v1":
        column = _REACHED.get(payload["milestone"])
        rows = region.projects[region.projects["project"] == payload["project"]]
        if column is None or rows.empty or pd.isna(rows[column].iloc[0]):
            return "projects", ""
        return "projects", str(rows[column].iloc[0])
    return "", ""


def _agreement(table: str, held: str, signed: str) -> str:
    """`same`, `differs`, `absent` from the table, or "" where no table speaks of it.

    A date of a table may be a month or a year; it agrees with every day within.
    """
    if not table:
        return ""
    if not held:
        return "absent"
    if table == "projects":
        return "same" if signed.startswith(held) else "differs"
    return "same" if held == signed else "differs"


def _text(value: object) -> str:
    """A number without the trailing zero that a table's float gives it; words as they are."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{float(value):.15g}"
    return "" if value is None else str(value)
