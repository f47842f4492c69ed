"""Attacks 22 (civil time), 24 (disks) and 26 (tiles at another size than the newest)."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "attest"))
from ledger_rig import KEY, ORIGIN

from buju.attest import ledger
from buju.attest.ledger import LedgerRefused, tiles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with ledger.Log.create(tmp_path / "log", ORIGIN, KEY.signer) as log:
        log.append([b"%d" % i for i in range(30)])
    return tmp_path / "log"


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A zone whose clocks go back at 2026-10-25 01:00 UTC."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_attack_22_the_end_of_summer_time(tmp_path: Path, zone: None) -> None:
    change = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    hours = [change + timedelta(minutes=30 * k) for k in range(-3, 4)]
    wall = [time.strftime("%H:%M", time.localtime(h.timestamp())) for h in hours]
    assert len(set(wall)) < len(wall), "the wall clock shows one hour twice"
    now = [hours[0].timestamp()]
    path = tmp_path / "log"
    ledger.Log.create(path, ORIGIN, KEY.signer, clock=lambda: now[0]).close()
    for hour in hours:
        now[0] = hour.timestamp()
        with ledger.Log.open(path, KEY.signer, clock=lambda: now[0]) as log:
            log.append([hour.isoformat().encode()])
            times = [t for (t,) in log.connection.execute("SELECT time FROM checkpoint")]
    assert times[1:] == [int(hour.timestamp()) for hour in hours]
    assert times == sorted(times)


def test_attack_22_written_times_are_utc(zone: None) -> None:
    pytest.importorskip("rfc8785")
    from desk import READING

    from buju.attest.protocol.payloads import check_payload, written_time
    from buju.attest.refusal import Refused

    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert written_time(moment.timestamp()) == "2026-10-25T00:30:00Z"
    assert written_time(moment.timestamp() + 3600) == "2026-10-25T01:30:00Z"
    for other in ("2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00z"):
        with pytest.raises(Refused, match="time must be written"):
            check_payload(READING | {"time": other})


def unfinished(folder: Path, copy: Path) -> Path:
    """The folder as a crash leaves it: the last entries stand in the write-ahead log alone."""
    with ledger.Log.open(folder, KEY.signer) as log:
        log.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for i in range(4):
            log.append([b"late %d" % i])
        shutil.copytree(folder, copy)
    return copy


def refused(path: Path) -> LedgerRefused:
    with pytest.raises(LedgerRefused) as found:
        ledger.Log.open(path, KEY.signer)
    assert ledger.Audit(path / "audit.jsonl").lines()[-1]["code"] == found.value.code
    return found.value


def test_attack_24_a_truncated_write_ahead_log(folder: Path, tmp_path: Path) -> None:
    crashed = unfinished(folder, tmp_path / "crashed")
    wal = crashed / "ledger.sqlite-wal"
    whole = wal.read_bytes()
    assert len(whole) > 4096
    shutil.copytree(crashed, tmp_path / "whole")
    with ledger.Log.open(tmp_path / "whole", KEY.signer) as log:
        assert log.size == 34
    for at in (0, 31, 32, 5000, len(whole) // 2, len(whole) - 1):
        trial = tmp_path / f"cut-{at}"
        shutil.copytree(crashed, trial)
        (trial / "ledger.sqlite-wal").write_bytes(whole[:at])
        (trial / "ledger.sqlite-shm").unlink(missing_ok=True)
        # What was published is larger than what is left: the loss is seen, nothing is signed.
        assert refused(trial).code == "rolled-back"
        with ledger.Log.open(trial) as log:
            assert 30 <= log.size < 34


def test_attack_24_a_read_only_database(folder: Path) -> None:
    with ledger.Log.open(folder, KEY.signer) as log:
        log.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(LedgerRefused, match="disk"):
            log.append([b"no"])
        assert log.size == 30 and log.audit.lines()[-1]["code"] == "disk"
        with pytest.raises(LedgerRefused, match="stopped"):
            log.append([b"no"])
    with ledger.Log.open(folder) as log, pytest.raises(LedgerRefused, match="read-only"):
        log.append([b"no"])
    with ledger.Log.open(folder, KEY.signer) as log:
        assert log.append([b"again"]) == [30]


def test_attack_24_the_file_may_not_grow(folder: Path) -> None:
    """The kernel refuses the write (EFBIG), as a full or failing disk would."""
    with ledger.Log.open(folder, KEY.signer) as log:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))
        try:
            with pytest.raises(LedgerRefused, match="disk"):
                log.append([os.urandom(50_000)] * 8)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, kept)
        assert log.size == 30
        with pytest.raises(LedgerRefused, match="entry-missing"):
            log.receipt(30)
    with ledger.Log.open(folder, KEY.signer) as log:
        assert (log.size, log.append([b"again"])) == (30, [30])


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_attack_24_reopened_after_an_error_of_fsync(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    real, calls = os.fsync, [0]

    def fsync(handle: int) -> None:
        calls[0] += 1
        if calls[0] == failing:
            raise OSError(5, "Input/output error")
        real(handle)

    log = ledger.Log.open(folder, KEY.signer)
    with monkeypatch.context() as patch:
        patch.setattr("buju.attest.stores.files.os.fsync", fsync)
        with pytest.raises(LedgerRefused, match="disk"):
            log.append([b"committed, not published"])
    with pytest.raises(LedgerRefused, match="stopped"):
        log.append([b"more"])
    root = log.root
    log.close()
    with ledger.Log.open(folder, KEY.signer) as again:
        assert (again.size, again.root, again.published) == (31, root, 31)
        assert again.entry(30) == b"committed, not published"
        assert again.append([b"more"]) == [31]
        found = ledger.verify_receipt(again.receipt(30), again.trust)
        assert found.entry == b"committed, not published"


class TileReader:
    """A stranger with the public folder alone, at a size that need not be the newest."""

    def __init__(self, public: Path, size: int) -> None:
        self.public, self.size = public, size

    def hashes(self, level: int) -> list[bytes]:
        """All hashes of a tile level at this size."""
        count, found = self.size >> 8 * level, []
        for index in range(-(-count // 256)):
            width = min(256, count - 256 * index)
            data = self._tile(level, index, width)
            found += [data[32 * i : 32 * i + 32] for i in range(width)]
        return found

    def entry(self, index: int) -> bytes:
        """One entry out of its bundle."""
        width = min(256, self.size - index // 256 * 256)
        data, at = self._tile("entries", index // 256, width), 0
        for _ in range(index % 256):
            at += 2 + int.from_bytes(data[at : at + 2], "big")
        return data[at + 2 : at + 2 + int.from_bytes(data[at : at + 2], "big")]

    def _tile(self, level: int | str, index: int, width: int) -> bytes:
        """The partial tile, or the full one that has taken its place."""
        for path in (tiles.tile_path(level, index, width), tiles.tile_path(level, index)):
            if (self.public / path).exists():
                return (self.public / path).read_bytes()
        raise FileNotFoundError(f"{level}/{index}.p/{width}")

    def root(self) -> bytes:
        return ledger.root(self.hashes(0))

    def node(self, level: int, index: int) -> bytes:
        """Root of a complete subtree, out of the lowest tile level that holds it."""
        above, within = level // 8, level % 8
        count, begin = 1 << within, index << within
        width = min(256, (self.size >> 8 * above) - begin // 256 * 256)
        tile = self._tile(above, begin // 256, width)
        return _fold(tile, begin % 256, count)


def _fold(tile: bytes, start: int, count: int) -> bytes:
    row = [tile[32 * i : 32 * i + 32] for i in range(start, start + count)]
    while len(row) > 1:
        row = [ledger.node_hash(*row[i : i + 2]) for i in range(0, len(row), 2)]
    return row[0]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ledger.Log]:
    """66,000 entries; 65,537 was a size on the way."""
    log = ledger.Log.create(tmp_path_factory.mktemp("grown") / "log", ORIGIN, KEY.signer)
    for size in (65_537, 66_000):
        log.append([b"%d" % i for i in range(log.size, size)])
    yield log
    log.close()


def test_attack_26_a_reader_at_65537_of_66000(grown: ledger.Log) -> None:
    size = 65_537
    text = ledger.open_note(grown.checkpoint(size), [KEY.verifier]).text
    reader = TileReader(grown.public, size)
    assert reader.root() == ledger.parse_checkpoint(text).root
    for level in (1, 2):
        below = reader.hashes(level - 1)
        whole = [
            _fold(b"".join(below[i : i + 256]), 0, 256) for i in range(0, len(below) - 255, 256)
        ]
        assert reader.hashes(level) == whole
    point = ledger.parse_checkpoint(text)
    for index in (0, 255, 256, 65_535, 65_536):
        entry = reader.entry(index)
        assert entry == b"%d" % index
        proof = ledger.inclusion_proof(index, size, reader.node)
        leaf = ledger.leaf_hash(entry)
        assert ledger.verify_inclusion(index, size, leaf, proof, point.root)
    newest = ledger.parse_checkpoint(ledger.open_note(grown.checkpoint(), [KEY.verifier]).text)
    path = ledger.consistency_proof(size, 66_000, TileReader(grown.public, 66_000).node)
    assert ledger.verify_consistency(size, 66_000, path, point.root, newest.root)


def test_attack_26_a_changed_tile_is_seen_by_the_reader(grown: ledger.Log) -> None:
    path = grown.public / tiles.tile_path(0, 100)
    good = path.read_bytes()
    path.write_bytes(good[:32] + bytes([good[32] ^ 1]) + good[33:])
    try:
        text = ledger.open_note(grown.checkpoint(65_537), [KEY.verifier]).text
        assert TileReader(grown.public, 65_537).root() != ledger.parse_checkpoint(text).root
    finally:
        path.write_bytes(good)
