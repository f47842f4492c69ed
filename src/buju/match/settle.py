"""Settling a market: lists, outcome, and why the others have nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from buju.match.allowances import agreement_round, allowances, auction_round, issue, surrender
from buju.match.amounts import allocate
from buju.match.assignment import assign
from buju.match.eligibility import Eligibility, eligibility
from buju.match.journal import Journal
from buju.match.market import Floats, Integers
from buju.match.markets import Market, Settled
from buju.match.registry import registry
from buju.match.scoring import Scores, scores
from buju.match.stable import blocking_pairs, deferred_acceptance

NO_LISTING, OUTRANKED, FULL = "no listing", "outranked", "full"
REASONS = {
    NO_LISTING: ("no listing may take it", "没有可受理的对象"),
    OUTRANKED: ("all that would take it are full of requests they prefer", "名额已被更优需求占满"),
    FULL: ("the room went where it is worth more", "容量已分给价值更高的需求"),
}


@dataclass(frozen=True)
class _Sides:
    requests: pd.DataFrame
    listings: pd.DataFrame
    rules: Eligibility
    wish: Scores
    view: Scores
    liked: Floats
    """Score of a listing for a request, NaN where not eligible, (F, P)"""

    def seen(self, choices: Integers) -> Floats:
        """How the listing of each choice sees the request, (F, K)."""
        rows = np.arange(len(choices))[:, None]
        return self.view.of(rows, np.maximum(choices, 0))


def settle(market: Market) -> Settled:
    """Settle a market by the rule that it names.

    Returns
    -------
    mapping of DataFrames
        Two-sided markets: `lists` (request, rank, listing, score and its parts), `outcome`
        (request, listing, rank, score, amount, reason, nearest, breaks), `blocked` (request, rule,
        listings), `listings` (listing, quota or area, used, left), `checks`. Allowances: `issued`,
        `orders`, `trades`, `journal`, `surrendered`, `checks`.

    Notes
    -----
    Equal scores are ordered by the rows of the table, which is stated here because it decides.
    """
    if market.preset.name == "allowances":
        return _allowances(market)
    sides = _sides(market)
    choices = _choices(sides.liked, market.spec.choices)
    share = _share(market, sides, choices)
    return {
        "lists": _lists(sides, choices),
        "outcome": _outcome(market, sides, choices, share),
        "blocked": _blocked(sides),
        "listings": _used(market, sides, share),
        "checks": _checks(market, sides, choices, share),
    }


def _sides(market: Market) -> _Sides:
    listings, requests = market.tables["listings"], market.tables["requests"]
    if market.preset.name == "scenarios":
        listings = registry(listings, str(market.spec.date)).open
    rules = eligibility(requests, listings, market.preset.hard())
    wish = scores(requests, listings, market.preset.scores("request"))
    view = scores(requests, listings, market.preset.scores("listing"))
    liked = np.where(rules.allowed, wish.total(), np.nan)
    return _Sides(requests, listings, rules, wish, view, liked)


def _choices(liked: Floats, most: int) -> Integers:
    """The best listings of each request, best first, -1 for none, (F, K)."""
    keep = min(most, liked.shape[1])
    order = np.argsort(np.where(np.isnan(liked), np.inf, -liked), axis=1, kind="stable")[:, :keep]
    chosen = np.where(np.isnan(np.take_along_axis(liked, order, axis=1)), -1, order)
    return np.asarray(chosen, dtype=np.int64)


def _share(market: Market, sides: _Sides, choices: Integers) -> Floats:
    """Share of each request at each listing, (F, P)."""
    rule, quotas = market.spec.rule, sides.listings["quota"].to_numpy(dtype=np.int64)
    if rule == "amounts":
        room = _room(market, sides)
        amounts = _amounts(market, sides)
        return allocate(sides.liked, amounts, room, split=market.spec.split).share
    if rule == "value":
        match = assign(sides.liked, quotas).match
    else:
        seen = sides.seen(choices)
        match = deferred_acceptance(choices, seen, quotas, proposing=market.spec.proposing).match
    share = np.zeros(sides.liked.shape)
    placed = np.flatnonzero(match >= 0)
    share[placed, match[placed]] = 1
    return share


def _amounts(market: Market, sides: _Sides) -> Floats:
    name = "area" if market.preset.name == "floor-space" else "amount"
    return sides.requests[name].to_numpy(dtype=np.float64)


def _room(market: Market, sides: _Sides) -> Floats:
    if market.preset.name == "floor-space":
        return sides.listings["area"].to_numpy(dtype=np.float64)
    # A product's money is what its places could take at most.
    return (sides.listings["most"] * sides.listings["quota"]).to_numpy(dtype=np.float64)


def _lists(sides: _Sides, choices: Integers) -> pd.DataFrame:
    rows, ranks = np.nonzero(choices >= 0)
    columns = choices[rows, ranks]
    told = pd.DataFrame(
        {
            "request": sides.requests["request"].to_numpy()[rows],
            "rank": ranks + 1,
            "listing": sides.listings["listing"].to_numpy()[columns],
            "score": sides.liked[rows, columns],
        }
    )
    return pd.concat([told, sides.wish.explain(rows, columns)], axis=1)


def _outcome(market: Market, sides: _Sides, choices: Integers, share: Floats) -> pd.DataFrame:
    rows, columns = np.nonzero(share > 1e-9)
    listed = choices[rows] == columns[:, None]
    given = pd.DataFrame(
        {
            "row": rows,
            "listing": sides.listings["listing"].to_numpy()[columns],
            "rank": pd.array(np.where(listed.any(axis=1), listed.argmax(axis=1) + 1, 0), "Int64"),
            "score": sides.liked[rows, columns],
            "share": share[rows, columns],
            "reason": "",
            "nearest": "",
            "breaks": "",
        }
    )
    given["rank"] = given["rank"].mask(given["rank"] == 0)
    without = np.flatnonzero(share.max(axis=1, initial=0.0) <= 1e-9)
    why = [(row, *_why(market, sides, int(row))) for row in without]
    rest = pd.DataFrame(why, columns=["row", "reason", "nearest", "breaks"]).assign(share=0.0)
    every = pd.concat([given, rest] if len(given) else [rest]).sort_values("row", kind="stable")
    every.insert(0, "request", sides.requests["request"].to_numpy()[every["row"].to_numpy(int)])
    words = every["reason"].map(lambda reason: REASONS.get(reason, ("", "")))
    every = every.assign(reason_en=words.str[0], reason_zh=words.str[1])
    columns_ = ["request", "listing", "rank", "score", "share", "reason", "reason_en", "reason_zh"]
    return every.reindex(columns=[*columns_, "nearest", "breaks"]).reset_index(drop=True)


def _why(market: Market, sides: _Sides, request: int) -> tuple[str, str, str]:
    """Reason, the listing that breaks the fewest rules, and these rules."""
    if not len(sides.listings):
        return NO_LISTING, "", ""
    if not np.isnan(sides.liked[request]).all():
        return (OUTRANKED if market.spec.rule == "stable" else FULL), "", ""
    at, broken = sides.rules.nearest_miss(request)
    return (
        NO_LISTING,
        str(sides.listings["listing"].iloc[at]),
        ";".join(rule.name for rule in broken),
    )


def _blocked(sides: _Sides) -> pd.DataFrame:
    rows = [
        (sides.requests["request"].iloc[request], rule.name, number, rule.en, rule.zh)
        for request in np.flatnonzero(~sides.rules.allowed.any(axis=1))
        for rule, number in sides.rules.blocking(int(request))
    ]
    return pd.DataFrame(rows, columns=["request", "rule", "listings", "reason_en", "reason_zh"])


def _used(market: Market, sides: _Sides, share: Floats) -> pd.DataFrame:
    if market.spec.rule == "amounts":
        room, used = _room(market, sides), _amounts(market, sides) @ share
    else:
        room, used = sides.listings["quota"].to_numpy(dtype=np.float64), share.sum(axis=0)
    return pd.DataFrame(
        {
            "listing": sides.listings["listing"],
            "name_zh": sides.listings["name_zh"],
            "room": room,
            "used": used,
            "left": room - used,
            "wished": (~np.isnan(sides.liked)).sum(axis=0),
        }
    )


def _checks(market: Market, sides: _Sides, choices: Integers, share: Floats) -> pd.DataFrame:
    placed = share.sum(axis=1) > 1e-9
    rows: list[tuple[str, float]] = [
        ("requests", len(sides.requests)),
        ("listings", len(sides.listings)),
        ("placed", int(placed.sum())),
        ("without any eligible listing", int((~sides.rules.allowed.any(axis=1)).sum())),
        ("total score", float(np.nansum(np.where(share > 0, sides.liked * share, 0.0)))),
    ]
    if market.spec.rule == "stable":
        quotas = sides.listings["quota"].to_numpy(dtype=np.int64)
        match = np.where(placed, np.argmax(share, axis=1), -1)
        rows.append(
            ("blocking pairs", len(blocking_pairs(choices, sides.seen(choices), quotas, match)))
        )
    return pd.DataFrame(rows, columns=["check", "value"])


def _allowances(market: Market) -> Settled:
    handed = allowances(market.tables["facilities"], market.tables["benchmarks"])
    journal = issue(Journal(), handed)
    orders, price = market.tables["orders"], market.spec.reference_price
    if market.spec.rule == "auction":
        traded = auction_round(journal, orders, reference_price=price)
    else:
        traded = agreement_round(journal, orders, reference_price=float(price or 0))
    ended, given = surrender(traded.journal, handed)
    left = sum(ended.accounts.values())
    checks = [
        ("issued", ended.issued),
        ("surrendered", ended.retired),
        ("still held", left),
        ("issued less surrendered less held", ended.issued - ended.retired - left),
        ("traded", int(traded.trades["tonnes"].sum())),
        ("short", int(given["short"].sum())),
    ]
    return {
        "issued": handed,
        "orders": traded.orders,
        "trades": traded.trades,
        "journal": ended.frame(),
        "surrendered": given,
        "checks": pd.DataFrame(checks, columns=["check", "value"]).astype({"value": float}),
    }
