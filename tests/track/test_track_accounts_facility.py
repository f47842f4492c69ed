"""The facility's balance: by hand, then energy conserved hour by hour, then its verdicts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import ParameterError
from buju.track.accounts import Storage, facility_balance

SERIES = st.lists(st.floats(0, 1e4), min_size=24, max_size=24)
NEAR = 1e-9


def test_a_day_by_hand() -> None:
    """10 made at noon; 2 used each hour of four; 80 % store of 4 with 5 a hour."""
    found = facility_balance(
        [2, 2, 2, 2], [0, 10, 0, 0], grid_kg_per_kwh=0.6, storage=Storage(4, 5, 0.8),
        sold_limit_kw=1,
    )  # fmt: skip
    hours = found.hours
    assert hours["bought"].tolist() == [2, 0, 0, 0]
    assert hours["charge"].tolist() == [0, 5, 0, 0]
    assert hours["stored"].tolist() == [0, 4, 2, 0]
    assert (hours.loc[1, "sold"], hours.loc[1, "curtailed"]) == (1, 2)
    assert found.totals["net_t"] == pytest.approx(0.0012)
    assert found.totals["self_sufficiency"] == pytest.approx(0.75)


@settings(max_examples=60, deadline=None)
@given(SERIES, SERIES, st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0.5, 1), st.floats(0, 1),
       st.floats(0, 1e4))  # fmt: skip
def test_energy_is_conserved_in_every_hour(
    load: list[float], made: list[float], capacity: float, power: float, efficiency: float,
    start: float, limit: float,
) -> None:  # fmt: skip
    store = Storage(capacity, power, efficiency, start)
    found = facility_balance(load, made, grid_kg_per_kwh=0.5, storage=store, sold_limit_kw=limit)
    h = found.hours
    scale = max(*load, *made, capacity, 1.0)
    gap = (
        h["generation"]
        + h["discharge"]
        + h["bought"]
        - (h["load"] + h["charge"] + h["sold"] + h["curtailed"])
    )
    assert abs(gap).max() <= NEAR * scale
    held = np.concatenate([[start * capacity], h["stored"]])
    change = efficiency * h["charge"] - h["discharge"]
    assert abs(np.diff(held) - change).max() <= NEAR * scale
    assert (h.to_numpy() >= -NEAR * scale).all()
    assert (h["stored"] <= capacity + NEAR * scale).all()
    assert (np.minimum(h["charge"], h["discharge"]) == 0).all()
    t = found.totals
    whole = (
        t["generation_kwh"]
        + t["bought_kwh"]
        - (
            t["load_kwh"]
            + t["sold_kwh"]
            + t["curtailed_kwh"]
            + t["lost_kwh"]
            + t["stored_change_kwh"]
        )
    )
    assert abs(whole) <= 24 * NEAR * scale


def test_verdicts_keep_kinds_of_zero_apart() -> None:
    load, sun = [1.0, 1.0], [3.0, 0.0]
    plain = facility_balance(load, sun, grid_kg_per_kwh=0.5)
    assert plain.verdict == "not zero"
    sold = facility_balance(load, sun, grid_kg_per_kwh=0.5, credit_sales=True)
    assert sold.verdict == "zero over the period by sales"
    bought = facility_balance(load, sun, grid_kg_per_kwh=0.5, offset_t=0.0005)
    assert bought.verdict == "zero by offsets"
    stored = facility_balance(load, sun, grid_kg_per_kwh=0.5, storage=Storage(2, 2, 1))
    assert stored.verdict == "zero every hour"
    burning = facility_balance(load, sun, grid_kg_per_kwh=0.5, storage=Storage(2, 2, 1), fuel_t=1)
    assert burning.verdict == "not zero"


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="generation_kwh has 1 values"):
        facility_balance([1, 2], [1], grid_kg_per_kwh=0.5)
    with pytest.raises(ParameterError, match="load_kwh is negative"):
        facility_balance([-1.0], [1], grid_kg_per_kwh=0.5)
    with pytest.raises(ParameterError, match=r"efficiency 1\.5"):
        Storage(1, 1, 1.5)
