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
    longest_wait, unknown_wait
        Wait is half the headway, at most the first (people go by the timetable where trains are
        few); the second where no frequency is known. Minutes.
    board
        Ticket check, security and the way to the platform, min.
    goods_terminal
        Loading and marshalling before a freight ride, min.
    wait_weight
        Minutes of generalised cost that a minute of waiting or boarding weighs.
    detour, local_speed
        Trips inside a place: half the radius of a disc of its area, times `detour`, at
        `local_speed` km/h.
    """

    service_hours: float = 16.0
    longest_wait: float = 20.0
    unknown_wait: float = 20.0
    board: float = 15.0
    goods_terminal: float = 240.0
    wait_weight: float = 2.0
    detour: float = 1.3
    local_speed: float = 30.0
