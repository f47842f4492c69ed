"""The ledger that a study names: its files, and what must be there before anything is computed."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from buju.errors import StudyError, missing_extra

if TYPE_CHECKING:
    from buju.study.load import Study

Words = tuple[str, str]
HANDED_IN = "submission.json"  # what `buju attest submit` leaves beside a receipt; it is none


def ledger_folder(study: Study) -> Path | None:
    """The ledger's folder, beside the study file unless its path is absolute; None without one."""
    spec = study.spec.attest
    return None if spec is None else study.path.parent / spec.ledger


def receipt_files(ledger: Path) -> list[Path]:
    """Receipts of a ledger in the order of their names."""
    found = sorted((ledger / "receipts").glob("*.json"))
    return [path for path in found if path.name != HANDED_IN]


def attest_files(study: Study) -> dict[str, str]:
    """SHA-256 of the trust file and the receipts that a run reads, by name as in `inputs`."""
    folder = ledger_folder(study)
    if folder is None:
        return {}
    assert study.spec.attest is not None
    stem = study.spec.attest.ledger.as_posix().rstrip("/")
    return {
        f"{stem}/{path.relative_to(folder).as_posix()}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in [folder / "trust.json", *receipt_files(folder)]
        if path.is_file()
    }


def require_ledger(study: Study) -> None:
    """Refuse a study whose ledger cannot be read, or cannot sign where it is asked to.

    Raises
    ------
    StudyError
        No trust file; a site that was not made by `buju attest init`; an officer who is not
        enrolled. All are listed.
    MissingExtra
        Receipts need the extra `attest`.
    """
    folder, spec = ledger_folder(study), study.spec.attest
    if folder is None or spec is None:
        return
    if find_spec("cryptography") is None or find_spec("rfc8785") is None:
        raise missing_extra("attest", f"{study.path}, attest: receipts and signatures")
    faults = list(_trust_faults(folder))
    if spec.officer is not None:
        faults += _signing_faults(folder, spec.officer)
    if faults:
        raise StudyError(
            "\n  ".join([f"{study.path}, attest:", *[english for english, _ in faults]]),
            "\n  ".join([f"{study.path}，attest：", *[chinese for _, chinese in faults]]),
        )


def _trust_faults(folder: Path) -> list[Words]:
    if (folder / "trust.json").is_file():
        return []
    return [
        (
            f"{folder} has no trust.json; correct `ledger`, make one with `buju attest init "
            f"--ledger {folder} --origin NAME`, or take the section out",
            f"{folder} 中没有 trust.json；请更正 ledger，或用 `buju attest init --ledger {folder} "
            "--origin NAME` 新建，或删去此节",
        )
    ]


def _signing_faults(folder: Path, officer: str) -> list[Words]:
    if not (folder / "private" / "site.key").is_file():
        return [
            (
                f"{folder} holds no keys, so it can show receipts and cannot sign; name a ledger "
                "made by `buju attest init`, or leave out officer, finger and agency",
                f"{folder} 中没有密钥，只能展示回执、不能签署；请指明由 `buju attest init` "
                "新建的账本，或删去 officer、finger、agency",
            )
        ]
    if (folder / "officers" / officer / "template.bin").is_file():
        return []
    enrolled = sorted(path.parent.name for path in folder.glob("officers/*/template.bin"))
    return [
        (
            f"officer {officer!r} is not enrolled; enrolled: {', '.join(enrolled) or 'nobody'}. "
            f"Enrol with `buju attest enrol --ledger {folder} --officer {officer} --finger ...`",
            f"人员 {officer!r} 未登记；已登记：{'、'.join(enrolled) or '无'}。请用 `buju attest "
            f"enrol --ledger {folder} --officer {officer} --finger …` 登记",
        )
    ]
