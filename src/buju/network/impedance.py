"""What getting on a train costs beside the ride, and how minutes are weighed: one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True)
class Impedance:
    """Parameters of the multimodal graph; none belongs to a single pair of places.

    Parameters
    ----------
    service_hours
        Hours a day over which trains are spread; headway = hours / trains in one direction.
    longest_wait, longest_change, unknown_wait
        Wait is half the headway. Before the first train it is at most `longest_wait` (people go by
        the timetable where trains are few); at a change, where nobody can choose when to arrive,
        at most `longest_change`; `unknown_wait` where no frequency is known. Minutes.
    board
        Ticket check, security and the way to the platform, min.
    dwell
        Minutes a train stands at a station that it passes through, by class: two for multiple
        units, six for trains with a locomotive. A link's own minutes run from start to stop.
    goods_terminal
        Loading and marshalling before a freight ride, min.
    wait_weight
        Minutes of generalised cost that a minute of waiting or boarding weighs.
    fares
        Fare by class of link (`facility_type`), CNY per km; none unless given.
    value_of_time
        CNY an hour at which a fare becomes generalised minutes; infinite: fares do not count.
    detour, local_speed
        Trips inside a place: half the radius of a disc of its area, times `detour`, at
        `local_speed` km/h: both as on estimated roads, so that inside and between compare.
    """

    service_hours: float = 16.0
    longest_wait: float = 20.0
    longest_change: float = 120.0
    unknown_wait: float = 20.0
    board: float = 15.0
    dwell: tuple[tuple[str, float], ...] = (("multiple_unit", 2.0), ("locomotive", 6.0))
    goods_terminal: float = 240.0
    wait_weight: float = 2.0
    fares: tuple[tuple[str, float], ...] = ()
    value_of_time: float = float("inf")
    detour: float = 1.3
    local_speed: float = 60.0
