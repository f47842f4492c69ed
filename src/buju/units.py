"""Units: counting in 万 and 亿, and prices of a stated year."""

from __future__ import annotations

WAN = 1e4
YI = 1e8


def in_chinese(value: float, *, digits: int = 1) -> str:
    """A number as a Chinese reader expects it, in 万 or 亿.

    Parameters
    ----------
    value
        Any finite number; NaN gives an em dash.
    digits
        Decimals kept after scaling.

    Examples
    --------
    >>> in_chinese(34_915_616)
    '3,491.6万'
    >>> in_chinese(2.2590e12)
    '22,590.0亿'
    >>> in_chinese(812)
    '812'
    >>> in_chinese(float("nan"))
    '—'
    """
    if value != value:
        return "—"
    for scale, name in ((YI, "亿"), (WAN, "万")):
        if abs(value) >= scale:
            return f"{value / scale:,.{digits}f}{name}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.{digits}f}"
