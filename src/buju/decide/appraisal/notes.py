"""What the reader of an appraisal must know, in both languages."""

from __future__ import annotations

from buju.decide.appraisal.bias import OptimismBias
from buju.decide.appraisal.part import Part
from buju.decide.discount import Schedule, regimes

Note = tuple[str, str]


def notes(
    schedule: Schedule, bias: OptimismBias | None, parts: list[Part], denominator: str
) -> tuple[Note, ...]:
    """Everything that changes how the numbers are read."""
    found = [*_parameters(schedule, bias)]
    if not parts[0].costed:
        found.append(
            (
                "cost unknown: no net present value, but the cost at which it would break even",
                "成本不明：不给出净现值，只给出盈亏平衡成本",
            )
        )
    if len(parts) > 1:
        found.append(
            (
                "benefits are counted twice over, by welfare and by time saved; both are shown and "
                "never added, since welfare holds the time saved",
                "效益分别按福利与时间节省两种口径列出；福利已含时间节省，二者不可相加",
            )
        )
    for part in parts:
        found += _rates(part) if part.costed else []
        found += _ratio(part, denominator) if part.costed else []
    return tuple(found)


def _parameters(schedule: Schedule, bias: OptimismBias | None) -> list[Note]:
    found = []
    if isinstance(schedule, str):
        regime = regimes()[schedule]
        state = ("read in the source", "已核对出处") if regime.verified else (
            "from general knowledge: check before quoting", "未核对出处，引用前请核实")  # fmt: skip
        found.append(
            (
                f"discounting: {regime.title_en} ({regime.source}), {state[0]}",
                f"贴现：{regime.title_zh}（{regime.source}），{state[1]}",
            )
        )
    else:
        found.append(("discounting: the user's own rates", "贴现：用户自定"))
    if bias is not None:
        checked = ("", "") if bias.verified else ("; not verified", "；未核对")
        found.append(
            (
                f"optimism bias '{bias.kind}': works cost {bias.added_cost:+.1%} and take "
                f"{bias.added_time:+.1%} longer{checked[0]}",
                f"乐观偏差 '{bias.kind}'：建设投资 {bias.added_cost:+.1%}，工期 "
                f"{bias.added_time:+.1%}{checked[1]}",
            )
        )
    return found


def _rates(part: Part) -> list[Note]:
    if len(part.rates) == 1:
        return []
    if not len(part.rates):
        return [
            (
                f"{part.method}: no rate of return exists; the net flows have no rate at which "
                "their value is zero",
                f"{_ZH[part.method]}：净现金流不存在内部收益率",
            )
        ]
    return [
        (
            f"{part.method}: {len(part.rates)} rates of return; none decides, the net present "
            "value does",
            f"{_ZH[part.method]}：存在 {len(part.rates)} 个内部收益率，不能据以决策，应看净现值",
        )
    ]


def _ratio(part: Part, denominator: str) -> list[Note]:
    ratio = part.ratio(denominator)
    if ratio == ratio:
        return []
    return [
        (
            f"{part.method}: no benefit-cost ratio, since its denominator ({denominator}) is not "
            "above zero",
            f"{_ZH[part.method]}：分母（{denominator}）不为正，没有效益成本比",
        )
    ]


_ZH = {"welfare": "福利", "rule_of_half": "时间节省", "other": "效益"}
