"""Presentation attacks, simulated: what is held before the sensor instead of the enrolled finger.

Vocabulary and method after ISO/IEC 30107-3; no conformity is claimed and no device was tried.
Passive things (print, drawing) reflect the lamp, so they follow the nonce; screens and stored
bursts do not, unless the attacker is granted it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from buju.attest.vein.burst import FRAMES, Burst, challenge
from buju.attest.vein.optics import BACKGROUND
from buju.attest.vein.sensors import GeneratorSensor
from buju.attest.vein.synthetic import synthetic
from buju.attest.vein.vessels import Array

Attack = Callable[[int, bytes, int], Burst]


def _lit(picture: Array, nonce: bytes, draw: np.random.Generator, *, lamp: bool = True) -> Burst:
    """A still thing filmed by hand: drift, fresh sensor noise, and the lamp when it reflects."""
    gains = challenge(nonce) if lamp else np.ones(FRAMES)
    frames = []
    for gain in gains:
        row, column = draw.integers(-1, 2, 2)
        seen = np.roll(picture, (row, column), (0, 1)) * gain + BACKGROUND
        frames.append(np.clip(np.round(seen + draw.normal(0, 2, seen.shape)), 0, 255))
    return Burst(np.stack(frames).astype(np.uint8), nonce)


def _stolen(victim: int, seed: int) -> Array:
    return np.clip(synthetic(victim, 900 + seed).astype(float) - BACKGROUND, 0, None)


def halftone_print(victim: int, nonce: bytes, seed: int) -> Burst:
    """A stolen image, printed with a dot screen and slightly blurred."""
    picture, draw = _stolen(victim, seed), np.random.default_rng(seed)
    y, x = np.indices(picture.shape)
    dots = 1 + 0.5 * np.sin(2 * np.pi * (x + y) / 5.1) * np.sin(2 * np.pi * (x - y) / 5.1)
    return _lit(gaussian_filter(picture * dots, 0.7), nonce, draw)


def smooth_print(victim: int, nonce: bytes, seed: int) -> Burst:
    """A stolen image in continuous tone: no dots, no pulse."""
    return _lit(_stolen(victim, seed), nonce, np.random.default_rng(seed))


def identical_frames(victim: int, nonce: bytes, seed: int) -> Burst:
    """One stolen frame eight times."""
    return Burst(np.repeat(synthetic(victim, 900 + seed)[None], FRAMES, axis=0), nonce)


def lit_still(victim: int, nonce: bytes, seed: int) -> Burst:
    """One stolen frame, dimmed by computer as the nonce asks and made to beat; no fresh noise."""
    picture = _stolen(victim, seed)
    beat = 1 + 0.02 * np.sin(np.arange(FRAMES) * 2.2)
    frames = picture * (challenge(nonce) * beat)[:, None, None] + BACKGROUND
    return Burst(np.clip(np.round(frames), 0, 255).astype(np.uint8), nonce)


def replayed_burst(victim: int, nonce: bytes, seed: int) -> Burst:
    """A genuine burst recorded under another nonce, relabelled."""
    old = GeneratorSensor(victim, 900 + seed).capture(b"an earlier nonce %d" % seed)
    return Burst(old.frames, nonce)


def screen(victim: int, nonce: bytes, seed: int) -> Burst:
    """A stolen image on a screen: pixel grid against sensor grid, and no answer to the lamp."""
    picture, draw = _stolen(victim, seed), np.random.default_rng(seed)
    y, x = np.indices(picture.shape)
    moire = (1 + 0.25 * np.sin(2 * np.pi * x / 3.7)) * (1 + 0.25 * np.sin(2 * np.pi * y / 4.3))
    return _lit(picture * moire, nonce, draw, lamp=False)


def lit_screen(victim: int, nonce: bytes, seed: int) -> Burst:
    """The same screen driven to follow the nonce."""
    picture, draw = _stolen(victim, seed), np.random.default_rng(seed)
    y, x = np.indices(picture.shape)
    moire = (1 + 0.25 * np.sin(2 * np.pi * x / 3.7)) * (1 + 0.25 * np.sin(2 * np.pi * y / 4.3))
    return _lit(picture * moire, nonce, draw)


def wrong_finger(victim: int, nonce: bytes, seed: int) -> Burst:
    """A living finger of somebody else."""
    return GeneratorSensor(victim + 50_000 + seed, 900 + seed).capture(nonce)


def enlarged(victim: int, nonce: bytes, seed: int) -> Burst:
    """The finger three times too near, its edges out of view."""
    burst = GeneratorSensor(victim, 900 + seed).capture(nonce)
    height, width = burst.frames.shape[1:]
    part = burst.frames[:, height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
    return Burst(np.stack([_blown_up(frame, 3) for frame in part]), nonce)


def _blown_up(frame: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
    return np.clip(zoom(frame.astype(float), by, order=1), 0, 255).astype(np.uint8)


def all_black(victim: int, nonce: bytes, seed: int) -> Burst:
    """The lens covered."""
    draw = np.random.default_rng(seed)
    frames = np.abs(draw.normal(3, 1.5, (FRAMES, 150, 300)))
    return Burst(frames.astype(np.uint8), nonce)


def _drawing(dark: NDArray[np.bool_], nonce: bytes, seed: int) -> Burst:
    height = dark.shape[0]
    rows = np.abs(np.arange(height)[:, None] - height / 2)
    picture = np.where(rows < 40, np.where(dark, 45.0, 110.0), 0.0)
    burst = _lit(gaussian_filter(picture, 0.6), nonce, np.random.default_rng(seed))
    beat = 1 + 0.02 * np.sin(np.arange(FRAMES) * 2.2)
    frames = burst.frames * beat[:, None, None]
    return Burst(np.clip(np.round(frames), 0, 255).astype(np.uint8), nonce)


def dense_grid(victim: int, nonce: bytes, seed: int) -> Burst:
    """A finger-shaped card with a dense grid of lines, made to beat."""
    y, x = np.indices((150, 300))
    pitch = 9 + seed % 5
    return _drawing((x % pitch < 2) | (y % pitch < 2), nonce, seed)


def line_drawing(victim: int, nonce: bytes, seed: int) -> Burst:
    """Random wavy lines drawn on a finger-shaped card, made to beat."""
    draw = np.random.default_rng(seed)
    y, x = np.indices((150, 300))
    dark = np.zeros((150, 300), dtype=bool)
    for _ in range(7):
        start, slope, wave = draw.uniform(35, 115), draw.normal(0, 0.15), draw.uniform(15, 60)
        dark |= np.abs(y - start - slope * x - 6 * np.sin(x / wave)) < 1.5
    return _drawing(dark, nonce, seed)


SPECIES: dict[str, Attack] = {
    "halftone print": halftone_print,
    "smooth print": smooth_print,
    "identical frames": identical_frames,
    "one frame, lit by computer": lit_still,
    "replayed burst": replayed_burst,
    "screen": screen,
    "screen following the nonce": lit_screen,
    "wrong finger": wrong_finger,
    "enlarged": enlarged,
    "all black": all_black,
    "line drawing": line_drawing,
    "dense grid": dense_grid,
}
