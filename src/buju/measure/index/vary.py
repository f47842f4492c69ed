"""Which choices are open, and a design of replications over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array, choice
from buju.measure.index.spec import Spec, read_spec

Numbers = Mapping[str, np.ndarray]
STEPS = ("denominate", "impute", "screen", "treat", "normalise", "weight", "aggregate")


@dataclass(frozen=True)
class Choice:
    """One open choice: options to take from, or noise, or (weights alone) both."""

    name: str
    options: tuple[Any, ...] = ()
    noise: float = 0.0
    levels: tuple[int, ...] | None = None
    of: str = "value"


@dataclass(frozen=True)
class Design:
    """For every replication and choice: which option, and which stream of noise."""

    choices: tuple[Choice, ...]
    option: Numbers
    stream: Numbers
    draws: int
    base: int
    """Rows of the Sobol base sample A (the first) and B (those after); then one block a choice."""


def read_spec_and_choices(spec: Mapping[str, Any]) -> tuple[Spec, tuple[Choice, ...]]:
    """The base spec and the open choices of a spec with the key `vary`."""
    vary = spec.get("vary")
    if not isinstance(vary, Mapping) or not vary:
        raise ParameterError(
            "the spec has no 'vary': name at least one choice, such as "
            "{'normalise': [{'method': 'min_max'}, {'method': 'rank'}]}.",
            "spec 缺少 vary：请至少列出一项可变选择。",
        )
    base = read_spec({key: value for key, value in spec.items() if key != "vary"})
    return base, tuple(_choice(str(name), value, base) for name, value in vary.items())


def _choice(name: str, value: Any, base: Spec) -> Choice:
    step = name.partition(".")[0]
    choice(step, (*STEPS, "indicators"), name="vary")
    if isinstance(value, Mapping) and (name == "indicators" or name == "weight"):
        return _noise(name, value, base)
    if isinstance(value, str | Mapping) or not hasattr(value, "__iter__") or not list(value):
        raise ParameterError(
            f"vary.{name}: a list of alternatives is expected, not {value!r}.",
            f"vary.{name} 应为备选项的列表。",
        )
    made = Choice(name, tuple(value))
    for option in made.options:
        apply(base, {name: option})  # a fault in an alternative is told before anything runs
    return made


def _noise(name: str, value: Mapping[str, Any], base: Spec) -> Choice:
    known = {"noise", "levels", "methods"} if name == "weight" else {"noise", "of"}
    odd = set(value) - known
    noise = value.get("noise", 0.0)
    good = isinstance(noise, int | float) and (0 <= noise < 1 if name == "weight" else noise >= 0)
    if odd or not good or value.get("of", "value") not in {"value", "sd"}:
        raise ParameterError(
            f"vary.{name}: {dict(value)!r} is not understood; give 'noise' (a share: 0.25 is up to "
            f"25 %) and, where wanted, {', '.join(sorted(known - {'noise'}))}.",
            f"vary.{name} 有误：{dict(value)!r}；请给出 noise（比例）。",
        )
    levels = value.get("levels")
    made = Choice(
        name, tuple(value.get("methods", ())), float(noise),
        None if levels is None else tuple(int(level) for level in levels),
        str(value.get("of", "value")),
    )  # fmt: skip
    for option in made.options:
        apply(base, {name: option})
    return made


def apply(base: Spec, settings: Mapping[str, Any]) -> Spec:
    """The spec with settings put in, by step or by step.key."""
    plain = base.plain()
    for name, value in settings.items():
        step, _, key = name.partition(".")
        if not key:
            plain[step] = value
            continue
        if not isinstance(plain.get(step), dict):
            raise ParameterError(
                f"vary.{name}: the base spec skips '{step}', so it has no '{key}' to vary.",
                f"vary.{name}：基准 spec 跳过了 '{step}'，没有可变的 '{key}'。",
            )
        plain[step] = {**plain[step], key: value}
    return read_spec(plain)


def design(choices: tuple[Choice, ...], *, draws: int, base: int, seed: int) -> Design:
    """Independent draws, the first 2 `base` of which are A and B, then A with one choice from B."""
    draw = np.random.default_rng(np.random.SeedSequence([seed, 1]))
    option, stream = {}, {}
    for k, one in enumerate(choices):
        picks = draw.integers(max(len(one.options), 1), size=draws)
        streams = np.arange(draws)
        blocks = [slice(base, 2 * base) if j == k else slice(0, base) for j in range(len(choices))]
        option[one.name] = np.concatenate([picks, *(picks[b] for b in blocks)])
        stream[one.name] = np.concatenate([streams, *(streams[b] for b in blocks)])
    return Design(choices, option, stream, draws, base)


def weight_factors(one: Choice, streams: np.ndarray, levels: Array, root: int, seed: int) -> Array:
    """Multipliers of weights, uniform in 1 ± noise at the levels named, (rows, codes)."""
    draw = np.random.default_rng(np.random.SeedSequence([seed, 2]))
    most = int(streams.max()) + 1
    factors = 1 + one.noise * draw.uniform(-1, 1, size=(most, len(levels)))
    moved = np.ones(len(levels), bool) if one.levels is None else np.isin(levels, one.levels)
    moved[root] = False
    if not moved.any():
        raise ParameterError(
            f"vary.weight.levels {one.levels}: no element below the root has such a level.",
            f"vary.weight.levels {one.levels}：没有该级别的元素。",
        )
    factors[:, ~moved] = 1.0
    return np.asarray(factors[streams])


def indicator_noise(streams: np.ndarray, shape: tuple[int, int], seed: int) -> np.ndarray:
    """Standard normal errors of each replication, (rows, units, indicators); by stream alone."""
    errors = np.empty((len(streams), *shape), dtype=np.float32)
    bits = np.random.Philox(key=np.array([seed, 0], dtype=np.uint64))
    draw, start = np.random.Generator(bits), bits.state
    for row, stream in enumerate(streams):
        # a counter-based generator put at the start of the stream: cheaper than a new one
        start["state"]["key"][1] = stream
        bits.state = start
        draw.standard_normal(dtype=np.float32, out=errors[row])
    return errors


def labels(one: Choice, picks: np.ndarray) -> pd.Series[Any]:
    """Options as text, for the table of settings."""
    names = [option_name(option) for option in one.options] or ["noise"]
    return pd.Series([names[k] for k in picks], dtype=object)


def option_name(option: Any) -> str:
    """What a table calls an alternative."""
    if not isinstance(option, Mapping):
        return str(option)
    rest = ", ".join(f"{k} {v}" for k, v in option.items() if k != "method")
    return f"{option.get('method', '')}" + (f" ({rest})" if rest else "")
