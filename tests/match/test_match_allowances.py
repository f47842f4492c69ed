"""Allowances: handed out, traded, surrendered; the books close."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError
from buju.match.allowances import agreement_round, allowances, auction_round, issue, surrender
from buju.match.journal import ISSUER, RETIRED, Journal

HELD = Journal().issue("A", 100).issue("B", 50)


def orders(*rows: tuple[str, str, float, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["facility", "side", "price", "quantity"])
    return frame.assign(order=[f"O{k}" for k in range(len(rows))])


def test_allocation_by_hand() -> None:
    plants = pd.DataFrame(
        {
            "facility": ["P", "Q"],
            "benchmark": ["x", "x"],
            "power": [1000.0, 0.0],
            "heat": [300.0, 30.0],
            "correction": [1.02, 1.0],
            "emissions": [900, 4],
        }
    )
    rules = pd.DataFrame({"benchmark": ["x"], "power": [0.8], "heat": [0.1]})
    handed = allowances(plants, rules)
    # 0.8 × 1000 × 1.02 + 0.1 × 300 = 846; 0.1 × 30 = 3, not 2 by rounding error
    assert handed["allowances"].tolist() == [846, 3]
    assert handed["balance"].tolist() == [-54, -1]


def test_a_benchmark_that_is_not_there_is_named() -> None:
    plants = pd.DataFrame(
        {"facility": ["P"], "benchmark": ["y"], "power": 1.0, "heat": 0.0, "correction": 1.0}
    )
    with pytest.raises(ParameterError, match="facility 'P': benchmark 'y' is not"):
        allowances(
            plants.assign(emissions=1),
            pd.DataFrame({"benchmark": ["x"], "power": [1.0], "heat": [0.0]}),
        )


def test_an_auction_moves_allowances_at_one_price() -> None:
    found = auction_round(HELD, orders(("A", "offer", 50, 60), ("B", "bid", 55, 40)))
    assert found.trades.to_numpy().tolist() == [["A", "B", 40, 52.5]]
    assert (found.journal.balance("A"), found.journal.balance("B")) == (60, 90)
    assert found.orders["filled"].tolist() == [40, 40]
    assert found.orders["reason"].tolist() == ["not at the one price of 52.5", ""]


def test_a_listed_order_trades_at_the_price_that_stood() -> None:
    found = agreement_round(
        HELD,
        orders(
            ("A", "offer", 60.0, 10),
            ("A", "offer", 58.0, 10),
            ("B", "bid", 61.0, 15),
        ),
        reference_price=60,
    )
    # the best standing offer first, each at its own price
    assert found.trades.to_numpy().tolist() == [["A", "B", 10, 58.0], ["A", "B", 5, 60.0]]
    assert found.orders["filled"].tolist() == [5, 10, 15]


def test_earlier_orders_of_one_price_come_first_and_nobody_trades_with_itself() -> None:
    found = agreement_round(
        HELD,
        orders(
            ("B", "offer", 60.0, 5),
            ("A", "offer", 60.0, 5),
            ("B", "bid", 60.0, 5),
            ("A", "bid", 60.0, 5),
        ),
        reference_price=60,
    )
    assert found.trades.to_numpy().tolist() == [["A", "B", 5, 60.0], ["B", "A", 5, 60.0]]


@pytest.mark.parametrize(
    ("price", "quantity", "words"),
    [
        (66.01, 1, "outside ±10% of 60"),
        (53.99, 1, "outside ±10% of 60"),
        (60.005, 1, "no multiple of 0.01"),
        (60.0, 100_000, "block agreement"),
    ],
)
def test_a_listed_order_outside_the_rules_is_left_with_its_reason(
    price: float, quantity: int, words: str
) -> None:
    found = agreement_round(HELD, orders(("B", "bid", price, quantity)), reference_price=60)
    assert words in found.orders["reason"].iloc[0]
    assert found.journal.entries == HELD.entries


def test_the_band_includes_its_ends() -> None:
    found = agreement_round(
        HELD, orders(("A", "offer", 54.0, 1), ("B", "bid", 66.0, 1)), reference_price=60
    )
    assert len(found.trades) == 1


@pytest.mark.parametrize("trade", [auction_round, agreement_round])
def test_offers_above_holdings_are_refused_and_nothing_is_booked(trade: object) -> None:
    rows = orders(("A", "offer", 60, 60), ("A", "offer", 60, 41), ("B", "bid", 60, 10))
    with pytest.raises(ParameterError, match="offers 101 t in all and holds 100 t"):
        trade(HELD, rows, reference_price=60)  # type: ignore[operator]
    assert HELD.balance("A") == 100


def test_whoever_holds_too_few_is_short_by_the_rest() -> None:
    handed = pd.DataFrame({"facility": ["A", "B"], "emissions": [70, 80]})
    ended, given_up = surrender(HELD, handed)
    assert given_up.to_numpy().tolist() == [["A", 70, 70, 0, 30], ["B", 80, 50, 30, 0]]
    assert (ended.retired, ended.accounts) == (120, {"A": 30, "B": 0})


@pytest.mark.parametrize(
    ("account", "tonnes", "words"),
    [("", 1, "no account's name"), ("@x", 1, "no account's name"), ("A", -1, "zero or more")],
)
def test_the_journal_refuses(account: str, tonnes: int, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        Journal().issue(account, tonnes)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.booleans())
def test_nothing_is_lost_whatever_is_ordered(seed: int, one_price: bool) -> None:
    rng = np.random.default_rng(seed)
    names = ["A", "B", "C"]
    handed = pd.DataFrame(
        {
            "facility": names,
            "allowances": rng.integers(0, 50, 3),
            "emissions": rng.integers(0, 60, 3),
        }
    )
    journal = issue(Journal(), handed)
    rows = []
    for name in names:
        left = journal.balance(name)
        for _ in range(int(rng.integers(0, 4))):
            side = str(rng.choice(["bid", "offer"]))
            most = left if side == "offer" else 40
            if most < 1:
                continue
            quantity = int(rng.integers(1, most + 1))
            left -= quantity if side == "offer" else 0
            rows.append((name, side, float(rng.integers(5400, 6601)) / 100, quantity))
    table = orders(*rows)
    if one_price:
        traded = auction_round(journal, table)
    else:
        traded = agreement_round(journal, table, reference_price=60)
    ended, _ = surrender(traded.journal, handed)
    assert ended.issued == int(handed["allowances"].sum())
    assert ended.issued == ended.retired + sum(ended.accounts.values())
    assert min(ended.accounts.values(), default=0) >= 0
    replayed: dict[str, int] = {}
    for entry in ended.entries:
        replayed[entry.source] = replayed.get(entry.source, 0) - entry.tonnes
        replayed[entry.target] = replayed.get(entry.target, 0) + entry.tonnes
    assert sum(replayed.values()) == 0
    assert replayed.get(RETIRED, 0) == ended.retired
    assert -replayed.get(ISSUER, 0) == ended.issued
    bought = traded.orders.query("side == 'bid'")["filled"].sum()
    sold = traded.orders.query("side == 'offer'")["filled"].sum()
    assert bought == sold == traded.trades["tonnes"].sum()
    limits = traded.orders["filled"] <= traded.orders["quantity"]
    assert limits.all()
