"""The value that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

_ENOUGH = 0.6
_MANY = 5_000


def nearest(value: str, candidates: Iterable[str]) -> str:
    """The candidate most like `value`, or "" where none is like it.

    Equally good candidates are told apart by beginning or ending like the value, and then
    by their order in the alphabet.

    Parameters
    ----------
    value
        What was written.
    candidates
        What may be written. Of more than 5,000 only those are compared whose first two or
        last two characters are the value's.

    Examples
    --------
    >>> nearest("14010", ["140105", "140100", "140110"])
    '140100'
    >>> nearest("40105", ["140100", "140105"])
    '140105'
    >>> nearest("residnets", ["residents", "resources"])
    'residents'
    >>> nearest("zzz", ["140100"])
    ''
    """
    pool = list(candidates)
    if len(pool) > _MANY:
        pool = [c for c in pool if c[:2] == value[:2] or c[-2:] == value[-2:]]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(value)
    best = ("", 0.0)
    for candidate in sorted(pool):
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() < _ENOUGH or matcher.quick_ratio() < _ENOUGH:
            continue
        kin = candidate.startswith(value) or candidate.endswith(value)
        score = matcher.ratio() + (0.05 if kin else 0.0)
        if score > best[1] and matcher.ratio() >= _ENOUGH:
            best = (candidate, score)
    return best[0]


def nearest_code(value: str, names: Mapping[str, str]) -> str:
    """The code meant by `value`, which may be a mistyped code or a name; "" where none is near.

    Parameters
    ----------
    value
        What was written.
    names
        The name of every code; may be empty text.

    Examples
    --------
    >>> nearest_code("太原", {"140100": "太原市", "140200": "大同市"})
    '140100'
    """
    by_name = {name: code for code, name in names.items() if name}
    if value in by_name:
        return by_name[value]
    code = nearest(value, names)
    if code or len(value) < 2:
        return code
    starting = [name for name in by_name if name.startswith(value)]
    name = starting[0] if len(starting) == 1 else nearest(value, by_name)
    return by_name.get(name, "")
