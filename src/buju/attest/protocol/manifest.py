"""A study's results signed like any other submission; rows that were attested, and by whom."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from buju.attest.ledger import Trust
from buju.attest.protocol.payloads import written_time
from buju.attest.protocol.reading import Reading, read_receipt
from buju.attest.protocol.site import Site
from buju.attest.protocol.submission import Submission
from buju.attest.refusal import refusal

RECEIPT = "receipt.json"


def manifest_payload(bundle: Path, agency: str, at: float) -> bytes:
    """The payload that stands for a bundle: hashes of `manifest.json` and `inputs.sha256`."""
    manifest = (bundle / "manifest.json").read_bytes()
    payload = {
        "schema": "study-manifest/v1",
        "agency": agency,
        "time": written_time(at),
        "study": json.loads(manifest)["study"],
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "inputs_sha256": hashlib.sha256((bundle / "inputs.sha256").read_bytes()).hexdigest(),
    }
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
    payload = manifest_payload(bundle, agency, site.clock())
    accepted = site.submit(officer, finger, payload, keep)
    path = bundle / RECEIPT
    path.write_text(accepted.receipt, encoding="utf-8")
    return path


def check_manifest(bundle: Path, trust: Trust | Path) -> Reading:
    """Verify a bundle's receipt and that the files in the folder are the ones signed.

    Raises
    ------
    Refused
        `receipt` when a file was changed after signing; otherwise whatever verification finds.
    """
    found = read_receipt((bundle / RECEIPT).read_bytes(), trust)
    for field, name in (("manifest_sha256", "manifest.json"), ("inputs_sha256", "inputs.sha256")):
        digest = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
        if found.payload.get(field) != digest:
            raise refusal("receipt", f"{name} is not the file that was signed")
    tables = json.loads((bundle / "manifest.json").read_bytes())["tables"]
    for name, table in tables.items():
        data = (bundle / "tables" / f"{name}.parquet").read_bytes()
        if hashlib.sha256(data).hexdigest() != table["sha256"]:
            raise refusal("receipt", f"table {name} is not the one that was signed")
    return found


def attested_rows(receipts: Path, trust: Trust | Path) -> list[dict[str, Any]]:
    """One row a verified receipt in a folder, for tables that show who signed which figure.

    Returns
    -------
    list of mappings
        `receipt` (file name), `verdict`, `signed_by`, `second_factor`, `pad` and the payload's own
        fields (`agency`, `time`, `schema` and others). A receipt that does not verify raises; it is
        never left out.
    """
    rows = []
    for path in sorted(receipts.glob("*.json")):
        found = read_receipt(path.read_bytes(), trust)
        rows.append(
            {
                "receipt": path.name,
                "verdict": found.verdict,
                "signed_by": found.signed_by,
                "second_factor": found.factor,
                "pad": found.pad,
                **found.payload,
            }
        )
    return rows
