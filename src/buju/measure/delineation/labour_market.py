"""Labour-market areas (劳动力市场区): groups of places that contain most of their own commuting."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array, scalar
from buju.measure.delineation.flows import flow_matrix

_ALONE = 1 - 1e-12


def labour_market_areas(
    flows: pd.DataFrame,
    *,
    min_size: float,
    min_self_containment: float,
    target_size: float,
    target_self_containment: float,
) -> pd.DataFrame:
    """Group places by commuting until every area contains enough of its own.

    Each place starts alone. The area of least validity is dissolved and its places join, one at a
    time, the area they are most strongly linked to; a place that would lower that area's validity
    is held in reserve. When all areas are valid, places in reserve join their strongest link
    without a further check, so that an area may fail in the end: `attrs["areas"]` says which.

    Parameters
    ----------
    flows
        `residence`, `workplace` (codes), `commuters` (persons, >= 0), one row a pair; people who
        work where they live included.
    min_size, target_size
        Employed residents: below `min_size` an area needs more than the target of
        self-containment, from `target_size` on the minimum is enough; in between the ask falls
        with size. Usual: 1,000 and 10,000.
    min_self_containment, target_self_containment
        Shares, 0 < minimum <= target <= 1. Usual: 0.6667 and 0.75.

    Returns
    -------
    DataFrame
        One row a place, in order of first appearance: `place`; `area`, the place with the most
        jobs in it; `reserve`, true where the place joined without a check of validity: from the
        reserve, or since it has no employed residents or no jobs. `attrs["areas"]` is a table with
        `area`, `residents`, `jobs`, `self_containment`, `validity`, `valid`, `valid_before` (before
        places in reserve came) and `reserve_places`. A place without any flow to or from others is
        an area by itself.

    Raises
    ------
    ParameterError
        Parameters out of order, no commuters at all.
    SchemaError
        A column is missing, a pair stands twice, a number is missing or negative.

    Notes
    -----
    Self-containment SC is the smaller of the shares of residents and of jobs that stay inside.
    Link of a and b: f_ab² / (R_a W_b) + f_ba² / (R_b W_a). Of equal areas and equal links the first
    is taken, so the order of rows can matter; contiguity is not asked for.

    References
    ----------
    Coombes and Bond (2008), Travel-to-work areas: the 2007 review; Istat (2015), the
    implementation for Italian local labour markets (reserve list).

    Examples
    --------
    >>> flows = pd.DataFrame(
    ...     [("A", "A", 900), ("A", "B", 100), ("B", "B", 100), ("B", "A", 300), ("C", "C", 800)],
    ...     columns=["residence", "workplace", "commuters"],
    ... )
    >>> labour_market_areas(flows, min_size=100, min_self_containment=0.667,
    ...                     target_size=1000, target_self_containment=0.75)
      place area  reserve
    0     A    A    False
    1     B    A    False
    2     C    C    False
    """
    rule = _Rule.checked(min_size, min_self_containment, target_size, target_self_containment)
    places, matrix = flow_matrix(flows)
    state = _Areas(matrix, rule)
    while (worst := state.least_valid()) is not None:
        state.dissolve(worst)
    before = state.valid().copy()
    state.place_reserve()
    return _table(places, state, before)


@dataclass(frozen=True)
class _Rule:
    """When an area is valid."""

    low_size: float
    low: float
    high_size: float
    high: float

    @classmethod
    def checked(cls, low_size: float, low: float, high_size: float, high: float) -> _Rule:
        rule = cls(
            scalar(low_size, name="min_size", least=0),
            scalar(low, name="min_self_containment", above=0),
            scalar(high_size, name="target_size", above=0),
            scalar(high, name="target_self_containment", above=0),
        )
        if not (rule.low_size < rule.high_size and rule.low <= rule.high <= 1):
            raise ParameterError(
                f"min_size {low_size} must lie below target_size {high_size}, and "
                f"min_self_containment {low} must not exceed target_self_containment {high}, "
                "which must not exceed 1.",
                "参数次序不对：min_size < target_size，"
                "min_self_containment ≤ target_self_containment ≤ 1。",
            )
        return rule

    def validity(self, residents: Array, jobs: Array, inside: Array) -> Array:
        """1 or more where valid; an area that contains all its commuting is always valid."""
        contained = self_containment(residents, jobs, inside)
        size = np.maximum(0.0, (self.high_size - residents) / (self.high_size - self.low_size))
        asked = (1 - (1 - self.low / self.high) * size) * self.high / self.low
        value = np.minimum(1.0, contained / self.high) * asked
        return np.where(contained >= _ALONE, np.maximum(value, 1.0), value)


def self_containment(residents: Array, jobs: Array, inside: Array) -> Array:
    """The smaller of the shares of residents and jobs inside; 0 where there are none."""
    larger = np.maximum(residents, jobs)
    return np.divide(
        inside, larger, out=np.zeros_like(larger), where=np.minimum(residents, jobs) > 0
    )


@dataclass
class _Areas:
    """Places in areas while they are moved; an area is known by a number, -1 is the reserve."""

    flows: Array
    rule: _Rule
    member: npt.NDArray[np.int64] = field(init=False)
    reserve: npt.NDArray[np.bool_] = field(init=False)
    active: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.flows)
        self.out, self.into = self.flows.sum(axis=1), self.flows.sum(axis=0)
        self.own = np.diag(self.flows).copy()
        self.residents, self.jobs = self.out.copy(), self.into.copy()
        self.inside = self.own.copy()
        self.member = np.arange(size)
        lonely = np.maximum(self.out, self.into) <= self.own
        aside = ((self.out == 0) | (self.into == 0)) & ~lonely
        self.reserve = aside.copy()
        self.active = ~aside
        self.member[aside] = -1
        self.fixed = lonely

    def valid(self) -> npt.NDArray[np.bool_]:
        return (self.rule.validity(self.residents, self.jobs, self.inside) >= 1) | self.fixed

    def least_valid(self) -> int | None:
        """The area of least validity that is not valid, the first of equals."""
        validity = self.rule.validity(self.residents, self.jobs, self.inside)
        open_ = self.active & ~self.fixed & (validity < 1)
        if not open_.any() or (self.active & ~self.fixed).sum() < 2:
            return None
        return int(np.where(open_, validity, np.inf).argmin())

    def dissolve(self, area: int) -> None:
        """Give the places of an area to others, one at a time."""
        places = np.flatnonzero(self.member == area)
        self.active[area] = False
        self.residents[area] = self.jobs[area] = self.inside[area] = 0.0
        self.member[places] = -1
        for place in places:
            partner, towards, back = self.strongest(int(place))
            if partner is None or not self._join(int(place), partner, towards, back, check=True):
                self.reserve[place] = True

    def strongest(self, place: int) -> tuple[int | None, float, float]:
        """The active area a place is most linked to, and the flows there and back."""
        size, held = len(self.flows), self.member >= 0
        areas = self.member[held]
        towards = np.bincount(areas, self.flows[place, held], size).astype(np.float64)
        back = np.bincount(areas, self.flows[held, place], size).astype(np.float64)
        link = _ratio(np.square(towards), self.out[place] * self.jobs)
        link += _ratio(np.square(back), self.residents * self.into[place])
        link[~self.active] = 0.0
        best = int(link.argmax())
        return (best, towards[best], back[best]) if link[best] > 0 else (None, 0.0, 0.0)

    def _join(self, place: int, area: int, towards: float, back: float, *, check: bool) -> bool:
        index = slice(area, area + 1)
        old = self.rule.validity(self.residents[index], self.jobs[index], self.inside[index])
        residents = self.residents[index] + self.out[place]
        jobs = self.jobs[index] + self.into[place]
        inside = self.inside[index] + self.own[place] + towards + back
        if check and self.rule.validity(residents, jobs, inside) < old:
            return False
        self.residents[index], self.jobs[index], self.inside[index] = residents, jobs, inside
        self.member[place] = area
        return True

    def place_reserve(self) -> None:
        """Places in reserve join the area they are linked to; what has no link stays alone."""
        waiting = [int(place) for place in np.flatnonzero(self.member < 0)]
        while waiting:
            left = []
            for place in waiting:
                partner, towards, back = self.strongest(place)
                if partner is None:
                    left.append(place)
                else:
                    self._join(place, partner, towards, back, check=False)
            if len(left) == len(waiting):
                place = left.pop(0)
                self.active[place], self.member[place] = True, place
                self.residents[place], self.jobs[place] = self.out[place], self.into[place]
                self.inside[place] = self.own[place]
            waiting = left


def _ratio(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _table(places: pd.Index, state: _Areas, before: npt.NDArray[np.bool_]) -> pd.DataFrame:
    seat = {}
    for area in np.unique(state.member):
        inside = np.flatnonzero(state.member == area)
        seat[area] = str(places[inside[state.into[inside].argmax()]])
    grouped = pd.DataFrame(
        {
            "place": places,
            "area": [seat[area] for area in state.member],
            "reserve": state.reserve,
        }
    )
    kept = np.array(list(seat))
    residents, jobs, inside = state.residents[kept], state.jobs[kept], state.inside[kept]
    grouped.attrs["areas"] = pd.DataFrame(
        {
            "area": list(seat.values()),
            "residents": residents,
            "jobs": jobs,
            "self_containment": self_containment(residents, jobs, inside),
            "validity": state.rule.validity(residents, jobs, inside),
            "valid": state.valid()[kept],
            "valid_before": before[kept],
            "reserve_places": [int(state.reserve[state.member == area].sum()) for area in kept],
        }
    )
    return grouped
