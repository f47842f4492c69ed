"""The log itself: order, tiles, receipts, clock."""

import pytest
from ledger_rig import KEY, ORIGIN, Rig

from buju.attest import ledger
from buju.attest.ledger import LedgerRefused, tiles


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A log grown through the sizes at which tiles fill up."""
    folder = tmp_path_factory.mktemp("large") / "log"
    log = ledger.Log.create(folder, ORIGIN, KEY.signer)
    for size in (255, 256, 257, 65_536, 65_537, 66_000):
        log.append([b"%d" % i for i in range(log.size, size)])
    yield log
    log.close()


@pytest.mark.parametrize("size", [255, 256, 257, 65_536, 65_537])
def test_tiles_equal_a_rebuild_from_the_entries(large, size):
    leaves = [ledger.leaf_hash(b"%d" % i) for i in range(size)]
    level, hashes = 0, leaves
    while hashes:
        for index in range(0, -(-len(hashes) // 256)):
            part = hashes[index * 256 : (index + 1) * 256]
            path = large.public / tiles.tile_path(level, index, len(part))
            assert path.read_bytes() == b"".join(part)
        whole = len(hashes) // 256
        hashes = [ledger.root(hashes[i * 256 : (i + 1) * 256]) for i in range(whole)]
        level += 1
    assert ledger.parse_checkpoint(
        ledger.open_note(large.checkpoint(size), [KEY.verifier]).text
    ).root == ledger.root(leaves)


def test_a_rebuild_gives_the_same_files(tmp_path):
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer) as log:
        log.append([b"%d" % i for i in range(700)])
        log.rebuild(tmp_path / "again")
        for path in (tmp_path / "again").rglob("*"):
            if path.is_file():
                there = log.public / path.relative_to(tmp_path / "again")
                assert there.read_bytes() == path.read_bytes()


def test_a_fresh_log_says_that_no_witness_is_asked(tmp_path):
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer) as log:
        log.append([b"one"])
        found = ledger.verify_receipt(log.receipt(0), log.trust)
    assert (found.final, found.quorum, found.entry) == (False, "none", b"one")


def test_rows_alongside_live_and_die_with_the_entry(tmp_path):
    schema = "CREATE TABLE IF NOT EXISTS nonce(value TEXT PRIMARY KEY)"
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer, schema=schema) as log:

        def use(connection, indices):
            connection.execute("INSERT INTO nonce VALUES('n')")

        log.append([b"one"], alongside=use)
        with pytest.raises(LedgerRefused):
            log.append([b"two"], alongside=use)
        assert (log.size, log.find(ledger.leaf_hash(b"two"))) == (1, None)


def test_receipts_verify_at_every_size(tmp_path):
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer) as log:
        for i in range(20):
            log.append([b"%d" % i])
        for size in range(1, 21):
            for index in range(size):
                found = ledger.verify_receipt(log.receipt(index, size), log.trust)
                assert (found.index, found.size, found.entry) == (index, size, b"%d" % index)
        with pytest.raises(LedgerRefused, match="size-unsigned"):
            log.receipt(5, 3)


def test_witnesses_that_are_not_asked_do_not_make_it_final(tmp_path):
    rig = Rig(tmp_path)
    with rig.create(entries=3) as log:
        assert not ledger.verify_receipt(log.receipt(0), rig.trust).final
        assert log.gather().final
        found = ledger.verify_receipt(log.receipt(0), rig.trust)
        assert found.final and found.time and set(found.cosigned) == {"w0", "w1", "w2"}
    rig.close()
