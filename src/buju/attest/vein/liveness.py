"""Is it a finger in front of the lamp now? Software checks, level `basic` at most.

Each check answers one kind of attack and is weak alone. None was tried on a real device. What a
burst must show: other noise in every frame, the lamp of this nonce, a pulse, and no fine texture
that tissue would have blurred.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from buju.attest.vein.burst import FRAMES, MOST_FRAMES, Burst, challenge
from buju.attest.vein.finger import checked, locate, unroll
from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.vessels import Array

DARK = 14.0  # grey level without light
LAMP_ERROR = 0.06  # of brightness, after the challenge is taken out
PULSE = (0.009, 0.05)
SAME_GRAIN = 0.35
PEAK = 28.0
LEAST_LAMP = 0.95


@dataclass(frozen=True)
class Signs:
    """What the checks measured; stays in the terminal.

    `lamp` is the correlation of brightness with the challenge, `unrest` the relative spread of
    brightness once the challenge is taken out, `grain` the median correlation of fine grain between
    neighbouring frames, `peak` the strongest fine texture over the median of the spectrum.
    """

    lamp: float
    unrest: float
    grain: float
    peak: float


def digests(burst: Burst) -> list[str]:
    """A fingerprint of each frame, to know it again."""
    return [
        hashlib.sha256(np.ascontiguousarray(frame).tobytes()).hexdigest() for frame in burst.frames
    ]


def checked_burst(burst: Burst | None) -> NDArray[np.uint8]:
    """The frames, if there is at least one; a live burst needs eight."""
    if burst is None or len(burst.frames) == 0:
        raise VeinRefused("vein-missing", "no capture; present the finger", "缺少静脉采集")
    frames = np.asarray(burst.frames)
    if frames.ndim != 3 or len(frames) > MOST_FRAMES:
        raise VeinRefused(
            "vein-image",
            f"frames of shape {frames.shape}; expected (1 to 64, H, W)",
            "帧格式不可用",
        )
    if burst.nonce is not None and len(frames) < FRAMES:
        raise VeinRefused(
            "vein-missing", f"{len(frames)} frames; a live burst has at least {FRAMES}", "帧数不足"
        )
    checked(frames[0])
    return frames


def measure(frames: NDArray[np.uint8], nonce: bytes) -> Signs:
    """The signs of a burst of at least eight frames under the lamp of `nonce`."""
    height, width = frames[0].shape
    middle = frames[:, height // 5 : height - height // 5, width // 6 : width - width // 6]
    bright = middle.reshape(len(frames), -1).astype(float).mean(axis=1) - DARK
    lamp = challenge(nonce, len(frames))
    spread = bright.std()
    follows = float(np.corrcoef(bright, lamp)[0, 1]) if spread > 1e-9 else 0.0
    rest = bright / lamp
    flats, mask = _flat(frames)
    grains = np.stack([_grain(flat, mask) for flat in flats])
    same = [_correlation(a[mask], b[mask]) for a, b in pairwise(grains)]
    mean = flats.mean(axis=0)
    return Signs(
        lamp=follows,
        unrest=float(rest.std() / max(abs(rest.mean()), 1e-9)),
        grain=float(np.median(same)),
        peak=_peak(mean, mask),
    )


def _flat(frames: NDArray[np.uint8]) -> tuple[Array, NDArray[np.bool_]]:
    finger = locate(frames[0])
    flats = []
    for frame in frames:
        flat, mask = unroll(frame, finger)
        flats.append(flat / max(float(flat[mask].mean()), 1.0))
    return np.stack(flats), mask


def _grain(flat: Array, mask: NDArray[np.bool_]) -> Array:
    return np.where(mask, flat - gaussian_filter(flat, 1.0), 0.0)


def _correlation(a: Array, b: Array) -> float:
    below = float(a.std() * b.std())
    return float(((a - a.mean()) * (b - b.mean())).mean() / below) if below > 1e-12 else 1.0


def _peak(mean: Array, mask: NDArray[np.bool_]) -> float:
    """Regular fine texture: strongest amplitude beyond vessel scale over the median amplitude."""
    rest = np.where(mask, mean - gaussian_filter(mean, 2.5), 0.0)
    size = np.abs(
        np.fft.rfft2(rest * np.hanning(rest.shape[0])[:, None] * np.hanning(rest.shape[1]))
    )
    fy = np.fft.fftfreq(rest.shape[0])[:, None]
    fx = np.fft.rfftfreq(rest.shape[1])[None, :]
    fine = (np.hypot(fy, fx) > 0.16) & (np.hypot(fy, fx) < 0.45)
    return float(size[fine].max() / max(float(np.median(size[fine])), 1e-9))


def check_live(burst: Burst, nonce: bytes) -> None:
    """Passes a burst that shows every sign; raises `vein-replay` or `vein-pad` otherwise.

    Raises
    ------
    VeinRefused
        `vein-replay`: bound to another nonce, equal frames, one grain in all frames, or a lamp that
        does not follow the nonce. `vein-pad`: no pulse, or texture finer than tissue lets through.
    """
    if burst.nonce != nonce:
        raise VeinRefused(
            "vein-replay", "the burst belongs to another nonce", "采集与本次随机数不符"
        )
    check_distinct(burst)
    signs = measure(burst.frames, nonce)
    if signs.grain > SAME_GRAIN:
        raise VeinRefused("vein-replay", "the frames repeat one picture", "各帧重复同一画面")
    if signs.lamp < LEAST_LAMP or signs.unrest > LAMP_ERROR:
        raise VeinRefused("vein-replay", "the light does not follow this nonce", "光序与随机数不符")
    if not PULSE[0] <= signs.unrest <= PULSE[1]:
        raise VeinRefused("vein-pad", "no pulse: present a living finger", "未见脉动")
    if signs.peak > PEAK:
        raise VeinRefused(
            "vein-pad", "texture as of a print, a screen or a drawing", "疑似打印或屏幕"
        )


def check_distinct(burst: Burst) -> None:
    """No two frames may be equal, whatever the source."""
    found = digests(burst)
    if len(set(found)) < len(found):
        raise VeinRefused("vein-replay", "identical frames: a still is no capture", "存在相同帧")
