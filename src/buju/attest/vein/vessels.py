"""A made-up finger: its shape, its joints and a vessel tree in three dimensions.

Lengths are in pixels of a 300 × 150 image at scale 1. The axis runs along x, zero in the middle of
the image; a vessel point stands at an angle around the axis (zero faces the camera) and at a
fraction of the skin's radius.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

REACH = 250.0
STEP = 2.0
MAX_BRANCHES = 90


@dataclass(frozen=True)
class Anatomy:
    """One finger, whatever the capture.

    `points` has a row for each vessel point: x, angle (rad), fraction of the skin's radius, vessel
    width (px). `radius` is half the finger's width in the middle, `taper` what it loses on 100 px,
    `flatness` depth over width, `joints` where the tissue is brighter.
    """

    points: Array
    radius: float
    taper: float
    flatness: float
    joints: Array


@dataclass
class _Tip:
    x: float
    angle: float
    depth: float
    width: float
    heading: float
    course: float
    left: float


def _advance(tip: _Tip, radius: float, draw: np.random.Generator) -> tuple[float, ...]:
    """Moves a growing tip by one step; its heading and depth wander around their means."""
    jitter = draw.normal(size=3)
    tip.heading += 0.07 * (tip.course - tip.heading) + 0.13 * jitter[0]
    tip.depth += 0.04 * (0.82 - tip.depth) + 0.009 * jitter[1]
    tip.depth = min(max(tip.depth, 0.62), 0.93)
    tip.width = max(1.2, tip.width * (1 + 0.01 * jitter[2]))
    tip.x += STEP * np.cos(tip.heading)
    tip.angle += STEP * np.sin(tip.heading) / (radius * tip.depth)
    tip.left -= STEP
    return tip.x, tip.angle, tip.depth, tip.width


def _branch(tip: _Tip, draw: np.random.Generator) -> _Tip:
    """A thinner vessel leaving to one side."""
    course = draw.choice([-1.0, 1.0]) * draw.uniform(0.35, 1.15)
    return _Tip(
        tip.x, tip.angle, tip.depth, max(1.3, tip.width * draw.uniform(0.6, 0.9)),
        tip.heading + 0.6 * course, course, draw.uniform(35, 130),
    )  # fmt: skip


def _grow(radius: float, draw: np.random.Generator) -> Array:
    """Main vessels run along the finger all around it and branch at random."""
    mains = int(draw.integers(6, 10))
    around = (np.arange(mains) + draw.uniform(-0.35, 0.35, mains)) * 2 * np.pi / mains
    around += draw.uniform(0, 2 * np.pi)
    tips = [
        _Tip(-REACH, float(angle), draw.uniform(0.72, 0.9), draw.uniform(2.0, 3.6),
             0.0, draw.normal() * 0.08, 4 * REACH)
        for angle in around
    ]  # fmt: skip
    points, branches = [], 0
    while tips:
        tip = tips.pop()
        while tip.left > 0 and abs(tip.x) <= REACH:
            points.append(_advance(tip, radius, draw))
            if branches < MAX_BRANCHES and draw.random() < STEP / 60:
                tips.append(_branch(tip, draw))
                branches += 1
    return np.array(points)


@lru_cache(maxsize=512)
def anatomy(identity: int) -> Anatomy:
    """The finger with this seed, the same in every process.

    Parameters
    ----------
    identity
        Seed, a non-negative integer. It fixes shape and vessels and nothing about a capture.

    Examples
    --------
    >>> anatomy(7).points.shape[1]
    4
    >>> bool(anatomy(7).radius == anatomy(8).radius)
    False
    """
    draw = np.random.default_rng([0x76656E61, identity])
    radius = draw.uniform(36, 43)
    joints = np.array([draw.uniform(-95, -60), draw.uniform(45, 90)])
    return Anatomy(
        points=_grow(radius, draw),
        radius=radius,
        taper=draw.uniform(0.01, 0.04),
        flatness=draw.uniform(0.86, 1.0),
        joints=joints,
    )
