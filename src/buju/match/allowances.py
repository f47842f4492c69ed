"""Carbon allowances: handed out by benchmark, traded, surrendered; nothing is lost on the way."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.match.auction import clear_auction
from buju.match.journal import Journal

TICK = 0.01
"""CNY a tonne."""
BAND = 0.10
"""How far a listed price may lie from the reference."""
BLOCK = 100_000
"""Tonnes from which an order is a block agreement and no longer a listed one."""


@dataclass(frozen=True)
class Round:
    """One trading round.

    Attributes
    ----------
    journal
        Holdings after it.
    trades
        `seller`, `buyer`, `tonnes`, `price`, in their order.
    orders
        The orders with `filled` (tonnes) and `reason` where something was left.
    """

    journal: Journal
    trades: pd.DataFrame
    orders: pd.DataFrame


def allowances(facilities: pd.DataFrame, benchmarks: pd.DataFrame) -> pd.DataFrame:
    """What each facility is handed out: benchmark times what it supplied.

    Allowances = power benchmark × power × correction + heat benchmark × heat, rounded down to
    whole tonnes.

    Parameters
    ----------
    facilities, benchmarks
        Tables of the preset `allowances`.

    Returns
    -------
    DataFrame
        `facility`, `allowances`, `emissions`, `balance` (allowances less emissions), t CO2.

    Raises
    ------
    ParameterError
        A facility names a benchmark that is not there, or does not state what it supplied.

    References
    ----------
    The form of the rule of China's national market for 2021–22 (free, after the fact). The
    benchmarks themselves are the user's: none stands in the program.

    Examples
    --------
    >>> plants = pd.DataFrame({"facility": ["P"], "benchmark": ["b"], "power": [1000.0],
    ...     "heat": [0.0], "correction": [1.0], "emissions": [850]})
    >>> rules = pd.DataFrame({"benchmark": ["b"], "power": [0.8], "heat": [0.1]})
    >>> allowances(plants, rules)[["allowances", "balance"]].to_numpy().tolist()
    [[800, -50]]
    """
    known = benchmarks.set_index("benchmark")
    unknown = facilities[~facilities["benchmark"].isin(known.index)]
    if len(unknown):
        row = unknown.iloc[0]
        raise ParameterError(
            f"facilities.csv, facility '{row['facility']}': benchmark '{row['benchmark']}' is not "
            "in benchmarks.csv; add it there or correct the code",
            f"facilities.csv 设施“{row['facility']}”：基准“{row['benchmark']}”不在 benchmarks.csv",
        )
    per_mwh = facilities["benchmark"].map(known["power"])
    per_gj = facilities["benchmark"].map(known["heat"])
    exact = per_mwh * facilities["power"] * facilities["correction"] + per_gj * facilities["heat"]
    if exact.isna().any():
        code = facilities["facility"][exact.isna()].iloc[0]
        raise ParameterError(
            f"facilities.csv, facility '{code}': power, heat or correction is not stated",
            f"facilities.csv 设施“{code}”缺少供电量、供热量或修正系数",
        )
    # 1e-6 t: a product such as 0.1 × 30 must not fall a tonne short.
    whole = np.floor(exact.to_numpy(dtype=np.float64) + 1e-6).astype(np.int64)
    emitted = facilities["emissions"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "facility": facilities["facility"].to_numpy(),
            "allowances": whole,
            "emissions": emitted,
            "balance": whole - emitted,
        }
    )


def issue(journal: Journal, handed: pd.DataFrame) -> Journal:
    """Book what `allowances` gave."""
    for facility, tonnes in zip(handed["facility"], handed["allowances"], strict=True):
        journal = journal.issue(str(facility), int(tonnes))
    return journal


def auction_round(
    journal: Journal, orders: pd.DataFrame, *, reference_price: float | None = None
) -> Round:
    """All orders at one price: a simulation, for the national market holds no call auction.

    Parameters
    ----------
    orders
        `order`, `facility`, `side` (bid or offer), `price`, `quantity` (whole tonnes).

    Raises
    ------
    ParameterError
        Offers of an account are above what it holds; nothing is booked then.
    """
    _covered(journal, orders)
    bids, offers = (orders[orders["side"] == side] for side in ("bid", "offer"))
    columns = ["order", "price", "quantity"]
    found = clear_auction(bids[columns], offers[columns], reference_price=reference_price)
    filled = pd.Series(0, index=orders.index, dtype="int64")
    filled[bids.index] = np.round(found.bids_filled).astype(np.int64)
    filled[offers.index] = np.round(found.offers_filled).astype(np.int64)
    buyers = deque(_filled(bids, filled))
    trades = []
    for seller, left in _filled(offers, filled):
        remaining = left
        while remaining:
            buyer, wanted = buyers[0]
            tonnes = min(remaining, wanted)
            trades.append((seller, buyer, tonnes, found.price))
            remaining -= tonnes
            buyers.popleft()
            if wanted > tonnes:
                buyers.appendleft((buyer, wanted - tonnes))
    return _booked(journal, orders, filled, trades, f"not at the one price of {found.price:g}")


def agreement_round(journal: Journal, orders: pd.DataFrame, *, reference_price: float) -> Round:
    """Orders one after another by listed agreement: each takes the best that stands, at its price.

    A price outside the band round the reference, off the tick, or an order of a block's size is
    refused with its reason; the others go on. Standing orders are taken the best price first,
    then the earliest.

    Parameters
    ----------
    orders
        As for `auction_round`, in the order of arrival.
    reference_price
        The last closing price, CNY a tonne.

    Raises
    ------
    ParameterError
        Offers of an account are above what it holds; nothing is booked then.

    References
    ----------
    Listed agreement of China's national market: below 100,000 t, within 10 per cent of the last
    close, ticks of 0.01 CNY, lots of 1 t (cnxmc.cn/news-detail/4799.html).
    """
    _covered(journal, orders)
    rows = orders.to_dict("records")
    reasons = [_refused(row, reference_price) for row in rows]
    left = [
        0 if reason else int(row["quantity"]) for row, reason in zip(rows, reasons, strict=True)
    ]
    standing: dict[str, list[tuple[float, int]]] = {"bid": [], "offer": []}
    trades: list[tuple[str, str, int, float]] = []
    for place, row in enumerate(rows):
        if left[place]:
            trades += _meet(place, rows, left, standing)
        if left[place]:
            sign = 1 if row["side"] == "offer" else -1
            heapq.heappush(standing[row["side"]], (sign * row["price"], place))
    done = [
        0 if reason else int(row["quantity"]) for row, reason in zip(rows, reasons, strict=True)
    ]
    filled = pd.Series(np.array(done, dtype=np.int64) - left, index=orders.index)
    made = _booked(journal, orders, filled, trades, "no standing order at this price")
    said = [own or old for own, old in zip(reasons, made.orders["reason"], strict=True)]
    return Round(made.journal, made.trades, made.orders.assign(reason=said))


def surrender(journal: Journal, handed: pd.DataFrame) -> tuple[Journal, pd.DataFrame]:
    """Give up allowances for emissions; who holds too few gives all and is short by the rest.

    Returns
    -------
    tuple
        The journal after it, and `facility`, `due`, `surrendered`, `short`, `kept`.
    """
    rows = []
    for facility, due in zip(handed["facility"], handed["emissions"], strict=True):
        given = min(journal.balance(str(facility)), int(due))
        journal = journal.surrender(str(facility), given)
        rows.append((facility, int(due), given, int(due) - given, journal.balance(str(facility))))
    columns = ["facility", "due", "surrendered", "short", "kept"]
    return journal, pd.DataFrame(rows, columns=columns)


def _covered(journal: Journal, orders: pd.DataFrame) -> None:
    offered = orders[orders["side"] == "offer"].groupby("facility")["quantity"].sum()
    for facility, tonnes in offered.items():
        held = journal.balance(str(facility))
        if tonnes > held:
            raise ParameterError(
                f"orders.csv, facility '{facility}': offers {int(tonnes)} t in all and holds "
                f"{held} t; lower the offers. No order was carried out",
                f"orders.csv 设施“{facility}”共申报卖出 {int(tonnes)} 吨，仅持有 {held} 吨；"
                "请减少申报。未执行任何交易",
            )


def _meet(
    place: int,
    rows: list[dict[Any, Any]],
    left: list[int],
    standing: dict[str, list[tuple[float, int]]],
) -> list[tuple[str, str, int, float]]:
    """Trades of one arriving order with those that stand; nobody trades with itself."""
    row, trades, own = rows[place], [], []
    buys = row["side"] == "bid"
    queue = standing["offer" if buys else "bid"]
    limit = row["price"] if buys else -row["price"]
    while queue and left[place] and queue[0][0] <= limit:
        entry = heapq.heappop(queue)
        other = rows[entry[1]]
        if other["facility"] == row["facility"]:
            own.append(entry)
            continue
        tonnes = min(left[place], left[entry[1]])
        seller, buyer = (other, row) if buys else (row, other)
        trades.append((seller["facility"], buyer["facility"], tonnes, other["price"]))
        left[place] -= tonnes
        left[entry[1]] -= tonnes
        if left[entry[1]]:
            heapq.heappush(queue, entry)
    for entry in own:
        heapq.heappush(queue, entry)
    return trades


def _refused(row: dict[Any, Any], reference: float) -> str:
    price, quantity = float(row["price"]), int(row["quantity"])
    if abs(price - reference) > BAND * reference + TICK / 2:
        return f"price outside ±{BAND:.0%} of {reference:g}"
    if abs(price / TICK - round(price / TICK)) > 1e-6:
        return f"price is no multiple of {TICK}"
    return f"{BLOCK} t or more: a block agreement" if quantity >= BLOCK else ""


def _filled(orders: pd.DataFrame, filled: pd.Series) -> list[tuple[str, int]]:
    return [
        (str(code), int(tonnes))
        for code, tonnes in zip(orders["facility"], filled[orders.index], strict=True)
        if tonnes
    ]


def _booked(
    journal: Journal,
    orders: pd.DataFrame,
    filled: pd.Series,
    trades: list[tuple[str, str, int, float]],
    why: str,
) -> Round:
    for seller, buyer, tonnes, _ in trades:
        journal = journal.transfer(str(seller), str(buyer), tonnes)
    left = filled < orders["quantity"]
    return Round(
        journal,
        pd.DataFrame(trades, columns=["seller", "buyer", "tonnes", "price"]),
        orders.assign(filled=filled, reason=np.where(left, why, "")),
    )
