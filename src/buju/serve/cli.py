"""The command line: `buju check`, `new`, `run`, `report`, `serve`.

Exit codes: 0 done, 1 the answer is no, 2 wrong use, 130 interrupted. Heavy rooms are imported
inside commands.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="buju",
    help="布局 buju: a regional development layout from tables to report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Argument(help="Region folder, .xlsx or .gpkg / 区域数据文件夹")]
StudyPath = Annotated[Path, typer.Argument(help="study.yaml or its folder / 研究文件或其文件夹")]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version as installed

        typer.echo(f"buju {installed('buju')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
) -> None:
    """布局 buju: a regional development layout from tables to report."""


@app.command()
def check(region: Folder) -> None:
    """Check a region's tables; one line a fault. 检查区域数据，一行一个问题。"""
    from buju.region import examine_region

    found = examine_region(region)
    for fault in found.faults:
        typer.echo(str(fault))
    for note in found.notes:
        typer.echo(f"注意 note: {note}")
    if found.faults:
        typer.echo(f"{len(found.faults)} 个问题 / fault(s)", err=True)
        raise typer.Exit(1)
    typer.echo(f"{region}: 没有问题 / no faults")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet / 新文件夹")],
) -> None:
    """Write an empty region template with an Excel twin. 新建区域数据模板（含 Excel）。"""
    from buju.region import write_template

    write_template(folder)
    typer.echo(f"{folder}: 模板已写好 / template written; fill it and run `buju check {folder}`")


@app.command()
def run(
    study: StudyPath,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the bundle / 结果文件夹", show_default=False)
    ] = None,
    report: Annotated[bool, typer.Option(help="Write the report into the bundle.")] = True,
    workers: Annotated[
        int, typer.Option(min=0, help="Worker processes; 0: one a core, 1: none / 进程数")
    ] = 0,
) -> None:
    """Run a study from tables to report. 运行研究：从数据表到报告。"""
    from buju.serve.workers import one_thread_each, worker_processes

    with one_thread_each():
        # Imported here: numerical libraries read their threads when they are loaded.
        from buju.serve.progress import terminal_progress
        from buju.study import run_study

        signal.signal(signal.SIGTERM, _interrupt)
        try:
            with terminal_progress() as progress, worker_processes(workers) as executor:
                bundle = run_study(study, out=out, executor=executor, progress=progress)
        except KeyboardInterrupt:
            typer.echo("已中止，没有写入任何结果 / stopped; nothing was written", err=True)
            raise typer.Exit(130) from None
    for row in bundle.frame("findings").itertuples():
        typer.echo(f"{row.number}. {row.zh}\n   {row.en}")
    typer.echo(f"结果 bundle: {bundle.path}")
    if report:
        _report(bundle.path)


@app.command("report")
def report_command(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle / 结果文件夹")],
) -> None:
    """Write the report of a bundle. 由结果文件夹生成报告。"""
    _report(bundle)


def _interrupt(_signal: int, _frame: object) -> None:
    """Being told to end is an interrupt: workers are ended and nothing half written stays."""
    raise KeyboardInterrupt


def _report(folder: Path) -> None:
    from buju.report import render
    from buju.study import Bundle

    typer.echo(f"报告 report: {render(Bundle.read(folder))}")


@app.command()
def serve(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle / 结果文件夹")],
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8765,
) -> None:
    """Show a bundle's report in the browser of this machine. 在本机浏览器中查看报告。"""
    from buju.serve.loopback import serve_folder
    from buju.study import Bundle

    serve_folder(Bundle.read(bundle).path, port, typer.echo)


def main(arguments: list[str] | None = None) -> None:
    """Entry point: a refusal becomes its message and exit code 1."""
    from buju.errors import BujuError

    try:
        app(args=arguments, prog_name="buju", standalone_mode=True)
    except BujuError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        where, why = error.filename or "—", error.strerror or str(error)
        typer.echo(f"无法读写 {where}：{why}", err=True)
        typer.echo(
            f"cannot read or write {where}: {why}; give a folder that you may write", err=True
        )
        raise SystemExit(1) from None
