"""Image files from outside, read within bounds."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from buju.attest.vein.finger import LARGEST
from buju.attest.vein.refusal import VeinRefused
from buju.errors import missing_extra

LARGEST_FILE = 20_000_000


def read_image(path: Path | str) -> NDArray[np.uint8]:
    """A PNG or JPEG as grey levels, (H, W) uint8.

    The header is read first: the claimed size decides before anything is unpacked, so a small file
    that unfolds into a huge image costs nothing.

    Raises
    ------
    VeinRefused
        `vein-image`: no such file, another format, damaged, fewer than 64 pixels on a side, more
        than 4 million pixels or 20 MB.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:  # pragma: no cover
        raise missing_extra("attest", "reading image files") from error
    path = Path(path)

    def refuse(what: str) -> VeinRefused:
        return VeinRefused(
            "vein-image", f"{path.name}: {what}; give a grey PNG or JPEG of a finger",
            f"{path.name}：图像不可用，请提供手指的灰度 PNG 或 JPEG",
        )  # fmt: skip

    try:
        if path.stat().st_size > LARGEST_FILE:
            raise refuse(f"a file of {path.stat().st_size:,} bytes, at most {LARGEST_FILE:,}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG")) as file:
                width, height = file.size
                if min(width, height) < 64 or width * height > LARGEST:
                    raise refuse(f"{width} × {height} pixels, 64 a side up to {LARGEST:,} in all")
                return np.asarray(file.convert("L"), dtype=np.uint8).copy()
    except Image.DecompressionBombError:
        raise refuse("far too many pixels") from None
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, EOFError):
        raise refuse("missing, damaged or of another format") from None
