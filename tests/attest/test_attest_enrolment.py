"""Enrolment asks for vessels that can be seen again; a failure to enrol is told and counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("rfc8785")
import draws

from buju.attest import vein
from buju.attest.protocol import officers
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.site import Site
from buju.attest.refusal import Refused
from buju.attest.vein import terminal

POOR = 7002  # a generated finger with hardly a vessel, found by benchmarks/vein.py


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    draws.fix(monkeypatch, "enrolment")
    return Site.create(tmp_path / "L", "example.com/enrolment", pad="basic")


def enrol(site: Site, name: str, finger: str) -> Path:
    return officers.enrol(site, name, finger, Consent.of_generator(name, site.clock()))


def test_a_finger_with_too_few_vessels_is_a_failure_to_enrol(site):
    with pytest.raises(vein.VeinRefused) as wrong:
        enrol(site, "wang", f"generator:{POOR}")
    assert wrong.value.code == "vein-poor"
    for words in ("another finger", "buju attest register", "静脉过少", "请换一个手指"):
        assert words in str(wrong.value)
    assert [line["code"] for line in site.audit().lines()][-1] == "vein-poor"
    folder = site.officer("wang")
    assert [path.name for path in folder.iterdir()] == ["consent.json"]
    assert enrol(site, "wang", "generator:7").is_dir()  # the other finger


def test_captures_of_two_fingers_do_not_agree():
    patterns = [vein.extract(vein.synthetic(finger, 0)) for finger in (7, 8)]
    assert terminal.agree(patterns[:1]) and not terminal.agree(patterns)


def test_a_finger_that_leads_nowhere_is_refused_before_anything_is_kept(site):
    with pytest.raises(vein.VeinRefused, match="there is no folder"):
        enrol(site, "li", "nowhere")
    assert not site.officer("li").exists() and not site.audit().lines()


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [("li", "officer-enrolled", "buju attest withdraw"), ("a b", "officer-name", "64"),
     ("../li", "officer-name", "64"), (".", "officer-name", "64")],
)  # fmt: skip
def test_names_that_cannot_be_enrolled(site, name, code, words):
    enrol(site, "li", "generator:7")
    with pytest.raises(Refused) as wrong:
        enrol(site, name, "generator:8")
    assert wrong.value.code == code and words in wrong.value.english and wrong.value.chinese


def test_the_benchmark_counts_failures_to_enrol():
    path = Path(__file__).parents[2] / "benchmarks" / "results" / "vein.json"
    found = json.loads(path.read_text(encoding="utf-8"))["enrolment"]
    assert POOR in found["fingers that failed"]
    assert found["FTE"]["errors"] == len(found["fingers that failed"])
    assert found["words"] == "synthetic, not an accuracy claim"
