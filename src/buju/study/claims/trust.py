"""Checks of the trust system: what receipts show, and what they cannot show of somebody else's.

The announced system has published no key, receipt, checkpoint or error rate. Its existence and its
accuracy therefore stay `no data`; what a scheme of this form needs is tested on the receipts that
the study names. Receipts marked synthetic never support a claim about the world.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from buju.errors import BujuError
from buju.study.claims.register import Finding, check, decided
from buju.study.context import Run
from buju.study.ledgers import ledger_folder, receipt_files

_NAN = float("nan")
NO_RECEIPTS = Finding(
    "no data", _NAN, "本研究没有指明账本，没有回执可核", "the study names no ledger, so no receipt"
)
# Old and new energy business, as payloads tell them apart: coal and its power, and the rest.
_OLD, _NEW = ("coal", "gas"), ("wind", "solar", "hydro", "biomass", "storage")


def _receipts(run: Run) -> list[Path]:
    folder = ledger_folder(run.study)
    return [] if folder is None else receipt_files(folder)


def _rows(run: Run) -> pd.DataFrame | None:
    return run.frame("attested_rows") if "attested_rows" in run.tables else None


@check
def vein_recognition(run: Run, *, fingers: int = 6) -> Finding:
    """Can people be told by their finger veins? No figure of the firm's device is at hand.

    What the evidence counts is this project's own matcher on generated fingers: a first capture of
    each against a second one of itself and of every other.
    """
    from buju.attest.vein import extract, score, synthetic

    first = [extract(synthetic(finger, 0)) for finger in range(1, fingers + 1)]
    again = [extract(synthetic(finger, 1)) for finger in range(1, fingers + 1)]
    best = [max(range(fingers), key=lambda k: score(first[k], one)) for one in again]
    own = sum(found == finger for finger, found in enumerate(best))
    return Finding(
        "no data",
        _NAN,
        f"该企业的设备没有图像、误识率或拒识率可查。本项目自己的比对程序在 {fingers} 个生成手指中"
        f"认对 {own} 个（合成数据，不代表实际精度）",
        "no image and no error rate of the firm's device is at hand. This project's own matcher "
        f"finds {own} of {fingers} generated fingers among each other (synthetic, not an accuracy "
        "claim)",
    )


@check
def chain_records(run: Run) -> Finding:
    """Is there a record that joins a vein match with an entry in a witnessed log?

    Supported by one receipt that is not synthetic, names a finger vein and is final.
    """
    rows = _rows(run)
    if rows is None or rows.empty:
        return NO_RECEIPTS
    joined = rows["second_factor"].str.startswith("finger vein") & (rows["finality"] == "final")
    real = int((joined & ~rows["synthetic"]).sum())
    zh = f"{int(joined.sum())} 份回执把静脉比对与账本条目结合并经见证，其中非演示的 {real} 份"
    en = (
        f"{int(joined.sum())} receipts join a vein match with a witnessed entry, {real} of them "
        "no demonstration"
    )
    if real:
        return decided(True, real, zh, en)
    return Finding(
        "no data",
        0.0,
        f"该链没有公布公钥、检查点或回执，推出时间也无从核对；{zh}",
        "that chain has published no key, checkpoint or receipt, and the year it came out cannot "
        f"be checked; {en}",
    )


@check
def two_factors(run: Run, *, expected: float = 2) -> Finding:
    """Does a record count only with both factors? Each receipt is verified again without one.

    Per receipt: without the terminal's signature over the vein match, without the officer's, with
    each in turn taken from another receipt; one that verifies contradicts the claim. Receipts of a
    demonstration show what records of this form need and cannot say what another system does, so
    that support needs receipts that are none.
    """
    files, folder, rows = _receipts(run), ledger_folder(run.study), _rows(run)
    if not files or folder is None or rows is None:
        return NO_RECEIPTS
    tried, passed = 0, 0
    for changed in _with_one_factor([json.loads(path.read_bytes()) for path in files]):
        tried += 1
        passed += _verifies(changed, folder / "trust.json")
    real = int((~rows["synthetic"]).sum())
    zh = (
        f"{len(files)} 份回执逐份去掉或换掉一个因子后再核验 {tried} 次，通过 {passed} 次"
        f"{'' if passed else '：此类记录缺一不可'}；其中非演示的回执 {real} 份，"
        f"{'' if real else '没有公告系统自己的回执可核'}"
    )
    en = (
        f"{len(files)} receipts, verified again {tried} times with one factor removed or taken "
        f"from another; {passed} passed{'' if passed else ': records of this form need both'}. "
        f"{real} of the receipts are no demonstration"
        f"{'' if real else ', and none is of the announced system'}"
    )
    if passed == 0 and real == 0:
        return Finding("no data", 2.0, zh, en)
    return decided(passed == 0 and expected == 2, 2.0 if passed == 0 else _NAN, zh.rstrip("，"), en)


def _with_one_factor(whole: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    factors = ("statement_signature", "officer_signature")
    for at, receipt in enumerate(whole):
        for name in factors:
            yield receipt | {name: None}
            if len(whole) > 1:
                yield receipt | {name: whole[at - 1][name]}


def _verifies(receipt: dict[str, Any], trust: Path) -> bool:
    from buju.attest.protocol.reading import read_receipt

    try:
        read_receipt(json.dumps(receipt).encode(), trust)
    except BujuError:
        return False
    return True


@check
def chain_parts(run: Run, *, expected: float) -> Finding:
    """Which of the parts device, chain and cloud do records show?

    A device is shown by a terminal's signature, a chain by an entry that witnesses have cosigned. A
    cloud leaves no signature in a record, so records can show two parts of three.
    """
    rows = _rows(run)
    if rows is None or rows.empty:
        return NO_RECEIPTS
    device = bool(rows["second_factor"].str.startswith("finger vein").any())
    chain = bool((rows["finality"] == "final").any())
    shown = int(device) + int(chain)
    return Finding(
        "no data",
        float(shown),
        f"公告系统没有公布可核验的记录。此类回执可以证明 {shown} 段（端：终端签名；链：见证方"
        f"联署的条目），所称 {expected:g} 段；“云”在记录中不留签名",
        f"the announced system has published no record. Receipts of this form show {shown} parts "
        f"(device: the terminal's signature; chain: an entry that witnesses cosigned) of "
        f"{expected:g} claimed; a cloud leaves no signature in a record",
    )


@check
def energy_records(run: Run) -> Finding:
    """Do old and new energy businesses report into one ledger?

    Supported where records that are no demonstration come from both: coal or thermal power, and
    power of another kind, storage or allowances.
    """
    rows = _rows(run)
    if rows is None or rows.empty:
        return NO_RECEIPTS
    of = rows["subject"].str.split(" · ").str[1]
    power = rows["schema"] == "generation/v1"
    old = (rows["schema"] == "coal-output/v1") | (power & of.isin(_OLD))
    new = (rows["schema"] == "allowance-transfer/v1") | (power & of.isin(_NEW))
    real = ~rows["synthetic"]
    counts = [int(kind.sum()) for kind in (old & real, new & real, old, new)]
    zh = (
        f"传统能源记录 {counts[2]} 条，新业态记录 {counts[3]} 条，"
        f"其中非演示的 {counts[0]}、{counts[1]} 条"
    )
    en = (
        f"{counts[2]} records of old and {counts[3]} of new energy businesses, of which no "
        f"demonstration: {counts[0]} and {counts[1]}"
    )
    if counts[0] and counts[1]:
        return decided(True, counts[0] + counts[1], zh, en)
    return Finding(
        "no data",
        float(counts[0] + counts[1]),
        f"没有任何企业的真实记录入账，“促进转型”也没有给出指标；{zh}",
        "no firm's own record stands in a ledger, and no measure of the transition was given; "
        f"{en}",
    )
