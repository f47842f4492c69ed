"""Markets settled: who got what, by which rule, and why the others did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from buju.match.markets import Market
from buju.match.registry import LEAST, registry
from buju.match.settle import settle
from buju.study.bundle import Table
from buju.study.context import Run

Frames = Mapping[str, pd.DataFrame]
_TWO_SIDED = ("lists", "outcome", "blocked", "listings")
_ALLOWANCES = ("issued", "orders", "trades", "surrendered")
_INVENTED = ("标“虚构”的市场数据为编造，只用于演示。", "Markets marked invented are made up.")


def stage(run: Run) -> dict[str, Table]:
    """Tables `markets`, `market_*` and `allowance_*`; none where the study names no market."""
    markets = run.study.markets
    if not markets:
        why = ("研究没有列出市场（match.markets）", "the study names no market (match.markets)")
        run.left_out["markets"] = why
        return {}
    settled = {name: settle(market) for name, market in markets.items()}
    tables = {"markets": _overview(markets, settled), "market_checks": _checks(settled)}
    runnable = _scenarios(run)
    if runnable is not None:
        tables["market_scenarios"] = runnable
    for part in _TWO_SIDED:
        tables |= _joined(settled, part, f"market_{part}", _named(markets))
    for part in _ALLOWANCES:
        tables |= _joined(settled, part, f"allowance_{part}", lambda _, frame: frame)
    return tables


def _overview(markets: Mapping[str, Market], settled: Mapping[str, Frames]) -> Table:
    rows = []
    for name, market in markets.items():
        told = settled[name]["checks"].set_index("check")["value"]
        rows.append(
            {
                "market": name,
                "title_zh": market.spec.title_zh,
                "title_en": market.spec.title_en,
                "preset": market.preset.name,
                "rule": market.spec.rule,
                "proposing": market.spec.proposing if market.spec.rule == "stable" else None,
                "invented": market.spec.invented,
                "requests": told.get("requests"),
                "listings": told.get("listings"),
                "placed": told.get("placed"),
                "unserved": told.get("without any eligible listing"),
            }
        )
    return Table(
        pd.DataFrame(rows),
        "市场",
        "Markets",
        dict.fromkeys(("requests", "listings", "placed", "unserved"), "count"),
        note_zh=_INVENTED[0],
        note_en=_INVENTED[1],
    )


def _checks(settled: Mapping[str, Frames]) -> Table:
    rows = [
        {"market": name, **row}
        for name, frames in settled.items()
        for row in frames["checks"].to_dict("records")
    ]
    return Table(pd.DataFrame(rows), "市场核对", "Checks of the markets")


_TITLES = {
    "market_lists": ("排序清单", "Ranked lists"),
    "market_outcome": ("匹配结果", "Who got what"),
    "market_blocked": ("不符合条件的原因", "What excludes those who fit nothing"),
    "market_listings": ("供给使用情况", "Use of what is offered"),
    "allowance_issued": ("配额发放", "Allowances issued"),
    "allowance_orders": ("交易申报", "Orders"),
    "allowance_trades": ("成交", "Trades"),
    "allowance_surrendered": ("清缴", "Surrender"),
}
_TONNES = (
    "allowances",
    "emissions",
    "balance",
    "tonnes",
    "due",
    "surrendered",
    "short",
    "kept",
    "quantity",
    "filled",
)


def _joined(
    settled: Mapping[str, Frames],
    part: str,
    name: str,
    named: Callable[[str, pd.DataFrame], pd.DataFrame],
) -> dict[str, Table]:
    """One part of every market that has it, one below the other."""
    found = [
        named(market, frames[part]).assign(market=market)
        for market, frames in settled.items()
        if part in frames
    ]
    if not found:
        return {}
    frame = pd.concat(found, ignore_index=True)
    frame.insert(0, "market", frame.pop("market"))
    zh, en = _TITLES[name]
    units = {column: "t CO2" for column in _TONNES if column in frame}
    units |= {"price": "CNY/t"} if "price" in frame else {}
    return {name: Table(frame, zh, en, units, note_zh=_INVENTED[0], note_en=_INVENTED[1])}


def _named(markets: Mapping[str, Market]) -> Callable[[str, pd.DataFrame], pd.DataFrame]:
    def named(name: str, frame: pd.DataFrame) -> pd.DataFrame:
        tables = markets[name].tables
        frame = _broken(markets[name], _explained(markets[name], frame))
        for side, table in (("request", "requests"), ("listing", "listings")):
            if side in frame:
                names = tables[table].drop_duplicates(side, keep="last").set_index(side)["name_zh"]
                frame = frame.assign(**{f"{side}_zh": frame[side].map(names)})
        return frame

    return named


def _explained(market: Market, frame: pd.DataFrame) -> pd.DataFrame:
    """Parts of a score as words, the largest first, in place of a column each."""
    rules = {rule.name: rule for rule in market.preset.scores("request")}
    parts = [name for name in frame if name in rules]
    if not parts:
        return frame
    rows = [sorted(row.items(), key=lambda p: -p[1]) for row in frame[parts].to_dict("records")]
    return frame.drop(columns=parts).assign(
        parts_zh=["；".join(f"{rules[str(k)].zh} {v:.2f}" for k, v in row) for row in rows],
        parts_en=["; ".join(f"{rules[str(k)].en} {v:.2f}" for k, v in row) for row in rows],
    )


def _broken(market: Market, frame: pd.DataFrame) -> pd.DataFrame:
    """Codes of broken rules as the words of the rules."""
    if "breaks" not in frame:
        return frame
    words = {rule.name: (rule.zh, rule.en) for rule in market.preset.hard()}
    codes = [[code for code in str(cell).split(";") if code in words] for cell in frame["breaks"]]
    return frame.assign(
        breaks_zh=["；".join(words[code][0] for code in row) for row in codes],
        breaks_en=["; ".join(words[code][1] for code in row) for row in codes],
    )


def _scenarios(run: Run) -> Table | None:
    """Scenarios of registries with the study that computes them; a study named must be there."""
    found = []
    for name, market in run.study.markets.items():
        if market.preset.name != "scenarios":
            continue
        book = registry(market.tables["listings"], str(market.spec.date))
        own = book.runnable["scenario"].where(book.runnable["study"] == run.study.path.name)
        runnable = book.runnable.assign(here=own.isin(list(run.study.scenarios)))
        rows = book.history.merge(runnable, on="listing", how="left")
        found.append(rows.assign(market=name, enough=len(book.current) >= LEAST))
    if not found:
        return None
    frame = pd.concat(found, ignore_index=True)
    frame["here"] = frame["here"].fillna(False).astype(bool)
    return Table(
        frame,
        "场景登记册",
        "Registry of scenarios",
        {"versions": "count"},
        note_zh="旧版本保留；可运行的场景写明计算它的研究，here 表示该情景就在本研究中。",
        note_en="Old versions stay; a runnable scenario names its study; `here`: it is this one.",
    )
