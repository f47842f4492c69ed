"""Appraisals by hand, their laws, and what is refused."""

import numpy as np
import numpy_financial
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.decide import (
    appraise,
    at_prices,
    biases,
    break_even_trips,
    discount_factors,
    irr_roots,
    npv,
    optimism_bias,
    payback,
    rule_of_half,
    stream,
    welfare_benefit,
)
from buju.decide.appraisal.bias import raised
from buju.decide.appraisal.flows import checked
from buju.errors import NotCertified, ParameterError, SchemaError
from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual

# Sums of some dozen products in float64.
CLOSE = 1e-9


def rail(**changes: object) -> pd.DataFrame:
    """Works of two years, upkeep and two ways of counting what they bring."""
    rows = [
        stream("works", "cost", 100.0, 2027, 2028, stage="works", place="A"),
        stream("upkeep", "cost", 2.0, 2029, 2058, stage="running", place="A"),
        stream("operator", "cost", 3.0, 2029, 2058, stage="running", payer="private", place="B"),
        stream("time", "benefit", 12.0, 2029, 2058, growth=0.02, method="rule_of_half", place="A"),
        stream("welfare", "benefit", 20.0, 2029, 2058, method="welfare", place="B"),
        stream("safety", "benefit", 1.0, 2029, 2058),
    ]
    return pd.concat(rows, ignore_index=True).assign(**changes)


def value(table: pd.DataFrame, rate: float = 0.08, base: int = 2027) -> float:
    sign = np.where(table["kind"] == "cost", -1.0, 1.0)
    return float((sign * table["amount"] / (1 + rate) ** (table["year"] - base)).sum())


def test_each_method_by_a_plain_sum() -> None:
    flows = rail()
    found = appraise(flows, base_year=2027, price_year=2020)
    by = found.summary.set_index("method")
    assert list(by.index) == ["welfare", "rule_of_half"]
    without = flows[flows["item"] != "time"]
    assert by.loc["welfare", "enpv"] == pytest.approx(value(without), rel=CLOSE)
    net = without.assign(a=np.where(without["kind"] == "cost", -1, 1) * without["amount"])
    yearly = net.groupby("year")["a"].sum().to_numpy()
    assert found.rates["welfare"] == pytest.approx([numpy_financial.irr(yearly)])
    assert float(by.loc["welfare", "eirr"]) == pytest.approx(found.rates["welfare"][0], rel=1e-5)
    assert (by["denominator"] == "all_costs").all()
    assert any("never added" in english for english, _ in found.notes)
    assert any("发改投资" in chinese for _, chinese in found.notes)
    assert found.cost_known
    total = found.years["net_welfare"] * found.years["factor"]
    assert total.sum() == pytest.approx(by.loc["welfare", "enpv"])
    assert found.years["costs"].iloc[0] == 100


def test_public_denominator_takes_private_costs_from_benefits() -> None:
    found = appraise(rail(), base_year=2027, price_year=2020, denominator="public")
    annuity = sum(1.08 ** -(t - 2027) for t in range(2029, 2059))
    public = 100 + 100 / 1.08 + 2 * annuity
    gain = (20 + 1 - 3) * annuity
    row = found.summary.set_index("method").loc["welfare"]
    assert row["bcr"] == pytest.approx(gain / public)
    assert row["denominator"] == "public"


amount = st.integers(1, 50).map(float)


@st.composite
def projects(draw: st.DrawFn) -> pd.DataFrame:
    costs = [
        stream(f"c{k}", "cost", draw(amount), 2020 + k, 2020 + k + draw(st.integers(0, 4)),
               payer="public" if k == 0 else draw(st.sampled_from(["public", "private"])),
               stage="works" if k == 0 else "")
        for k in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    gains = [
        stream(f"b{k}", "benefit", draw(amount), 2021 + k, 2030,
               place=draw(st.sampled_from(["A", "B"])))
        for k in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    rows = [*costs, *gains]
    return pd.concat(rows, ignore_index=True)


@settings(max_examples=60, deadline=None)
@given(
    flows=projects(),
    denominator=st.sampled_from(["all_costs", "public"]),
    timing=st.sampled_from(["start", "mid", "end"]),
    schedule=st.sampled_from(["china-2006", "uk-green-book", 0.12]),
)
def test_ratio_above_one_means_value_above_zero(
    flows: pd.DataFrame, denominator: str, timing: str, schedule: object
) -> None:
    found = appraise(
        flows, base_year=2020, price_year=2020, denominator=denominator, timing=timing,
        schedule=schedule,
    )  # fmt: skip
    row = found.summary.iloc[0]
    if abs(row["enpv"]) > 1e-9:
        assert (row["bcr"] > 1) == (row["enpv"] > 0)
    net = found.years["net_other"].to_numpy()
    assert row["enpv"] == pytest.approx(npv(net, schedule, timing=timing), abs=1e-8)
    assert found.places["net"].sum() == pytest.approx(row["enpv"], abs=1e-8)
    np.testing.assert_allclose(found.rates["other"], irr_roots(net))


@settings(max_examples=40, deadline=None)
@given(flows=projects())
def test_switching_values_switch(flows: pd.DataFrame) -> None:
    found = appraise(flows, base_year=2020, price_year=2020)
    for row in found.switching.to_dict("records"):
        changed = flows.copy()
        mine = (changed["kind"] == row["kind"]) & (
            row["item"].startswith("all ") | (changed["item"] == row["item"])
        )
        changed.loc[mine, "amount"] *= 1 + row["switching_value"]
        assert value(changed, base=2020) == pytest.approx(0, abs=1e-7)


@settings(max_examples=40, deadline=None)
@given(flows=projects(), mitigation=st.floats(0, 1), kind=st.sampled_from(list(biases())))
def test_bias_keeps_money_and_only_delays(
    flows: pd.DataFrame, mitigation: float, kind: str
) -> None:
    bias = optimism_bias(kind, mitigation=mitigation)
    table = checked(flows, 2020, 2020)
    after = raised(table, bias)
    works, works_after = (t[t["stage"] == "works"]["amount"].sum() for t in (table, after))
    assert works_after == pytest.approx(works * (1 + bias.added_cost))
    gain, gain_after = (t[t["kind"] == "benefit"] for t in (table, after))
    assert gain_after["amount"].sum() == pytest.approx(gain["amount"].sum())
    centre = [np.average(t["year"], weights=t["amount"]) for t in (gain, gain_after)]
    span = np.ptp(table.loc[table["stage"] == "works", "year"]) + 1
    assert centre[1] - centre[0] == pytest.approx(span * bias.added_time)
    if mitigation == 1:
        assert value(after, base=2020) == pytest.approx(value(table, base=2020))


def test_bias_by_hand() -> None:
    flows = pd.concat([stream("works", "cost", 50.0, 2027, 2028, stage="works"),
                       stream("use", "benefit", 10.0, 2029)])  # fmt: skip
    found = appraise(
        flows, base_year=2027, price_year=2020, schedule=0.0,
        bias=optimism_bias("non-standard-civil"),
    )  # fmt: skip
    # 25 % longer: two years become two and a half, the benefit comes half a year later.
    assert found.years["costs"].to_numpy() == pytest.approx([66.4, 66.4, 33.2, 0.0])
    assert found.years["benefits_other"].to_numpy() == pytest.approx([0.0, 0.0, 5.0, 5.0])
    assert found.conventions["optimism_bias"] == "non-standard-civil"
    assert any("+66.0%" in english for english, _ in found.notes)
    with pytest.raises(ParameterError, match="same risk would count twice"):
        appraise(flows, base_year=2027, price_year=2020, contingency=0.1,
                 bias=optimism_bias("equipment"))  # fmt: skip


def test_payback_by_hand() -> None:
    assert payback([-100, 50, 50, 10]) == 3.0
    assert payback([-100, 60, 60]) == pytest.approx(2 + 40 / 60)
    assert payback([10, 20]) == 0.0
    assert np.isnan(payback([-100, 60]))
    assert payback([-100, 120, -50, 60]) == pytest.approx(3.5)  # below zero again in between
    found = appraise(rail(), base_year=2027, price_year=2020)
    row = found.summary.set_index("method").loc["welfare"]
    assert row["payback"] == pytest.approx(2 + 200 / 16)
    assert np.isnan(row["discounted_payback"])  # at 8 % it never is
    cheap = appraise(rail(), base_year=2027, price_year=2020, schedule=0.03).summary
    assert cheap["discounted_payback"].iloc[0] > row["payback"]


def test_unknown_cost_gets_the_cost_at_which_it_breaks_even() -> None:
    flows = rail()
    flows.loc[flows["item"] == "works", "amount"] = np.nan
    found = appraise(flows, base_year=2027, price_year=2020)
    assert not found.cost_known
    assert found.summary[["enpv", "bcr", "costs", "payback"]].isna().all(axis=None)
    assert set(found.summary["eirr"]) == {""}
    assert any("cost unknown" in english for english, _ in found.notes)
    assert any("成本不明" in chinese for _, chinese in found.notes)
    cost = found.break_even_cost["welfare"]
    flows.loc[flows["item"] == "works", "amount"] = cost / 2
    again = appraise(flows, base_year=2027, price_year=2020).summary.set_index("method")
    assert again.loc["welfare", "enpv"] == pytest.approx(0, abs=1e-9)
    only = flows[flows["kind"] == "benefit"]
    none = appraise(only, base_year=2027, price_year=2020)
    assert none.break_even_cost["welfare"] == pytest.approx(value(only[only["item"] != "time"]))


def test_gains_by_place_and_element() -> None:
    found = appraise(
        rail(), base_year=2027, price_year=2020,
        elements={"north": {"A": 0.5}, "zone": {"A": 0.25, "B": 1.0}},
    )  # fmt: skip
    welfare = found.elements[found.elements["method"] == "welfare"].set_index("element")
    places = found.places[found.places["method"] == "welfare"].set_index("place")
    assert welfare.loc["north", "costs"] == pytest.approx(0.5 * places.loc["A", "costs"])
    assert welfare.loc["zone", "net"] == pytest.approx(
        0.25 * places.loc["A", "net"] + places.loc["B", "net"]
    )
    # half of A belongs to an element; what has no place belongs to none
    assert welfare.loc["", "net"] == pytest.approx(
        0.5 * places.loc["A", "net"] + places.loc["", "net"]
    )


def test_draws() -> None:
    flows = pd.concat([stream("works", "cost", 100.0, 2027), stream("use", "benefit", 100.0, 2027)])
    table = pd.DataFrame({"item": ["works"], "shape": ["uniform"], "low": [0.8], "high": [1.6]})

    def run(uncertainty: pd.DataFrame, **more: object) -> object:
        return appraise(flows, base_year=2027, price_year=2020, uncertainty=uncertainty,
                        draws=20_000, **more).risk  # fmt: skip

    risk = run(table)
    row = risk.table.iloc[0]
    # worth its cost where the factor lies below 1: a quarter of 0.8 to 1.6
    assert row["positive"] == pytest.approx(0.25, abs=4 * row["error"])
    assert row["mean"] == pytest.approx(-20, abs=0.7)
    assert risk.contribution["correlation"].iloc[0] == pytest.approx(-1)
    assert np.array_equal(risk.draws["other"], run(table).draws["other"])
    assert not np.array_equal(risk.draws["other"], run(table, seed=1).draws["other"])
    both = pd.DataFrame({"item": ["works", "use"], "shape": "lognormal", "low": 0.5, "high": 2.0,
                         "driver": "demand"})  # fmt: skip
    assert np.abs(run(both).draws["other"]).max() == pytest.approx(0, abs=1e-9)
    for shape in ("triangular", "normal", "lognormal"):
        one = table.assign(shape=shape, mode=1.0, high=1.25)
        drawn = run(one).draws["other"]
        assert np.median(drawn) == pytest.approx(0, abs=1.5 if shape != "normal" else 4.0)


def test_prices_of_other_years() -> None:
    flows = rail(price_year=[2015] * 2 + [2020] * 150)
    with pytest.raises(SchemaError, match=r"prices of 2015 \(works") as error:
        appraise(flows, base_year=2027, price_year=2020)
    assert "价格年份不一致" in error.value.chinese
    same = at_prices(flows, {2015: 90.0, 2020: 100.0}, 2020)
    assert same["amount"].iloc[0] == pytest.approx(100 / 0.9)
    appraise(same, base_year=2027, price_year=2020)
    with pytest.raises(SchemaError, match="convert them with at_prices"):
        appraise(same, base_year=2027, price_year=2021)
    with pytest.raises(SchemaError, match="2015 is None"):
        at_prices(flows, {2020: 100.0}, 2020)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "gain"}, "cost, benefit are known"),
        ({"method": "welfair"}, "'welfair'"),
        ({"payer": "firm"}, "public, private are known"),
        ({"year": 2020}, "before the base year 2027"),
        ({"amount": np.inf}, "finite number"),
    ],
)
def test_faulty_flows_are_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(SchemaError, match=words) as error:
        appraise(rail(**change), base_year=2027, price_year=2020)
    assert error.value.chinese


def test_more_that_is_refused() -> None:
    with pytest.raises(SchemaError, match="amount are missing"):
        appraise(rail().drop(columns="amount"), base_year=2027, price_year=2020)
    flows = rail()
    flows.loc[flows["item"] == "safety", "amount"] = np.nan
    with pytest.raises(SchemaError, match="item 'safety'"):
        appraise(flows, base_year=2027, price_year=2020)
    flows = rail()
    flows.loc[flows["item"] == "works", "method"] = "welfare"
    with pytest.raises(SchemaError, match="a cost counts under every method"):
        appraise(flows, base_year=2027, price_year=2020)
    with pytest.raises(ParameterError, match="all_costs or public"):
        appraise(rail(), base_year=2027, price_year=2020, denominator="public_costs")
    with pytest.raises(ParameterError, match="Did you mean 'standard-civil'"):
        optimism_bias("standard-civl")
    with pytest.raises(ParameterError, match="stage 'works'"):
        appraise(rail(stage=""), base_year=2027, price_year=2020,
                 bias=optimism_bias("equipment"))  # fmt: skip
    table = pd.DataFrame({"item": ["wroks"], "shape": ["flat"], "low": [2.0], "high": [1.0]})
    with pytest.raises(SchemaError) as error:
        appraise(rail(), base_year=2027, price_year=2020, uncertainty=table)
    assert "Did you mean 'works'" in error.value.english
    assert "shape 'flat'" in error.value.english
    assert "exceeds" in error.value.english
    with pytest.raises(SchemaError, match="lies before the first"):
        stream("a", "cost", 1.0, 2030, 2029)


def test_flows_without_a_change_of_sign_have_no_rate() -> None:
    only = stream("use", "benefit", 5.0, 2027, 2030)
    free = pd.concat([only, stream("works", "cost", 0.0, 2027)])
    found = appraise(free, base_year=2027, price_year=2020)
    assert len(found.rates["other"]) == 0
    assert any("no rate of return" in english for english, _ in found.notes)
    assert any("no benefit-cost ratio" in english for english, _ in found.notes)
    several = pd.concat([stream("open", "cost", 100.0, 2027), stream("use", "benefit", 230.0, 2028),
                         stream("close", "cost", 132.0, 2029)])  # fmt: skip
    two = appraise(several, base_year=2027, price_year=2020)
    assert two.rates["other"] == pytest.approx([0.1, 0.2])
    assert two.summary["eirr"].tolist() == ["0.1;0.2"]
    assert any("2 rates of return" in english for english, _ in two.notes)


def test_half_of_what_new_travellers_save() -> None:
    places = ["A", "B"]
    before = pd.DataFrame([[0.0, 10.0], [4.0, 0.0]], places, places)
    after = pd.DataFrame([[0.0, 14.0], [4.0, 0.0]], places, places)
    slow = pd.DataFrame([[5.0, 60.0], [60.0, np.inf]], places, places)
    fast = pd.DataFrame([[5.0, 40.0], [60.0, np.inf]], places, places)
    gain = rule_of_half(before, after, slow, fast)
    assert gain.to_numpy().tolist() == [[0.0, 12.0 * 20], [0.0, 0.0]]
    with pytest.raises(ParameterError, match="A to B: trips, but no way"):
        rule_of_half(before, after, slow.replace(60.0, np.inf), fast)
    with pytest.raises(ParameterError, match="stand in another order"):
        rule_of_half(before, after.iloc[::-1], slow, fast)
    with pytest.raises(ParameterError, match="0 or more"):
        rule_of_half(-before, after, slow, fast)


def test_trips_that_pay_for_a_line() -> None:
    trips = break_even_trips(
        {2027: 300e6, 2028: 500e6}, 25.0, value_of_time=30.0, base_year=2027, opening=2030,
        last=2059,
    )  # fmt: skip
    saved = trips * 365 * 25 / 60 * 30
    flows = pd.concat([stream("works", "cost", 300e6, 2027), stream("works", "cost", 500e6, 2028),
                       stream("time", "benefit", saved, 2030, 2059)])  # fmt: skip
    found = appraise(flows, base_year=2027, price_year=2020)
    assert found.summary["enpv"].iloc[0] == pytest.approx(0, abs=1e-3)
    with pytest.raises(ParameterError, match="minutes_saved"):
        break_even_trips({2027: 1.0}, 0.0, value_of_time=30.0, base_year=2027, opening=2030,
                         last=2059)  # fmt: skip


def test_welfare_as_income_a_year() -> None:
    model = CommutingTrade(alpha=0.7, epsilon=3, sigma=4)
    even = np.array([[0.8, 0.2], [0.2, 0.8]])
    twins = Baseline(commuting=np.diag([0.5, 0.5]), trade=np.eye(2) * 0.4 + 0.3, wage=np.ones(2),
                     income=np.ones(2), jobs=[50, 50], residents=[50, 50], labels=("A", "B"),
                     origins=even, origin_workers=[50.0, 50.0])  # fmt: skip
    better = counterfactual(model, twins, Shocks(productivity=[1.1, 1.0]))
    gain = welfare_benefit(better, income=1000.0).set_index("place")
    assert gain.loc["A", "amount"] > gain.loc["B", "amount"] > 0
    assert gain.loc["A", "amount"] == pytest.approx(500 * (better.welfare_by_group[0] - 1))
    assert set(gain["verdict"]) == {"certified"}
    flows = pd.concat([stream("works", "cost", 10.0, 2027)] + [
        stream("welfare", "benefit", row.amount, 2028, 2040, method="welfare", place=row.place,
               verdict=row.verdict)
        for row in gain.reset_index().itertuples()])  # fmt: skip
    found = appraise(flows, base_year=2027, price_year=2020)
    assert found.summary["verdict"].tolist() == ["certified"]
    with pytest.raises(ParameterError, match="above 0"):
        welfare_benefit(better, income=0.0)
    broken = counterfactual(model, twins, Shocks(trade_cost=[[1, np.inf], [np.inf, 1]]),
                            throw=False)  # fmt: skip
    with pytest.raises(NotCertified):
        welfare_benefit(broken, income=1.0)


def test_value_to_130_years_under_falling_rates() -> None:
    """A flow of 1 a year: annuities of each band, joined by hand."""
    flows = stream("use", "benefit", 1.0, 2027, 2027 + 130)
    found = appraise(flows, base_year=2027, price_year=2020, schedule="uk-green-book")

    def annuity(rate: float, years: int) -> float:
        return (1 - (1 + rate) ** -years) / rate

    first, second, third = 1.035**-30, 1.03**-45, 1.025**-50
    expected = (1 + annuity(0.035, 30) + first * annuity(0.03, 45)
                + first * second * annuity(0.025, 50)
                + first * second * third * annuity(0.02, 5))  # fmt: skip
    assert found.summary["benefits"].iloc[0] == pytest.approx(expected, rel=CLOSE)
    assert found.years["factor"].iloc[-1] == pytest.approx(
        discount_factors("uk-green-book", [130])[0]
    )
