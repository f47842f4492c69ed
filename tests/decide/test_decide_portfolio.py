"""Choices under budgets against full enumeration, laws of budgets, and what is refused."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from buju.decide import (
    Infeasible,
    LeastServed,
    Programme,
    budget_values,
    fit_interactions,
    pareto_front,
    robust_choice,
    select,
)
from buju.decide.portfolio.programme import Arrays, arrays
from buju.errors import ParameterError, SchemaError

# Whole numbers throughout, so that enumeration and solver may differ by rounding alone.
EXACT = 1e-7
WHOLE = st.integers(0, 6).map(float)


def feasible(programme: Programme, start: np.ndarray, a: Arrays | None = None) -> bool:
    """The rules in plain words, independent of the rows handed to the solver."""
    a, years, codes = a or arrays(programme), programme.years, programme.codes
    on = start >= 0
    at = {code: k for k, code in enumerate(codes)}
    if any(a.required & ~on) or not all(a.allowed[k, start[k]] for k in np.flatnonzero(on)):
        return False
    left = 0.0
    for t, year in enumerate(years):
        spent = sum(a.spent[k, start[k], t] for k in np.flatnonzero(on))
        left = programme.budgets[year] - spent + (left if programme.carry_over else 0.0)
        if left < -1e-9:
            return False
    for row in programme.prerequisites.to_dict("records"):
        one, other = start[at[row["project"]]], start[at[row["needs"]]]
        if one >= 0 and (other < 0 or one < other + row.get("lag", 0)):
            return False
    if any(sum(on[at[code]] for code in group) > 1 for group in programme.exclusions):
        return False
    for row in programme.quotas.to_dict("records"):
        r = a.regions.index(row["region"])
        got = {
            "projects": (a.share[:, r] > 0) * 1.0,
            "cost": a.share[:, r] * a.cost,
            "benefit": a.share[:, r] * a.benefit * a.factor[np.maximum(start, 0)],
        }[row["of"]] @ on
        if got < row["least"] - 1e-9 or got > row["most"] + 1e-9:
            return False
    return True


def worth(programme: Programme, start: np.ndarray, a: Arrays | None = None) -> float:
    a = a or arrays(programme)
    total = sum(a.benefit[k] * a.factor[start[k]] for k in np.flatnonzero(start >= 0))
    for (i, j), q in zip(a.pairs, a.extra, strict=True):
        if start[i] >= 0 and start[j] >= 0:
            total += q * a.factor[max(start[i], start[j])]
    return float(total)


def enumerated(programme: Programme) -> tuple[float, list[np.ndarray]]:
    n, periods, a = len(programme.codes), len(programme.years), arrays(programme)
    found = [
        start
        for choice in product(range(-1, periods), repeat=n)
        if feasible(programme, start := np.array(choice), a)
    ]
    return max((worth(programme, s, a) for s in found), default=-np.inf), found


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    n = draw(st.integers(2, 4))
    years = range(2027, 2027 + draw(st.integers(1, 3)))
    codes = [f"p{k}" for k in range(n)]
    projects = pd.DataFrame(
        {
            "project": codes,
            "cost": [draw(WHOLE) for _ in codes],
            "benefit": [float(draw(st.integers(-3, 9))) for _ in codes],
            "duration": [draw(st.integers(1, 2)) for _ in codes],
            "region": [draw(st.sampled_from("NS")) for _ in codes],
            "required": [draw(st.integers(0, 9)) == 0 for _ in codes],
            "earliest": [draw(st.sampled_from([np.nan, 2027.0, 2028.0])) for _ in codes],
        }
    )
    pairs = draw(st.lists(st.sampled_from([(a, b) for a in codes for b in codes if a < b]),
                          max_size=3, unique=True))  # fmt: skip
    chains = [(b, a) for a, b in pairs[:1]] if draw(st.booleans()) else []
    regions = sorted(set(projects["region"]))
    quota = {
        "region": draw(st.sampled_from(regions)),
        "of": draw(st.sampled_from(["projects", "cost", "benefit"])),
        "least": float(draw(st.integers(0, 2))),
        "most": float(draw(st.integers(2, 9))),
    }
    return Programme(
        projects=projects,
        budgets={year: draw(st.integers(0, 9)) for year in years},
        interactions=pd.DataFrame(
            [(a, b, float(draw(st.integers(-5, 5)))) for a, b in pairs],
            columns=["a", "b", "benefit"],
        ),
        prerequisites=pd.DataFrame(
            [(p, q, draw(st.integers(0, 1))) for p, q in chains],
            columns=["project", "needs", "lag"],
        ),
        exclusions=[codes[:2]] if draw(st.booleans()) else [],
        quotas=pd.DataFrame([quota] if draw(st.booleans()) else [], columns=list(quota)),
        schedule=draw(st.sampled_from([0.0, 0.25, "china-2006"])),
        carry_over=draw(st.booleans()),
        beyond=draw(st.sampled_from(["refused", "unbudgeted"])),
    )


@settings(max_examples=150, deadline=None)
@given(programme=programmes())
def test_the_choice_is_the_best_of_all(programme: Programme) -> None:
    best, found = enumerated(programme)
    if not found:
        with pytest.raises(Infeasible):
            select(programme, gap=0)
        return
    chosen = select(programme, gap=0)
    assert chosen.value == pytest.approx(best, abs=EXACT)
    assert chosen.bound == pytest.approx(best, abs=1e-5)
    at = dict(zip(chosen.chosen["project"], chosen.chosen["start"], strict=True))
    start = np.array([at[c] - 2027 if c in at else -1 for c in programme.codes])
    assert feasible(programme, start)
    total = chosen.chosen["benefit"].sum() + chosen.pairs["benefit"].sum()
    assert total == pytest.approx(chosen.value, abs=EXACT)
    assert (chosen.spending["budget"] - chosen.spending["spent"]).sum() >= -EXACT


@settings(max_examples=60, deadline=None)
@given(programme=programmes(), more=st.integers(0, 5), which=st.integers(0, 2))
def test_more_budget_never_lowers_the_optimum(programme: Programme, more: int, which: int) -> None:
    try:
        before = select(programme, gap=0).value
    except Infeasible:
        assume(False)
    year = programme.years[which % len(programme.years)]
    richer = {**programme.budgets, year: programme.budgets[year] + more}
    after = select(Programme(**{**vars(programme), "budgets": richer}), gap=0).value
    assert after >= before - EXACT


@settings(max_examples=60, deadline=None)
@given(programme=programmes())
def test_each_reason_is_true(programme: Programme) -> None:
    """A project out for its worth would lower the total or leave it; one that is blocked, cannot
    be added as it is in any year."""
    try:
        chosen = select(programme, gap=0)
    except Infeasible:
        assume(False)
    at = dict(zip(chosen.chosen["project"], chosen.chosen["start"], strict=True))
    start = np.array([at[c] - 2027 if c in at else -1 for c in programme.codes])
    for k, row in chosen.projects.iterrows():
        options = []
        for t in range(len(programme.years)) if not row["chosen"] else ():
            added = start.copy()
            added[k] = t
            if feasible(programme, added):
                options.append(worth(programme, added) - chosen.value)
        if row["reason"] == "worth":
            assert row["gain"] == pytest.approx(max(options), abs=EXACT)
            assert row["gain"] <= EXACT
        elif not row["chosen"]:
            assert not options
            assert row["reason"] == "start" or row["blocked_by"]


# Most drawn programmes can be carried out; only the others are of interest here.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(programme=programmes())
def test_conflicts_cannot_be_spared(programme: Programme) -> None:
    """The rules named contradict each other alone; without any one of them they do not."""
    try:
        select(programme, gap=0)
        assume(False)
    except Infeasible as error:
        named = error.conflict
        repair = error.repair
    assert len(named)
    assert len(repair)

    def left(keys: set[str]) -> Programme:
        """Only the rules named."""
        p = programme.projects.copy()
        p["required"] = [f"required {code}" in keys for code in p["project"]]
        rich = {y: (b if f"budget {y}" in keys else 1e3) for y, b in programme.budgets.items()}
        pre = programme.prerequisites
        kept = [f"prerequisite {a} needs {b}" in keys
                for a, b in zip(pre["project"], pre["needs"], strict=True)]  # fmt: skip
        quotas = programme.quotas.copy()
        for k, row in quotas.iterrows():
            for side in ("least", "most"):
                if f"quota {row['region']} {row['of']} {side}" not in keys:
                    quotas.loc[k, side] = -1e3 if side == "least" else 1e3
        groups = [g for g in programme.exclusions if f"exclusion {';'.join(g)}" in keys]
        changed = {"projects": p, "budgets": rich, "prerequisites": pre[np.array(kept, dtype=bool)],
                   "quotas": quotas, "exclusions": groups}  # fmt: skip
        return Programme(**{**vars(programme), **changed})

    keys = {f"{k} {key}" for k, key in zip(named["kind"], named["key"], strict=True)}
    if programme.carry_over and any(key.startswith("budget") for key in keys):
        return  # a later budget then carries the earlier ones: sparing one alone is not a rule less
    with pytest.raises(Infeasible):
        select(left(keys), gap=0)
    for key in keys:
        select(left(keys - {key}), gap=0)


@settings(max_examples=20, deadline=None)
@given(programme=programmes(), seed=st.integers(0, 99))
def test_no_choice_beats_a_point_of_the_front(programme: Programme, seed: int) -> None:
    balance = np.random.default_rng(seed).integers(0, 6, len(programme.codes)).astype(float)
    table = programme.projects.assign(balance=balance)
    programme = Programme(**{**vars(programme), "projects": table})
    _, found = enumerated(programme)
    assume(found)
    a = arrays(programme)
    points = [(worth(programme, s, a), float(balance @ (s >= 0))) for s in found]
    front = pareto_front(programme, "balance", points=7, gap=0)
    for row in front.to_dict("records"):
        first, second = row["first"], row["second"]
        assert any(abs(f - first) < 1e-6 and abs(s - second) < 1e-6 for f, s in points)
        assert not any(
            f >= first - 1e-6 and s >= second - 1e-6 and (f > first + 1e-5 or s > second + 1e-5)
            for f, s in points
        )
        assert row["first_bound"] >= first - 1e-5
    assert front["first"].iloc[0] == pytest.approx(max(f for f, _ in points), abs=1e-6)
    assert front["second"].iloc[-1] == pytest.approx(max(s for _, s in points), abs=1e-6)


def two_regions(**changes: object) -> Programme:
    projects = pd.DataFrame(
        {
            "project": ["city rail", "hill road", "ring", "clinic"],
            "cost": [6.0, 4.0, 5.0, 2.0],
            "benefit": [9.0, 4.0, 6.0, 1.0],
            "region": ["core", "hills", "core", "hills"],
        }
    )
    return Programme(**{"projects": projects, "budgets": {2027: 6, 2028: 5}} | changes)


def test_least_served_region_pulls_the_choice() -> None:
    front = pareto_front(two_regions(), LeastServed({"core": 100.0, "hills": 20.0}), points=5)
    assert front["projects"].iloc[0] == "city rail;ring"
    assert front["second"].iloc[0] == 0
    assert "hill road" in front["projects"].iloc[-1]
    # hills: 4 over 20 heads; core: 9 over 100
    assert front["second"].iloc[-1] == pytest.approx(0.09)


def test_budget_values_by_hand() -> None:
    table = budget_values(two_regions(), step=2)
    # 2027 with 8: city rail and clinic, 2028: ring
    assert table["rise"].tolist() == pytest.approx([1.0, 1.0, 2.0 - 1.0])
    assert table["year"].tolist()[:2] == [2027, 2028]
    assert pd.isna(table["year"].iloc[2])
    assert table["per_unit"].iloc[0] == pytest.approx(0.5)
    assert (table["least"] <= table["rise"] + EXACT).all()
    assert (table["most"] >= table["rise"] - EXACT).all()


def test_loss_when_a_project_must_be_in() -> None:
    chosen = select(two_regions(), gap=0, losses=["hill road"])
    row = chosen.projects.set_index("project").loc["hill road"]
    assert not row["chosen"]
    assert row["loss_if_required"] == pytest.approx(2.0)  # instead of the ring
    assert row["reason"] == "budget"
    assert "预算" in row["chinese"]


def test_the_full_model_is_asked_about_the_chosen_set() -> None:
    asked: list[pd.DataFrame] = []

    def full(chosen: pd.DataFrame) -> float:
        asked.append(chosen)
        return 14.0

    chosen = select(two_regions(), verify=full)
    assert asked[0]["project"].tolist() == chosen.chosen["project"].tolist()
    assert chosen.verification is not None
    assert chosen.verification.error == pytest.approx(1.0)
    assert chosen.verification.relative == pytest.approx(1 / 14)
    assert "approximation error +1 (+7.14%)" in chosen.verification.text("en")
    assert "近似误差" in chosen.verification.text()
    with pytest.raises(ParameterError, match="a number is expected"):
        select(two_regions(), verify=lambda _: float("nan"))


def test_draws_tell_how_often_and_what_regrets_least() -> None:
    programme = two_regions(budgets={2027: 6})
    draws = pd.DataFrame(
        {
            "city rail": [9.0, 0.0, 9.0, 4.0],
            "hill road": [4.0, 4.0, 4.0, 4.0],
            "ring": [6.0, 8.0, 6.0, 6.0],
            "clinic": [1.0, 1.0, 1.0, 1.0],
        }
    )
    found = robust_choice(programme, draws, gap=0)
    frequency = found.frequency.set_index("project")["chosen"]
    assert frequency["city rail"] == 0.5
    assert frequency["ring"] == 0.5
    assert found.sets["projects"].tolist() == ["ring", "city rail"]
    assert found.sets["worst_regret"].tolist() == [3.0, 8.0]
    assert found.values[:, 0].tolist() == [6.0, 8.0, 6.0, 6.0]
    assert robust_choice(programme, draws, criterion="mean").sets["mean"].iloc[0] == 6.5


def test_fitted_pairs_give_sets_of_two_exactly() -> None:
    rng = np.random.default_rng(3)
    alone = dict(zip("abcd", rng.normal(size=4), strict=True))
    extra = {p: rng.normal() for p in [("a", "b"), ("b", "d")]}

    def value(chosen: tuple[str, ...]) -> float:
        return (
            5
            + sum(alone[c] for c in chosen)
            + sum(q for p, q in extra.items() if set(p) <= set(chosen))
        )

    fitted = fit_interactions(value, list("abcd"))
    assert fitted.runs == 1 + 4 + 6
    table = fitted.interactions.set_index(["a", "b"])["benefit"]
    assert table["a", "b"] == pytest.approx(extra["a", "b"])
    assert table["a", "c"] == pytest.approx(0, abs=1e-12)
    assert fit_interactions(value, list("abcd"), [("b", "d")]).runs == 6
    with pytest.raises(ParameterError, match="not two of the projects"):
        fit_interactions(value, ["a"], [("a", "z")])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"budgets": {2027: -3.0}}, "2027 has -3"),
        ({"budgets": {2027: 1.0, 2029: 1.0}}, "2028 has none"),
        ({"budgets": {}}, "no year has one"),
        (
            {"prerequisites": pd.DataFrame(
                {"project": ["ring", "clinic"], "needs": ["clinic", "ring"]})},
            "prerequisites run in a circle: ",
        ),
        ({"prerequisites": pd.DataFrame({"project": ["ring"], "needs": ["clink"]})},
         "Did you mean 'clinic'"),
        ({"exclusions": [["ring", "ring"]]}, "two different projects"),
        ({"interactions": pd.DataFrame({"a": ["ring", "clinic"], "b": ["clinic", "ring"],
                                        "benefit": [1.0, 2.0]})}, "stands 2 times"),
        ({"quotas": pd.DataFrame({"region": ["core"], "of": ["money"], "least": [1.0],
                                  "most": [np.nan]})}, "of is 'money'"),
        ({"beyond": "maybe"}, "refused or unbudgeted"),
        ({"shares": pd.DataFrame({"project": ["ring"], "region": ["core"], "share": [0.4]})},
         "sum to 0.4"),
        ({"outlays": pd.DataFrame({"project": ["ring"], "year": [0], "cost": [4.0]})},
         "its cost is 5"),
    ],
)  # fmt: skip
def test_what_a_programme_may_not_say(change: dict[str, object], words: str) -> None:
    with pytest.raises(SchemaError, match=words) as error:
        two_regions(**change)
    assert error.value.chinese


def test_costs_unknown_or_in_mixed_prices_are_refused_together() -> None:
    table = two_regions().projects.assign(price_year=[2020, 2021, 2020, 2020])
    with pytest.raises(SchemaError, match=r"prices of 2020 \(city rail, ring, clinic\), 2021"):
        two_regions(projects=table)
    table = two_regions().projects.assign(cost=[np.nan, 4.0, -1.0, 2.0])
    with pytest.raises(SchemaError) as error:
        two_regions(projects=table)
    assert "'city rail'" in str(error.value)
    assert "'ring'" in str(error.value)
    assert "成本不明" in error.value.chinese


def test_a_conflict_says_what_would_have_to_give() -> None:
    table = two_regions().projects.assign(required=[True, False, True, False])
    with pytest.raises(Infeasible, match="by 3") as error:
        select(two_regions(projects=table, budgets={2027: 8}))
    assert set(error.value.conflict["kind"]) == {"required", "budget"}
    assert error.value.repair.to_dict("records")[0]["amount"] == pytest.approx(3.0)
    assert "相互冲突" in error.value.chinese
    late = two_regions().projects.assign(required=[True, False, False, False], duration=3)
    with pytest.raises(Infeasible, match="may begin in no budget year"):
        select(two_regions(projects=late))


def test_profiles_and_carried_money() -> None:
    outlays = pd.DataFrame({"project": ["ring", "ring"], "year": [0, 1], "cost": [1.0, 4.0]})
    tight = two_regions(budgets={2027: 1.0, 2028: 4.0}, outlays=outlays)
    assert select(tight).chosen["project"].tolist() == ["ring"]
    assert select(two_regions(budgets={2027: 1.0, 2028: 4.0})).value == 4.0
    saved = two_regions(budgets={2027: 3.0, 2028: 3.0}, carry_over=True)
    assert select(saved).chosen["project"].tolist() == ["city rail"]


def large(seed: int) -> Programme:
    """60 projects over 4 years, with pairs of both signs, needs and exclusions."""
    draw = np.random.default_rng(seed)
    codes = [f"P{k:02d}" for k in range(60)]
    cost = np.round(draw.lognormal(0.5, 0.8, 60), 1)
    projects = pd.DataFrame(
        {
            "project": codes,
            "cost": cost,
            "benefit": np.round(cost * draw.uniform(0.4, 2.2, 60), 2),
            "duration": draw.integers(1, 3, 60),
        }
    )
    ends = draw.permutation(60).reshape(-1, 2)
    return Programme(
        projects=projects,
        budgets={2027 + t: float(np.round(cost.sum() * 0.1, 1)) for t in range(4)},
        interactions=pd.DataFrame(
            [(codes[i], codes[j], round(float(draw.normal(0, 0.5)), 2)) for i, j in ends],
            columns=["a", "b", "benefit"],
        ),
        exclusions=[[codes[0], codes[1]], [codes[2], codes[3]]],
        prerequisites=pd.DataFrame({"project": [codes[9]], "needs": [codes[8]], "lag": [1]}),
    )


@pytest.mark.parametrize("seed", range(3))
def test_set_first_and_years_afterwards_agree_with_the_whole(seed, monkeypatch):
    from buju.decide.portfolio import solver

    programme = large(seed)
    asked = []
    quick = solver._quick
    monkeypatch.setattr(solver, "_quick", lambda *given: asked.append(quick(*given)) or asked[-1])
    two = select(programme, gap=1e-3)
    monkeypatch.setattr(solver, "fits", lambda *_: False)
    whole = select(programme, gap=1e-3)
    assert len(asked) == 1
    assert abs(two.value - whole.value) <= 1e-3 * max(two.value, whole.value)
    assert two.bound >= whole.value - 1e-6
    assert (two.spending["left"] >= -1e-6).all()
    assert two.gap <= 1e-3


def test_discounted_programmes_are_solved_whole():
    from dataclasses import replace

    from buju.decide.portfolio import solver, two_steps

    plain = solver.Model.of(large(0))
    assert two_steps.fits(plain.columns, plain.arrays, 1e-4)
    later = solver.Model.of(replace(large(0), schedule=0.08))
    assert not two_steps.fits(later.columns, later.arrays, 1e-4)
