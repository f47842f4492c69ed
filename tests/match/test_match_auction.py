"""A call auction: exhaustive search over prices, and conservation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError, SchemaError
from buju.match import clear_auction

order = st.tuples(st.integers(1, 12), st.integers(0, 9))
sides = st.lists(order, max_size=8)


def table(rows: list[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "order": [f"o{k}" for k in range(len(rows))],
            "price": np.array([p for p, _ in rows], dtype=float),
            "quantity": np.array([q for _, q in rows], dtype=float),
        }
    )


def curves(bids: pd.DataFrame, offers: pd.DataFrame, price: float) -> tuple[float, float]:
    demand = bids.loc[bids["price"] >= price, "quantity"].sum()
    return float(demand), float(offers.loc[offers["price"] <= price, "quantity"].sum())


@settings(deadline=None, max_examples=200)
@given(bids=sides, offers=sides, reference=st.none() | st.integers(1, 12))
def test_no_price_trades_more_or_leaves_less(bids, offers, reference) -> None:
    buy, sell = table(bids), table(offers)
    result = clear_auction(buy, sell, reference_price=reference)
    grid = np.arange(1, 12.25, 0.25)
    both = [curves(buy, sell, p) for p in grid]
    volume = max(min(d, s) for d, s in both)
    assert result.volume == volume
    assert result.bids_filled.sum() == result.offers_filled.sum() == volume
    assert (result.bids_filled <= buy["quantity"]).all()
    assert (result.offers_filled <= sell["quantity"]).all()
    if volume == 0:
        assert np.isnan(result.price)
        return
    best = min(abs(d - s) for d, s in both if min(d, s) == volume)
    ties = [
        p
        for p, (d, s) in zip(grid, both, strict=True)
        if min(d, s) == volume and abs(d - s) == best
    ]
    demand, supply = curves(buy, sell, result.price)
    assert min(demand, supply) == volume
    assert abs(demand - supply) == best
    limits = {*buy["price"], *sell["price"]}
    known = [p for p in ties if p in limits or p == reference]
    if reference is not None and known:
        assert abs(result.price - reference) == min(abs(p - reference) for p in known)
    assert (result.bids_filled[buy["price"] < result.price] == 0).all()
    assert (result.offers_filled[sell["price"] > result.price] == 0).all()
    assert np.array_equal(result.bids_filled, np.round(result.bids_filled))


@settings(deadline=None, max_examples=50)
@given(bids=sides, offers=sides, seed=st.integers(0, 999))
def test_the_price_does_not_depend_on_arrival(bids, offers, seed) -> None:
    rng = np.random.default_rng(seed)
    buy, sell = table(bids), table(offers)
    one = clear_auction(buy, sell)
    two = clear_auction(buy.iloc[rng.permutation(len(buy))], sell.iloc[rng.permutation(len(sell))])
    assert one.volume == two.volume
    assert one.price == two.price or (np.isnan(one.price) and np.isnan(two.price))


def test_better_prices_first_then_the_order_given() -> None:
    result = clear_auction(table([(10, 5), (11, 5), (10, 5)]), table([(9, 8)]))
    assert result.bids_filled.tolist() == [3, 5, 0]


def test_the_reference_decides_where_nothing_else_does() -> None:
    buy, sell = table([(10, 5)]), table([(8, 5)])
    assert clear_auction(buy, sell).price == 9
    assert clear_auction(buy, sell, reference_price=9.5).price == 9.5
    assert clear_auction(buy, sell, reference_price=20).price == 10
    assert clear_auction(buy, sell, reference_price=2).price == 8


def test_what_is_refused() -> None:
    good = table([(1, 1)])
    with pytest.raises(SchemaError, match="lacks price"):
        clear_auction(good.drop(columns="price"), good)
    with pytest.raises(SchemaError, match="stands twice"):
        clear_auction(pd.concat([good, good]), good)
    with pytest.raises(ParameterError, match="order 'o0' has price -1"):
        clear_auction(good.assign(price=-1.0), good)
    with pytest.raises(ParameterError, match="quantity nan"):
        clear_auction(good, good.assign(quantity=np.nan))
    with pytest.raises(ParameterError, match="reference_price"):
        clear_auction(good, good, reference_price=0)
