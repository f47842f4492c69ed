"""A study's ledger: receipts shown beside the tables, the result signed, what is wrong said."""

from __future__ import annotations

import json
import shutil
import sys
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("rfc8785")
sys.path.insert(0, str(Path(__file__).parents[1] / "attest"))
import draws

from buju.attest.protocol import officers
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.demonstration import make_demonstration, read_payloads
from buju.attest.protocol.manifest import check_manifest
from buju.attest.protocol.site import Site
from buju.attest.refusal import Refused
from buju.errors import StudyError
from buju.serve.cli import main
from buju.study import load_study, run_study
from buju.study.claims import trust
from buju.study.context import Run
from buju.study.ledgers import require_ledger
from buju.study.signing import NotSigned
from buju.study.stages import attested

EXAMPLES = Path(__file__).parents[2] / "examples"
SIGNING = "attest: {{ledger: L, officer: li, finger: '{finger}', agency: demo}}\n"


def study(folder: Path, section: str) -> Path:
    """A study of the strip with one scenario and an attest section."""
    folder.mkdir(parents=True, exist_ok=True)
    region = EXAMPLES / "strip" / "region"
    (folder / "study.yaml").write_text(
        f"study: 带\nregion: {region}\nyear: 2020\nscenarios: {{base: {{}}}}\n{section}",
        encoding="utf-8",
    )
    return folder / "study.yaml"


@pytest.fixture(scope="module", autouse=True)
def fixed_draws() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        draws.fix(patch, __name__)
        yield


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    found = Site.create(tmp_path_factory.mktemp("site") / "L", "example.com/study", pad="basic")
    officers.enrol(found, "li", "generator:7", Consent.of_generator("li", found.clock()))
    return found


@pytest.fixture(scope="module")
def signed(site: Site) -> Path:
    """The bundle of a study that was signed."""
    file = study(site.folder.parent, SIGNING.format(finger="generator:7"))
    return run_study(file).path


@pytest.fixture(scope="module")
def shanxi() -> Run:
    run = Run(load_study(EXAMPLES / "shanxi"))
    run.tables |= attested.stage(run)
    return run


# -- the result's signature


def verify(bundle: Path, site: Site) -> int:
    with pytest.raises(SystemExit) as done:
        receipt = str(bundle / "receipt.json")
        main(["attest", "verify", receipt, "--trust", str(site.folder / "trust.json")])
    return int(done.value.code or 0)


def test_a_signed_result_verifies_offline_with_all_its_files(signed, site, capsys):
    found = check_manifest(signed, site.folder / "trust.json")
    assert (found.payload["agency"], found.payload["synthetic"]) == ("demo", True)
    assert verify(signed, site) == 0
    count = 2 + 3 + len(list((signed / "tables").iterdir()))
    assert f"as signed: {count}" in capsys.readouterr().out
    assert json.loads((signed / "signed.json").read_text())["signed_by"] == "CN=li"


def test_signing_changes_no_byte_of_the_record(signed, tmp_path):
    plain = run_study(study(tmp_path, ""), out=tmp_path / "plain").path
    for path in (plain / "tables").iterdir():
        assert path.read_bytes() == (signed / "tables" / path.name).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["tables/effects.parquet", "manifest.json", "inputs.sha256", "resolved.yaml", "verdicts.csv",
     "region.gpkg"],
)  # fmt: skip
def test_a_changed_file_is_named(signed, site, tmp_path, name, capsys):
    copy = tmp_path / "bundle"
    shutil.copytree(signed, copy)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(Refused) as wrong:
        check_manifest(copy, site.folder / "trust.json")
    assert wrong.value.code == "bundle-altered" and name in str(wrong.value)
    assert verify(copy, site) == 1
    assert "与签署时不同" in capsys.readouterr().err
    (copy / name).unlink()
    with pytest.raises(Refused, match="is gone"):
        check_manifest(copy, site.folder / "trust.json")


def test_a_receipt_without_its_bundle_says_that_files_were_not_compared(
    signed, site, tmp_path, capsys
):
    shutil.copy(signed / "receipt.json", tmp_path)
    assert verify(tmp_path, site) == 0
    assert "were NOT compared" in capsys.readouterr().err


def test_a_refused_finger_leaves_the_bundle_and_says_so(site, capsys):
    """Another person's finger: the bundle stands, nothing is in the log, the exit code is 1."""
    with site.log(write=False) as log:
        before = log.size
    file = study(site.folder.parent / "other", SIGNING.format(finger="generator:9"))
    file.write_text(file.read_text(encoding="utf-8").replace("ledger: L", "ledger: ../L"))
    with pytest.raises(NotSigned) as wrong:
        run_study(file)
    assert wrong.value.code == "vein-mismatch"
    for words in ("NOT signed", "未签署", "audit.jsonl"):
        assert words in str(wrong.value)
    bundle = wrong.value.bundle.path
    assert (bundle / "manifest.json").is_file() and not (bundle / "receipt.json").exists()
    with pytest.raises(SystemExit) as done:
        main(["run", str(file), "--workers", "1"])
    assert done.value.code == 1
    shown = capsys.readouterr()
    assert "report.html" in shown.out and "NOT signed" in shown.err
    assert "本结果未签署" in (bundle / "report.html").read_text(encoding="utf-8")
    with site.log(write=False) as log:
        assert log.size == before
    assert [line["code"] for line in site.audit().lines()][-1] == "vein-mismatch"


def test_the_report_of_a_signed_result_names_signer_and_level(signed):
    from buju.report import render
    from buju.study.bundle import Bundle

    page = render(Bundle.read(signed)).read_text(encoding="utf-8")
    for words in ("CN=li", "基本（软件）", "无见证方", "手指为程序生成"):
        assert words in page


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("attest: {ledger: nowhere}\n", ("no trust.json", "没有 trust.json", "attest init")),
        ("attest: {ledger: L, officer: zhao, finger: 'generator:7', agency: demo}\n",
         ("'zhao' is not enrolled; enrolled: li", "未登记", "attest enrol")),
        ("attest: {ledger: L, officer: li}\n", ("add finger, agency", "取值不合规则")),
        ("attest: {ledgers: L}\n", ("unknown key", "不认识的键")),
        ("attest: {}\n", ("ledger: is missing", "缺少此项")),
    ],
)  # fmt: skip
def test_faults_are_found_before_anything_is_computed(site, section, words):
    file = study(site.folder.parent / "faults", section.replace("ledger: L", "ledger: ../L"))
    with pytest.raises(StudyError) as wrong:
        run_study(file)
    assert all(word in str(wrong.value) for word in words)
    assert not (file.parent / "out").exists()


def test_a_ledger_without_keys_shows_receipts_and_cannot_sign(tmp_path):
    ledger = EXAMPLES / "shanxi" / "ledger"
    section = f"attest: {{ledger: {ledger}, officer: li, finger: 'generator:7', agency: demo}}\n"
    with pytest.raises(StudyError, match=r"holds no keys[\s\S]*没有密钥|没有密钥[\s\S]*no keys"):
        run_study(study(tmp_path, section))


# -- receipts of figures and milestones


def test_rows_name_signer_agency_time_receipt_and_level(shanxi):
    table = shanxi.frame("attested_rows")
    files = {path.name for path in (EXAMPLES / "shanxi" / "ledger" / "receipts").iterdir()}
    assert set(table["receipt"]) == files and table["synthetic"].all()
    assert set(table["pad"]) == {"basic"} and set(table["finality"]) == {"final"}
    assert table["signed_by"].str.fullmatch(r"CN=demo-\w+-officer").all()
    assert table["agency"].str.startswith("demo-").all()
    assert pd.to_datetime(table["logged"]).notna().all()
    assert "演示" in shanxi.tables["attested_rows"].note_zh


def test_a_signed_figure_is_compared_with_the_regions_table(shanxi):
    table = shanxi.frame("attested_rows").set_index("subject")
    assert table.loc["population_census · 140100 · 2020", "agreement"] == "same"
    other = table.loc["gdp_growth_real · 140100 · 2015"]
    assert (other["signed"], other["held"], other["agreement"]) == (
        "9.1 percent", "8.9 percent", "differs")  # fmt: skip
    assert table.loc["P02 · opened", "agreement"] == "same"
    assert table.loc["P02 · opened", "subject_zh"] == "集大原高铁 · 开通"
    assert table.loc["DEMO-M01 · 2026-10", "agreement"] == ""


def test_a_generated_finger_is_a_demonstration_whatever_its_payload_says(site, tmp_path, capsys):
    payload = (
        b'{"schema": "coal-output/v1", "agency": "a", "time": "2026-11-02T08:00:00Z", "mine": "M",'
        b' "period": "2026-10", "raw_coal": 1, "method": "weighed"}'
    )
    accepted = site.submit("li", "generator:7", payload, lambda submission: None)
    (tmp_path / "L" / "receipts").mkdir(parents=True)
    (tmp_path / "L" / "receipts" / "one.json").write_text(accepted.receipt)
    shutil.copy(site.folder / "trust.json", tmp_path / "L")
    run = Run(load_study(study(tmp_path, "attest: {ledger: L}\n")))
    assert attested.stage(run)["attested_rows"].frame["synthetic"].tolist() == [True]
    with pytest.raises(SystemExit):
        main(["attest", "verify", str(tmp_path / "L" / "receipts" / "one.json")])
    assert "手指由程序生成" in capsys.readouterr().err


def test_a_receipt_that_does_not_verify_stops_the_study_by_name(tmp_path):
    shutil.copytree(EXAMPLES / "shanxi" / "ledger", tmp_path / "L")
    path = tmp_path / "L" / "receipts" / "05-project-milestone.json"
    receipt = json.loads(path.read_text())
    other = json.loads((path.parent / "06-project-milestone.json").read_text())
    path.write_text(json.dumps(receipt | {"payload": other["payload"]}))
    run = Run(load_study(study(tmp_path, "attest: {ledger: L}\n")))
    with pytest.raises(StudyError) as wrong:
        attested.stage(run)
    for words in ("05-project-milestone.json", "does not verify", "未通过核验"):
        assert words in str(wrong.value)


def _deep(receipt: dict[str, Any]) -> bytes:
    return b'{"format":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


HOSTILE: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "20 MB": lambda receipt: b"{" + b" " * 20_000_000 + b"}",
    "deep": _deep,
    "empty": lambda receipt: b"",
    "no object": lambda receipt: b"[]",
    "not text": lambda receipt: bytes(range(256)),
    "certificate of 5 MB": lambda receipt: json.dumps(
        receipt | {"certificates": ["A" * 5_000_000]}
    ).encode(),
    "a thousand certificates": lambda receipt: json.dumps(
        receipt | {"certificates": receipt["certificates"] * 1000}
    ).encode(),
    "giant size": lambda receipt: json.dumps(
        receipt | {"proof": receipt["proof"].replace("index 4", "index 9223372036854775808")}
    ).encode(),
    "malformed note": lambda receipt: json.dumps(
        receipt | {"proof": receipt["proof"].replace("\n\n", "\r\n\r\n")}
    ).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_receipts_stop_the_study_fast_in_bounded_memory(tmp_path, name):
    shutil.copytree(EXAMPLES / "shanxi" / "ledger", tmp_path / "L")
    path = tmp_path / "L" / "receipts" / "05-project-milestone.json"
    path.write_bytes(HOSTILE[name](json.loads(path.read_text())))
    run = Run(load_study(study(tmp_path, "attest: {ledger: L}\n")))
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(StudyError, match=r"05-project-milestone\.json") as wrong:
        attested.stage(run)
    assert time.process_time() - began < 2
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
    assert "未通过核验" in str(wrong.value) and len(str(wrong.value)) < 2_000


def test_no_secret_of_the_site_stands_in_a_signed_result(signed, site):
    from buju.report import render
    from buju.study.bundle import Bundle

    render(Bundle.read(signed))
    private = site.folder / "private"
    secrets = [path.read_bytes() for path in private.iterdir() if path.suffix != ".sqlite"]
    secrets += [(site.officer("li") / "template.bin").read_bytes()]
    forms = [form for one in secrets for form in (one, one.hex().encode(), b64encode(one))]
    assert len(secrets) >= 5
    for path in signed.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(form in data for form in forms if len(form) > 8), path


def test_a_submission_kept_beside_a_receipt_is_no_receipt(tmp_path):
    shutil.copytree(EXAMPLES / "shanxi" / "ledger", tmp_path / "L")
    (tmp_path / "L" / "receipts" / "submission.json").write_text("{}")
    run = Run(load_study(study(tmp_path, "attest: {ledger: L}\n")))
    require_ledger(run.study)
    assert len(attested.stage(run)["attested_rows"].frame) == 11
    names = [name for name in run.study.inputs() if name.startswith("L/")]
    assert "L/trust.json" in names and len(names) == 12


def test_the_example_ledger_is_made_by_the_command_from_its_payloads(tmp_path, shanxi):
    source = EXAMPLES / "shanxi" / "ledger" / "payloads.json"
    rows = read_payloads(source)
    signed = shanxi.frame("attested_rows")
    assert signed["schema"].tolist() == [row["schema"] for row in rows]
    paths = make_demonstration(rows[4:6], tmp_path)
    assert [path.name for path in paths] == [
        "01-project-milestone.json",
        "02-project-milestone.json",
    ]
    left = sorted(path.relative_to(tmp_path).parts[0] for path in tmp_path.iterdir())
    assert left == ["receipts", "trust.json"]
    assert "PRIVATE" not in "".join(p.read_text() for p in tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "JSON"), ("[]", "list of payloads"), ("[1]", "list of payloads"),
        ('[{"schema": "coal-output/v9"}]', "payload 1"),
        ('[{"schema": "project-milestone/v1", "agency": "a", "time": "2026-01-01T00:00:00Z", '
         '"project": "P", "milestone": "opened", "date": "2026-01-01"}]', '"synthetic": true'),
    ],
)  # fmt: skip
def test_a_demonstration_payload_must_say_that_it_is_one(tmp_path, content, words):
    (tmp_path / "p.json").write_text(content)
    with pytest.raises(Refused) as wrong:
        read_payloads(tmp_path / "p.json")
    assert words in str(wrong.value)


# -- claims


def test_claims_stay_without_data_while_all_receipts_are_synthetic(shanxi):
    found = {
        "two": trust.two_factors(shanxi), "chain": trust.chain_records(shanxi),
        "parts": trust.chain_parts(shanxi, expected=3), "energy": trust.energy_records(shanxi),
        "vein": trust.vein_recognition(shanxi, fingers=3),
    }  # fmt: skip
    assert {one.verdict for one in found.values()} == {"no data"}
    assert found["two"].value == 2 and "0 passed" in found["two"].en
    assert "synthetic, not an accuracy claim" in found["vein"].en
    assert found["parts"].value == 2


def test_claims_are_decided_by_receipts_that_are_no_demonstration(shanxi, monkeypatch):
    frame = shanxi.frame("attested_rows").assign(synthetic=False)
    real = Run(shanxi.study, tables=dict(shanxi.tables))
    real.tables["attested_rows"] = attested.Table(frame, "", "")
    assert trust.two_factors(real).verdict == "supported"
    assert trust.chain_records(real).verdict == "supported"
    assert trust.energy_records(real).verdict == "supported"
    monkeypatch.setattr(trust, "_verifies", lambda *_: True)
    assert trust.two_factors(real).verdict == "contradicted"


def test_a_study_without_ledger_has_no_receipt_to_check(tmp_path):
    run: Any = Run(load_study(study(tmp_path, "")))
    assert attested.stage(run) == {}
    for check in (trust.two_factors, trust.chain_records, trust.energy_records):
        assert check(run) is trust.NO_RECEIPTS
