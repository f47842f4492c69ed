"""Economies for tests, and an independent solver that shares nothing with the package.

`solve_levels` writes the equations over all N² pairs in levels (probabilities, shares, prices),
with a finite-difference Newton. It is slow and plain on purpose.
"""

from dataclasses import replace

import numpy as np

from buju.simulate import Baseline
from buju.simulate.balance import balance


def scaled(kernel, rows, columns, sweeps=20_000):
    """Plain Sinkhorn, for baselines that must not come from the package's own calibration."""
    columns = columns * rows.sum() / columns.sum()
    u = np.ones(len(rows))
    for _ in range(sweeps):
        v = columns / (u @ kernel)
        u = rows / (kernel @ v)
        flows = u[:, None] * kernel * v
        if np.abs(flows.sum(0) / columns - 1).max() < 1e-15:
            break
    return flows


def economy(n, seed=0, *, tie=1.0, parts=1, labels=None, common=None):
    """A random economy of n places; blocks n % parts exchange `tie` as much as within.

    With `common`, a goods share, rents are shared out among workers.
    """
    draw = np.random.default_rng(seed)
    within = (np.arange(n) % parts)[:, None] == (np.arange(n) % parts)[None, :]
    weak = np.where(within, 1.0, tie)
    near = np.exp(draw.normal(size=(n, n)) * 0.7 + 2.0 * np.eye(n)) * weak
    jobs, wage = np.exp(draw.normal(size=n)), np.exp(0.3 * draw.normal(size=n))
    people = near * jobs[None, :]
    people *= 1000 / people.sum()
    jobs, residents = people.sum(0), people.sum(1)
    goods_share = common or 1.0
    rents = (1 - goods_share) / goods_share * (wage @ jobs)
    payment = rents / jobs.sum()
    income = people @ (wage + payment) / residents
    fall = np.exp(draw.normal(size=(n, n)) * 0.7) * weak
    if tie < 1:  # plain scaling would need millions of sweeps; Baseline checks what comes back
        names = [str(i) for i in range(n)]
        goods = balance(np.log(fall), goods_share * income * residents, wage * jobs, names)
    else:
        goods = scaled(fall, goods_share * income * residents, wage * jobs)
    return Baseline(
        commuting=people / people.sum(),
        trade=goods / goods.sum(1, keepdims=True),
        wage=wage,
        income=income,
        jobs=jobs,
        residents=residents,
        payment=payment,
        labels=labels or [f"P{i}" for i in range(n)],
    )


def with_origins(base, groups=3, seed=2):
    """The same economy, its residents split into origin groups that live in different places."""
    draw = np.random.default_rng(seed)
    split = draw.dirichlet(np.ones(groups), size=base.size).T * base.residents
    workers = split.sum(1)
    return replace(base, origins=split / workers[:, None], origin_workers=workers)


def surroundings(base, seed=6):
    """The same economy with asymmetric times and areas, for spillovers."""
    draw = np.random.default_rng(seed)
    n = base.size
    minutes = np.exp(2.5 + draw.normal(size=(n, n))) * (1 - 0.8 * np.eye(n))
    return replace(base, minutes=minutes, area=np.exp(draw.normal(size=n)))


def around(people, minutes, area, decay):
    """Density around each place, pair by pair."""
    n = len(people)
    total = np.zeros(n)
    for i in range(n):
        for s in range(n):
            total[i] += np.exp(-decay * minutes[i, s]) * people[s] / area[s]
    return total


def solve_levels(
    model, base, *, productivity=1.0, amenity=1.0, kappa=1.0, d=1.0, move=1.0, minutes=None,
    begin=None, numeraire,
):  # fmt: skip
    """Hats from a Newton on levels of wages and consumer prices, by finite differences."""
    n = base.size
    a, e, s = model.alpha, model.epsilon, model.sigma
    home, work = base.residents, base.jobs
    total = work.sum()
    lambda0 = base.commuting * amenity * kappa ** (-e)
    pi0 = base.trade * d ** (1 - s)
    variety = 1.0 if model.trade == "irs" else 0.0
    minutes = base.minutes if minutes is None else minutes

    common = model.land == "portfolio"

    def spill(name, new, old):
        strength, decay = getattr(model, name), getattr(model, f"{name}_decay")
        if not strength:
            return 1.0
        after = around(new, minutes, base.area, decay)
        return (after / around(old, base.minutes, base.area, decay)) ** strength

    def implied(x):
        w, p = np.exp(x[:n]), np.exp(x[n : 2 * n])
        payment = base.payment * (np.exp(x[-1]) if common else 1.0)
        gets = (w * base.wage + payment) / (base.wage + base.payment)
        weight = lambda0 * (gets[None, :] / p[:, None]) ** e
        inside = weight / weight.sum(1, keepdims=True)
        value = weight.sum(1) / base.commuting.sum(1)
        if model.closure == "fixed":
            people, utility, who = home, value ** (1 / e), home
        elif base.origins is not None:
            prob = base.origins * move ** (-e) * value
            utility, who = prob.sum(1) ** (1 / e), base.origin_workers
            people = who @ (prob / prob.sum(1, keepdims=True))
        else:
            utility, who = np.array([weight.sum() ** (1 / e)]), np.array([1.0])
            size = total * (np.exp(x[2 * n]) if model.closure == "open" else 1.0)
            people = size * weight.sum(1) / weight.sum()
        share = people[:, None] * inside / people.sum()
        jobs = people @ inside
        income = (share / share.sum(1, keepdims=True)) @ (w * base.wage + payment)
        made = productivity * (jobs / work) ** model.nu * spill("spillover", jobs, work)
        cost = w / made
        attraction = pi0 * ((jobs / work) ** variety * cost ** (1 - s))[None, :]
        price = attraction.sum(1) ** (1 / (1 - s))
        pi = attraction / attraction.sum(1, keepdims=True)
        spending = income * people
        grown = spending / (base.income * home)
        real = model.housing == "real"
        rent = (grown * (price**model.delta if real else 1.0)) ** (1 / (1 + model.delta))
        excess = pi.T @ spending * (a if common else 1.0) / (w * base.wage * jobs) - 1
        nice = spill("amenity_spillover", people, home)
        gap = price**a * rent ** (1 - a) / (p * nice) - 1
        free = utility - 1 if model.closure == "open" else []
        budget = [(1 - a) * spending.sum() / (payment * people.sum()) - 1] if common else []
        return np.concatenate([excess, gap, free, budget]), {
            "wage": w,
            "income": income / base.income,
            "rent": rent,
            "price": price,
            "residents": people / home,
            "jobs": jobs / work,
            "welfare": np.exp(who @ np.log(utility) / who.sum()),
            "welfare_by_group": utility,
        }

    x = np.zeros(2 * n + (model.closure == "open") + common) if begin is None else begin.copy()
    for _ in range(60):
        f, _ = implied(x)
        if np.abs(f).max() < 1e-13:
            break
        h = 1e-7
        unit = np.eye(len(x)) * h
        matrix = np.array([(implied(x + u)[0] - implied(x - u)[0]) / (2 * h) for u in unit]).T
        step = np.linalg.lstsq(matrix, -f, rcond=1e-8)[0]
        x += step * min(1.0, 0.5 / np.abs(step).max())
    found = implied(x)[1]
    if numeraire == "mean_wage":
        c = base.wage.sum() / (base.wage * found["wage"]).sum()
    else:
        c = (base.wage * work).sum() / (base.wage * work * found["wage"] * found["jobs"]).sum()
    found["wage"] = found["wage"] * c
    for name in ("income", "price"):
        found[name] = found[name] * c
    found["rent"] = found["rent"] * c
    return found
