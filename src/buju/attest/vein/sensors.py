"""Drivers without a device: the generator, and a folder of images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import ClassVar

import numpy as np

from buju.attest.vein.burst import FRAMES, MOST_FRAMES, Burst, VeinSensor, challenge
from buju.attest.vein.images import read_image
from buju.attest.vein.optics import expose, scene
from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.synthetic import SHAPE, capture_of
from buju.attest.vein.vessels import anatomy
from buju.errors import ParameterError


@dataclass
class GeneratorSensor:
    """A made-up live finger before a made-up lamp: it pulses, trembles and follows the nonce.

    `identity` is the finger's seed, `seed` the first sample seed; each capture uses the next.
    `generated` tells a terminal to say so in what it signs.
    """

    generated: ClassVar[bool] = True
    identity: int
    seed: int = 0
    _next: Callable[[], int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        counter = count(self.seed)
        self._next = lambda: next(counter)

    def capture(self, nonce: bytes, frames: int = FRAMES) -> Burst:
        """A burst of a new sample, 4 frames a second."""
        sample = self._next()
        pose, draw = capture_of(sample, {})
        draw = np.random.default_rng([int(draw.integers(2**31)), self.identity, 1])
        grain = int(draw.integers(2**31))
        rate, phase = draw.uniform(1.0, 1.6), draw.uniform(0, 2 * np.pi)
        tremble = np.cumsum(draw.normal(0, 0.3, (frames, 2)), axis=0)
        taken = []
        for k, lamp in enumerate(challenge(nonce, frames)):
            beat = np.sin(2 * np.pi * rate * k / 4 + phase)
            now = replace(
                pose,
                shift=(pose.shift[0] + tremble[k, 0], pose.shift[1] + tremble[k, 1]),
                contrast=pose.contrast * (1 + 0.05 * beat),
            )
            light = scene(anatomy(self.identity), now, SHAPE, np.random.default_rng(grain))
            taken.append(expose(light * (1 - 0.02 * beat), now, draw, gain=float(lamp)))
        return Burst(np.stack(taken), nonce)


@dataclass
class FolderSensor:
    """PNG and JPEG files of one finger, by name. A recording: it follows no nonce."""

    path: Path

    def capture(self, nonce: bytes, frames: int = FRAMES) -> Burst:
        """All images of the folder, at most 64; they must be of one size."""
        folder = Path(self.path)
        if not folder.is_dir():
            raise _no_folder(folder)
        kinds = {".png", ".jpg", ".jpeg"}
        files = sorted(f for f in folder.iterdir() if f.suffix.lower() in kinds)[:MOST_FRAMES]
        if not files:
            raise VeinRefused(
                "vein-missing",
                f"folder '{folder.name}' holds no PNG or JPEG; put images of the finger there",
                f"文件夹 {folder.name} 中没有 PNG 或 JPEG 图像",
            )
        images = [read_image(file) for file in files]
        if len({image.shape for image in images}) > 1:
            raise VeinRefused(
                "vein-image", f"folder '{folder.name}': images of different sizes", "图像尺寸不一"
            )
        return Burst(np.stack(images), None)


def _no_folder(folder: Path) -> VeinRefused:
    return VeinRefused(
        "vein-missing",
        f"there is no folder '{folder.name}'; name a folder of images or generator:SEED",
        f"没有文件夹 {folder.name}；请给出图像文件夹或 generator:整数",
    )


def open_sensor(text: str) -> VeinSensor:
    """`generator:SEED`, `generator:SEED:FIRST_SAMPLE` or a folder.

    Without a first sample the generator starts at a random one, so that two runs of a program are
    two captures.

    >>> open_sensor("generator:7:0").identity
    7
    """
    if not text.startswith("generator:"):
        if not Path(text).is_dir():
            raise _no_folder(Path(text))
        return FolderSensor(Path(text))
    seed, _, first = text.removeprefix("generator:").partition(":")
    if not (seed.isascii() and seed.isdigit()) or (first and not first.isdigit()):
        raise ParameterError(
            f"finger '{text}': write generator:SEED with a whole number, or the name of a folder",
            "手指来源应写作 generator:整数 或文件夹名",
        )
    return GeneratorSensor(int(seed), int(first) if first else _first_sample())


def _first_sample() -> int:
    """A random sample seed, above those that benchmarks use."""
    return int(np.random.default_rng().integers(1000, 2**31))
