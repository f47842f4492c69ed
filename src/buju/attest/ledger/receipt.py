"""Offline verification of one receipt against a trust file. Nothing else is read or asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from buju.attest.ledger.checkpoint import parse_checkpoint
from buju.attest.ledger.keys import parse_verifier
from buju.attest.ledger.merkle import leaf_hash, verify_inclusion
from buju.attest.ledger.note import open_note
from buju.attest.ledger.proof import parse_proof
from buju.attest.ledger.refusals import LedgerRefused, malformed
from buju.attest.ledger.trust import Trust

CLOCK_SKEW = 300  # seconds that two honest clocks may differ


@dataclass(frozen=True)
class Verified:
    """What a receipt proves.

    Attributes
    ----------
    origin, index, size, root
        Log, place of the entry, and the tree it was found in.
    entry, leaf
        The entry's bytes and its leaf hash.
    final
        Whether the quorum of the trust file has cosigned. Never true with quorum none.
    quorum
        The quorum in words.
    cosigned
        POSIX seconds of each cosignature by policy name of the witness.
    time
        Trusted time: the moment from which a quorum had seen the tree; None without a quorum.
    note
        The checkpoint as it stood in the receipt.
    """

    origin: str
    index: int
    size: int
    root: bytes
    entry: bytes
    leaf: bytes
    final: bool
    quorum: str
    cosigned: Mapping[str, int]
    time: int | None
    note: str


Check = Callable[[Verified], None]


def cosignatures(note: str, trust: Trust) -> dict[str, int]:
    """POSIX seconds of the verified cosignatures on a note, by policy name."""
    policy = trust.policy
    names = {one.key: one.name for one in policy.witnesses}
    opened = open_note(note, [*policy.log_keys, *policy.witness_keys])
    return {names[s.verifier]: s.time or 0 for s in opened.signatures if s.verifier in names}


def quorum_time(cosigned: Mapping[str, int], trust: Trust) -> int | None:
    """The first moment at which the witnesses that had cosigned made a quorum."""
    have: set[str] = set()
    for name, seconds in sorted(cosigned.items(), key=lambda item: item[1]):
        have.add(name)
        if trust.policy.final(have):
            return seconds
    return None


def verify_receipt(
    receipt: str | bytes,
    trust: Trust,
    *,
    entry: bytes | None = None,
    now: float | None = None,
    checks: Sequence[Check] = (),
) -> Verified:
    """What a `.tlog-proof` proves under a trust file.

    A receipt below quorum is returned with `final` False, not refused: the entry is in a tree
    that the log has signed, and no more than that is known.

    Parameters
    ----------
    receipt
        Text of the proof file.
    trust
        The only keys that are believed.
    entry
        The entry, where it does not stand in the receipt; where both are there they must agree.
    now
        POSIX seconds; cosignatures more than 300 s later are refused. None: not asked.
    checks
        Called in order with what was found; each raises a `BujuError` to refuse the entry.

    Raises
    ------
    LedgerRefused
        `receipt-malformed`, `note-malformed`, `checkpoint-malformed`; `log-unknown`;
        `checkpoint-signature`; `entry-missing`; `entry-differs`; `inclusion`; `clock`.
    """
    if isinstance(receipt, bytes):
        try:
            receipt = receipt.decode()
        except UnicodeDecodeError as wrong:
            raise malformed("receipt", "not UTF-8") from wrong
    proof = parse_proof(receipt)
    point = parse_checkpoint(proof.note.rpartition("\n\n")[0] + "\n")
    _require_log(proof.note, point.origin, trust)
    data = _entry(entry, proof.extra)
    leaf = leaf_hash(data)
    if not verify_inclusion(proof.index, point.size, leaf, list(proof.path), point.root):
        raise LedgerRefused(
            "inclusion",
            f"entry {proof.index} is not in the tree of {point.size} entries that {point.origin} "
            "signed: the entry, the proof or the checkpoint was altered",
            f"第 {proof.index} 条不在账本 {point.origin} 签署的树中：内容或证明被改动。",
            index=proof.index,
        )
    cosigned = cosignatures(proof.note, trust)
    if now is not None and any(seconds > now + CLOCK_SKEW for seconds in cosigned.values()):
        raise LedgerRefused(
            "clock",
            "a witness's time lies more than 300 s ahead of this machine's clock; set the clock",
            "见证时间比本机时钟超前 300 秒以上；请校准时钟。",
        )
    found = Verified(
        point.origin, proof.index, point.size, point.root, data, leaf,
        trust.policy.final(cosigned), trust.policy.describe(), cosigned,
        quorum_time(cosigned, trust), proof.note,
    )  # fmt: skip
    for check in checks:
        check(found)
    return found


def _require_log(note: str, origin: str, trust: Trust) -> None:
    """The origin's own key, and no other log's, must have signed."""
    keys = [key for key in trust.policy.log_keys if parse_verifier(key).name == origin]
    if not keys:
        raise LedgerRefused(
            "log-unknown",
            f"the trust file knows no log {origin[:200]!r}; keys inside a receipt are not used",
            f"信任文件中没有账本 {origin[:200]!r}；不采用凭证自带的密钥。",
        )
    try:
        open_note(note, keys)
    except LedgerRefused as wrong:
        raise LedgerRefused("checkpoint-signature", wrong.english, wrong.chinese) from wrong


def _entry(given: bytes | None, inside: bytes | None) -> bytes:
    if given is not None and inside is not None and given != inside:
        raise LedgerRefused(
            "entry-differs",
            "the entry handed over is not the one in the receipt",
            "所给内容与凭证中的内容不同。",
        )
    if given is None and inside is None:
        raise LedgerRefused(
            "entry-missing",
            "the receipt does not hold the entry; name it with --entry FILE",
            "凭证中没有条目内容；请用 --entry 指定。",
        )
    return given if given is not None else inside or b""
