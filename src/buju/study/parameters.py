"""The elasticities of a study with what they mean and where the defaults come from."""

from __future__ import annotations

import pandas as pd

from buju.study.model import SimulateSpec

_MRRH = "Monte, Redding and Rossi-Hansberg (2018), doi:10.1257/aer.20151507"
_US = "假定 / assumption"
_OWN = "研究文件设定 / set in the study"

_ROWS = (
    ("alpha", "商品支出份额，其余为住房", "share of spending on goods; the rest is housing", _MRRH),
    ("epsilon", "居住地与工作地偏好的离散度", "dispersion of tastes over homes and jobs", _MRRH),
    ("sigma", "各地商品的替代弹性", "elasticity of substitution between places' goods", _MRRH),
    ("delta", "住房供给对实际租金的弹性", "elasticity of housing supply to the real rent", _MRRH),
    (
        "nu",
        "就业密度外溢（规模收益之外）",
        "spillover of jobs on productivity beyond varieties",
        _US,
    ),
    (
        "mobility",
        "free 为自由迁移；registered 为按户籍地分组",
        "free: all choose alike; registered: groups by place of registration",
        _US,
    ),
    ("migration_decay", "户籍迁移随时间的弹性", "elasticity of migration to time", _US),
    (
        "land",
        "local 地租在当地支出；portfolio 均分给劳动者",
        "local: rents spent where paid; portfolio: shared out",
        _US,
    ),
    ("spillover", "生产率对周边就业密度的弹性", "elasticity of productivity to jobs nearby", _US),
    ("spillover_decay", "其影响每分钟的衰减", "how fast it fades per minute", _US),
    (
        "amenity_spillover",
        "宜居度对周边人口密度的弹性",
        "elasticity of amenity to residents nearby",
        _US,
    ),
    ("amenity_spillover_decay", "其影响每分钟的衰减", "how fast it fades per minute", _US),
    ("trade", "irs 为规模报酬递增", "irs: increasing returns; crs: constant", _MRRH),
)
_COST_ROWS = (
    ("commuting_form", "通勤随时间衰减的形式", "form in which commuting falls with time", _MRRH),
    ("commuting_decay", "通勤随时间的弹性（县际估计）", "elasticity of commuting, counties", _MRRH),
    ("trade_elasticity", "商品贸易随时间的弹性", "elasticity of goods trade to time", _MRRH),
    (
        "services_share",
        "贸易中面对面服务的份额",
        "share of trade that is face to face services",
        _US,
    ),
    ("services_elasticity", "服务贸易随时间的弹性", "elasticity of services trade to time", _US),
)


def parameter_rows(spec: SimulateSpec) -> pd.DataFrame:
    """One row a parameter: `parameter`, `value`, `drawn`, `meaning_zh`, `meaning_en`, `source`.

    The source is that of the default; a value that differs from it is the study's own, with the
    source that the study gives under `simulate.sources`.
    """
    plain = SimulateSpec()
    rows = [_row(name, spec, plain, zh, en, source) for name, zh, en, source in _ROWS]
    rows += [_row(name, spec.costs, plain.costs, zh, en, s) for name, zh, en, s in _COST_ROWS]
    for row in rows:
        row["source"] = spec.sources.get(row["parameter"], row["source"])
    frame = pd.DataFrame(rows)
    frame.insert(2, "drawn", [_range(spec, name) for name in frame["parameter"]])
    return frame


def _range(spec: SimulateSpec, name: str) -> str:
    bounds = getattr(spec.draws, name, None)
    return f"{bounds[0]:g}–{bounds[1]:g}" if spec.draws.count and bounds else ""


def _row(name: str, spec: object, plain: object, zh: str, en: str, source: str) -> dict[str, str]:
    value = getattr(spec, name)
    default = value == getattr(plain, name)
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return {
        "parameter": name,
        "value": shown,
        "meaning_zh": zh,
        "meaning_en": en,
        "source": source if default else _OWN,
    }
