"""What a sensor hands over: a burst of frames, bound to a nonce by the light it was taken in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from buju.attest.vein.vessels import Array

FRAMES = 8
MOST_FRAMES = 64


def challenge(nonce: bytes, frames: int = FRAMES) -> Array:
    """Brightness of the lamp, frame by frame, as this nonce asks; factors 0.75 to 1.25.

    A burst recorded under another nonce shows another sequence, so it cannot be played back.

    >>> challenge(b"a" * 32, 3).round(3).tolist() == challenge(b"a" * 32, 8)[:3].round(3).tolist()
    True
    """
    stream = hashlib.shake_256(b"buju/vein-light/v1\n" + nonce).digest(2 * frames)
    return 0.75 + 0.5 * np.frombuffer(stream, dtype=">u2").astype(float) / 65535


@dataclass(frozen=True, repr=False)
class Burst:
    """Frames (K, H, W) uint8 of one capture; `nonce` None marks a recording: no proof of life."""

    frames: NDArray[np.uint8]
    nonce: bytes | None = None


class VeinSensor(Protocol):
    """A capture device.

    `capture` returns `frames` images taken while the lamp followed `challenge(nonce, frames)`. A
    driver that cannot steer the lamp, or that plays a recording, returns a burst without nonce.
    """

    def capture(self, nonce: bytes, frames: int = FRAMES) -> Burst:
        """Takes the burst now."""
        ...
