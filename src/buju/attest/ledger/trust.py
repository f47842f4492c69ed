"""The trust file: every key that a verifier believes, and none besides.

It reaches the verifier by another way than the receipt: by hand, from several agencies, or with
the software. Keys that stand only inside a receipt are never used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from buju.attest import shallow
from buju.attest.ledger.policy import Policy, parse_policy
from buju.attest.ledger.refusals import LedgerRefused, malformed

FORMAT = "buju-trust/1"
LARGEST_TRUST = 4_000_000


@dataclass(frozen=True)
class Trust:
    """What a verifier believes.

    Attributes
    ----------
    policy
        Log keys, witness keys and the quorum.
    terminals
        Public keys (PEM) of capture terminals by id.
    authorities
        Root certificates (PEM) of the authorities whose officers are known.
    more
        Further named values, kept as they are.
    """

    policy: Policy
    terminals: Mapping[str, str] = field(default_factory=dict)
    authorities: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The file, as JSON; `parse_trust` gives the same trust back."""
        record = {
            "format": FORMAT,
            "policy": self.policy.text().splitlines(),
            "terminals": dict(self.terminals),
            "authorities": list(self.authorities),
            "more": dict(self.more),
        }
        return json.dumps(record, ensure_ascii=False, indent=2) + "\n"

    def write(self, path: str | Path) -> None:
        """Write the file so that it is whole or not there after a power cut."""
        from buju.attest.stores.files import put

        put(Path(path), self.text().encode())

    @classmethod
    def read(cls, path: str | Path) -> Trust:
        """The trust in a file.

        Raises
        ------
        LedgerRefused
            `trust-missing` or `trust-malformed`.
        """
        try:
            with Path(path).open("rb") as file:
                data = file.read(LARGEST_TRUST + 1)
        except OSError as wrong:
            raise LedgerRefused(
                "trust-missing",
                f"cannot read the trust file {path} ({wrong.strerror}); name it with --trust FILE",
                f"无法读取信任文件 {path}；请用 --trust 指定。",
            ) from wrong
        try:
            return parse_trust(data.decode())
        except UnicodeDecodeError as wrong:
            raise malformed("trust", f"{path} is not UTF-8") from wrong


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise malformed("trust", "a key stands twice in the file")
    return record


def parse_trust(text: str) -> Trust:
    """The trust in the text of a file.

    >>> parse_trust(Trust(parse_policy("quorum none\\n")).text()).policy.quorum
    'none'
    """
    if len(text) > LARGEST_TRUST:
        raise malformed("trust", f"longer than {LARGEST_TRUST} characters")
    try:
        record = shallow.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as wrong:
        raise malformed("trust", f"not JSON: {wrong}") from wrong
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise malformed("trust", f'no object with "format": "{FORMAT}"')
    shapes = {"policy": list, "terminals": dict, "authorities": list, "more": dict}
    for key, shape in shapes.items():
        if not isinstance(record.get(key), shape):
            raise malformed("trust", f"key {key!r} is missing or of another type")
    if unknown := set(record) - set(shapes) - {"format"}:
        raise malformed("trust", f"unknown keys: {', '.join(sorted(unknown))[:200]}")
    texts = [*record["policy"], *record["terminals"].values(), *record["authorities"]]
    if not all(isinstance(one, str) for one in texts):
        raise malformed("trust", "policy lines, terminal keys and authorities are texts")
    policy = parse_policy("".join(line + "\n" for line in record["policy"]))
    return Trust(policy, record["terminals"], tuple(record["authorities"]), record["more"])
