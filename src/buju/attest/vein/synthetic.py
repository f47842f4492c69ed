"""Seeded finger vein images for tests and demonstrations: synthetic, not an accuracy claim."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from buju.attest.vein.optics import Capture, expose, scene
from buju.attest.vein.vessels import anatomy
from buju.errors import ParameterError

SHAPE = (150, 300)


def draw_capture(draw: np.random.Generator) -> Capture:
    """A capture as officers make them: rotation and roll ±10°, shift ±15 and ±6 px, scale ±5 %."""
    return Capture(
        rotation=draw.uniform(-10, 10),
        shift=(draw.uniform(-15, 15), draw.uniform(-6, 6)),
        scale=draw.uniform(0.95, 1.05),
        roll=draw.uniform(-10, 10),
        bend=draw.uniform(-2, 2),
        exposure=draw.uniform(0.75, 1.25),
        contrast=draw.uniform(0.8, 1.15),
        blur=draw.uniform(0.4, 1.2),
        motion=draw.uniform(0, 3),
        noise=draw.uniform(1.5, 3.0),
        tilt=(draw.uniform(-0.15, 0.15), draw.uniform(-0.1, 0.1)),
    )


def capture_of(sample: int, variation: dict[str, Any]) -> tuple[Capture, np.random.Generator]:
    """The capture of a sample seed, some values fixed, and the stream that follows it."""
    known = {field.name for field in fields(Capture)}
    if unknown := sorted(set(variation) - known):
        raise ParameterError(
            f"synthetic: unknown variation {', '.join(unknown)}; known: {', '.join(sorted(known))}",
            f"生成器：未知的变化参数 {'、'.join(unknown)}",
        )
    draw = np.random.default_rng([0x73616D70, sample])
    return replace(draw_capture(draw), **variation), draw


def synthetic(
    identity: int, sample: int, *, shape: tuple[int, int] = SHAPE, **variation: Any
) -> NDArray[np.uint8]:
    """An image of a made-up finger.

    Parameters
    ----------
    identity
        Seed of the finger: shape, joints and a vessel tree in three dimensions.
    sample
        Seed of the capture: pose, light, blur and noise. Unlike the identity it says nothing about
        the vessels; the same sample seed gives two fingers the same pose.
    shape
        Rows and columns of the image, at least 100 × 150.
    variation
        Values that are fixed instead of drawn: the fields of `Capture`, such as `rotation=0` or
        `roll=10` (degrees), `shift=(5, 0)` (pixels), `scale=1.0`, `exposure`, `blur`, `noise`.

    Returns
    -------
    array
        (H, W) uint8, the finger bright on a dark ground, vessels dark.

    Raises
    ------
    ParameterError
        A negative seed, an unknown variation, or an image too small for a finger.

    References
    ----------
    The ranges of variation follow the description of FingerVeinSyn-5M (arXiv:2506.03635).

    Examples
    --------
    >>> image = synthetic(1, 0)
    >>> image.shape, image.dtype
    ((150, 300), dtype('uint8'))
    >>> bool((image == synthetic(1, 0)).all()), bool((image == synthetic(1, 1)).all())
    (True, False)
    """
    if identity < 0 or sample < 0:
        raise ParameterError("synthetic: seeds are integers >= 0", "生成器：种子须为非负整数")
    if shape[0] < 100 or shape[1] < 150 or max(shape) > 2000:
        raise ParameterError(
            f"synthetic: an image of {shape[0]} × {shape[1]} cannot hold the finger; "
            "use 100 × 150 up to 2000 × 2000"
        )
    pose, draw = capture_of(sample, variation)
    draw = np.random.default_rng([int(draw.integers(2**31)), identity])
    return expose(scene(anatomy(identity), pose, shape, draw), pose, draw)
