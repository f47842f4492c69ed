"""Who signed which figure, by which receipt; and whether the result itself is signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from buju.report.content import Show, shown, words
from buju.report.formats import Text
from buju.report.records import Callout, Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part, Section
from buju.study.signing import signature_of

FINALITY = {
    "final": Text("已达法定数", "quorum reached"),
    "no witness": Text("无见证方", "no witness"),
    "not final": Text("未达法定数", "below the quorum"),
}
AGREEMENT = {
    "same": Text("一致", "the same"),
    "differs": Text("不一致", "differs"),
    "absent": Text("表中没有", "not in the table"),
    "": Text("不涉及", "no table"),
}
LEVELS = {
    "none": Text("无（录像）", "none (a recording)"),
    "basic": Text("基本（软件）", "basic (software)"),
    "certified": Text("认证", "certified"),
}
SYNTHETIC = Text(
    "演示：下表中标“是”的各行为合成（synthetic）。签署人与手指均为程序生成，没有任何机关签署过这些数值。",
    "Demonstration: rows marked synthetic were signed by generated officers with generated "
    "fingers. No agency has signed any of these figures.",
)
SCHEMAS = {
    "indicator-figure/v1": Text("指标数值", "indicator figure"),
    "project-milestone/v1": Text("项目里程碑", "project milestone"),
    "coal-output/v1": Text("原煤产量", "coal output"),
    "generation/v1": Text("上网电量", "generation"),
    "facility-energy/v1": Text("用能与碳排放", "facility energy and CO₂"),
    "allowance-transfer/v1": Text("配额转让", "allowance transfer"),
    "study-manifest/v1": Text("研究结果清单", "manifest of a study"),
}


def _rows(results: Results) -> list[Record]:
    frame = results.frame("attested_rows")
    subjects = dict(
        zip(
            frame["subject"],
            zip(frame["subject_zh"], frame["subject_en"], strict=True),
            strict=True,
        )
    )
    columns = [
        Show("receipt", "回执", "Receipt", "code"),
        Show("synthetic", "演示", "Synthetic"),
        Show("schema", "类别", "Kind", through=words(SCHEMAS)),
        Show("subject", "签署内容", "What was signed", through=lambda code: Text(*subjects[code])),
        Show("signed", "签署值", "Signed"),
        Show("held", "数据表中的值", "In the table"),
        Show("agreement", "与数据表", "Against the table", through=words(AGREEMENT)),
        Show("agency", "机关", "Agency"),
        Show("signed_by", "签署人", "Signer", "code"),
        Show("pad", "活体检测", "Liveness check", through=words(LEVELS)),
        Show("logged", "入账时间（UTC）", "Logged, UTC"),
        Show("finality", "见证", "Witnesses", through=words(FINALITY)),
    ]
    records: list[Record] = [_meaning()]
    if frame["synthetic"].any():
        records.append(Callout(SYNTHETIC, "warning"))
    return [*records, shown(results, "attested_rows", columns)]


def _meaning() -> Paragraph:
    return Paragraph(
        Text(
            "每条由一名人员以指静脉与数字证书双因子签署，写入只增不改的账本；回执可离线核验。"
            "回执证明谁在何时签署了哪些字节，不证明数值正确。",
            "Each row was signed by an officer with two factors, finger vein and certificate, and "
            "entered into an append-only ledger; its receipt verifies offline. A receipt proves "
            "who signed which bytes and when, not that a figure is right.",
        )
    )


def _signature(results: Results) -> list[Record]:
    found = signature_of(results.bundle)
    if found is None:
        return [Paragraph(Text("本结果未签署。", "This result is not signed."))]
    return [Callout(_signed(found), "warning" if _is_synthetic(found) else "note")]


def _signed(found: Mapping[str, Any]) -> Text:
    finality = FINALITY.get(str(found["verdict"]), Text.same(found["verdict"]))
    level = LEVELS.get(str(found["pad"]), Text.same(found["pad"]))
    said = Text(
        f"本结果的清单（manifest.json）由 {found['signed_by']} 代表 {found['payload']['agency']} "
        f"签署，账本 {found['origin']} 第 {found['entry']} 条，{found['payload']['time']}；"
        f"活体检测：{level.zh}；见证：{finality.zh}。签署时已核验；复核："
        "buju attest verify receipt.json --trust 信任文件。",
        f"The manifest of this result was signed by {found['signed_by']} for "
        f"{found['payload']['agency']}: ledger {found['origin']}, entry {found['entry']}, "
        f"{found['payload']['time']}; liveness check: {level.en}; witnesses: {finality.en}. It was "
        "verified when it was signed; check again with "
        "buju attest verify receipt.json --trust FILE.",
    )
    demo = Text("演示：手指为程序生成。", "Demonstration: the finger is generated. ")
    return demo + said if _is_synthetic(found) else said


def _is_synthetic(found: Mapping[str, Any]) -> bool:
    return bool(found["synthetic"])


SECTION = Section(
    "attested",
    Text("签署与回执", "Signatures and receipts"),
    [
        Part(Text("结果的签署", "the result's signature"), {}, _signature),
        Part(
            Text("已签署的数值", "figures that were signed"),
            {"attested_rows": ("receipt", "finality", "signed_by", "agreement", "synthetic")},
            _rows,
        ),
    ],
)
