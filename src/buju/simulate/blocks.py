"""Near-islands: parts of an economy that exchange almost nothing with the rest.

The wage level of such a block hangs on a tiny balance of payments. In the market-clearing equations
that balance drowns in rounding; summed over the cross-block flows alone it keeps all its digits.
So each weak block's mean equation is replaced by its balance, at the scale of those flows. Blocks
may contain weaker blocks: they form a tree, split in two wherever a cut is weak.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator, eigsh

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
WEAK = 1e-3
"""A cut is weak when the money crossing it is below this share of the smaller side's turnover."""
CANDIDATES = 8


@final
@dataclass(frozen=True)
class Blocks:
    """A tree of weak blocks over N places.

    Attributes
    ----------
    inside
        Membership of the leaf blocks, 0 or 1, (N, B).
    nodes
        Which leaves each tree node but the root holds, 0 or 1, (M, B); siblings stand together.
    parents
        Row of `nodes` above each node, -1 for the root's children.
    cuts
        Money across each node's edge over its turnover, as found.
    """

    inside: Array
    nodes: Array
    parents: tuple[int, ...]
    cuts: tuple[float, ...]

    def balances(self, spent: Any, earned: Any) -> list[tuple[Any, Any]]:
        """Credits and debits of each node, from money between leaves, `[from home or buyer]`.

        Credits are exports and wages its residents earn outside; debits the reverse. Only crossing
        flows enter, so the two differ by the balance of payments without cancellation.
        """
        found = []
        for c in self.nodes:
            rest = 1 - c
            credits = rest @ spent @ c + c @ earned @ rest
            debits = c @ spent @ rest + rest @ earned @ c
            found.append((credits, debits))
        return found

    def levels(self, balances: list[tuple[Any, Any]], xp: Any) -> Any:
        """What each leaf's wage level lacks, (B,): its own log balance and those of its parents.

        Siblings' balances add up to their parent's; that part is taken out of them and the parent's
        own, better scaled, put in its place. At the root the sum is zero by Walras's law.
        """
        lack: list[Any] = []
        for node in range(0, len(self.nodes), 2):
            pair = balances[node : node + 2]
            log = [xp.log(credit / debit) for credit, debit in pair]
            gross = [credit + debit for credit, debit in pair]
            mean = (gross[0] * log[0] + gross[1] * log[1]) / (gross[0] + gross[1])
            above = lack[self.parents[node]] if self.parents[node] >= 0 else mean * 0.0
            lack += [above - mean + log[0], above - mean + log[1]]
        leaf = [
            next(k for k in range(len(self.nodes) - 1, -1, -1)
                 if self.nodes[k].sum() == 1 and self.nodes[k][b])
            for b in range(self.inside.shape[1])
        ]  # fmt: skip
        return xp.stack([lack[k] for k in leaf], axis=0)


def deflated(blocks: Blocks, goods: Any, income: Any, lack: Any) -> Any:
    """Market residuals (N,) with each leaf's income-weighted mean replaced by what it `lack`s."""
    weights = blocks.inside.T @ income
    mean = (blocks.inside.T @ (income * goods)) / weights
    return goods - blocks.inside @ (mean - lack)


def find_blocks(turnover: Callable[[Array], Array], size: int) -> Blocks | None:
    """The tree of weak cuts, or None where there is none.

    Parameters
    ----------
    turnover
        Multiplies the symmetric matrix of money between places, diagonal included, by an (N,) or
        (N, k) array.
    size
        N.

    Notes
    -----
    Cheeger's inequality: with mu the second eigenvalue of the normalised Laplacian, no cut is below
    mu/2. So a large mu proves that there is no weak cut; a small one comes with a vector that is
    nearly constant on either side of it.
    """
    volume = turnover(np.ones(size))
    leaves: list[Mask] = []
    waiting: list[Mask] = [np.ones(size, dtype=bool)]
    while waiting:
        part = waiting.pop()
        cut = _weakest(turnover, volume, part)
        if cut is None:
            leaves.append(part)
        else:
            waiting += [cut, part & ~cut]
    return _tree(turnover, volume, np.stack(leaves, axis=1)) if len(leaves) > 1 else None


def _weakest(turnover: Callable[[Array], Array], volume: Array, part: Mask) -> Mask | None:
    """The weakest cut within `part` that is weak, as the mask of one side."""
    index = np.flatnonzero(part)
    if len(index) < 2:
        return None
    spread = _slow_vector(turnover, volume, index)
    order = np.argsort(spread)
    jumps = np.diff(spread[order])
    best, found = WEAK, None
    for k in np.argsort(-jumps)[:CANDIDATES]:
        side = np.zeros(len(volume), dtype=bool)
        side[index[order[: k + 1]]] = True
        other = part & ~side
        across = float(turnover(side.astype(float))[other].sum())
        ratio = across / min(volume[side].sum(), volume[other].sum())
        if ratio < best:
            best, found = ratio, side
    return found


def _slow_vector(turnover: Callable[[Array], Array], volume: Array, index: Any) -> Array:
    """Second eigenvector of the random walk within `index`, over the square root of volume."""
    root = np.sqrt(volume[index])
    top = root / np.linalg.norm(root)
    whole = np.zeros(len(volume))

    def walk(x: Array) -> Array:
        x = x.reshape(-1)
        whole[:] = 0.0
        whole[index] = x / root
        stepped: Array = turnover(whole)[index] / root - top * (top @ x)
        return stepped

    n = len(index)
    if n < 40:
        dense = np.column_stack([walk(e) for e in np.eye(n)])
        vector = np.linalg.eigh((dense + dense.T) / 2)[1][:, -1]
    else:
        start = np.random.default_rng(0).standard_normal(n)
        operator = LinearOperator((n, n), matvec=walk, dtype=np.float64)
        vector = eigsh(operator, k=1, which="LA", v0=start, tol=1e-4, maxiter=200)[1][:, 0]
    slow: Array = vector / root
    return slow


def _tree(turnover: Callable[[Array], Array], volume: Array, inside: Mask) -> Blocks:
    """Blocks joined two by two, the strongest tied first, so that weak ties end up near the root.

    The order in which parts were cut does not tell: several weak cuts share one slow vector.
    """
    member = inside.astype(np.float64)
    between = member.T @ np.column_stack([turnover(column) for column in member.T])
    np.fill_diagonal(between, 0.0)
    groups = [row.astype(bool) for row in np.eye(len(between))]
    pairs: list[tuple[Mask, Mask]] = []
    while len(groups) > 1:
        rows = np.array(groups, dtype=np.float64)
        flow = rows @ between @ rows.T
        np.fill_diagonal(flow, 0.0)
        out = flow.sum(axis=1)
        tie = flow / np.minimum(out[:, None], out[None, :])
        one, two = sorted(np.unravel_index(int(np.argmax(tie)), tie.shape))
        pairs.append((groups[one], groups[two]))
        groups.append(groups[one] | groups[two])
        del groups[two], groups[one]
    nodes: list[Mask] = []
    parents: list[int] = []
    for pair in reversed(pairs):  # from the root
        whole = pair[0] | pair[1]
        above = next((k for k, node in enumerate(nodes) if (node == whole).all()), -1)
        nodes += pair
        parents += [above, above]
    size = member.T @ volume
    cuts = [float(node @ between @ ~node / (size @ node)) for node in nodes]
    return Blocks(member, np.array(nodes, dtype=np.float64), tuple(parents), tuple(cuts))
