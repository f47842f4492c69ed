"""A demonstration ledger: payloads marked synthetic, generated fingers, three witnesses, no keys.

Site and witnesses live in a temporary folder and end with it: what stays is what a reader needs,
`trust.json` and `receipts/*.json`, and nobody can sign for that ledger again.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from buju.attest import ledger, shallow
from buju.attest.protocol import http, officers
from buju.attest.protocol.canonical import parse_strict
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.payloads import check_payload
from buju.attest.protocol.site import Site
from buju.attest.refusal import Refused, bounded, refusal

ORIGIN = "buju.example/demonstration"
WITNESSES = ("demo-witness-1", "demo-witness-2", "demo-witness-3")
QUORUM = 2
_FIRST_FINGER = 7
_LIMIT = 1024 * 1024


def read_payloads(path: Path) -> list[dict[str, Any]]:
    """Payloads of a JSON list; every one must fit its schema and say `"synthetic": true`.

    Raises
    ------
    Refused
        `file`; `schema`, `malformed` or `size`, with the number of the payload.
    """
    try:
        rows = shallow.loads(bounded(path, _LIMIT))
    except (ValueError, RecursionError):
        raise refusal("malformed", f"{path}: JSON") from None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise refusal("malformed", f"{path}: a list of payloads is expected")
    for number, row in enumerate(rows, start=1):
        _check(path, number, row)
    return rows


def _check(path: Path, number: int, row: Mapping[str, Any]) -> None:
    where = f"{path}, payload {number}"
    try:
        check_payload(parse_strict(json.dumps(row, ensure_ascii=False).encode()))
    except Refused as wrong:
        raise Refused(
            wrong.code, f"{where}: {wrong.english}", f"{where}：{wrong.chinese}"
        ) from None
    if row.get("synthetic") is not True:
        raise refusal("schema", f'{where}: a demonstration payload says "synthetic": true')


def make_demonstration(payloads: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Sign payloads with generated fingers, one officer an agency; the receipts' paths.

    Parameters
    ----------
    payloads
        As `read_payloads` gives them.
    folder
        Gets `trust.json` and `receipts/NN-SCHEMA.json`; receipts that stand there are replaced.
    """
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        with _watched(made) as site:
            receipts = [
                (f"{number:02d}-{row['schema'].partition('/')[0]}.json", receipt)
                for number, (row, receipt) in enumerate(_signed(site, payloads), start=1)
            ]
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder / "receipts", ignore_errors=True)
        (folder / "receipts").mkdir()
        _reader_trust(made / "site" / "trust.json").write(folder / "trust.json")
    paths = []
    for name, receipt in receipts:
        paths.append(folder / "receipts" / name)
        paths[-1].write_text(receipt, encoding="utf-8")
    return paths


def _reader_trust(path: Path) -> ledger.Trust:
    """The trust file without addresses: the witnesses have ended with their folder."""
    trust = ledger.Trust.read(path)
    named = [(one.name, one.key, "") for one in trust.policy.witnesses]
    policy = ledger.make_policy(trust.policy.log_keys[0], named, QUORUM)
    return replace(trust, policy=policy)


@contextmanager
def _watched(folder: Path) -> Iterator[Site]:
    """A site with its witnesses, all in this process and on this machine."""
    keys = {name: ledger.generate_key(name, kind="witness") for name in WITNESSES}
    ports = http.free_ports(len(keys))
    named = [
        (name, key.verifier, f"http://127.0.0.1:{port}")
        for (name, key), port in zip(keys.items(), ports, strict=True)
    ]
    site = Site.create(folder / "site", ORIGIN, pad="basic", witnesses=named, quorum=QUORUM)
    log_keys = ledger.Trust.read(folder / "site" / "trust.json").policy.log_keys
    with ExitStack() as stack:
        for (name, key), port in zip(keys.items(), ports, strict=True):
            (folder / name).mkdir()
            witness = ledger.Witness(folder / name, key.signer, logs=list(log_keys))
            stack.callback(ledger.serve_witness(witness, "127.0.0.1", port).close)
        yield site


def _signed(
    site: Site, payloads: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    agencies = list(dict.fromkeys(str(row["agency"]) for row in payloads))
    fingers = {name: f"generator:{_FIRST_FINGER + at}" for at, name in enumerate(agencies)}
    for agency, finger in fingers.items():
        consent = Consent.of_generator(_officer(agency), time.time())
        officers.enrol(site, _officer(agency), finger, consent)
    keep: Callable[[object], None] = lambda submission: None  # noqa: E731
    for row in payloads:
        agency = str(row["agency"])
        data = json.dumps(row, ensure_ascii=False).encode()
        yield row, site.submit(_officer(agency), fingers[agency], data, keep).receipt


def _officer(agency: str) -> str:
    return f"{agency}-officer"
