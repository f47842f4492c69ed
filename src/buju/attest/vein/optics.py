"""From a finger and a pose to an image, as a near-infrared camera might see it.

Light from the far side is absorbed by blood and scattered by tissue: a vessel appears the wider and
fainter the deeper it lies. Roll turns the finger in space, so vessels at different depths move by
different amounts and some leave the view while others enter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, uniform_filter1d

from buju.attest.vein.vessels import Anatomy, Array

BACKGROUND = 14.0
BLUR_STEPS = np.array([1.3, 2.0, 2.9, 4.2, 6.2])


@dataclass(frozen=True)
class Capture:
    """How one image was taken.

    Angles in degrees: `rotation` in the image plane, `roll` around the finger's axis. `shift`
    in pixels, `scale` a factor, `bend` the axis's sag (px) at the ends. `exposure` and
    `contrast` are factors, `blur` the lens's sigma and `motion` the length of a streak in pixels,
    `noise` the read noise in grey levels. `tilt` (x, y) makes the light uneven.
    """

    rotation: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    roll: float = 0.0
    bend: float = 0.0
    exposure: float = 1.0
    contrast: float = 1.0
    blur: float = 0.5
    motion: float = 0.0
    noise: float = 2.0
    tilt: tuple[float, float] = (0.0, 0.0)


def _axes(finger: Anatomy, pose: Capture, shape: tuple[int, int]) -> tuple[Array, Array]:
    """Finger coordinates (x along, y across) of each pixel, (H, W) each."""
    height, width = shape
    rows, columns = np.mgrid[:height, :width].astype(float)
    across = rows - (height - 1) / 2 - pose.shift[1]
    along = columns - (width - 1) / 2 - pose.shift[0]
    angle = np.deg2rad(pose.rotation)
    x = (along * np.cos(angle) + across * np.sin(angle)) / pose.scale
    y = (-along * np.sin(angle) + across * np.cos(angle)) / pose.scale
    return x, y - pose.bend * (x / 150) ** 2


def _halfwidth(finger: Anatomy, x: Array, roll: float) -> Array:
    """Half the outline's width at x: thicker at joints; a flat finger narrows on rolling."""
    along = finger.radius * (1 - finger.taper * x / 100)
    for joint in finger.joints:
        along = along * (1 + 0.035 * np.exp(-(((x - joint) / 22) ** 2)))
    angle = np.deg2rad(roll)
    return along * np.hypot(np.cos(angle), finger.flatness * np.sin(angle))


def _project(finger: Anatomy, pose: Capture) -> tuple[Array, Array, Array, Array]:
    """Vessel points seen from the camera: x, y (finger px), depth below the skin (px), width."""
    x, angle, fraction, width = finger.points.T
    radius = finger.radius * (1 - finger.taper * x / 100)
    roll = np.deg2rad(pose.roll)
    side, towards = np.sin(angle) * fraction * radius, np.cos(angle) * fraction * radius
    towards = towards * finger.flatness
    y = side * np.cos(roll) + towards * np.sin(roll)
    z = towards * np.cos(roll) - side * np.sin(roll)
    edge = _halfwidth(finger, x, pose.roll)
    skin = finger.flatness * np.sqrt(np.clip(edge**2 - y**2, 0, None))
    return x, y, skin - z, width


def _absorption(finger: Anatomy, pose: Capture, shape: tuple[int, int]) -> Array:
    """Optical density of the vessels in the image, (H, W)."""
    height, wide = shape
    x, y, depth, width = _project(finger, pose)
    y = y + pose.bend * (x / 150) ** 2
    angle = np.deg2rad(pose.rotation)
    u = pose.scale * (x * np.cos(angle) - y * np.sin(angle)) + (wide - 1) / 2 + pose.shift[0]
    v = pose.scale * (x * np.sin(angle) + y * np.cos(angle)) + (height - 1) / 2 + pose.shift[1]
    sigma = pose.scale * np.hypot(width / 2, 0.6 + 0.17 * np.clip(depth, 0, None))
    mass = 0.55 * width * np.exp(-np.clip(depth, 0, None) / (0.45 * finger.radius)) * pose.scale**2
    seen = (u >= 0) & (u < wide - 1) & (v >= 0) & (v < height - 1) & (depth < 1.1 * finger.radius)
    layer = np.abs(np.log(sigma[:, None] / BLUR_STEPS)).argmin(axis=1)
    total = np.zeros(shape)
    for k, blur in enumerate(BLUR_STEPS):
        mine = seen & (layer == k)
        if mine.any():
            total += gaussian_filter(_splat(u[mine], v[mine], mass[mine], shape), blur)
    return total


def _splat(u: Array, v: Array, mass: Array, shape: tuple[int, int]) -> Array:
    """Points spread over the four pixels around them."""
    column, row = np.floor(u).astype(int), np.floor(v).astype(int)
    right, below = u - column, v - row
    total = np.zeros(shape[0] * shape[1])
    for down, side, weight in (
        (0, 0, (1 - below) * (1 - right)), (0, 1, (1 - below) * right),
        (1, 0, below * (1 - right)), (1, 1, below * right),
    ):  # fmt: skip
        total += np.bincount(
            (row + down) * shape[1] + column + side, mass * weight, minlength=total.size
        )
    return total.reshape(shape)


def _texture(shape: tuple[int, int], draw: np.random.Generator) -> Array:
    """Scatter that is no vessel: fine grain and slow clouds, factors around 1."""
    fine = gaussian_filter(draw.normal(size=shape), 1.6)
    slow = gaussian_filter(draw.normal(size=shape), 11, mode="nearest")
    return 1 + 0.012 * fine / fine.std() + 0.05 * slow / slow.std()


def scene(
    finger: Anatomy, pose: Capture, shape: tuple[int, int], draw: np.random.Generator
) -> Array:
    """The light that reaches the camera, (H, W) in grey levels before exposure and noise."""
    x, y = _axes(finger, pose, shape)
    edge = _halfwidth(finger, x, pose.roll)
    inside = np.clip((edge - np.abs(y)) / 1.5 + 0.5, 0, 1)
    across = np.sqrt(np.clip(1 - (y / edge) ** 2, 0, 1))
    tissue = 105 * (0.55 + 0.45 * across)
    for joint in finger.joints:
        tissue = tissue * (1 + 0.22 * np.exp(-(((x - joint) / 24) ** 2)))
    tissue = tissue * (1 + pose.tilt[0] * x / 150 + pose.tilt[1] * y / 75) * _texture(shape, draw)
    tissue = tissue * np.exp(-pose.contrast * _absorption(finger, pose, shape))
    light = inside * tissue
    return light + 0.06 * gaussian_filter(light, 12)


def expose(
    light: Array, pose: Capture, draw: np.random.Generator, gain: float = 1.0
) -> NDArray[np.uint8]:
    """One frame: lens and motion blur, exposure, shot and read noise, eight bits."""
    seen = gaussian_filter(light, pose.blur)
    if pose.motion > 1:
        seen = uniform_filter1d(seen, round(pose.motion), axis=1)
    seen = pose.exposure * gain * seen + BACKGROUND
    spread = np.sqrt(pose.noise**2 + 0.03 * np.clip(seen, 0, None))
    noisy = seen + spread * draw.normal(size=light.shape)
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8)
