"""Merkle trees of RFC 6962, section 2.1: hashes, roots and both kinds of proof.

A leaf is SHA-256(0x00 || data), an inner node SHA-256(0x01 || left || right), and a tree of n
leaves is split at the largest power of two below n. The prefixes keep a node from passing as a
leaf. What checks a proof takes anything at all from outside and answers True or False.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any

EMPTY_ROOT = sha256(b"").digest()
MOST_LEAVES = 2**63 - 1
LONGEST_PROOF = 63  # as many nodes as a tree of that many leaves is high

Nodes = Callable[[int, int], bytes]
"""`nodes(level, index)`: root of the complete subtree over leaves index*2^level and on."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of an entry, 32 bytes.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node over its two children, 32 bytes.

    >>> node_hash(leaf_hash(b""), leaf_hash(b"\\x00")).hex()[:16]
    'fac54203e7cc696c'
    """
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root over leaf hashes in order; no leaf gives the hash of nothing.

    >>> root([]).hex()[:16]
    'e3b0c44298fc1c14'
    """
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        # An odd last node moves up unchanged: that is the split at the largest power of two.
        paired = [
            sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[-1:] if len(level) % 2 else paired
    return level[0]


def peaks(size: int) -> list[tuple[int, int]]:
    """(level, index) of the complete subtrees that make up a tree, largest first.

    >>> peaks(7)
    [(2, 0), (1, 2), (0, 6)]
    """
    found, begin = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append((level, begin >> level))
            begin += 1 << level
    return found


def grow(
    size: int, ends: Sequence[bytes], leaves: Sequence[bytes]
) -> tuple[list[tuple[int, int, bytes]], list[bytes]]:
    """The subtrees that become complete when leaf hashes are added to a tree of `size` entries.

    `ends` holds the roots of the old tree's complete subtrees, largest first. Returns the new
    nodes as (level, index, hash) and the new ends.

    >>> one, two = leaf_hash(b"1"), leaf_hash(b"2")
    >>> nodes, ends = grow(1, [one], [two])
    >>> [(level, index) for level, index, _ in nodes], ends == [node_hash(one, two)]
    ([(1, 0)], True)
    """
    stack, nodes = list(ends), []
    for index, found in enumerate(leaves, size):
        level = 0
        while index >> level & 1:
            found = node_hash(stack.pop(), found)
            level += 1
            nodes.append((level, index >> level, found))
        stack.append(found)
    return nodes, stack


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over the hashes of `peaks`, largest first; no peak gives the hash of nothing."""
    if not hashes:
        return EMPTY_ROOT
    whole = hashes[-1]
    for left in reversed(hashes[:-1]):
        whole = node_hash(left, whole)
    return whole


def _range(nodes: Nodes, begin: int, end: int) -> bytes:
    """Root over leaves begin..end-1; `begin` is a multiple of a power of two >= the length."""
    return fold([nodes(level, (begin >> level) + index) for level, index in peaks(end - begin)])


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Hashes that lead from leaf `index` to the root of `size` leaves, sibling of the leaf first.

    >>> leaves = [leaf_hash(bytes([i])) for i in range(3)]
    >>> inclusion_proof(2, 3, lambda level, i: root(leaves[i << level : i + 1 << level])) == [
    ...     node_hash(leaves[0], leaves[1])]
    True
    """
    proof, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        if index < middle:
            proof.append(_range(nodes, middle, end))
            end = middle
        else:
            proof.append(_range(nodes, begin, middle))
            begin = middle
    return proof[::-1]


def consistency_proof(old: int, size: int, nodes: Nodes) -> list[bytes]:
    """Hashes showing that the first `old` of `size` leaves are the tree of `old` leaves.

    Empty for `old` 0 or `old` = `size`.
    """
    if old in (0, size):
        return []
    proof, begin, end, whole = [], 0, size, True
    while end != old:
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        if old <= middle:
            proof.append(_range(nodes, middle, end))
            end = middle
        else:
            proof.append(_range(nodes, begin, middle))
            begin, whole = middle, False
    if not whole:
        proof.append(_range(nodes, begin, end))
    return proof[::-1]


def _is_hash(value: Any) -> bool:
    return isinstance(value, bytes) and len(value) == 32


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_LEAVES


def _is_proof(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) <= LONGEST_PROOF
        and all(_is_hash(one) for one in value)
    )


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Any, root: bytes) -> bool:
    """Whether the leaf stands at `index` in the tree of `size` leaves with this root.

    Follows RFC 9162, section 2.1.3.2. Anything impossible (wrong lengths, negative or giant
    sizes, other types) is False; nothing raises.

    >>> one = leaf_hash(b"one")
    >>> verify_inclusion(0, 1, one, [], one), verify_inclusion(0, -1, one, None, one)
    (True, False)
    """
    if not (_is_size(index) and _is_size(size) and index < size):
        return False
    if not (_is_hash(leaf_hash) and _is_hash(root) and _is_proof(proof)):
        return False
    node, last, found = index, size - 1, leaf_hash
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(m: int, n: int, proof: Any, root_m: bytes, root_n: bytes) -> bool:
    """Whether the tree of `m` leaves is a prefix of the tree of `n` leaves.

    Follows RFC 9162, section 2.1.4.2. The empty tree is a prefix of every tree: `m` 0 needs an
    empty proof and, as root, the hash of nothing. Anything impossible is False; nothing raises.

    >>> a, b = leaf_hash(b"a"), leaf_hash(b"b")
    >>> verify_consistency(1, 2, [b], a, node_hash(a, b)), verify_consistency(2, 1, [], a, a)
    (True, False)
    """
    if not (_is_size(m) and _is_size(n) and m <= n):
        return False
    if not (_is_hash(root_m) and _is_hash(root_n) and _is_proof(proof)):
        return False
    if (m == 0 and root_m != EMPTY_ROOT) or (n == 0 and root_n != EMPTY_ROOT):
        return False
    if m == 0 or m == n:
        return not proof and (m == 0 or root_m == root_n)
    path = list(proof) if m & (m - 1) else [root_m, *proof]
    if not path:
        return False
    node, last = m - 1, n - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == root_m and new == root_n
