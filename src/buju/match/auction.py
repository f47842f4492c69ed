"""A call auction at one price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError, SchemaError
from buju.match.market import Floats


@dataclass(frozen=True)
class Clearing:
    """What an auction did.

    Attributes
    ----------
    price
        The one price; NaN where nothing is traded.
    volume
        Quantity bought and sold.
    bids_filled, offers_filled
        Quantity of each order that is filled, in the order given.
    """

    price: float
    volume: float
    bids_filled: npt.NDArray[np.float64]
    offers_filled: npt.NDArray[np.float64]


def clear_auction(
    bids: pd.DataFrame, offers: pd.DataFrame, *, reference_price: float | None = None
) -> Clearing:
    """Clear bids and offers at one price.

    The price trades the largest volume; of several such the one that leaves the least imbalance
    between the two sides; of several such the reference itself or the limit nearest it, and
    without a reference the middle of the limits. On the longer side the better price is filled
    first, and orders of the same price in the order given. The price does not depend on that order.

    This is a simulation: the national carbon market of China trades by listed agreement, block
    agreement and one-way auction, not by call auction.

    Parameters
    ----------
    bids, offers
        `order` (code), `price` (> 0: at most, at least), `quantity` (>= 0); one row an order.
    reference_price
        For instance the last price.

    Returns
    -------
    Clearing
        The sums of both `filled` equal `volume`; whole quantities stay whole.

    Raises
    ------
    SchemaError
        A column is missing, or an order stands twice.
    ParameterError
        A price or quantity that is missing, negative or infinite.

    References
    ----------
    Price rules as in exchange call auctions: volume, imbalance, reference.

    Examples
    --------
    >>> bids = pd.DataFrame({"order": ["a", "b"], "price": [60.0, 55.0], "quantity": [100, 50]})
    >>> offers = pd.DataFrame({"order": ["c"], "price": [50.0], "quantity": [120]})
    >>> result = clear_auction(bids, offers)
    >>> result.price, result.volume, result.bids_filled.tolist()
    (52.5, 120.0, [100.0, 20.0])
    """
    pay, wanted = _orders(bids, "bids")
    ask, offered = _orders(offers, "offers")
    price, volume = _price(pay, wanted, ask, offered, reference_price)
    return Clearing(
        price,
        volume,
        _fill(-pay, wanted, pay >= price, volume),
        _fill(ask, offered, ask <= price, volume),
    )


def _price(
    pay: Floats, wanted: Floats, ask: Floats, offered: Floats, reference: float | None
) -> tuple[float, float]:
    if reference is not None and not (np.isfinite(reference) and reference > 0):
        raise ParameterError(
            f"reference_price is {reference}; a price above zero is expected.",
            f"reference_price 为 {reference}；应大于零。",
        )
    limits = np.unique(np.concatenate([pay, ask]))
    if not len(limits):
        return np.nan, 0.0
    between = (limits[1:] + limits[:-1]) / 2
    prices = np.concatenate([limits, between, [] if reference is None else [reference]])
    demand = _at_least(pay, wanted, prices)
    supply = _at_least(-ask, offered, -prices)
    volume = np.minimum(demand, supply)
    if not volume.max() > 0:
        return np.nan, 0.0
    best = volume == volume.max()
    gap = np.abs(demand - supply)
    best &= gap == gap[best].min()
    if reference is not None and best[-1]:
        return float(reference), float(volume.max())
    ties = prices[: len(limits)][best[: len(limits)]]
    if not len(ties):  # only between two limits: a stretch without its ends
        ties = between[best[len(limits) : len(limits) + len(between)]]
    middle = (ties.min() + ties.max()) / 2 if reference is None else float(reference)
    return float(np.clip(middle, ties.min(), ties.max())), float(volume.max())


def _at_least(limits: Floats, quantity: Floats, prices: Floats) -> Floats:
    """Quantity of orders whose limit is at least each price."""
    order = np.argsort(limits, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(quantity[order])])
    return np.asarray(below[-1] - below[np.searchsorted(limits[order], prices, side="left")])


def _fill(
    limits: Floats, quantity: Floats, willing: npt.NDArray[np.bool_], volume: float
) -> Floats:
    """Fill willing orders, the best limit first, until the volume is used up."""
    order = np.argsort(limits, kind="stable")
    asked = np.where(willing, quantity, 0.0)[order]
    before = np.cumsum(asked) - asked
    filled = np.empty_like(quantity)
    filled[order] = np.clip(volume - before, 0.0, asked)
    return filled


def _orders(orders: pd.DataFrame, name: str) -> tuple[Floats, Floats]:
    missing = [c for c in ("order", "price", "quantity") if c not in orders]
    if missing:
        raise SchemaError(
            f"{name} lacks {', '.join(missing)}; columns order, price and quantity are expected.",
            f"{name} 缺少列 {', '.join(missing)}。",
        )
    repeated = orders["order"].duplicated()
    if repeated.any():
        code = orders.loc[repeated, "order"].iloc[0]
        raise SchemaError(
            f"{name}: order '{code}' stands twice; give each order once.",
            f"{name} 中订单 '{code}' 重复。",
        )
    price = orders["price"].to_numpy(dtype=np.float64, na_value=np.nan)
    quantity = orders["quantity"].to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(price) | (price <= 0) | ~np.isfinite(quantity) | (quantity < 0)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise ParameterError(
            f"{name}: order '{orders['order'].iloc[row]}' has price {price[row]} and quantity "
            f"{quantity[row]} ({int(bad.sum())} such orders); a price above zero and a quantity of "
            "zero or more are expected.",
            f"{name} 中订单 '{orders['order'].iloc[row]}' 的价格或数量无效（共 "
            f"{int(bad.sum())} 笔）。",
        )
    return price, quantity
