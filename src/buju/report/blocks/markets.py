"""Markets: who got what, why the others did not, what is left over."""

from __future__ import annotations

from buju.report.content import Show, shown, words
from buju.report.formats import Text
from buju.report.records import Callout, Record
from buju.report.results import Results
from buju.report.section import Part, Section

_MOST = 15
PRESETS = {
    "finance": Text("金融产品—企业", "finance products, firms"),
    "floor-space": Text("楼宇空间—企业", "floor space, firms"),
    "scenarios": Text("应用场景—供应商", "application scenarios, suppliers"),
    "allowances": Text("碳排放配额", "carbon allowances"),
}
RULES = {
    "stable": Text("稳定匹配（延迟接受）", "stable (deferred acceptance)"),
    "value": Text("总得分最大", "largest total score"),
    "amounts": Text("按数量分配，总价值最大", "amounts, largest value"),
    "auction": Text("统一价集合竞价（模拟）", "one price (a simulation)"),
    "agreement": Text("挂牌协议", "listed agreement"),
}
CHECKS = {
    "requests": Text("需求", "requests"),
    "listings": Text("供给", "listings"),
    "placed": Text("已匹配", "placed"),
    "without any eligible listing": Text("没有任何可受理对象", "fit nothing"),
    "total score": Text("总得分", "total score"),
    "blocking pairs": Text("会互相改选的对（应为 0）", "pairs that would leave (0 if stable)"),
    "issued": Text("发放（吨）", "issued, t"),
    "surrendered": Text("清缴（吨）", "surrendered, t"),
    "still held": Text("结存（吨）", "still held, t"),
    "issued less surrendered less held": Text("账目差额（应为 0）", "account difference (0)"),
    "traded": Text("成交（吨）", "traded, t"),
    "short": Text("清缴缺口（吨）", "short, t"),
}


def _title(results: Results) -> dict[str, Text]:
    frame = results.frame("markets")
    return {str(r.market): Text(str(r.title_zh), str(r.title_en)) for r in frame.itertuples()}


def _market(results: Results) -> Show:
    return Show("market", "市场", "Market", through=words(_title(results)))


def _overview(results: Results) -> list[Record]:
    invented = results.frame("markets")["invented"].astype(bool)
    columns = [
        _market(results),
        Show("preset", "类型", "Kind", through=words(PRESETS)),
        Show("rule", "规则", "Rule", through=words(RULES)),
        Show("requests", "需求", "Requests", "number"),
        Show("listings", "供给", "Listings", "number"),
        Show("placed", "已匹配", "Placed", "number"),
        Show("unserved", "无可受理对象", "Fit nothing", "number"),
    ]
    warned: list[Record] = []
    if invented.any():
        told = Text(
            f"{int(invented.sum())} 个市场的数据为虚构，只演示方法，不能作为任何结论的依据。",
            f"The data of {int(invented.sum())} market(s) are invented: they show the method and "
            "support no finding.",
        )
        warned = [Callout(told)]
    return [*warned, shown(results, "markets", columns)]


def _checks(results: Results) -> list[Record]:
    columns = [
        _market(results),
        Show("check", "核对", "Check", through=words(CHECKS)),
        Show("value", "数值", "Value", "number", 1),
    ]
    return [shown(results, "market_checks", columns, filter_by="market")]


def _outcome(results: Results) -> list[Record]:
    frame = results.frame("market_outcome")
    placed = frame[frame["listing"].notna()]
    rows = placed.groupby("market", sort=False).head(_MOST)
    columns = [
        _market(results),
        Show("request_zh", "需求方", "Request"),
        Show("listing_zh", "供给方", "Listing"),
        Show("rank", "其清单中的位次", "Rank in its list", "number"),
        Show("score", "得分", "Score", "number", 2),
        Show("share", "满足比例", "Share met", "share", 0),
    ]
    title = Text(f"匹配结果（各市场前 {_MOST} 项）", f"Who got what, first {_MOST} of each market")
    return [shown(results, "market_outcome", columns, rows=rows, title=title, filter_by="market")]


def _why(results: Results) -> list[Record]:
    frame = results.frame("market_outcome")
    without = frame[frame["listing"].isna()].groupby("market", sort=False).head(_MOST)
    without = without.assign(breaks_zh=without["breaks_zh"].replace("", None))
    columns = [
        _market(results),
        Show("request_zh", "需求方", "Request"),
        Show("reason_zh", "原因", "Why not", english="reason_en"),
        Show("nearest", "差得最少的供给", "Nearest listing"),
        Show("breaks_zh", "不满足的条件", "What it does not meet", english="breaks_en"),
    ]
    title = Text(
        f"未匹配者及原因（各市场前 {_MOST} 项）",
        f"Who has nothing, and why, first {_MOST} of each market",
    )
    return [
        shown(results, "market_outcome", columns, rows=without, title=title, filter_by="market")
    ]


def _lists(results: Results) -> list[Record]:
    frame = results.frame("market_lists")
    first = frame.groupby("market", sort=False)["request"].transform("first")
    rows = frame[frame["request"] == first]
    columns = [
        _market(results),
        Show("request_zh", "需求方", "Request"),
        Show("rank", "位次", "Rank", "number"),
        Show("listing_zh", "供给方", "Listing"),
        Show("score", "得分", "Score", "number", 2),
        Show("parts_zh", "得分构成", "What the score is made of", english="parts_en"),
    ]
    title = Text("排序清单示例（各市场第一家）", "A ranked list, the first request of each market")
    return [shown(results, "market_lists", columns, rows=rows, title=title)]


def _registry(results: Results) -> list[Record]:
    frame = results.frame("market_scenarios")
    runnable = frame[frame["study"].notna()]
    status = frame["status"].value_counts()
    told = Text(
        f"登记册共 {len(frame)} 个场景，其中开放 {int(status.get('open', 0))} 个，"
        f"{int((frame['versions'] > 1).sum())} 个有新版本，{len(runnable)} 个可由研究计算。",
        f"The registry holds {len(frame)} scenarios: {int(status.get('open', 0))} open, "
        f"{int((frame['versions'] > 1).sum())} with a later version, {len(runnable)} that a study "
        "computes.",
    )
    columns = [
        Show("listing", "场景", "Scenario"),
        Show("study", "研究", "Study"),
        Show("scenario", "情景", "Scenario in it"),
        Show("last", "版本日期", "Version of"),
    ]
    records: list[Record] = [Callout(told)]
    if len(runnable):
        records.append(shown(results, "market_scenarios", columns, rows=runnable))
    return records


def _surrender(results: Results) -> list[Record]:
    columns = [
        _market(results),
        Show("facility", "设施", "Facility"),
        Show("due", "应清缴", "Due", "number"),
        Show("surrendered", "已清缴", "Surrendered", "number"),
        Show("short", "缺口", "Short", "number"),
        Show("kept", "结存", "Kept", "number"),
    ]
    return [shown(results, "allowance_surrendered", columns)]


_OUTCOME = ("market", "request_zh", "listing_zh", "rank", "score", "share", "reason_zh", "nearest")
SECTION = Section(
    "markets",
    Text("市场", "Markets"),
    [
        Part(Text("市场", "markets"), {"markets": ("market", "rule", "invented")}, _overview),
        Part(
            Text("核对", "checks"),
            {"market_checks": ("value",)},
            _checks,
        ),
        Part(
            Text("匹配结果", "who got what"),
            {"market_outcome": _OUTCOME},
            _outcome,
        ),
        Part(
            Text("未匹配者", "who has nothing"),
            {"market_outcome": _OUTCOME},
            _why,
        ),
        Part(
            Text("排序清单", "ranked lists"),
            {"market_lists": ("request_zh", "parts_zh", "parts_en")},
            _lists,
        ),
        Part(
            Text("场景登记册", "registry of scenarios"),
            {"market_scenarios": ("listing", "study", "versions")},
            _registry,
        ),
        Part(
            Text("配额清缴", "surrender of allowances"),
            {"allowance_surrendered": ("facility", "short")},
            _surrender,
        ),
    ],
    over="markets",
)
