"""Attacks on a whole site, with generated fingers: 2, 19, 31, 32, and withdrawal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rfc8785")
sys.path.insert(0, str(Path(__file__).parents[1] / "attest"))
import draws
from desk import READING

from buju.attest.protocol import officers
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.manifest import attested_rows, check_manifest, sign_manifest
from buju.attest.protocol.reading import read_receipt
from buju.attest.protocol.site import Site
from buju.errors import BujuError

FINGERS = {"zhang": "generator:7", "li": "generator:42"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with pytest.MonkeyPatch.context() as patch:
        draws.fix(patch, __name__)
        made = Site.create(tmp_path_factory.mktemp("site") / "L", "example.com/site", pad="basic")
        for name, finger in FINGERS.items():
            officers.enrol(made, name, finger, Consent.of_generator(name, made.clock()))
    return made


@pytest.fixture(autouse=True)
def fixed_draws(
    request: pytest.FixtureRequest, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws.fix(monkeypatch, request.node.name)


def submit(site: Site, name: str, finger: str, amount: int) -> Any:
    payload = json.dumps(READING | {"raw_coal": amount}).encode()
    return site.submit(name, finger, payload, lambda submission: None)


def refused(site: Site, name: str, finger: str, code: str) -> None:
    with site.log(write=False) as log:
        size = log.size
    before = len(site.audit().lines())
    with pytest.raises(BujuError) as caught:
        submit(site, name, finger, 9)
    assert getattr(caught.value, "code", "") == code, str(caught.value)
    with site.log(write=False) as log:
        assert log.size == size
    assert [line["code"] for line in site.audit().lines()[before:]] == [code]


def test_attack_02_another_finger(site: Site) -> None:
    refused(site, "zhang", FINGERS["li"], "vein-mismatch")
    assert submit(site, "zhang", FINGERS["zhang"], 1).index >= 0


def test_attack_19_templates_swapped(site: Site) -> None:
    own, other = (site.officer(name) / "template.bin" for name in ("zhang", "li"))
    kept = own.read_bytes()
    own.write_bytes(other.read_bytes())
    try:
        refused(site, "zhang", FINGERS["li"], "template-binding")
    finally:
        own.write_bytes(kept)


def test_attack_31_no_secret_outside_private(site: Site) -> None:
    receipt = submit(site, "li", FINGERS["li"], 2).receipt
    private = site.folder / "private"
    pins = [path.read_text() for path in private.glob("*.pin")]
    keys = [(private / "log.key").read_text(), (private / "terminal.key").read_bytes().hex()]
    keys += [(private / "site.key").read_bytes().hex()]
    templates = [(site.officer(name) / "template.bin").read_bytes() for name in FINGERS]
    assert len(pins) == 2
    public = [
        path for path in site.folder.rglob("*") if path.is_file() and private not in path.parents
    ]
    for path in public:
        data = path.read_bytes()
        for secret in [*pins, *keys]:
            assert secret.encode() not in data, path
        if path.name != "template.bin":
            assert not any(one in data or one.hex().encode() in data for one in templates), path
    assert not any(secret in receipt for secret in [*pins, *keys])
    assert (private.stat().st_mode & 0o077) == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in private.iterdir())


def test_attack_32_one_file_offline(site: Site, tmp_path: Path) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_text(submit(site, "li", FINGERS["li"], 3).receipt)
    trust = tmp_path / "trust.json"
    trust.write_bytes((site.folder / "trust.json").read_bytes())
    here = read_receipt(receipt.read_bytes(), trust)
    line = [sys.executable, "-m", "buju.attest.verify", "receipt.json", "--trust", "trust.json"]
    done = subprocess.run([*line, "--json"], cwd=tmp_path, capture_output=True, text=True)
    there = json.loads(done.stdout)
    assert there["valid"]
    assert (there["index"], there["size"]) == (here.verified.index, here.verified.size)
    broken = json.loads(receipt.read_text())
    broken["officer_signature"] = broken["statement_signature"]
    receipt.write_text(json.dumps(broken))
    with pytest.raises(BujuError):
        read_receipt(receipt.read_bytes(), trust)
    done = subprocess.run([*line, "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1


def test_keys_inside_a_receipt_are_not_trusted(site: Site, tmp_path: Path) -> None:
    receipt = submit(site, "li", FINGERS["li"], 4).receipt.encode()
    other = Site.create(tmp_path / "other", "example.com/site")
    with pytest.raises(BujuError):
        read_receipt(receipt, other.folder / "trust.json")


def test_a_manifest_is_signed_and_a_changed_table_noticed(site: Site, tmp_path: Path) -> None:
    import hashlib

    (tmp_path / "tables").mkdir()
    table = tmp_path / "tables" / "one.parquet"
    table.write_bytes(b"rows")
    digest = hashlib.sha256(b"rows").hexdigest()
    manifest = {"study": "研究", "tables": {"one": {"sha256": digest}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "inputs.sha256").write_text("")
    sign_manifest(tmp_path, site.folder, officer="li", finger=FINGERS["li"], agency="planning")
    trust = site.folder / "trust.json"
    assert check_manifest(tmp_path, trust).signed_by == "CN=li"
    folder = tmp_path / "receipts"
    folder.mkdir()
    (folder / "a.json").write_text((tmp_path / "receipt.json").read_text())
    assert attested_rows(folder.iterdir(), trust)[0]["payload"]["study"] == "研究"
    table.write_bytes(b"other")
    with pytest.raises(BujuError, match=r"one\.parquet"):
        check_manifest(tmp_path, trust)


def test_withdrawal_deletes_the_template_and_keeps_the_log(site: Site) -> None:
    receipt = submit(site, "zhang", FINGERS["zhang"], 5).receipt.encode()
    officers.withdraw(site, "zhang")
    assert not (site.officer("zhang") / "template.bin").exists()
    refused(site, "zhang", FINGERS["zhang"], "consent-withdrawn")
    assert read_receipt(receipt, site.folder / "trust.json").payload["raw_coal"] == 5
    with site.log() as log:  # opening for writing checks the whole ledger
        assert log.size > 0
