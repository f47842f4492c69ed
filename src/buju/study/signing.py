"""A finished bundle is signed by its officer: submitted to the ledger, with both factors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from buju.errors import BujuError, StudyError
from buju.study.bundle import Bundle, write_json
from buju.study.ledgers import ledger_folder
from buju.study.load import Study

SIGNED = "signed.json"


class NotSigned(StudyError):
    """The bundle stands, complete and unsigned; `bundle` is it, `code` says what refused."""

    def __init__(self, english: str, chinese: str, *, bundle: Bundle, code: str) -> None:
        super().__init__(english, chinese)
        self.bundle = bundle
        self.code = code


def sign(bundle: Bundle, study: Study) -> None:
    """Submit a bundle's manifest; `receipt.json` and, in words, `signed.json` join the bundle.

    For a study that names officer, finger and agency.

    Neither is part of the manifest, so that two runs of one study stay the same bytes.

    Raises
    ------
    NotSigned
        The finger, the certificate or the ledger refused. The bundle stays as it is.
    """
    from buju.attest.protocol.manifest import check_manifest, sign_manifest

    spec, ledger = study.spec.attest, ledger_folder(study)
    assert spec and ledger and spec.officer and spec.finger and spec.agency
    try:
        sign_manifest(
            bundle.path, ledger, officer=spec.officer, finger=spec.finger, agency=spec.agency
        )
        found = check_manifest(bundle.path, ledger / "trust.json")
    except BujuError as refused:
        raise _not_signed(bundle, ledger, refused) from refused
    write_json(bundle.path / SIGNED, found.summary())


def _not_signed(bundle: Bundle, ledger: Path, refused: BujuError) -> NotSigned:
    code = str(getattr(refused, "code", "refused"))
    return NotSigned(
        f"{bundle.path} is complete and NOT signed: {refused.english}\nThe refusal stands in "
        f"{ledger / 'audit.jsonl'}. Put it right and run again",
        f"{bundle.path} 已完成，但未签署：{refused.chinese or refused.english}\n"
        f"拒绝已记入 {ledger / 'audit.jsonl'}；请更正后重新运行",
        bundle=bundle,
        code=code,
    )


def signature_of(bundle: Bundle) -> dict[str, Any] | None:
    """What was verified when the bundle was signed; None for a bundle that was not."""
    import json

    path = bundle.path / SIGNED
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
