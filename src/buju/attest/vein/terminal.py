"""The terminal's decision: yes, or a refusal with a code. The score never leaves this file."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from buju.attest.vein.burst import Burst
from buju.attest.vein.liveness import check_distinct, check_live, checked_burst, digests
from buju.attest.vein.matching import score
from buju.attest.vein.pattern import Pattern, extract
from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.template import ProtectedTemplate, likeness, seal, subkey, unseal
from buju.errors import ParameterError

ALGORITHM = "buju-vein/1"
THRESHOLD = 0.63  # share of agreeing bits, fixed on the development fingers of benchmarks/vein.py
AGREEMENT = 0.25  # of two captures at enrolment, as `score` counts
Level = Literal["none", "basic"]


class CapturesDiffer(VeinRefused):
    """The captures handed in for enrolment are not alike; `vein-quality`."""


def agree(patterns: Sequence[Pattern]) -> bool:
    """Whether each capture is like one before it: the quality that enrolment asks for.

    One capture alone agrees with itself.
    """
    return all(
        max(score(pattern, earlier) for earlier in patterns[:k]) >= AGREEMENT
        for k, pattern in enumerate(patterns[1:], start=1)
    )


@dataclass(frozen=True)
class MatchDecision:
    """What the match statement says: matched, by which algorithm, at which level of life check."""

    match: Literal[True]
    algorithm: str
    pad: Level

    def fields(self) -> dict[str, Any]:
        """Plain values for the statement.

        >>> MatchDecision(True, "buju-vein/1", "basic").fields()
        {'match': True, 'algorithm': 'buju-vein/1', 'pad': 'basic'}
        """
        return asdict(self)


class Terminal:
    """Enrols and verifies fingers; holds the key, the attempt counter and the frames seen.

    Parameters
    ----------
    key
        32 random bytes of this terminal, kept apart from the templates. Losing it ends them all.
    require
        Least level of life check. A recording reaches "none" only; software at most "basic".
    attempts, seen, revoked
        Failures in a row by certificate, digests of frames used, revoked template ids. Pass durable
        ones where the terminal restarts.
    limit
        Failures in a row after which a certificate is locked.

    Examples
    --------
    >>> from buju.attest.vein import GeneratorSensor, Terminal
    >>> terminal, certificate, nonce = Terminal(bytes(32)), b"c" * 32, b"n" * 32
    >>> finger = GeneratorSensor(identity=5)
    >>> template = terminal.enrol([finger.capture(nonce) for _ in range(3)], certificate)
    >>> terminal.verify(finger.capture(nonce), template, certificate, nonce).pad
    'basic'
    """

    def __init__(
        self,
        key: bytes,
        *,
        require: Level = "basic",
        attempts: MutableMapping[str, int] | None = None,
        limit: int = 5,
        seen: MutableMapping[str, int] | None = None,
        revoked: Any = None,
    ) -> None:
        if require not in ("none", "basic"):
            raise ParameterError(
                f"require={require!r}: software can check 'none' or 'basic'; 'certified' needs a "
                "certified sensor",
                "软件最多只能达到 basic 级",
            )
        subkey(key, b"check", b"")
        self._key, self._require, self._limit = key, require, limit
        self._attempts: MutableMapping[str, int] = {} if attempts is None else attempts
        self._seen: MutableMapping[str, int] = {} if seen is None else seen
        self._revoked = set() if revoked is None else revoked

    def __repr__(self) -> str:
        return f"Terminal({ALGORITHM}, require={self._require!r})"

    def enrol(self, bursts: Sequence[Burst], certificate_sha256: bytes) -> ProtectedTemplate:
        """A sealed template of a finger's captures, bound to the officer's certificate.

        Three bursts of separate placements make the steadiest template. The captures must agree
        with one another, so that two fingers are never enrolled as one, and a finger whose vessels
        cannot be made out is not enrolled (`CapturesDiffer`).
        """
        if not bursts:
            raise VeinRefused("vein-missing", "no capture to enrol", "缺少静脉采集")
        patterns: list[Pattern] = []
        for burst in bursts:
            self._level(burst, burst.nonce or b"")
            patterns += self._patterns(burst)
        patterns = patterns[:8]
        if not agree(patterns):
            raise CapturesDiffer(
                "vein-quality",
                "the captures do not agree; repeat the enrolment",
                "各次采集不一致",
            )
        self._remember(bursts)
        return seal(patterns, self._key, certificate_sha256)

    def verify(
        self,
        burst: Burst | None,
        template: ProtectedTemplate | bytes,
        certificate_sha256: bytes,
        nonce: bytes,
    ) -> MatchDecision:
        """Returns only for the enrolled finger, live to the level required.

        Raises
        ------
        VeinRefused
            With the code; see the class of codes in docs/explanation/vein.md. Only mismatches count
            as attempts; a success sets the count to zero.
        """
        sealed = (
            template
            if isinstance(template, ProtectedTemplate)
            else ProtectedTemplate.parse(template)
        )
        who = certificate_sha256.hex()
        if self._attempts.get(who, 0) >= self._limit:
            raise VeinRefused("vein-locked", "too many failures; ask the administrator", "已锁定")
        if sealed.id in self._revoked:
            raise VeinRefused(
                "template-revoked", "the template was revoked; enrol again", "模板已撤销"
            )
        bits, salt = unseal(sealed, self._key, certificate_sha256)
        checked_burst(burst)
        assert burst is not None
        pad = self._level(burst, nonce)
        patterns = self._patterns(burst)
        if burst.nonce is not None:
            self._remember([burst])
        best = max(likeness(pattern, bits, self._key, salt) for pattern in patterns)
        if best < THRESHOLD:
            self._attempts[who] = self._attempts.get(who, 0) + 1
            raise VeinRefused("vein-mismatch", "not the enrolled finger", "手指与登记不符")
        self._attempts[who] = 0
        return MatchDecision(True, ALGORITHM, pad)

    def revoke(self, template: ProtectedTemplate) -> None:
        """From now on the template is refused; a new enrolment shares no bits with it."""
        self._revoked.add(template.id)

    def unlock(self, certificate_sha256: bytes) -> None:
        """An administrator's act after a lock."""
        self._attempts[certificate_sha256.hex()] = 0

    def _level(self, burst: Burst, nonce: bytes) -> Level:
        """The level a burst reaches, or the refusal."""
        checked_burst(burst)
        if burst.nonce is None:
            if self._require != "none":
                raise VeinRefused(
                    "vein-pad",
                    "a recording shows no life and this terminal requires 'basic'; capture live. "
                    "(A ledger made with --pad none takes recordings, and every receipt says so)",
                    "录制图像无法证明活体，请现场采集（以 --pad none 新建的账本接受录像，"
                    "并在回执中注明）",
                )
            check_distinct(burst)
            return "none"
        if any(digest in self._seen for digest in digests(burst)):
            raise VeinRefused("vein-replay", "frames seen before", "该帧已用过")
        check_live(burst, nonce)
        return "basic"

    def _patterns(self, burst: Burst) -> list[Pattern]:
        """One pattern of a live burst (its middle frame), one a frame of a recording."""
        frames = np.asarray(burst.frames)
        chosen = frames if burst.nonce is None else frames[len(frames) // 2 :][:1]
        return [extract(frame) for frame in chosen[:8]]

    def _remember(self, bursts: Sequence[Burst]) -> None:
        for burst in bursts:
            if burst.nonce is not None:
                for digest in digests(burst):
                    self._seen[digest] = 1
