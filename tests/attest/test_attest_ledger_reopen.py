"""Opening again: short where nothing has changed, whole where anything has, never weaker."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from ledger_rig import KEY, ORIGIN

from buju.attest import ledger
from buju.attest.ledger import LedgerRefused, checks, opening, verified

SIZE = 600  # two full tiles and a part


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer) as log:
        log.append([b"%d" % i for i in range(SIZE)])
    return tmp_path / "log"


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the databases that were checked whole since."""
    seen: list[int] = []
    check = checks.check_database

    def counted(database: object, key: str) -> int:
        seen.append(check(database, key))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr(opening.checks, "check_database", counted)
    return seen


def change(folder: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(folder / "ledger.sqlite")
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def refused(folder: Path) -> LedgerRefused:
    with pytest.raises(LedgerRefused) as wrong:
        ledger.Log.open(folder, KEY.signer)
    return wrong.value


def test_a_log_that_nobody_touched_is_not_checked_whole(folder, whole):
    for step in range(1, 4):
        with ledger.Log.open(folder, KEY.signer) as log:
            assert log.append([b"more"]) == [SIZE + step - 1]
    assert whole == []
    with ledger.Log.open(folder, KEY.signer, full=True) as log:
        assert log.size == SIZE + 3 and whole == [SIZE + 3]


def test_a_log_that_was_not_closed_is_checked_whole(folder, whole):
    log = ledger.Log.open(folder, KEY.signer)
    log.append([b"last"])
    log._lock.release()  # as a kill -9 would
    log.database.close()
    with ledger.Log.open(folder, KEY.signer) as again:
        assert whole == [SIZE + 1] == [again.size]


@pytest.mark.parametrize("index", [0, 255, 256, 511, 512, SIZE - 1])
def test_any_entry_changed_by_hand_is_named_at_the_next_start(folder, index):
    change(folder, "UPDATE entry SET leaf=x'00' WHERE idx=?", index)
    assert (refused(folder).code, refused(folder).index) == ("database-altered", index)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/001", "tile/1/000.p/2"])
def test_any_tile_changed_by_hand_is_named(folder, name):
    path = folder / "public" / name
    path.write_bytes(b"\xff" + path.read_bytes()[1:])
    assert refused(folder).code == "public-altered"


def test_times_set_back_do_not_hide_a_change(folder):
    database = folder / "ledger.sqlite"
    before = database.stat()
    change(folder, "UPDATE entry SET leaf=x'00' WHERE idx=3")
    os.utime(database, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert refused(folder).index == 3


def test_a_copy_in_its_place_is_checked_whole(folder, whole):
    shutil.copytree(folder, folder.parent / "copy")
    with ledger.Log.open(folder.parent / "copy", KEY.signer):
        assert whole == [SIZE]


@pytest.mark.parametrize("forged", ["{", "[]", '{"mac": 1}', None])
def test_a_mark_that_was_not_made_with_the_logs_key_is_none(folder, whole, forged):
    path = folder / verified.NAME
    if forged is None:
        record = json.loads(path.read_text())
        path.write_text(json.dumps(record | {"size": SIZE - 1}))
    else:
        path.write_text(forged)
    with ledger.Log.open(folder, KEY.signer):
        assert whole == [SIZE]


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        (f"UPDATE entry SET leaf=x'00' WHERE idx={SIZE - 1}", SIZE - 1),
        (f"UPDATE entry SET hash=zeroblob(32) WHERE idx={SIZE - 2}", SIZE - 2),
        (f"DELETE FROM entry WHERE idx={SIZE - 1}", SIZE),
        ("INSERT INTO entry VALUES(600, x'00', zeroblob(32))", SIZE),
        ("UPDATE node SET hash=zeroblob(32) WHERE level=9 AND idx=0", 512),
        ("UPDATE node SET hash=zeroblob(32) WHERE level=3 AND idx=64", 512),
        ("UPDATE checkpoint SET root=zeroblob(32) WHERE size=600", 512),
    ],
)
def test_the_end_of_the_tree_is_checked_even_where_the_mark_fits(
    folder, monkeypatch, statement, first
):
    """What a change in the tail meets when somebody has managed to make the state fit."""
    record = json.loads((folder / verified.NAME).read_text())
    mark = (record["size"], bytes.fromhex(record["root"]))
    change(folder, statement)
    monkeypatch.setattr(verified, "read", lambda *_: mark)
    wrong = refused(folder)
    assert wrong.code == "database-altered" and wrong.index == first


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET leaf=x'00' WHERE idx=3",
        "UPDATE entry SET hash=zeroblob(32) WHERE idx=2",
        "UPDATE node SET hash=zeroblob(32) WHERE level=1 AND idx=0",
    ],
)
def test_no_receipt_is_given_that_would_not_verify(folder, statement):
    """Even of an old entry that rotted on the disk where nobody was told."""
    with ledger.Log.open(folder, KEY.signer) as log:
        assert log.receipt(3)
        log.connection.execute(statement)
        with pytest.raises(LedgerRefused, match="entry 3 is the first wrong one") as wrong:
            log.receipt(3)
    assert wrong.value.code == "database-altered"


def test_a_reader_needs_no_key_and_no_whole_check(folder, whole):
    assert verified.unchanged(folder)
    with ledger.Log.open(folder) as log:
        assert log.size == SIZE and whole == []
    assert verified.unchanged(folder)


def test_a_log_that_stopped_leaves_no_mark(folder, whole, monkeypatch):
    with ledger.Log.open(folder, KEY.signer) as log:
        monkeypatch.setattr(log.database, "transact", lambda _: (_ for _ in ()).throw(OSError("x")))
        with pytest.raises(LedgerRefused, match="disk"):
            log.append([b"lost"])
        os.utime(folder / "ledger.sqlite")  # what a failing write may leave
    monkeypatch.undo()
    assert verified.read(folder, KEY.signer) is None
