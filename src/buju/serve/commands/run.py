"""`buju run`: a study from tables to report."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(
    study: Annotated[Path, typer.Argument(help="study.yaml or its folder / 研究文件或其文件夹")],
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
        from buju.study.signing import NotSigned, signature_of

        signal.signal(signal.SIGTERM, _interrupt)
        refused: NotSigned | None = None
        try:
            with terminal_progress() as progress, worker_processes(workers) as executor:
                try:
                    bundle = run_study(study, out=out, executor=executor, progress=progress)
                except NotSigned as unsigned:  # the bundle stands, and the answer is no
                    bundle, refused = unsigned.bundle, unsigned
        except KeyboardInterrupt:
            typer.echo("已中止，没有写入任何结果 / stopped; nothing was written", err=True)
            raise typer.Exit(130) from None
    for row in bundle.frame("findings").itertuples():
        typer.echo(f"{row.number}. {row.zh}\n   {row.en}")
    typer.echo(f"结果 bundle: {bundle.path}")
    signed = signature_of(bundle)
    if signed is not None:
        from buju.attest.verify import WORDS

        typer.echo(f"签署 signed: {signed['signed_by']}, {WORDS[signed['verdict']]}")
    if report:
        from buju.report import render

        typer.echo(f"报告 report: {render(bundle)}")
    if refused is not None:
        raise refused


def _interrupt(_signal: int, _frame: object) -> None:
    """Being told to end is an interrupt: workers are ended and nothing half written stays."""
    raise KeyboardInterrupt
