"""Notes, cosignatures and tiles before an independent implementation, where one is installed.

`BUJU_TLOG_PYTHON` names a Python of 3.12 or newer that has `aics-tlog`.
"""

import os
import shutil
import subprocess

import pytest
from ledger_rig import KEY, ORIGIN, WITNESSES, Rig

from buju.attest import ledger

PYTHON = os.environ.get("BUJU_TLOG_PYTHON") or shutil.which("python3.12") or ""
ASK = """
import sys
from pathlib import Path
import aics_tlog as t
note, log_key, w_key, folder = Path(sys.argv[1]).read_text(), *sys.argv[2:5]
found = t.verify_checkpoint(
    t.parse_note(note), t.parse_vkey(log_key), [t.parse_vkey(w_key)], quorum=1)
assert found.valid if hasattr(found, "valid") else found.ok, found
root = t.tree_root_from_tiles(t.FileSystemTileReader(folder), int(sys.argv[5]))
print(root.hex())
"""


def peer(*arguments):
    return subprocess.run([PYTHON, "-c", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not PYTHON or peer("import aics_tlog").returncode != 0, reason="no aics-tlog")
@pytest.mark.parametrize("size", [255, 256, 257, 700])
def test_an_independent_implementation_reads_our_log(tmp_path, size):
    rig = Rig(tmp_path, 1, 1)
    with rig.create(entries=size) as log:
        log.gather()
        note = tmp_path / "note"
        note.write_text(log.checkpoint())
        found = peer(
            ASK, str(note), KEY.verifier, WITNESSES[0].verifier, str(log.public), str(size)
        )
        assert found.returncode == 0, found.stderr
        assert found.stdout.strip() == log.root.hex()
    rig.close()
    assert ledger.parse_checkpoint(note.read_text().partition("\n\n")[0] + "\n").origin == ORIGIN
