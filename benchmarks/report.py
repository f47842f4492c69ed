"""Seconds and sizes of the Shanxi report in every format; the PDF's bar is five seconds.

Run it by `OPENBLAS_NUM_THREADS=1 python benchmarks/report.py` after `buju run examples/shanxi`.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from buju.report import FORMATS

ROOT = Path(__file__).parents[1]
BAR = 5.0
REPEATS = 3


ONCE = """
import sys, time
from pathlib import Path
from buju.report import render
from buju.study.bundle import Bundle
bundle, began, used = Bundle.read(sys.argv[1]), time.perf_counter(), time.process_time()
path = render(bundle, sys.argv[2], sys.argv[3], Path(sys.argv[4]))
print(time.perf_counter() - began, time.process_time() - used, path.stat().st_size)
"""


def measured(bundle: Path, format: str, language: str, folder: Path) -> dict[str, float]:
    """Each time in a process of its own: typst remembers what it has once set."""
    command = [sys.executable, "-c", ONCE, str(bundle), format, language, str(folder / "r")]
    runs = [
        [float(word) for word in subprocess.check_output(command, text=True).split()]
        for _ in range(REPEATS)
    ]
    return {
        "seconds": round(statistics.median(run[0] for run in runs), 2),
        "cpu_seconds": round(statistics.median(run[1] for run in runs), 2),
        "kilobytes": round(runs[0][2] / 1e3),
    }


def main() -> None:
    bundle = ROOT / "examples/shanxi/out/study"
    with tempfile.TemporaryDirectory() as name:
        found = {
            f"{format} {language}": measured(bundle, format, language, Path(name))
            for format in FORMATS
            for language in ("zh", "en", "both")
        }
    out = ROOT / "benchmarks/results/report.json"
    held = {"pdf_bar_seconds": BAR, "formats": found}
    out.write_text(json.dumps(held, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(held, indent=2))
    slow = [key for key in found if key.startswith("pdf") and found[key]["seconds"] > BAR]
    sys.exit(f"slower than {BAR} s: {', '.join(slow)}" if slow else 0)


if __name__ == "__main__":
    main()
