"""What a log proves to itself before it signs anything."""

from __future__ import annotations

from pathlib import Path

from buju.attest.ledger.checkpoint import parse_checkpoint
from buju.attest.ledger.evidence import Evidence
from buju.attest.ledger.merkle import EMPTY_ROOT, fold, grow, leaf_hash, node_hash, peaks
from buju.attest.ledger.note import open_note
from buju.attest.ledger.refusals import LedgerRefused
from buju.attest.ledger.tiles import WIDTH
from buju.attest.stores.database import Database


def wrong_entry(index: int, what: str) -> LedgerRefused:
    """The refusal that names the first wrong entry."""
    return LedgerRefused(
        "database-altered",
        f"entry {index} is the first wrong one: {what}. Nothing is appended or signed. Keep the "
        "database aside and restore a copy whose root the witnesses confirm",
        f"第 {index} 条起数据库被改动，已停止写入与签名。请留存现场，并从见证方确认的副本恢复。",
        index=index,
    )


def check_database(database: Database, log_key: str) -> int:
    """Recompute every hash, root and the last signature; the size of the tree.

    Raises
    ------
    LedgerRefused
        `database-altered` with the index of the first wrong entry.
    """
    heads = {row[0]: bytes(row[1]) for row in database.rows("SELECT size, root FROM checkpoint")}
    size = max(heads, default=-1)
    if size < 0:
        raise LedgerRefused("database-damaged", f"{database.path} holds no checkpoint")
    nodes = iter(database.rows("SELECT level, idx, hash FROM node ORDER BY (idx+1)<<level, level"))
    stack: list[bytes] = []
    if heads.get(0, EMPTY_ROOT) != EMPTY_ROOT:
        raise wrong_entry(0, "the empty tree has another root")
    count = 0
    for index, leaf, kept in database.rows("SELECT idx, leaf, hash FROM entry ORDER BY idx"):
        if index != count:
            raise wrong_entry(count, "it is missing")
        found = leaf_hash(leaf)
        if found != kept:
            raise wrong_entry(count, "its bytes do not give the stored hash")
        count += 1
        level = 0
        while count >> level & 1 == 0:
            found = node_hash(stack.pop(), found)
            level += 1
            row = next(nodes, None)
            if row is None or (row[0], row[1], row[2]) != (level, (count >> level) - 1, found):
                first = count - (1 << level)
                raise wrong_entry(first, f"the hash over entries {first} to {count - 1} differs")
        stack.append(found)
        if count in heads and fold(stack) != heads[count]:
            raise wrong_entry(count - 1, f"the root signed at size {count} is another")
    if count != size:
        raise wrong_entry(min(count, size), f"{count} entries stand under a tree of {size}")
    if next(nodes, None) is not None:
        raise wrong_entry(count, "hashes are stored beyond the last entry")
    note, kept_root = next(database.rows("SELECT note, root FROM checkpoint WHERE size=?", size))
    point = parse_checkpoint(open_note(note, [log_key]).text)
    if (point.size, point.root) != (size, bytes(kept_root)):
        raise wrong_entry(size, "the signed checkpoint says another size or root")
    return size


def check_tail(database: Database, log_key: str, size: int, root: bytes) -> None:
    """Check the end of a tree whose first part was verified before: head, peaks, last tile.

    The entries of the last tile are hashed again and joined to the stored subtrees before them;
    the root must be the one that was verified, and the one that was signed.

    Raises
    ------
    LedgerRefused
        `database-altered` with the index of the first entry of the part that differs.
    """
    head = next(database.rows("SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1"))
    (last,) = next(database.rows("SELECT max(idx) FROM entry"))
    if head[0] != size or (-1 if last is None else last) != size - 1:
        raise wrong_entry(size, f"{size} entries were verified, others stand there now")
    point = parse_checkpoint(open_note(head[2], [log_key]).text)
    begin = max(0, size - 1) // WIDTH * WIDTH
    query = "SELECT leaf, hash FROM entry WHERE idx>=? ORDER BY idx"
    leaves = []
    for index, (leaf, kept) in enumerate(database.rows(query, begin), start=begin):
        leaves.append(leaf_hash(leaf))
        if leaves[-1] != kept:
            raise wrong_entry(index, "its bytes do not give the stored hash")
    nodes, ends = grow(begin, [database.node(*peak) for peak in peaks(begin)], leaves)
    for level, index, found in nodes:
        if database.node(level, index) != found:
            raise wrong_entry(index << level, "the hash over entries from there differs")
    if (point.size, point.root, bytes(head[1]), fold(ends)) != (size, root, root, root):
        raise wrong_entry(begin, f"the root over {size} entries is another than the verified one")


def check_published(database: Database, folder: Path, log_key: str, size: int) -> int:
    """Compare with the checkpoint published last; its size.

    Raises
    ------
    LedgerRefused
        `rolled-back`: more entries were published than the database holds; `fork`: another root.
    """
    path = folder / "checkpoint"
    if not path.exists():
        return 0
    note = path.read_text("utf-8")
    point = parse_checkpoint(open_note(note, [log_key]).text)
    if point.size > size:
        raise rolled_back(size, point.size, "the checkpoint published last")
    row = next(database.rows("SELECT root, note FROM checkpoint WHERE size=?", point.size), None)
    if row is None or bytes(row[0]) != point.root:
        evidence = Evidence("split-view", point.origin, (row[1], note)) if row else None
        raise LedgerRefused(
            "fork",
            f"the checkpoint published at size {point.size} has another root than the database",
            f"规模 {point.size} 处已公布的根与数据库不同。",
            evidence=evidence,
        )
    return point.size


def rolled_back(size: int, known: int, who: str) -> LedgerRefused:
    """The refusal of a database older than what others have seen."""
    return LedgerRefused(
        "rolled-back",
        f"the database holds {size} entries, {who} has seen {known}: it was restored from an old "
        "copy. Signing now would fork the log. Recover the missing entries from the public tiles, "
        "a mirror or a newer copy; see 'Recovery' in docs/reference/formats/log.md",
        f"数据库只有 {size} 条，而 {who} 已见 {known} 条：这是旧备份。为避免分叉，已停止签名；"
        "请先补回缺失条目。",
        index=size,
    )
