"""The main job: the Shanxi study from tables to report, stage by stage, in a process of its own.

Writes `results/main_job.json`: seconds by stage (median of the runs), peak memory, the machine in
words. Seconds depend on the machine; compare them within one file only.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
RUNS = 3


def one_run(folder: Path) -> dict[str, object]:
    """Run the command line once in a fresh process and read what it recorded."""
    code = f"""
import json, resource, time
from pathlib import Path
start = time.perf_counter()
import buju
imported = time.perf_counter() - start
bundle = buju.run_study({str(HERE.parent / "examples/shanxi")!r}, out={str(folder)!r})
begun = time.perf_counter()
buju.render(bundle)
record = json.loads(Path(bundle.path, "run.json").read_text())
record["seconds"]["report"] = round(time.perf_counter() - begun, 3)
record["seconds"]["whole"] = round(time.perf_counter() - start, 3)
record["seconds"]["import"] = round(imported, 4)
record["peak_memory_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
print(json.dumps(record))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Run, take medians, keep the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        runs = [one_run(Path(scratch) / "bundle") for _ in range(RUNS)]
    stages = runs[0]["seconds"]
    result = {
        "what": "buju run examples/shanxi, report included",
        "runs": RUNS,
        "median_seconds": {
            name: statistics.median(run["seconds"][name] for run in runs) for name in stages
        },
        "peak_memory_mib": max(run["peak_memory_mib"] for run in runs),
        "cores": os.cpu_count(),
        "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS", "unset"),
        "machine": platform.machine(),
        "python": runs[0]["python"],
        "libraries": runs[0]["libraries"],
    }
    path = HERE / "results/main_job.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
