"""Stable assignment by deferred acceptance with quotas."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.match.market import Floats, Integers, quotas_of

_SIDES = ("requests", "listings")


@dataclass(frozen=True)
class Matching:
    """Who got what.

    Attributes
    ----------
    match
        Listing of each request, (F,); -1 for none.
    filled
        Places taken of each listing, (P,).
    reason
        Why a request has nothing, (F,) text: "" where it has something, "no choice" where it lists
        nothing, "not acceptable" where no listing that it names would take it, "outranked" where
        all that would are full of requests they prefer.
    proposals
        How many proposals were made.
    """

    match: Integers
    filled: Integers
    reason: npt.NDArray[np.str_]
    proposals: int


def deferred_acceptance(
    choices: npt.ArrayLike,
    scores: npt.ArrayLike,
    quotas: npt.ArrayLike,
    *,
    proposing: str = "requests",
) -> Matching:
    """The stable assignment that is best for the proposing side.

    Stable: no request and listing prefer each other to what they have. Which requests are placed,
    and how many places each listing fills, is the same whichever side proposes; requests do best
    when they propose.

    Parameters
    ----------
    choices
        Listings that each request would take, best first, (F, K) of 0..P-1; -1 for none.
    scores
        How the listing in the same cell sees the request, (F, K), larger is better. NaN: it would
        not take it. Of equal scores the request that stands first counts as better.
    quotas
        Places of each listing, (P,).
    proposing
        "requests" or "listings".

    Returns
    -------
    Matching

    Raises
    ------
    ParameterError
        Shapes that differ, a listing that does not exist, one named twice by a request, an infinite
        score, quotas that are not whole.

    References
    ----------
    Gale and Shapley (1962), American Mathematical Monthly 69; Roth (1986), Econometrica 54 (the
    rural hospitals theorem).

    Examples
    --------
    Two requests want listing 0 first; it has one place and prefers request 1:

    >>> deferred_acceptance([[0, 1], [0, 1]], [[0.2, 0.9], [0.8, 0.1]], [1, 1]).match.tolist()
    [1, 0]
    """
    if proposing not in _SIDES:
        raise ParameterError(
            f"proposing is '{proposing}'; 'requests' or 'listings' is expected.",
            f"proposing 为 '{proposing}'；应为 'requests' 或 'listings'。",
        )
    places = quotas_of(quotas)
    wishes, seen = _market(choices, scores, len(places))
    open_ = (wishes >= 0) & ~np.isnan(seen)
    propose = _requests_propose if proposing == "requests" else _listings_propose
    match, proposals = propose(wishes, seen, open_, places)
    filled = np.bincount(match[match >= 0], minlength=len(places))
    return Matching(match, filled, _reasons(match, wishes, open_), proposals)


def blocking_pairs(
    choices: npt.ArrayLike, scores: npt.ArrayLike, quotas: npt.ArrayLike, match: npt.ArrayLike
) -> Integers:
    """Pairs that would both leave what they have for each other, (n, 2) of request and listing.

    Parameters
    ----------
    choices, scores, quotas
        As in `deferred_acceptance`.
    match
        Listing of each request, (F,); -1 for none.

    Returns
    -------
    integers
        Empty where the assignment is stable.

    Raises
    ------
    ParameterError
        As in `deferred_acceptance`; a match that is not among a request's acceptable choices; more
        requests in a listing than it has places.

    Examples
    --------
    >>> blocking_pairs([[0], [0]], [[0.2], [0.8]], [1], [0, -1]).tolist()
    [[1, 0]]
    """
    places = quotas_of(quotas)
    wishes, seen = _market(choices, scores, len(places))
    open_ = (wishes >= 0) & ~np.isnan(seen)
    given = np.asarray(match, dtype=np.int64)
    has = open_ & (wishes == given[:, None])
    placed = given >= 0
    if (has.any(axis=1) != placed).any():
        request = int(np.flatnonzero(has.any(axis=1) != placed)[0])
        raise ParameterError(
            f"request {request} has listing {given[request]}, which is not among its acceptable "
            "choices.",
            f"需求 {request} 得到了不在其可接受选择中的供给 {given[request]}。",
        )
    filled = np.bincount(given[placed], minlength=len(places))
    if (filled > places).any():
        full = int(np.flatnonzero(filled > places)[0])
        raise ParameterError(
            f"listing {full} has {filled[full]} requests and {places[full]} places.",
            f"供给 {full} 只有 {places[full]} 个名额，却分配了 {filled[full]} 个。",
        )
    order = np.where(has.any(axis=1), has.argmax(axis=1), wishes.shape[1])
    rank = _ranks(seen, open_)
    worst = np.full(len(places), -1)
    np.maximum.at(worst, given[placed], rank[has])
    wished = np.where(open_, wishes, 0)
    better = np.arange(wishes.shape[1]) < order[:, None]
    takes = (filled < places)[wished] | ((rank < worst[wished]) & (places[wished] > 0))
    rows, columns = np.nonzero(open_ & better & takes)
    return np.stack([rows, wishes[rows, columns]], axis=1)


def _requests_propose(
    wishes: Integers, seen: Floats, open_: npt.NDArray[np.bool_], places: Integers
) -> tuple[Integers, int]:
    """Each free request asks its next choice; a listing keeps its best in a heap, worst on top."""
    columns = [np.flatnonzero(row).tolist() for row in open_]
    names, values, left = wishes.tolist(), seen.tolist(), places.tolist()
    held: list[list[tuple[float, int]]] = [[] for _ in left]
    pointer, proposals = [0] * len(names), 0
    for start in range(len(names)):
        request = start
        while pointer[request] < len(columns[request]):
            column = columns[request][pointer[request]]
            pointer[request] += 1
            proposals += 1
            listing = names[request][column]
            heap, asking = held[listing], (values[request][column], -request)
            if len(heap) < left[listing]:
                heapq.heappush(heap, asking)
                break
            if heap and heap[0] < asking:
                request = -heapq.heapreplace(heap, asking)[1]
    match = np.full(len(names), -1)
    for listing, heap in enumerate(held):
        for _, request in heap:
            match[-request] = listing
    return match, proposals


def _listings_propose(
    wishes: Integers, seen: Floats, open_: npt.NDArray[np.bool_], places: Integers
) -> tuple[Integers, int]:
    """Each listing with free places asks the best request that it has not asked."""
    rows, columns = np.nonzero(open_)
    listings, order = wishes[rows, columns], np.lexsort((rows, -seen[rows, columns]))
    order = order[np.argsort(listings[order], kind="stable")]
    bounds = np.searchsorted(listings[order], np.arange(len(places) + 1)).tolist()
    asked, wish = rows[order].tolist(), columns[order].tolist()
    match, at = [-1] * len(wishes), [wishes.shape[1]] * len(wishes)
    free, pointer, proposals = places.tolist(), bounds[:-1], 0
    waiting = [listing for listing in range(len(free)) if free[listing]]
    while waiting:
        listing = waiting.pop()
        while free[listing] and pointer[listing] < bounds[listing + 1]:
            k = pointer[listing]
            pointer[listing] += 1
            proposals += 1
            request = asked[k]
            if wish[k] < at[request]:
                left = match[request]
                match[request], at[request] = listing, wish[k]
                free[listing] -= 1
                if left >= 0:
                    free[left] += 1
                    waiting.append(left)
    return np.array(match, dtype=np.int64), proposals


def _ranks(seen: Floats, open_: npt.NDArray[np.bool_]) -> Integers:
    """Place of each cell when all are ordered best first, earlier requests first among equals."""
    rank = np.full(seen.shape, seen.size)
    rows, columns = np.nonzero(open_)
    order = np.lexsort((rows, -seen[rows, columns]))
    rank[rows[order], columns[order]] = np.arange(len(order))
    return rank


def _reasons(
    match: Integers, wishes: Integers, open_: npt.NDArray[np.bool_]
) -> npt.NDArray[np.str_]:
    none, closed = ~(wishes >= 0).any(axis=1), ~open_.any(axis=1)
    cases = [match >= 0, none, closed]
    return np.select(cases, ["", "no choice", "not acceptable"], default="outranked")


def _market(
    choices: npt.ArrayLike, scores: npt.ArrayLike, listings: int
) -> tuple[Integers, Floats]:
    wishes, seen = np.asarray(choices), np.asarray(scores, dtype=np.float64)
    if wishes.ndim != 2 or wishes.shape != seen.shape or wishes.dtype.kind not in "iu":
        raise ParameterError(
            f"choices has shape {wishes.shape} of {wishes.dtype} and scores {seen.shape}; whole "
            "numbers and scores of the same shape (requests, choices) are expected.",
            "choices 应为整数矩阵，且与 scores 形状相同（需求 × 志愿）。",
        )
    for request, what in _odd(wishes, seen, listings):
        raise ParameterError(
            f"request {request}: {what}.", f"需求 {request} 的志愿或评分有误：{what}。"
        )
    return wishes.astype(np.int64), seen


def _odd(wishes: Integers, seen: Floats, listings: int) -> Iterator[tuple[int, str]]:
    absent = (wishes < -1) | (wishes >= listings)
    if absent.any():
        i, j = (int(k) for k in np.argwhere(absent)[0])
        yield i, f"choice {wishes[i, j]} does not exist; listings are 0 to {listings - 1}"
    ordered = np.sort(wishes, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        i, j = (int(k) for k in np.argwhere(twice)[0])
        yield i, f"listing {ordered[i, j]} is named twice; name it once"
    if np.isinf(seen).any():
        i = int(np.argwhere(np.isinf(seen))[0, 0])
        yield i, "a score is infinite; give a finite one, or NaN where the listing refuses"
