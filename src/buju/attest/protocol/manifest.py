"""A study's results signed like any other submission; rows that were attested, and by whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from buju.attest.ledger import Trust
from buju.attest.protocol.payloads import written_time
from buju.attest.protocol.reading import Reading, read_receipt, receipt_bytes
from buju.attest.protocol.site import Site
from buju.attest.protocol.submission import Submission
from buju.attest.refusal import Refused, refusal
from buju.errors import BujuError

RECEIPT = "receipt.json"


def manifest_payload(bundle: Path, agency: str, at: float, *, synthetic: bool = False) -> bytes:
    """The payload that stands for a bundle: hashes of `manifest.json` and `inputs.sha256`.

    `synthetic` marks a demonstration, such as a signature with a generated finger.
    """
    manifest = (bundle / "manifest.json").read_bytes()
    payload = {
        "schema": "study-manifest/v1",
        "agency": agency,
        "time": written_time(at),
        "study": json.loads(manifest)["study"],
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "inputs_sha256": hashlib.sha256((bundle / "inputs.sha256").read_bytes()).hexdigest(),
    }
    if synthetic:
        payload["synthetic"] = True
    return json.dumps(payload, ensure_ascii=False).encode()


def sign_manifest(
    bundle: Path,
    ledger: Path,
    *,
    officer: str,
    finger: str,
    agency: str,
    keep: Callable[[Submission], None] = lambda submission: None,
) -> Path:
    """Submit a bundle's manifest with both factors; write `receipt.json` into the bundle.

    Parameters
    ----------
    bundle
        Folder that a study's run wrote, complete.
    ledger
        Folder of a site (`buju attest init`).
    officer, finger, agency
        Who signs, at which finger sensor, for whom.

    Returns
    -------
    Path
        The receipt. It is not part of the manifest, so two runs stay byte-identical.
    """
    site = Site(ledger)
    generated = finger.startswith("generator:")
    payload = manifest_payload(bundle, agency, site.clock(), synthetic=generated)
    accepted = site.submit(officer, finger, payload, keep)
    path = bundle / RECEIPT
    path.write_text(accepted.receipt, encoding="utf-8")
    return path


def check_manifest(bundle: Path, trust: Trust | Path) -> Reading:
    """Verify a bundle's receipt and that the files in the folder are the ones signed.

    Raises
    ------
    Refused
        `bundle-altered` when a file is gone or was changed after signing; otherwise whatever
        verification finds.
    """
    found = read_receipt(receipt_bytes(bundle / RECEIPT), trust)
    check_files(bundle, found)
    return found


def check_files(bundle: Path, found: Reading) -> int:
    """Compare every file of a bundle with what a receipt of its manifest says; how many there are.

    The receipt covers the manifest and the list of inputs, and the manifest covers the tables,
    the map, the resolved study and the verdicts.

    Raises
    ------
    Refused
        `bundle-altered` with the first file that is gone or differs.
    """
    signed = {
        name: found.payload.get(f"{field}_sha256")
        for field, name in (("manifest", "manifest.json"), ("inputs", "inputs.sha256"))
    }
    for name, digest in signed.items():
        _require_same(bundle / name, digest)
    held = _held(bundle)
    for name, digest in held.items():
        _require_same(bundle / name, digest)
    return len(signed) + len(held)


def uncovered(bundle: Path) -> list[str]:
    """Files in a bundle's folder that its receipt says nothing about, such as a report."""
    known = {"manifest.json", "inputs.sha256", RECEIPT, *_held(bundle)}
    found = (path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file())
    return sorted(name for name in found if name not in known)


def _held(bundle: Path) -> dict[str, Any]:
    """SHA-256 of every file that the manifest names."""
    manifest = json.loads((bundle / "manifest.json").read_bytes())
    tables = {f"tables/{name}.parquet": row["sha256"] for name, row in manifest["tables"].items()}
    return dict(manifest.get("files", {})) | tables


def _require_same(path: Path, digest: object) -> None:
    if not path.is_file():
        raise refusal("bundle-altered", f"{path} is gone")
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise refusal("bundle-altered", str(path))


def attested_rows(receipts: Iterable[Path], trust: Trust | Path) -> list[dict[str, Any]]:
    """One row a verified receipt, for tables that show who signed which figure.

    Returns
    -------
    list of mappings
        `receipt` (file name), `origin`, `entry`, `verdict`, `cosigned` (names), `logged` (the
        witnesses' time, else the terminal's, UTC), `signed_by`, `second_factor`, `pad`,
        `synthetic`, and the `payload`.

    Raises
    ------
    Refused
        A receipt that does not verify, named by its file; it is never left out.
    """
    believed = Trust.read(trust) if isinstance(trust, Path) else trust
    return [_row(path, believed) for path in receipts]


def _row(path: Path, trust: Trust) -> dict[str, Any]:
    try:
        found = read_receipt(receipt_bytes(path), trust)
    except BujuError as wrong:
        code = str(getattr(wrong, "code", "receipt"))
        raise Refused(code, f"{path}: {wrong.english}", f"{path}：{wrong.chinese}") from wrong
    return {
        "receipt": path.name,
        "origin": found.verified.origin,
        "entry": found.verified.index,
        "verdict": found.verdict,
        "cosigned": sorted(found.verified.cosigned),
        "logged": written_time(found.time),
        "signed_by": found.signed_by,
        "second_factor": found.factor,
        "pad": found.pad,
        "synthetic": found.synthetic,
        "payload": found.payload,
    }
