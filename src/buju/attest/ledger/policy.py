"""Whose word suffices: known logs, known witnesses and the quorum among them, as text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from buju.attest.ledger.keys import COSIGNATURE, COSIGNATURE_ML_DSA, ED25519, parse_verifier
from buju.attest.ledger.refusals import LedgerRefused, malformed

LARGEST_POLICY = 1_000_000
MOST_LINES = 1_000


@dataclass(frozen=True)
class Member:
    """A witness under its policy name, with verifier key line and submission address (or '')."""

    name: str
    key: str
    url: str = ""


@dataclass(frozen=True)
class Group:
    """At least `k` of `members` (names of witnesses or groups) must have witnessed."""

    name: str
    k: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Known logs (key line, address), witnesses, groups, and the name that must have witnessed.

    `quorum` is "none" where no cosignature is asked for.
    """

    logs: tuple[tuple[str, str], ...]
    witnesses: tuple[Member, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = "none"

    @property
    def log_keys(self) -> list[str]:
        """Verifier lines of the logs."""
        return [key for key, _ in self.logs]

    @property
    def witness_keys(self) -> list[str]:
        """Verifier lines of the witnesses."""
        return [one.key for one in self.witnesses]

    def reached(self, cosigned: Collection[str]) -> bool:
        """Whether witnesses of these policy names make the quorum; always, with quorum none."""
        if self.quorum == "none":
            return True
        have = {one.name for one in self.witnesses} & set(cosigned)
        for group in self.groups:
            if sum(member in have for member in group.members) >= group.k:
                have.add(group.name)
        return self.quorum in have

    def final(self, cosigned: Collection[str]) -> bool:
        """Whether a quorum was asked for and reached. With quorum none nothing is ever final."""
        return self.quorum != "none" and self.reached(cosigned)

    def describe(self) -> str:
        """The quorum in words: 'none', or 'k of n' of the group, or a witness's name."""
        for group in self.groups:
            if group.name == self.quorum:
                return f"{group.k} of {len(group.members)} ({', '.join(group.members)})"
        return self.quorum

    def text(self) -> str:
        """The policy file; `parse_policy` gives the policy back."""
        lines = [" ".join(filter(None, ("log", key, url))) for key, url in self.logs]
        lines += [" ".join(filter(None, ("witness", w.name, w.key, w.url))) for w in self.witnesses]
        lines += [f"group {g.name} {g.k} {' '.join(g.members)}" for g in self.groups]
        return "\n".join([*lines, f"quorum {self.quorum}"]) + "\n"


def _wrong(number: int, english: str) -> LedgerRefused:
    return malformed("policy", f"line {number}: {english}")


def _key(text: str, kinds: Collection[int], number: int) -> str:
    try:
        key = parse_verifier(text)
    except LedgerRefused as wrong:
        raise _wrong(number, wrong.english) from wrong
    if key.kind not in kinds:
        raise _wrong(number, f"the key of {key.name} is of kind 0x{key.kind:02x}, not for this use")
    return text


def _group(words: list[str], known: set[str], used: set[str], number: int) -> Group:
    name, count, members = words[1], words[2], tuple(words[3:])
    if name in known or name == "none":
        raise _wrong(number, f"the name {name!r} is taken")
    for member in members:
        if member not in known or member in used:
            raise _wrong(number, f"{member!r} is not defined above, or is already in a group")
        used.add(member)
    k = {"any": 1, "all": len(members)}.get(count)
    if k is None:
        k = int(count) if count.isascii() and count.isdecimal() and len(count) < 6 else 0
    if not 1 <= k <= len(members):
        raise _wrong(number, f"{count!r} of {len(members)} members is no threshold")
    return Group(name, k, members)


def parse_policy(text: str) -> Policy:
    """The policy in a file: lines `log`, `witness`, `group`, and exactly one `quorum`.

    Raises
    ------
    LedgerRefused
        `policy-malformed`, with the number of the line.

    References
    ----------
    C2SP tlog-policy.

    Examples
    --------
    >>> parse_policy("# nobody is asked\\nquorum none\\n").quorum
    'none'
    """
    if not isinstance(text, str) or len(text) > LARGEST_POLICY:
        raise malformed("policy", "not text, or longer than a million characters")
    if any((sign < " " and sign not in "\n\t") or sign == "\x7f" for sign in text):
        raise malformed("policy", "control characters other than tab and newline")
    if not text.endswith("\n"):
        raise malformed("policy", "the last line does not end in a newline")
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise malformed("policy", f"more than {MOST_LINES} lines")
    logs: list[tuple[str, str]] = []
    witnesses: list[Member] = []
    groups: list[Group] = []
    known: set[str] = set()
    used: set[str] = set()
    quorum: str | None = None
    for number, line in enumerate(lines, 1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        match words:
            case ["log", key, *url] if len(url) < 2:
                logs.append((_key(key, {ED25519}, number), "".join(url)))
            case ["witness", name, key, *url] if len(url) < 2:
                if name in known or name == "none":
                    raise _wrong(number, f"the name {name!r} is taken")
                kinds = {COSIGNATURE, COSIGNATURE_ML_DSA}
                witnesses.append(Member(name, _key(key, kinds, number), "".join(url)))
                known.add(name)
            case ["group", _, _, _, *_]:
                groups.append(_group(words, known, used, number))
                known.add(groups[-1].name)
            case ["quorum", name] if quorum is None and (name == "none" or name in known):
                quorum = name
            case _:
                raise _wrong(
                    number, f"not understood, or named before its definition: {line[:80]!r}"
                )
    if quorum is None:
        raise malformed("policy", "no line 'quorum'")
    for keys in ([key for key, _ in logs], [one.key for one in witnesses]):
        public = sorted(parse_verifier(key).public for key in keys)
        if any(a == b for a, b in pairwise(public)):
            raise malformed("policy", "one public key stands on two lines")
    return Policy(tuple(logs), tuple(witnesses), tuple(groups), quorum)


def make_policy(
    log: str, witnesses: Sequence[tuple[str, str, str]] = (), k: int = 0, url: str = ""
) -> Policy:
    """One log and `k` of the witnesses (policy name, key line, address); k 0 asks for none.

    Two of three stops a split view while every witness is honest; three of four also with one
    dishonest witness: k must exceed half of n plus the number of dishonest ones.

    Examples
    --------
    >>> from buju.attest.ledger.keys import generate_key
    >>> make_policy(generate_key("example.com/log").verifier).describe()
    'none'
    """
    members = tuple(Member(*one) for one in witnesses)
    if not 0 <= k <= len(members):
        raise malformed("policy", f"{k} of {len(members)} witnesses is no quorum")
    groups = (Group("agencies", k, tuple(one.name for one in members)),) if k else ()
    policy = Policy(((log, url),), members, groups, "agencies" if k else "none")
    return parse_policy(policy.text())
