"""Asking witnesses for cosignatures: side by side, each with a time limit."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from buju.attest.ledger import base64
from buju.attest.ledger.checkpoint import parse_checkpoint, parse_size
from buju.attest.ledger.checks import rolled_back
from buju.attest.ledger.clock import MOST_SKEW
from buju.attest.ledger.evidence import Evidence
from buju.attest.ledger.note import Signature, open_note
from buju.attest.ledger.policy import Member
from buju.attest.ledger.refusals import LedgerRefused

if TYPE_CHECKING:
    from buju.attest.ledger.log import Log

LARGEST_ANSWER = 100_000


@dataclass(frozen=True)
class Gathered:
    """Who has cosigned the newest checkpoint (policy names), who has not and why, and whether
    the quorum of the trust file is reached. Never final with quorum none.
    """

    final: bool
    cosigned: tuple[str, ...]
    failed: dict[str, str]
    quorum: str


def post(url: str, body: bytes, timeout: float) -> tuple[int, bytes]:
    """Status and body of one POST; errors of the network are OSError."""
    request = urllib.request.Request(url, data=body, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout) as answer:
            return answer.status, answer.read(LARGEST_ANSWER)
    except urllib.error.HTTPError as wrong:
        with wrong:
            return wrong.code, wrong.read(LARGEST_ANSWER)
    except http.client.HTTPException as wrong:
        raise OSError(str(wrong)) from wrong


def request_body(old: int, proof: list[bytes], note: str) -> bytes:
    """Body of `add-checkpoint`."""
    lines = "".join(base64.encode(one) + "\n" for one in proof)
    return f"old {old}\n{lines}\n{note}".encode()


def _ask(
    member: Member, old: int, proofs: dict[int, list[bytes]], log: _View, timeout: float
) -> _Answer:
    """One witness, asked again once with the size it says it has."""
    for _ in range(2):
        body = request_body(old, proofs[old] if old in proofs else log.proof(old), log.note)
        status, answer = post(member.url.rstrip("/") + "/add-checkpoint", body, timeout)
        size = parse_size(answer.decode("ascii", "replace").strip()) if status == 409 else None
        if size is None or size == old:
            break
        if size > log.size:
            return _Answer(size=size)
        old = size
    if status in (409, 422):
        return _Answer(refused=answer[:300].decode("utf-8", "replace"), old=old)
    if status != 200:
        return _Answer(failed=f"HTTP {status}: {answer[:200].decode('utf-8', 'replace')}")
    text = answer.decode("utf-8", "strict")
    opened = open_note(log.note + text, [member.key])
    return _Answer(signature=opened.signatures[0])


@dataclass(frozen=True)
class _View:
    """What threads may know of the log: SQLite stays with the caller's thread, under its lock."""

    log: Log
    size: int
    note: str

    def proof(self, old: int) -> list[bytes]:
        return self.log.consistency(old, self.size) if old <= self.size else []


@dataclass(frozen=True)
class _Answer:
    signature: Signature | None = None
    size: int | None = None
    refused: str | None = None
    old: int = 0
    failed: str = ""


def gather(log: Log, timeout: float) -> Gathered:
    """Cosignatures on the newest checkpoint; stored with it as they come."""
    policy = log.trust.policy
    known: dict[str, int] = dict(log.database.rows("SELECT key, size FROM witness"))
    plain = next(log.database.rows("SELECT note FROM checkpoint WHERE size=?", log.size))[0]
    view = _View(log, log.size, plain)
    asked = [one for one in policy.witnesses if one.url]
    failed = {one.name: "no address in the trust file" for one in policy.witnesses if not one.url}
    # Proofs are read here, before the threads start; a thread reads again only after a 409.
    olds = {one.name: min(known.get(one.key, 0), log.size) for one in asked}
    proofs = {old: view.proof(old) for old in set(olds.values())}
    lines: dict[str, Signature] = {}
    proven: list[LedgerRefused] = []
    claimed: dict[str, LedgerRefused] = {}
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        jobs = {m: pool.submit(_ask, m, olds[m.name], proofs, view, timeout) for m in asked}
    for member, job in jobs.items():
        try:
            answer = job.result()
        except (OSError, ValueError, LedgerRefused) as wrong:
            failed[member.name] = str(wrong)
            continue
        if answer.signature is not None:
            lines[member.name] = answer.signature
        elif answer.failed:
            failed[member.name] = answer.failed
        else:
            refused, sure = _contradicted(log, member, answer, timeout)
            failed[member.name] = refused.code
            if sure:
                proven.append(refused)
            else:
                claimed[member.name] = refused
    _store(log, policy.witnesses, lines)
    # One witness that shows no checkpoint signed by this log may lie; it only counts as absent.
    if claimed and not policy.reached({one.name for one in policy.witnesses} - set(claimed)):
        proven += claimed.values()
    if proven:
        _refuse(log, proven[0])
    skewed = [n for n, s in lines.items() if abs((s.time or 0) - log._steady.now()) > MOST_SKEW]
    if skewed:
        _refuse(log, LedgerRefused(
            "clock", f"witness {', '.join(skewed)}: its time is more than 300 s from this clock",
            "见证方时间与本机相差超过 300 秒。"))  # fmt: skip
    final = policy.final(lines)
    if not final and policy.quorum != "none":
        log.audit.line("below-quorum", size=log.size, cosigned=sorted(lines), failed=failed)
    return Gathered(final, tuple(sorted(lines)), failed, policy.describe())


def _store(log: Log, members: tuple[Member, ...], lines: dict[str, Signature]) -> None:
    keys = {one.name: one.key for one in members}

    def write(connection: object) -> None:
        for name, signature in lines.items():
            execute = log.connection.execute
            execute("INSERT OR REPLACE INTO cosignature VALUES(?,?,?)",
                    (log.size, keys[name], signature.line))  # fmt: skip
            execute("INSERT OR REPLACE INTO witness VALUES(?,?)", (keys[name], log.size))

    log.transact(write)


def _seen(log: Log, member: Member, timeout: float) -> str | None:
    """The checkpoint a witness holds of this log, if it shows one that this log has signed."""
    url = f"{member.url.rstrip('/')}/{sha256(log.origin.encode()).hexdigest()}/checkpoint"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as found:
            note = found.read(LARGEST_ANSWER).decode()
        open_note(note, log.trust.policy.log_keys)
    except (OSError, ValueError, http.client.HTTPException, LedgerRefused):
        return None
    return str(note)


def _contradicted(
    log: Log, member: Member, answer: _Answer, timeout: float
) -> tuple[LedgerRefused, bool]:
    """A witness has seen more, or another history; and whether this log's signature proves it."""
    keys, theirs = log.trust.policy.log_keys, _seen(log, member, timeout)
    point = parse_checkpoint(open_note(theirs, keys).text) if theirs else None
    if answer.size is not None:
        refused = rolled_back(log.size, answer.size, f"witness {member.name}")
        return refused, point is not None and point.size > log.size
    evidence = None
    if theirs and point and point.size <= log.size:
        rows = log.database.rows("SELECT note FROM checkpoint WHERE size=?", point.size)
        same = next(rows, None)
        evidence = Evidence("split-view", log.origin, (theirs, same[0] if same else theirs))
        if not evidence.holds(keys):
            path = tuple(log.consistency(point.size, log.size))
            evidence = Evidence("inconsistent", log.origin, (theirs, log.checkpoint()), path)
    sure = evidence is not None and evidence.holds(keys)
    refused = LedgerRefused(
        "fork",
        f"witness {member.name} has seen another history of this log: {answer.refused}",
        f"见证方 {member.name} 所见历史与本账本不同。",
        evidence=evidence if sure else None,
    )
    return refused, sure


def _refuse(log: Log, refused: LedgerRefused) -> None:
    if refused.evidence is not None:
        refused.evidence.write(log.directory / "evidence")
    if refused.code != "clock":
        log._failed = refused.english
    log.audit.line(refused.code, size=log.size)
    raise refused
