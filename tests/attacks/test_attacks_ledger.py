"""Attacks on log, witnesses and receipts, by their number in the threat model."""

import base64
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "attest"))
from ledger_rig import KEY, ORIGIN, WITNESSES, Rig

from buju.attest import ledger, verify
from buju.attest.ledger import LedgerRefused, tiles

PLAIN = ledger.Trust(ledger.make_policy(KEY.verifier))


def receipt(entries=7, index=3, witnesses=()):
    leaves = [ledger.leaf_hash(b"%d" % i) for i in range(entries)]
    nodes = lambda level, i: ledger.root(leaves[i << level : (i + 1) << level])  # noqa: E731
    text = ledger.format_checkpoint(ORIGIN, entries, ledger.root(leaves))
    note = ledger.sign_note(text, [KEY.signer, *[w.signer for w in witnesses]])
    proof = ledger.inclusion_proof(index, entries, nodes)
    return ledger.Proof(index, tuple(proof), note, b"%d" % index)


def refused(path, trust=None, **options):
    """The code with which a log does not open, and its audit line's code."""
    with pytest.raises(LedgerRefused) as found:
        ledger.Log.open(path, KEY.signer, **options)
    lines = ledger.Audit(path / "audit.jsonl").lines()
    return found.value, lines[-1]["code"]


@pytest.fixture
def folder(tmp_path):
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer) as log:
        log.append([b"%d" % i for i in range(20)])
        log.append([b"%d" % i for i in range(20, 30)])
    return tmp_path / "log"


def change(folder, *statements):
    connection = sqlite3.connect(folder / "ledger.sqlite")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@given(st.data())
def test_attack_10_one_bit_in_a_receipt(data):
    text = ledger.format_proof(receipt(witnesses=WITNESSES[:1])).encode()
    at = data.draw(st.integers(0, len(text) - 1))
    changed = bytearray(text)
    changed[at] ^= 1 << data.draw(st.integers(0, 7))
    trust = ledger.Trust(ledger.make_policy(KEY.verifier, [("w", WITNESSES[0].verifier, "")], 1))
    assert ledger.verify_receipt(text, trust).final
    try:
        found = ledger.verify_receipt(bytes(changed), trust)
    except LedgerRefused:
        return
    # Only the name or key id of the witness's line can change without a refusal: it is then
    # an unknown signature, and the receipt is no longer final.
    assert not found.final


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_attack_10_one_bit_in_the_store(folder, data):
    table, column = data.draw(st.sampled_from(
        [("entry", "leaf"), ("entry", "hash"), ("node", "hash"),
         ("checkpoint", "root")]))  # fmt: skip
    connection = sqlite3.connect(folder / "ledger.sqlite")
    keys = {"entry": "idx", "node": "level*1000+idx", "checkpoint": "size"}[table]
    rows = connection.execute(f"SELECT {keys}, {column} FROM {table} WHERE {column}!=''").fetchall()
    key, good = data.draw(st.sampled_from(rows))
    bad = bytearray(good)
    bad[data.draw(st.integers(0, len(bad) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    query = f"UPDATE {table} SET {column}=? WHERE {keys}=?"
    connection.execute(query, (bytes(bad), key))
    connection.commit()
    wrong, line = refused(folder)
    assert wrong.code == line == "database-altered" and wrong.index is not None
    connection.execute(query, (good, key))
    connection.commit()
    connection.close()
    with ledger.Log.open(folder, KEY.signer) as log:
        assert log.size == 30


def test_attack_10_a_tile_and_the_published_checkpoint(folder):
    for name in ("tile/0/000.p/30", "tile/entries/000.p/30", "checkpoint"):
        path = folder / "public" / name
        good = path.read_bytes()
        path.write_bytes(good[:10] + bytes([good[10] ^ 1]) + good[11:])
        wrong, line = refused(folder)
        assert wrong.code == line and wrong.code in ("public-altered", "note-signature")
        path.write_bytes(good)


@pytest.mark.parametrize(("statements", "first"), [
    (["DELETE FROM entry WHERE idx=7"], 7),
    (["DELETE FROM entry WHERE idx=29"], 29),
    (["UPDATE entry SET idx=-1 WHERE idx=4", "UPDATE entry SET idx=4 WHERE idx=5",
      "UPDATE entry SET idx=5 WHERE idx=-1"], 4),
    (["UPDATE entry SET leaf=x'00' WHERE idx=11"], 11),
    (["INSERT INTO entry VALUES(30, x'00', zeroblob(32))"], 30),
])  # fmt: skip
def test_attack_11_rows_changed_by_hand(folder, statements, first):
    change(folder, *statements)
    wrong, line = refused(folder)
    assert (wrong.code, line, wrong.index) == ("database-altered", "database-altered", first)
    assert str(first) in str(wrong)


def forge(rig, name, entries):
    """A second history under the log's own key, as an operator could make it."""
    with rig.create(name) as log:
        log.append(entries)
    return rig.path / name


def test_attack_12_operator_rewrites_and_signs_again(tmp_path):
    rig = Rig(tmp_path)
    with rig.create(entries=5) as log:
        log.gather()
        old = log.receipt(1)
    shutil.rmtree(tmp_path / "log")
    ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer).close()
    with ledger.Log.open(tmp_path / "log", KEY.signer) as log:
        log.append([b"rewritten %d" % i for i in range(5)])
    rig.trust.write(tmp_path / "log" / "trust.json")
    wrong, line = refused(tmp_path / "log")
    assert wrong.code == line == "fork"
    assert wrong.evidence.holds([KEY.verifier]) and "两个根" in wrong.evidence.describe()
    kept = next((tmp_path / "log" / "evidence").iterdir()).read_text()
    assert ledger.parse_evidence(kept).holds([KEY.verifier])
    assert ledger.verify_receipt(old, rig.trust).final  # what was final stays provable
    rig.close()


def test_attack_13_split_view_never_has_two_quorums(tmp_path):
    rig = Rig(tmp_path)
    split = []
    for name, asked in (("left", [0, 1]), ("right", [2, 1])):
        members = [(f"w{i}", WITNESSES[i].verifier, rig.servers[i].url) for i in asked]
        trust = ledger.Trust(ledger.make_policy(KEY.verifier, members, 1))
        with ledger.Log.create(tmp_path / name, ORIGIN, KEY.signer) as log:
            log.append([name.encode()])
        trust.write(tmp_path / name / "trust.json")
        try:
            with ledger.Log.open(tmp_path / name, KEY.signer) as log:
                split.append(log.receipt(0))
        except LedgerRefused as wrong:
            assert wrong.code == "fork"
            with ledger.Log.open(tmp_path / name) as log:
                split.append(log.receipt(0))
    finals = [ledger.verify_receipt(one, rig.trust).final for one in split]
    assert finals == [True, False]
    found = ledger.find_split([ledger.parse_proof(one).note for one in split], [KEY.verifier])
    assert len(found) == 1 and found[0].holds([KEY.verifier]) and ORIGIN in found[0].describe()
    rig.close()


def test_attack_14_offline_witnesses(tmp_path):
    rig = Rig(tmp_path)
    with rig.create(entries=2) as log:
        rig.servers.pop().close()
        gathered = log.gather()
        assert gathered.final and set(gathered.failed) == {"w2"}
        log.append([b"more"])
        rig.servers.pop().close()
        gathered = log.gather()
        assert not gathered.final and set(gathered.failed) == {"w1", "w2"}
        assert log.audit.lines()[-1]["code"] == "below-quorum" and log.size == 3
        path = tmp_path / "r.tlog-proof"
        path.write_text(log.receipt(2))
        assert not ledger.verify_receipt(log.receipt(2), rig.trust).final
        assert verify.main([str(path), "--trust", str(tmp_path / "log/trust.json")]) == 1
    rig.close()


def test_attack_15_yesterdays_backup(tmp_path):
    rig = Rig(tmp_path)
    rig.create(entries=3).close()
    shutil.copytree(tmp_path / "log", tmp_path / "backup")
    with rig.open() as log:
        log.append([b"today"])
        log.gather()
    # Only the database comes back: the published checkpoint tells.
    shutil.copy(tmp_path / "backup/ledger.sqlite", tmp_path / "log/ledger.sqlite")
    for rest in (tmp_path / "log").glob("ledger.sqlite-*"):
        rest.unlink()
    wrong, line = refused(tmp_path / "log", ask_witnesses=False)
    assert wrong.code == line == "rolled-back"
    # The whole folder comes back: the witnesses tell.
    wrong, line = refused(tmp_path / "backup")
    assert wrong.code == line == "rolled-back" and "4" in str(wrong)
    rig.close()


def b64(data):
    return base64.b64encode(data).decode()


def test_attack_16_notes_and_checkpoints_out_of_form():
    good = ledger.sign_note(ledger.format_checkpoint(ORIGIN, 1, bytes(32)), [KEY.signer])
    keys = [KEY.verifier]
    unknown = "— stranger.example " + b64(bytes(68)) + "\n"
    other_id = f"— {ORIGIN} " + b64(bytes(68)) + "\n"
    type_5 = f"— {ORIGIN} " + b64(b"\x05" * 40) + "\n"
    assert len(ledger.open_note(good + unknown + other_id + type_5, keys).signatures) == 1
    assert ledger.open_note(good + unknown * 20, keys).text
    for bad in (
        good.replace("\n", "\r\n"), good[:-2] + "B\n", good.replace("= ", "=  "), good[:-1],
        good + "— x y\n", good.replace("— ", "- "), good + "\n",
    ):  # fmt: skip
        if bad != good:
            with pytest.raises(LedgerRefused):
                ledger.open_note(bad, keys)
    head, root = ORIGIN, b64(bytes(32))
    for bad in (
        f"{head}\n01\n{root}\n", f"{head}\n9223372036854775808\n{root}\n", f"{head}\n-1\n{root}\n",
        f"{head}\n1\n{b64(bytes(31))}\n", f"{head}\n1\n{root[:-2]}B=\n", f"{head}\n1\n{root}",
        f"\n1\n{root}\n", f"{head}\n1\n{root}\n\n", f"{head}\r\n1\n{root}\n",
        f"{head}\n１\n{root}\n",
    ):  # fmt: skip
        with pytest.raises(LedgerRefused, match="checkpoint-malformed"):
            ledger.parse_checkpoint(bad)
    stranger = ledger.Trust(ledger.make_policy(ledger.generate_key("other.example/log").verifier))
    with pytest.raises(LedgerRefused, match="log-unknown"):
        ledger.verify_receipt(ledger.format_proof(receipt()), stranger)


def test_attack_17_inner_node_as_leaf_and_wrong_paths():
    leaves = [ledger.leaf_hash(b"%d" % i) for i in range(4)]
    root = ledger.root(leaves)
    inner = leaves[0] + leaves[1]
    right = ledger.node_hash(*leaves[2:])
    assert not ledger.verify_inclusion(0, 2, ledger.leaf_hash(inner), [right], root)
    assert not ledger.verify_inclusion(0, 4, ledger.node_hash(*leaves[:2]), [right], root)
    good = [leaves[1], right]
    assert ledger.verify_inclusion(0, 4, leaves[0], good, root)
    for bad in (good[::-1], good[:1], [*good, right], [], [right, right]):
        assert not ledger.verify_inclusion(0, 4, leaves[0], bad, root)


def test_attack_22_clocks(tmp_path):
    now = [2_000_000_000.0]
    path = tmp_path / "log"
    log = ledger.Log.create(path, ORIGIN, KEY.signer, clock=lambda: now[0])
    log.append([b"one"])
    now[0] -= 60  # a small step back is held
    log.append([b"two"])
    times = [t for (t,) in log.connection.execute("SELECT time FROM checkpoint ORDER BY size")]
    assert times == sorted(times)
    for step in (-3600, 3600):
        now[0] += step
        with pytest.raises(LedgerRefused, match="clock"):
            log.append([b"three"])
        now[0] -= step
    assert log.size == 2
    log.close()
    now[0] = 2**31 + 100.0  # past 2038
    with ledger.Log.open(path, KEY.signer, clock=lambda: now[0]) as log:
        assert log.append([b"three"]) == [2] and log.last_time > 2**31


def test_attack_22_witness_clock_ahead(tmp_path):
    rig = Rig(tmp_path, 1, 1)
    with rig.create(entries=1) as log:
        log.gather()
        text = log.receipt(0)
    now = ledger.verify_receipt(text, rig.trust).time
    with pytest.raises(LedgerRefused, match="clock"):
        ledger.verify_receipt(text, rig.trust, now=now - 3600)
    rig.close()


def kill(tmp_path, rounds, seed):
    script = Path(__file__).with_name("kill_append.py")
    done = subprocess.run([sys.executable, script, tmp_path, str(rounds), str(seed)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_attack_23_kill_9_at_30_points(tmp_path):
    assert "30 killed" in kill(tmp_path, 30, 1)


@pytest.mark.long
def test_attack_23_kill_9_at_300_points(tmp_path):
    assert "300 killed" in kill(tmp_path, 300, 2)


def test_attack_23_committed_but_not_published(folder, monkeypatch):
    with ledger.Log.open(folder, KEY.signer) as log:
        monkeypatch.setattr(tiles, "publish", lambda *_: (_ for _ in ()).throw(OSError("gone")))
        with pytest.raises(LedgerRefused, match="disk"):
            log.append([b"late"])
    monkeypatch.undo()
    with ledger.Log.open(folder, KEY.signer) as log:
        assert log.size == 31 and log.published == 31


def test_attack_24_disk_errors_stop_the_log(folder, monkeypatch):
    import os

    with ledger.Log.open(folder, KEY.signer) as log:
        failing = lambda handle: (_ for _ in ()).throw(OSError(5, "I/O error"))  # noqa: E731
        with monkeypatch.context() as patch:
            patch.setattr("buju.attest.stores.files.os.fsync", failing)
            with pytest.raises((LedgerRefused, OSError)):
                log.append([b"lost?"])
        with pytest.raises(LedgerRefused, match="stopped"):
            log.append([b"more"])
    assert os.fsync is not failing


def test_attack_24_a_full_disk(folder):
    with ledger.Log.open(folder, KEY.signer) as log:
        (pages,) = log.connection.execute("PRAGMA page_count").fetchone()
        log.connection.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(LedgerRefused, match="disk"):
            log.append([bytes(60_000)] * 20)
        assert log.size == 30 and log.audit.lines()[-1]["code"] == "disk"


@pytest.mark.parametrize("keep", [0, 100, 4096, 12_000])
def test_attack_24_truncated_database(folder, keep):
    path = folder / "ledger.sqlite"
    path.write_bytes(path.read_bytes()[:keep])
    wrong, line = refused(folder)
    assert wrong.code == line and wrong.code in ("database-damaged", "database-altered")


def test_attack_24_torn_page(folder):
    path = folder / "ledger.sqlite"
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 3 + 2048] = bytes(2048)
    path.write_bytes(bytes(data))
    wrong, _ = refused(folder)
    assert wrong.code in ("database-damaged", "database-altered")


def test_attack_25_two_writers(folder):
    with ledger.Log.open(folder, KEY.signer) as log:
        wrong, _ = second_writer(folder)
        assert wrong.code == "locked" and log.append([b"one"]) == [30]


def second_writer(folder):
    with pytest.raises(LedgerRefused) as found:
        ledger.Log.open(folder, KEY.signer)
    return found.value, None


def test_attack_26_a_partial_tile_at_a_full_path(tmp_path):
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer) as log:
        log.append([b"%d" % i for i in range(255)])
        full = log.public / tiles.tile_path(0, 0)
        full.write_bytes((log.public / tiles.tile_path(0, 0, 255)).read_bytes())
        with pytest.raises(LedgerRefused, match="public-altered"):
            log.append([b"255"])


def test_attack_32_offline_on_a_clean_machine(tmp_path):
    """Site packages hold `cryptography` alone; no network is asked; the verdict is the same."""
    import cffi
    import cryptography

    clean = tmp_path / "clean"
    clean.mkdir()
    for module in (cryptography, cffi):
        (clean / module.__name__).symlink_to(Path(module.__file__).parent)
    for extra in Path(cffi.__file__).parent.parent.glob("_cffi_backend*"):
        (clean / extra.name).symlink_to(extra)
    (clean / "buju").symlink_to(Path(ledger.__file__).parents[2])
    file, trust = tmp_path / "r.tlog-proof", tmp_path / "trust.json"
    members = [("w", WITNESSES[0].verifier, "")]
    final = ledger.Trust(ledger.make_policy(KEY.verifier, members, 1))
    good = ledger.format_proof(receipt(witnesses=WITNESSES[:1]))
    alone = ledger.format_proof(receipt())
    for text, believed, code in (
        (good, final, 0), (good, PLAIN, 0), (alone, final, 1),
        (good.replace("index 3", "index 4"), final, 1),
    ):  # fmt: skip
        file.write_text(text)
        believed.write(trust)
        command = ["-S", "-c", "import sys; sys.path.insert(0, sys.argv.pop(1)); "
                   "sys.addaudithook(lambda e, _: sys.exit(9) if e == 'socket.connect' else None); "
                   "from buju.attest.verify import main; sys.exit(main())",
                   str(clean), str(file), "--trust", str(trust)]  # fmt: skip
        done = subprocess.run([sys.executable, "-I", *command], capture_output=True, text=True)
        assert done.returncode == code == verify.main([str(file), "--trust", str(trust)]), done
