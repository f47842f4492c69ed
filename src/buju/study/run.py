"""From a study file to a bundle: stages in order, written aside, put in place at the end."""

from __future__ import annotations

import hashlib
import platform
import resource
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from buju.errors import StudyError
from buju.study import geopackage
from buju.study.bundle import Bundle, write_files, write_json, write_tables, writing
from buju.study.context import Executor, Progress, Run, silent
from buju.study.ledgers import require_ledger
from buju.study.load import Study, load_study
from buju.study.signing import sign
from buju.study.stages import STAGES

_LIBRARIES = ("numpy", "scipy", "pandas", "geopandas", "shapely", "pyarrow")
# The record's files beside the tables; the manifest holds the hash of each.
_OTHER_FILES = ("resolved.yaml", "verdicts.csv", "region.gpkg")


def run_study(
    path: str | Path,
    *,
    out: str | Path | None = None,
    executor: Executor | None = None,
    progress: Progress = silent,
) -> Bundle:
    """Run a study and write its bundle.

    Parameters
    ----------
    path
        The study file, or the folder that holds `study.yaml`.
    out
        Folder of the bundle; `out/<name of the study file>` beside it by default. A bundle that
        is there already is replaced only when the new one is complete.
    executor
        Anything with the `map` of `concurrent.futures.Executor`: threads, processes, a cluster. It
        spreads the draws; results are the same with any.
    progress
        Called with what is being done and the share that is done.

    Returns
    -------
    Bundle
        The finished bundle.

    Raises
    ------
    StudyError, RegionError
        The study or its tables have faults; nothing is computed or written then.
    NotCertified
        An equilibrium could not be certified; nothing is written then.
    NotSigned
        The study asks for a signature that was refused; the bundle stands, and the error holds it.
    """
    began = time.perf_counter()
    progress("read", 0.0)
    study = load_study(path)
    require_ledger(study)
    folder = Path(out) if out is not None else study.path.parent / "out" / study.path.stem
    _refuse_to_overwrite(folder)
    seconds = {"read": time.perf_counter() - began}
    run = Run(study, progress, executor)
    with writing(folder) as aside:
        for number, (name, stage) in enumerate(STAGES.items(), start=1):
            run.span = (number / (len(STAGES) + 2), (number + 1) / (len(STAGES) + 2))
            run.tell(name, 0.0)
            start = time.perf_counter()
            run.tables |= stage(run)
            seconds[name] = time.perf_counter() - start
        progress("write", 1 - 1 / (len(STAGES) + 2))
        start = time.perf_counter()
        manifest = _write(aside, study, run)
        seconds["write"] = time.perf_counter() - start
        write_json(aside / "run.json", _record(seconds))
    bundle = Bundle(folder, manifest)
    if study.spec.attest is not None and study.spec.attest.signs:
        progress("sign", 1 - 1 / (len(STAGES) + 2))
        sign(bundle, study)
    progress("done", 1.0)
    return bundle


def _refuse_to_overwrite(folder: Path) -> None:
    occupied = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if occupied and not (folder / "manifest.json").is_file():
        raise StudyError(
            f"{folder} exists and is no bundle; name another folder with --out",
            f"{folder} 已存在且不是结果文件夹；请用 --out 指定其他位置",
        )


def _write(aside: Path, study: Study, run: Run) -> dict[str, Any]:
    inputs = study.inputs()
    (aside / "resolved.yaml").write_text(study.resolved(), encoding="utf-8")
    lines = [f"{digest}  {name}\n" for name, digest in sorted(inputs.items())]
    (aside / "inputs.sha256").write_text("".join(lines), encoding="utf-8")
    run.frame("certificates").to_csv(aside / "verdicts.csv", index=False, lineterminator="\n")
    geopackage.write(aside / "region.gpkg", run)
    manifest = {
        "buju": version("buju"),
        "study": study.spec.study,
        "title_en": study.spec.title_en,
        "year": study.spec.year,
        "scenarios": _scenarios(study),
        "region": dict(study.region.package),
        "notes": list(study.region.notes),
        "inputs": inputs,
        "files": {name: _digest(aside / name) for name in _OTHER_FILES}
        | write_files(aside, run.files),
        "tables": write_tables(aside, run.tables),
        "left_out": {
            name: {"zh": zh, "en": en}
            for name, (zh, en) in sorted(run.left_out.items())
            if name not in run.tables
        },
    }
    write_json(aside / "manifest.json", manifest)
    return manifest


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _scenarios(study: Study) -> list[dict[str, Any]]:
    return [
        {
            "scenario": name,
            "title_zh": study.spec.scenarios[name].title_zh or name,
            "title_en": study.spec.scenarios[name].title_en or name,
            "date": scenario.date,
            "projects": list(scenario.projects),
        }
        for name, scenario in study.scenarios.items()
    ]


def _record(seconds: dict[str, float]) -> dict[str, Any]:
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "peak_memory_mib": round(peak_kib / 1024, 1),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }
