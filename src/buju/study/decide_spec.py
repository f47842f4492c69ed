"""What a study asks of the room `decide`: appraisal, link values, portfolio, levers, shares."""

from __future__ import annotations

from pydantic import Field, model_validator

from buju.decide import regimes
from buju.study.section import Change, Misfit, Section


class SharingSpec(Section):
    """Who shares the cost and gain of a project between several jurisdictions.

    `parties` names the divisions whose people each party speaks for, by the first digits of their
    codes ("14" is Shanxi); "*" is everybody else. `km` is how much of the line each builds and pays
    for; a party that is not named there pays for none.
    """

    project: str
    parties: dict[str, tuple[str, ...]]
    km: dict[str, float]
    title_zh: str = ""
    title_en: str = ""

    @model_validator(mode="after")
    def _fits(self) -> SharingSpec:
        if len(self.parties) < 2:
            raise Misfit(
                "parties: two or more share; write {name: [codes]}",
                "parties：应至少两方，写作 {名称: [代码]}",
            )
        odd = sorted(set(self.km) - set(self.parties))
        if odd or not sum(self.km.values()) > 0 or min(self.km.values()) < 0:
            raise Misfit(
                f"km: lengths of 0 or more for parties named under parties, some above 0"
                f"{'; unknown: ' + ', '.join(odd) if odd else ''}",
                "km：为 parties 中各方的里程，不小于 0 且不全为 0"
                f"{'；未知：' + '、'.join(odd) if odd else ''}",
            )
        return self


class CapSpec(Section):
    """A limit on what a zone can host: use a resident and a job, and what can be supplied.

    `per_resident` is a number, or the name of an indicator of the region's counties. Without
    `most` the limit is what is used in the baseline; `more` are amounts added to it, one case each.
    """

    unit: str
    per_resident: float | str = 0.0
    per_job: float = Field(0.0, ge=0)
    most: float | None = Field(None, gt=0)
    more: dict[str, float] = Field(default_factory=dict)
    title_zh: str = ""
    title_en: str = ""
    source: str = ""


class LimitSpec(Section):
    """Limits on a zone while its productivity changes by `lever`.

    `cases` names which caps hold together: {case: {cap: name of an addition, or ""}}.
    """

    zone: str
    lever: Change = 1.03
    caps: dict[str, CapSpec]
    cases: dict[str, dict[str, str]]

    @model_validator(mode="after")
    def _known(self) -> LimitSpec:
        for case, held in self.cases.items():
            for cap, more in held.items():
                if cap not in self.caps:
                    raise Misfit(
                        f"cases.{case}: no cap '{cap}'; known: {', '.join(self.caps)}",
                        f"cases.{case}：没有上限 '{cap}'；已有：{'、'.join(self.caps)}",
                    )
                if more and more not in self.caps[cap].more:
                    raise Misfit(
                        f"cases.{case}: cap '{cap}' has no addition '{more}'",
                        f"cases.{case}：上限 '{cap}' 没有增量 '{more}'",
                    )
        return self


class DecideSpec(Section):
    """Choices from the equilibrium.

    Projects are appraised when their links are in the network, at public cost spread evenly from
    start to completion, with benefits over `horizon` years from the year after. Amounts are taken
    at the prices of the GDP's year; `price_index` converts costs stated at those of another year.
    `partial_costs` names projects whose stated cost covers a part
    only: their cost counts as unknown; `assumed_costs` (1e8 CNY) then stand in for it in the
    portfolio, marked as assumed. `budgets` are yearly amounts (1e8 CNY) over `years`. `networks`
    are the scenarios whose links are valued; `access_to` is the place whose access is valued too.
    `zones` are moved by `lever` in productivity. The first `draws` draws of the study give
    intervals.
    """

    rate: float | str = "china-2006"
    horizon: int = Field(30, ge=1, le=200)
    growth: float = Field(0.0, gt=-1, lt=1)
    price_index: dict[int, float] = Field(default_factory=dict)
    hours: float = Field(2000.0, gt=0)
    networks: tuple[str, ...] = ("base",)
    access_to: str | None = None
    solved_again: int = Field(0, ge=0, le=50)
    partial_costs: tuple[str, ...] = ()
    assumed_costs: dict[str, float] = Field(default_factory=dict)
    budgets: dict[str, float] = Field(default_factory=dict)
    years: tuple[int, int] | None = None
    zones: tuple[str, ...] = ()
    lever: Change = 1.03
    sharing: tuple[SharingSpec, ...] = ()
    limits: LimitSpec | None = None
    draws: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _sensible(self) -> DecideSpec:
        if isinstance(self.rate, str) and self.rate not in regimes():
            raise Misfit(
                f"rate: '{self.rate}'; a number or one of {', '.join(regimes())}",
                f"rate：'{self.rate}'；应为数值或 {'、'.join(regimes())} 之一",
            )
        if self.budgets and self.years is None:
            raise Misfit("budgets need years: [first, last]", "budgets 需要 years: [首年, 末年]")
        if self.years is not None and self.years[0] > self.years[1]:
            raise Misfit(
                f"years: {self.years[0]} lies after {self.years[1]}",
                f"years：{self.years[0]} 晚于 {self.years[1]}",
            )
        wrong = [name for name, amount in self.budgets.items() if not amount >= 0]
        if wrong:
            raise Misfit(
                f"budgets: {', '.join(wrong)} below 0", f"budgets：{'、'.join(wrong)} 小于 0"
            )
        wrong = [name for name, amount in self.assumed_costs.items() if not amount > 0]
        if wrong:
            raise Misfit(
                f"assumed_costs: {', '.join(wrong)} must be above 0",
                f"assumed_costs：{'、'.join(wrong)} 应大于 0",
            )
        return self
