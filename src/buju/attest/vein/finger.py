"""Where the finger is, and the same finger laid out straight.

Two captures of one finger differ by rotation, shift, size and roll. The outline gives rotation, the
middle line and the width; unrolling the visible half turns roll into a shift. What is left, shifts
along and around the finger, is searched when patterns are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.vessels import Array

ROWS, COLUMNS = 72, 240
REACH = 3.8  # half the length laid out, in half-widths of the finger
OPENING = np.deg2rad(70)  # angle around the axis, both sides of the middle
VEIN_RADIUS = 0.85  # where vessels lie, as a fraction of the skin's radius
LARGEST = 4_000_000
_ANGLES = np.linspace(-OPENING, OPENING, ROWS)[:, None]
_ALONG = np.linspace(-REACH, REACH, COLUMNS)[None, :]


@dataclass(frozen=True)
class Finger:
    """The outline's fit: middle line and half-width as straight lines in x (px of the image).

    `centre` and `half` are (intercept, slope) at the image's middle column; `columns` is the share
    of columns where both edges were found and `spread` their typical distance from the fit (px).
    """

    centre: tuple[float, float]
    half: tuple[float, float]
    columns: float
    spread: float


def checked(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The image, if it is one that can be looked at; otherwise `vein-image` is raised at once."""
    given = np.asarray(image)
    if given.ndim != 2 or given.dtype != np.uint8:
        raise VeinRefused(
            "vein-image",
            f"an array of shape {given.shape} and type {given.dtype}; "
            "expected one grey image, rows × columns of uint8",
            "需要一幅 8 位灰度图像",
        )
    if min(given.shape) < 64 or given.size > LARGEST:
        raise VeinRefused(
            "vein-image",
            f"an image of {given.shape[1]} × {given.shape[0]} pixels; "
            f"expected at least 64 on each side and at most {LARGEST:,} in all",
            f"图像尺寸 {given.shape[1]} × {given.shape[0]} 不可用",
        )
    return given


def _no_finger(what: str, chinese: str) -> VeinRefused:
    return VeinRefused(
        "vein-quality", f"{what}; place the finger across the whole window and try again", chinese
    )


def locate(image: NDArray[np.uint8]) -> Finger:
    """Finds the finger's outline.

    In every fourth column the strongest rise above and the strongest fall below the brightest band
    are the edges; lines are fitted to their middle and half-distance, outliers dropped.

    Raises
    ------
    VeinRefused
        `vein-quality`: all black, no two edges, or a finger that fills or hardly touches the view.
    """
    height, width = image.shape
    smooth = gaussian_filter(image[:, ::4].astype(np.float32), (2.0, 1.0))
    if smooth.max() - smooth.min() < 25:
        raise _no_finger(
            "the image is blank: no contrast between finger and ground", "图像全黑或无对比"
        )
    if np.mean(image >= 250) > 0.2:
        raise _no_finger("the image is overexposed", "图像过曝")
    slope = np.gradient(smooth, axis=0)
    column = np.arange(smooth.shape[1])
    rough = gaussian_filter(smooth, (height / 12, 2.0)).argmax(axis=0)
    rows = np.arange(height)[:, None]
    top = np.where(rows < rough, slope, -np.inf).argmax(axis=0)
    bottom = np.where(rows > rough, slope, np.inf).argmin(axis=0)
    strong = (slope[top, column] > 2.0) & (slope[bottom, column] < -2.0)
    strong &= (top > 1) & (bottom < height - 2) & (bottom - top > height / 5)
    if strong.mean() < 0.6:
        raise _no_finger("the finger's two edges are not in view", "未见手指两侧边缘")
    x = 4.0 * column[strong] - (width - 1) / 2
    centre, off = _line(x, (top[strong] + bottom[strong]) / 2)
    half, thick = _line(x, (bottom[strong] - top[strong]) / 2)
    found = Finger(centre, half, float(strong.mean()), float(max(off, thick)))
    if not 0.13 * height < half[0] < 0.46 * height or found.spread > 0.05 * height:
        raise _no_finger(
            "the outline is not that of one finger at the usual distance", "轮廓不像手指"
        )
    return found


def _line(x: Array, y: Array) -> tuple[tuple[float, float], float]:
    """Straight line through most points: (value at zero, slope), and the median distance."""
    keep = np.ones(len(x), dtype=bool)
    slope, value = 0.0, 0.0
    for _ in range(3):
        slope, value = np.polyfit(x[keep], y[keep], 1)
        distance = np.abs(y - value - slope * x)
        keep = distance <= max(1.0, 2.5 * float(np.median(distance)))
    return (float(value), float(slope)), float(np.median(distance))


def unroll(image: NDArray[np.uint8], finger: Finger) -> tuple[Array, NDArray[np.bool_]]:
    """The visible half of the finger laid flat.

    Returns
    -------
    array, mask
        (72, 240) grey levels, rows by angle around the axis from -70° to 70°, columns along the
        axis in steps of one thirty-first half-width; and where the image had something to show.

    Notes
    -----
    Vessels are taken to lie at 0.85 of the skin's radius, on a circular cross-section; Prommegger
    and Uhl (2019), "Rotation invariant finger vein recognition", study how far that carries.
    """
    height, width = image.shape
    tilt = np.arctan(finger.centre[1])
    upright = finger.half[0] * np.cos(tilt)
    along = _ALONG * upright
    across = VEIN_RADIUS * np.sin(_ANGLES) * (upright + finger.half[1] * along)
    x = along * np.cos(tilt) - across * np.sin(tilt)
    y = finger.centre[0] + along * np.sin(tilt) + across * np.cos(tilt)
    column = x + (width - 1) / 2
    mask = (column >= 2) & (column <= width - 3) & (y >= 2) & (y <= height - 3)
    smooth = image.astype(np.float32)
    flat = map_coordinates(smooth, [y, column], order=1, mode="nearest")
    return flat.astype(float), mask
