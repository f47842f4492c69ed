"""Worksheet formulas of the steps; each says in a cell what the step does in an array."""

from __future__ import annotations

from buju.errors import ParameterError
from buju.measure.index.official import DECAY
from buju.measure.index.result import IndexResult


def check(result: IndexResult) -> None:
    """Refuse what has no worksheet formula."""
    spec = result.spec
    levels = {node.level for node in result.indicators.tree.nodes if node.level > 1}
    rules = {spec.aggregate.rule(level) for level in levels} & {"copeland", "topsis"}
    ties = spec.normalise.ties if spec.normalise is not None else "min"
    ranked = spec.normalise is not None and spec.normalise.method in {"rank", "percentile", "borda"}
    if rules or (ranked and ties not in {"min", "average"}):
        what = ", ".join(sorted(rules)) or f"ties '{ties}'"
        raise ParameterError(
            f"a worksheet has no formula for {what}; export an index by means, ties 'min'.",
            f"工作表公式无法表达 {what}；请改用各类平均合成、ties 为 'min'。",
        )


def moves(result: IndexResult, code: str) -> tuple[str, int, int]:
    """What the outlier rule did to an indicator: method, cells moved at the high and low end."""
    rows = result.treated[result.treated["indicator"] == code]
    if rows.empty:
        return "", 0, 0
    if rows["method"].iloc[0] == "log":
        return "log", 0, 0
    before, after = result.steps["screened"][code], result.steps["treated"][code]
    return "winsorise", int((after < before).sum()), int((after > before).sum())


def treated(result: IndexResult, code: str, own: str, column: str) -> str:
    """The treated value of a screened one."""
    method, high, low = moves(result, code)
    value = own
    if method == "log":
        value = f"LN({own}-MIN({column})+0.01*(MAX({column})-MIN({column})))"
    elif method == "winsorise":
        if high:
            value = f"MIN({value},LARGE({column},{high + 1}))"
        if low:
            value = f"MAX({value},SMALL({column},{low + 1}))"
    return f'=IF({own}="","",{value})'


def normalised(result: IndexResult, code: str, own: str, column: str, reference: str) -> str:
    """The normalised value of a treated one."""
    rule = result.spec.normalise
    node = result.indicators.tree.by_code[code]
    up = node.direction > 0
    if rule is None:
        return f'=IF({own}="","",{own}*{node.direction})'
    low, high = (f"MIN({column})", f"MAX({column})")
    bottom, top = rule.scale
    method = rule.method
    if method in {"min_max", "distance_max"}:
        if result.steps["treated"][code].nunique() < 2:
            value = repr((bottom + top) / 2)
        else:
            share = f"({own}-{low})" if up else f"({high}-{own})"
            value = f"{share}/({high}-{low})*({top!r}-{bottom!r})+{bottom!r}"
    elif method == "z_score":
        value = f"{node.direction}*({own}-AVERAGE({column}))/STDEV({column})*{rule.sd!r}"
        value += f"+{rule.mean!r}"
    elif method in {"rank", "percentile", "borda"}:
        name = "_xlfn.RANK.AVG" if rule.ties == "average" else "RANK"
        place = f"{name}({own},{column},{1 if up else 0})"
        value = {
            "rank": place,
            "borda": f"{place}-1",
            "percentile": f"({place}-1)/MAX(COUNT({column})-1,1)",
        }[method]
    elif method == "share_of_max":
        value = f"{own}/{high}"
    elif method in {"distance_target", "distance_reference"}:
        goal = repr(rule.targets.get(code, node.target)) if method[9:] == "target" else reference
        worst = low if up else high
        value = f"1-({goal}-{own})/({goal}-{worst})"
        value = f"MIN(1,{value})" if rule.cap else value
    elif method == "goalposts":
        first, second = rule.bounds[code]
        share = f"({own}-{first!r})/({second!r}-{first!r})"
        share = share if up else f"1-{share}"
        share = f"MAX(0,MIN(1,{share}))" if rule.cap else f"({share})"
        value = f"{share}*({top!r}-{bottom!r})+{bottom!r}"
    else:
        first, second = rule.bounds[code]
        share = f"({own}-({first!r}))/({second!r}-({first!r}))"
        value = f"60+40*{share}"
        if method == "efficacy_exponential":
            value = f"60*EXP({float(DECAY)!r}*{share})"
    return f'=IF({own}="","",{value})'


def combined(result: IndexResult, level: int, pairs: list[tuple[str, str]], gaps: bool) -> str:
    """A parent from (weight, child) cells; with gaps the weight goes to the children there are."""
    rule = result.spec.aggregate.rule(level)
    power = result.spec.aggregate.power
    term = {
        "arithmetic": "{w}*{y}", "geometric": "{w}*LN({y})", "harmonic": "{w}/{y}",
        "generalised": f"{{w}}*{{y}}^{power!r}",
    }[rule]  # fmt: skip
    guard = "IF(ISNUMBER({y}),{t},0)" if gaps else "{t}"
    total = "+".join(guard.format(y=y, t=w) for w, y in pairs)
    top = "+".join(guard.format(y=y, t=term.format(w=w, y=y)) for w, y in pairs)
    if rule == "harmonic":
        return f"=({total})/({top})"
    mean = f"({top})/({total})"
    if rule == "geometric":
        return f"=EXP({mean})"
    return f"=({mean})^(1/{power!r})" if rule == "generalised" else f"={mean}"


def place(own: str, column: str) -> str:
    """The place of a score, 1 highest; equal to 12 digits of the largest is a tie."""
    size = f"MAX(MAX({column}),-MIN({column}),1E-300)"
    return f"=1+SUMPRODUCT(--(ROUND({column}/{size},12)>ROUND({own}/{size},12)))"
