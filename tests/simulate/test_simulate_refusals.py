"""What is refused, and in which words."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from economies import economy

from buju.errors import NotCertified, ParameterError
from buju.simulate import (
    Baseline,
    CommutingTrade,
    CostFunction,
    Costs,
    Flows,
    Shocks,
    Totals,
    calibrate,
    counterfactual,
    prepare,
)  # fmt: skip
from buju.simulate.solvers import Damped

PLAIN = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0}
MODEL = CommutingTrade(**PLAIN)
GOOD = {
    "commuting": [[0.4, 0.1], [0.1, 0.4]], "trade": [[0.7, 0.3], [0.3, 0.7]], "wage": [1, 1],
    "income": [1, 1], "jobs": [50, 50], "residents": [50, 50], "labels": ["太原", "晋中"],
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"alpha": 1.0}, "alpha = 1.0: must be a number > 0 and < 1"),
        ({"epsilon": 1.0}, "epsilon = 1.0: must be a number > 1"),
        ({"sigma": np.nan}, "sigma = nan: must be a number > 1"),
        ({"delta": -0.1}, "delta = -0.1: must be a number >= 0"),
        ({"trade": "armington"}, "choose one of 'irs', 'crs'"),
        ({"closure": "half"}, "choose one of 'closed', 'open', 'fixed'"),
        ({"housing": "fixed", "delta": 0.5}, "fixed housing does not respond"),
        ({"housing": "nominal", "closure": "open"}, "utility would depend on the numeraire"),
    ],
)
def test_parameters(wrong, words) -> None:
    with pytest.raises(ParameterError, match=words):
        CommutingTrade(**(PLAIN | wrong))


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"wage": [1, 0]}, "wage at '晋中' is 0; it must be finite and above 0"),
        ({"jobs": [50, np.nan]}, "jobs at '晋中' is nan"),
        ({"jobs": [50, 49]}, "both must count the same workers"),
        ({"commuting": [[40, 10], [10, 40]]}, "divide by the number of commuters"),
        ({"commuting": [[0.5, -0.1], [0.2, 0.4]]}, "from '太原' to '晋中' is -0.1"),
        ({"commuting": [[0.4, 0.2], [0.1, 0.3]]}, "row sums do not match residents"),
        ({"commuting": np.ones((3, 3)) / 9}, r"expected \(2, 2\)"),
        ({"income": [1.1, 1]}, "income at '太原' is not the mean wage"),
        ({"trade": [[0.7, 0.4], [0.3, 0.7]]}, "the row of '太原' does not sum to 1"),
        ({"trade": [[0.8, 0.2], [0.3, 0.7]]}, "balance the trade shares first"),
        ({"labels": ["太原", "太原"]}, "2 different names are needed"),
    ],
)
def test_baselines(wrong, words) -> None:
    with pytest.raises(ParameterError, match=words):
        Baseline(**(GOOD | wrong))


def test_transposed_matrices_are_recognised() -> None:
    base = economy(5, 3)
    same = {
        "wage": base.wage,
        "income": base.income,
        "jobs": base.jobs,
        "residents": base.residents,
    }
    with pytest.raises(ParameterError, match=r"is it transposed\? Rows are residences"):
        Baseline(commuting=base.commuting.T, trade=base.trade, **same)
    with pytest.raises(ParameterError, match=r"is it transposed\? Rows are buyers"):
        Baseline(commuting=base.commuting, trade=base.trade.T, **same)
    with pytest.raises(ParameterError, match="the columns do: is it transposed"):
        Baseline(**(GOOD | {"trade": [[0.9, 0.4], [0.1, 0.6]]}))


def test_goods_markets_may_miss_a_little_and_are_not_mended() -> None:
    base = Baseline(**(GOOD | {"trade": [[0.7 + 4e-7, 0.3 - 4e-7], [0.3, 0.7]]}))
    assert base.miss == pytest.approx(4e-7)
    assert base.trade[0, 0] == 0.7 + 4e-7
    assert counterfactual(MODEL, base, Shocks()).certificate.baseline_miss == base.miss


def test_a_baseline_cannot_be_changed_in_place() -> None:
    base = economy(3)
    with pytest.raises(ValueError, match="read-only"):
        base.trade[0, 0] = 0.5


@pytest.mark.parametrize(
    "shocks, words",
    [
        ({"productivity": [1.0, -1.0]}, "productivity at '晋中' is -1; .* above 0 and finite"),
        ({"productivity": [1.0, np.inf]}, "above 0 and finite"),
        (
            {"trade_cost": [[1, 0], [1, 1]]},
            "trade_cost at '太原' to '晋中' is 0; .*inf cuts a pair",
        ),
        ({"commuting_cost": [1.0, 2.0]}, r"has shape \(2,\); expected a number or \(2, 2\)"),
        ({"amenity": np.ones((3, 3))}, r"expected a number or \(2,\) or \(2, 2\)"),
    ],
)
def test_shocks(shocks, words) -> None:
    with pytest.raises(ParameterError, match=words):
        counterfactual(MODEL, Baseline(**GOOD), Shocks(**shocks))


def test_words_for_arguments() -> None:
    base = Baseline(**GOOD)
    with pytest.raises(ParameterError, match="numeraire = 'cpi': choose one of 'mean_wage', 'gdp'"):
        counterfactual(MODEL, base, Shocks(), numeraire="cpi")
    with pytest.raises(ParameterError, match="backend = 'torch'"):
        counterfactual(MODEL, base, Shocks(), backend="torch")
    with pytest.raises(ParameterError, match=r"start: expected \(4,\) finite numbers"):
        counterfactual(MODEL, base, Shocks(), start=np.zeros(3))


def test_a_solver_that_stops_early_is_refused_and_hands_over_what_it_has() -> None:
    base, shocks = economy(12), Shocks(productivity=np.linspace(1, 1.5, 12))
    with pytest.raises(NotCertified, match=r"iteration_limit.*damped \(3\).*throw=False") as stop:
        counterfactual(MODEL, base, shocks, solver=Damped(iterations=3, factor=0.2))
    assert stop.value.equilibrium.verdict == "iteration_limit"
    kept = counterfactual(MODEL, base, shocks, solver=Damped(iterations=3, factor=0.2), throw=False)
    assert kept.verdict == "iteration_limit"
    tables = kept.tables()
    assert (tables["places"]["verdict"] == "iteration_limit").all()
    assert tables["places"]["place"].tolist() == list(base.labels)


def test_runaway_spillovers_never_pass_as_certified_nonsense() -> None:
    model = CommutingTrade(**PLAIN, nu=3.0)
    shocks = Shocks(productivity=np.linspace(1, 2, 12))
    found = counterfactual(model, economy(12), shocks, throw=False)
    if found.verdict == "certified":
        assert np.abs(model.step(found.state, found.world)).max() < 1e-10
        assert found.certificate.rightmost > 1  # and says that it is unstable


MINUTES = pd.DataFrame([[10.0, 60.0], [50.0, 10.0]], index=["A", "B"], columns=["A", "B"])
COSTS = Costs(
    commuting=CostFunction(form="exponential", coefficient=0.02),
    trade=CostFunction(form="power", coefficient=0.4),
)
PLACES = pd.DataFrame(
    {"place": ["A", "B"], "residents": [200, 100], "jobs": [80, 40], "gdp": [16.0, 6.0]}
)


def test_costs_of_baseline_and_scenario_agree() -> None:
    """A hat takes the kernel of the baseline exactly to the kernel of the scenario."""
    faster = MINUTES - 5
    costs = COSTS.trade
    hat = np.log(costs.hat(MINUTES, faster))
    assert (costs.log_cost(MINUTES) + hat).to_numpy() == pytest.approx(
        costs.log_cost(faster).to_numpy(), abs=1e-14
    )


def test_costs_keep_direction() -> None:
    faster = MINUTES.copy()
    faster.loc["A", "B"] = 30.0
    hat = COSTS.commuting.hat(MINUTES, faster)
    assert hat.loc["A", "B"] < 1
    assert hat.loc["B", "A"] == 1


def test_costs_of_cut_and_opened_pairs() -> None:
    cut = MINUTES.copy()
    cut.loc["A", "B"] = np.inf
    assert np.isinf(COSTS.commuting.hat(MINUTES, cut).loc["A", "B"])
    assert COSTS.commuting.hat(cut, cut).loc["A", "B"] == 1
    with pytest.raises(ParameterError, match=r"'A' to 'B' had no way at baseline .* slow way"):
        COSTS.commuting.hat(cut, MINUTES)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda m: m.set_axis(["B", "A"], axis=0), "same places in the same order"),
        (lambda m: m.set_axis(["A", "A"], axis=0), "stands twice among the labels"),
        (lambda m: m * -1, "'A' to 'A' are -10"),
        (lambda m: m.where(m != 60), "'A' to 'B' are nan"),
        (lambda m: m - 10, "'A' to 'A' are 0, which a power cannot weigh"),
        (lambda m: m.to_numpy(), "labelled by place"),
    ],
)
def test_times(change, words) -> None:
    with pytest.raises(ParameterError, match=words):
        COSTS.trade.log_cost(change(MINUTES))


def test_hats_need_the_same_places() -> None:
    other = MINUTES.rename(index={"B": "C"}, columns={"B": "C"})
    with pytest.raises(ParameterError, match=r"only in before: \['B'\]; only in after: \['C'\]"):
        COSTS.trade.hat(MINUTES, other)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"gdp": [16.0, np.nan]}, "gdp of 'B' is nan; it must be above 0"),
        ({"jobs": [80, 0]}, "jobs of 'B' is 0"),
        ({"place": ["A", "A"]}, "'A' stands twice"),
        ({"place": ["A", "C"]}, "no row and column for 'C'"),
    ],
)
def test_prepare(change, words) -> None:
    with pytest.raises(ParameterError, match=words):
        prepare(PLACES.assign(**change), MINUTES, MINUTES, model=MODEL, costs=COSTS)
    with pytest.raises(ParameterError, match=r"column\(s\) \['gdp'\] are missing"):
        prepare(PLACES.drop(columns="gdp"), MINUTES, MINUTES, model=MODEL, costs=COSTS)


def test_prepare_aligns_by_label() -> None:
    turned = MINUTES.loc[["B", "A"], ["B", "A"]]
    a = prepare(PLACES, MINUTES, MINUTES, model=MODEL, costs=COSTS).baseline
    b = prepare(PLACES, turned, turned, model=MODEL, costs=COSTS).baseline
    assert np.array_equal(a.commuting, b.commuting)
    assert np.array_equal(a.trade, b.trade)


def test_calibration_holds_totals_and_takes_mappings() -> None:
    fields = {"residents": [60, 40], "jobs": [70, 30], "wage": [1.2, 1.0],
              "minutes_commuting": MINUTES, "minutes_trade": MINUTES}  # fmt: skip
    base = calibrate(Totals(**fields), MODEL, COSTS)
    assert base.jobs == pytest.approx([70, 30], rel=1e-12)
    assert base.residents == pytest.approx([60, 40], rel=1e-12)
    assert base.miss < 1e-11
    assert np.array_equal(calibrate(fields, MODEL, COSTS).trade, base.trade)
    fall = np.log(base.commuting) + MODEL.epsilon * 0.02 * MINUTES.to_numpy()
    assert fall[0, 0] + fall[1, 1] == pytest.approx(fall[0, 1] + fall[1, 0], abs=1e-10)
    with pytest.raises(ParameterError, match="a region goes through `prepare`"):
        calibrate({"residents": [60, 40]}, MODEL, COSTS)
    with pytest.raises(ParameterError, match="say how minutes become costs"):
        calibrate(fields, MODEL)


def test_flows() -> None:
    base = economy(5, 3)
    seen = Flows(commuters=base.commuting * base.workers, wage=base.wage,
                 trade=base.trade * (base.income * base.residents)[:, None])  # fmt: skip
    again = calibrate(seen, MODEL)
    assert again.commuting == pytest.approx(base.commuting, rel=1e-12)
    assert again.trade == pytest.approx(base.trade, rel=1e-9)
    with pytest.raises(ParameterError, match="'0' has no jobs; merge it"):
        calibrate(Flows(commuters=[[0, 1], [0, 1]], wage=[1, 1], trade=np.ones((2, 2))), MODEL)
    with pytest.raises(ParameterError, match="give observed `trade`, or"):
        calibrate(Flows(commuters=[[1, 1], [1, 1]], wage=[1, 1]), MODEL)
    with pytest.raises(ParameterError, match=r"not those of the commuters: \['2', '9'\] differ"):
        wage = pd.Series(base.wage, index=list("01934"))
        calibrate(replace(seen, wage=wage), MODEL)


def test_memory_stays_within_eight_matrices() -> None:
    """Inputs included; `N` large enough that vectors do not count."""
    n = 900
    near = np.exp(-np.abs(np.subtract.outer(np.arange(n), np.arange(n))) / 30.0)
    base = Baseline(commuting=near / near.sum(), trade=(near / near.sum(1)).T, wage=np.ones(n),
                    income=np.ones(n), jobs=near.sum(0), residents=near.sum(1))  # fmt: skip
    hat = np.full((n, n), 1.1)
    tracemalloc.start()
    counterfactual(MODEL, base, Shocks(commuting_cost=hat, trade_cost=hat))
    peak = tracemalloc.get_traced_memory()[1] + 4 * hat.nbytes
    tracemalloc.stop()
    assert peak <= 8 * hat.nbytes
