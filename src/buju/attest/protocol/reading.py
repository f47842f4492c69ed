"""A receipt read by someone who was not there: trust file in, verdict out, no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buju.attest import ledger, shallow
from buju.attest.protocol.messages import decode
from buju.attest.protocol.offline import RECEIPT_LIMIT, open_receipt
from buju.attest.protocol.payloads import written_time
from buju.attest.refusal import bounded, refusal
from buju.attest.verify import factor, verdict


@dataclass(frozen=True)
class Reading:
    """What a receipt shows: `verdict` is `final`, `not final` (below quorum) or `no witness`.

    `factor` is the second factor in words; `stamped` the POSIX seconds of an RFC 3161 stamp that
    was checked, None where there is none or the trust file names no authority; `issued` the
    statement's own time.
    """

    verdict: str
    verified: ledger.Verified
    payload: dict[str, Any]
    signed_by: str
    factor: str
    pad: str
    flags: tuple[str, ...]
    stamped: float | None = None
    issued: int = 0

    @property
    def synthetic(self) -> bool:
        """Whether it is a demonstration: the payload says so, or a program made the finger."""
        return bool(self.payload.get("synthetic")) or "generated-finger" in self.flags

    @property
    def time(self) -> float:
        """When it was logged at the latest: by the witnesses, a stamp, or else the statement."""
        seen = (self.verified.time, self.stamped)
        return float(next((one for one in seen if one is not None), self.issued))

    def summary(self) -> dict[str, Any]:
        """For people and programs: who signed what, when, seen by whom."""
        at = self.verified.time
        return {
            "verdict": self.verdict,
            "origin": self.verified.origin,
            "entry": self.verified.index,
            "size": self.verified.size,
            "quorum": self.verified.quorum,
            "cosigned": sorted(self.verified.cosigned),
            "trusted_time": written_time(at) if at is not None else None,
            "time_stamp": None if self.stamped is None else written_time(self.stamped),
            "signed_by": self.signed_by,
            "second_factor": self.factor,
            "pad": self.pad,
            "synthetic": self.synthetic,
            "payload": self.payload,
            "flags": list(self.flags),
        }


def receipt_bytes(path: Path) -> bytes:
    """A receipt's file; one longer than a receipt can be is refused as `size`, none as `file`."""
    return bounded(path, RECEIPT_LIMIT)


def read_receipt(data: bytes, trust: ledger.Trust | Path, *, crls: Sequence[bytes] = ()) -> Reading:
    """Verify a receipt against a trust file.

    Raises
    ------
    BujuError
        With the `code` of whatever does not hold.
    """
    from buju.attest.certificate import read_certificates

    if len(data) > RECEIPT_LIMIT:
        raise refusal("size", "receipt")
    try:
        content = shallow.loads(data)
    except (ValueError, RecursionError):
        raise refusal("receipt", "JSON") from None
    if not isinstance(content, dict):
        raise refusal("receipt", "JSON object")
    believed = ledger.Trust.read(trust) if isinstance(trust, Path) else trust
    flags: list[str] = []
    stamps: list[float] = []
    proof, entry, checks = open_receipt(content, believed, crls=crls, flags=flags, stamps=stamps)
    verified = ledger.verify_receipt(proof, believed, entry=entry, checks=checks)
    leaf = read_certificates(content["certificates"])[0]
    return Reading(
        verdict(verified),
        verified,
        shallow.loads(decode(content["payload"])),
        leaf.subject.rfc4514_string(),
        factor(entry),
        shallow.loads(entry).get("pad", "none"),
        tuple(flags),
        stamps[0] if stamps else None,
        int(shallow.loads(decode(content["statement"]))["issued"]),
    )
