"""Progress on the terminal: a bar where somebody watches, a line a stage where nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

STAGES = {
    "read": "读取数据 reading tables",
    "attested": "核验回执 receipts",
    "layout": "布局要素 layout",
    "network": "旅行时间 travel times",
    "measure": "测度 measures",
    "structure": "结构 structure",
    "simulate": "空间均衡 equilibrium",
    "draws": "抽样求解 draws",
    "decide": "评价与选择 decisions",
    "definitions": "各种划分 definitions",
    "backtest": "回溯检验 back-tests",
    "markets": "市场 markets",
    "track": "目标跟踪 targets",
    "assess": "评价排名 assessment",
    "accounts": "能源与碳账户 accounts",
    "claims": "核验论断 claims",
    "findings": "主要发现 findings",
    "write": "写出结果 writing",
    "sign": "签署结果 signing",
    "report": "生成报告 report",
    "check": "核对问题 checking the question",
    "calibrate draws": "校准抽样 calibrating draws",
    "done": "完成 done",
}


@contextmanager
def terminal_progress() -> Iterator[Callable[[str, float], None]]:
    """A callback that shows what is being done, on standard error."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        said = ""

        def tell(what: str, share: float) -> None:
            nonlocal said
            words = STAGES.get(what, what)
            bar.update(task, completed=share, description=words)
            if not console.is_terminal and words != said:
                console.print(f"{share:4.0%} {words}", highlight=False)
                said = words

        yield tell
