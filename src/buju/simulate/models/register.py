"""The models of this room and the variants that every law is tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from buju.simulate.models.commuting_trade import CommutingTrade
from buju.simulate.models.gravity import Gravity


@final
@dataclass(frozen=True)
class Row:
    """One model.

    Attributes
    ----------
    make
        Its class.
    source
        The paper it follows.
    variants
        Instances that differ in a switch or an elasticity, by name.
    commuting
        Whether people may work elsewhere than they live.
    """

    make: type
    source: str
    variants: Mapping[str, Any]
    commuting: bool = True


_PLAIN: Mapping[str, Any] = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0}

MODELS: Mapping[str, Row] = {
    "commuting-trade": Row(
        CommutingTrade,
        "Monte, Redding and Rossi-Hansberg (2018), https://doi.org/10.1257/aer.20151507",
        {
            "varieties": CommutingTrade(**_PLAIN),
            "one good a place": CommutingTrade(**_PLAIN, trade="crs"),
            "elastic housing": CommutingTrade(**_PLAIN, delta=0.6),
            "fixed housing": CommutingTrade(**_PLAIN, housing="fixed"),
            "nominal housing": CommutingTrade(**_PLAIN, housing="nominal", delta=0.6),
            "spillovers": CommutingTrade(**_PLAIN, nu=0.06, trade="crs"),
            "spillovers that fade": CommutingTrade(
                **_PLAIN,
                spillover=0.07,
                spillover_decay=0.05,
                amenity_spillover=0.05,
                amenity_spillover_decay=0.1,
            ),
            "crowding, open": CommutingTrade(
                **_PLAIN,
                closure="open",
                spillover=0.05,
                spillover_decay=0.1,
                amenity_spillover=-0.1,
                amenity_spillover_decay=0.1,
            ),
            "land in common": CommutingTrade(**_PLAIN, land="portfolio", delta=0.3),
            "land in common, open": CommutingTrade(
                **_PLAIN, land="portfolio", closure="open", trade="crs"
            ),
            "nobody moves": CommutingTrade(**_PLAIN, closure="fixed"),
            "open": CommutingTrade(**_PLAIN, closure="open", delta=0.2),
        },
    ),
    "commuting-trade at home": Row(
        CommutingTrade,
        "Redding (2016), https://doi.org/10.1016/j.jinteco.2016.04.003",
        {"commuting off": CommutingTrade(**_PLAIN, commuting="off")},
        commuting=False,
    ),
    "gravity": Row(
        Gravity,
        "Allen and Arkolakis (2025), Quantitative Regional Economics",
        {
            "Helpman": Gravity.helpman(alpha=0.7, sigma=5.0),
            "Redding": Gravity.redding(alpha=0.6, epsilon=3.3, sigma=4.0),
            "Redding, one good": Gravity.redding(alpha=0.6, epsilon=3.3, sigma=4.0, trade="crs"),
            "Allen-Arkolakis": Gravity.allen_arkolakis(a=0.05, b=-0.3, sigma=5.0),
            "Eaton-Kortum": Gravity.eaton_kortum(theta=4.0, congestion=0.3),
        },
        commuting=False,
    ),
}
