"""One way of counting a project's benefits, with all its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.decide.appraisal.flows import OTHER
from buju.decide.appraisal.measures import payback, switching_value
from buju.decide.rate_of_return import irr_roots

Floats = npt.NDArray[np.float64]
NONE = float("nan")


@final
@dataclass(frozen=True)
class Part:
    """Costs, and the benefits of one method with those that count under every method.

    Attributes
    ----------
    rows
        Flows that count, each with `present`, its present value; costs as positive numbers.
    factor
        Of each year from the base year, (T,).
    costed
        Whether every cost is known.
    """

    method: str
    rows: pd.DataFrame
    factor: Floats
    base_year: int
    costed: bool

    @staticmethod
    def of(
        known: pd.DataFrame, method: str, base_year: int, factor: Floats, *, costed: bool
    ) -> Part:
        """The rows that a method counts."""
        rows = known[(known["kind"] == "cost") | known["method"].isin([method, OTHER])]
        stands = rows["year"].to_numpy(np.int64) - base_year
        rows = rows.assign(present=rows["amount"].to_numpy(np.float64) * factor[stands])
        return Part(method, rows, factor, base_year, costed)

    def yearly(self, kind: str) -> Floats:
        """Amounts of a kind by year, (T,)."""
        mine = self.rows[self.rows["kind"] == kind]
        stands = mine["year"].to_numpy(np.int64) - self.base_year
        total = np.bincount(stands, mine["amount"].to_numpy(np.float64), len(self.factor))
        return np.asarray(total, dtype=np.float64)

    @property
    def net(self) -> Floats:
        """Benefits less costs by year, (T,)."""
        return self.yearly("benefit") - self.yearly("cost")

    def present(self, kind: str, payer: str | None = None) -> float:
        """Present value of a kind, of one payer or of all."""
        mine = self.rows["kind"] == kind
        if payer is not None:
            mine &= self.rows["payer"] == payer
        return float(self.rows.loc[mine, "present"].sum())

    @property
    def enpv(self) -> float:
        """Present value of what is known: benefits less known costs."""
        return self.present("benefit") - self.present("cost")

    @cached_property
    def rates(self) -> Floats:
        """All internal rates of return; none where a cost is unknown or every flow is zero."""
        return irr_roots(self.net) if self.costed and self.net.any() else np.zeros(0)

    def ratio(self, denominator: str) -> float:
        """Benefits over costs; NaN where the denominator is not above zero."""
        gain, cost = self.present("benefit"), self.present("cost")
        if denominator == "public":
            gain, cost = gain - self.present("cost", "private"), self.present("cost", "public")
        return gain / cost if cost > 0 else NONE

    def row(self, denominator: str) -> dict[str, Any]:
        """The method's row of `Appraisal.summary`."""
        known = self.costed
        verdicts = self.rows["verdict"].dropna() if "verdict" in self.rows else pd.Series(dtype=str)
        return {
            "method": self.method,
            "benefits": self.present("benefit"),
            "costs": self.present("cost") if known else NONE,
            "enpv": self.enpv if known else NONE,
            "bcr": self.ratio(denominator) if known else NONE,
            "denominator": denominator,
            "eirr": ";".join(f"{rate:.6g}" for rate in self.rates),
            "payback": payback(self.net) if known else NONE,
            "discounted_payback": payback(self.net * self.factor) if known else NONE,
            "verdict": ";".join(dict.fromkeys(verdicts.astype(str))),
        }

    def signed(self) -> pd.Series:
        """Present value by item, costs below zero."""
        sign = np.where(self.rows["kind"] == "cost", -1.0, 1.0)
        items = self.rows["present"] * sign
        return items.groupby([self.rows["item"], self.rows["kind"]], sort=False).sum()

    def switching(self) -> pd.DataFrame:
        """The method's rows of `Appraisal.switching`."""
        total = self.enpv if self.costed else NONE
        values = [("all costs", "cost", -self.present("cost")),
                  ("all benefits", "benefit", self.present("benefit"))]  # fmt: skip
        values += [(item, kind, float(v)) for (item, kind), v in self.signed().items()]
        return pd.DataFrame(
            [
                {
                    "method": self.method, "item": item, "kind": kind, "present_value": value,
                    "switching_value": switching_value(total, value),
                }
                for item, kind, value in values
            ]
        )  # fmt: skip

    def by_place(self) -> pd.DataFrame:
        """The method's rows of `Appraisal.places`."""
        table = self.rows.pivot_table(
            index="place", columns="kind", values="present", aggfunc="sum", fill_value=0.0
        ).reindex(columns=["benefit", "cost"], fill_value=0.0)
        return pd.DataFrame(
            {
                "method": self.method,
                "place": table.index.astype(str),
                "benefits": table["benefit"].to_numpy(np.float64),
                "costs": table["cost"].to_numpy(np.float64),
                "net": (table["benefit"] - table["cost"]).to_numpy(np.float64),
            }
        )

    def by_element(self, elements: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
        """The method's rows of `Appraisal.elements`, then what belongs to none."""
        places = self.by_place().set_index("place")[["benefits", "costs", "net"]]
        rows, inside = [], pd.Series(0.0, index=places.index)
        for element, members in elements.items():
            weight = pd.Series(dict(members), dtype=np.float64).reindex(places.index).fillna(0.0)
            inside = inside.combine(weight, max)
            rows.append({"element": element} | places.mul(weight, axis=0).sum().to_dict())
        rest = places.mul(1 - inside.clip(upper=1.0), axis=0).sum().to_dict()
        found = pd.DataFrame([*rows, {"element": ""} | rest])
        found.insert(0, "method", self.method)
        return found

    def drawn(self, factors: pd.DataFrame) -> Floats:
        """ENPV in each draw of the items' factors, (draws,)."""
        value = self.signed()
        worth = value.groupby(level="item").sum().reindex(factors.columns).fillna(0.0)
        return factors.to_numpy(np.float64) @ worth.to_numpy(np.float64)
