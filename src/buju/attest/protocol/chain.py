"""From endpoint to chain to cloud on one machine: eight processes, four agencies, 3 of 4.

A capture terminal, the API, the log, four agencies' witnesses and a regulator's reader, each a
process of its own on loopback. 3 of 4 withstands one witness that colludes (`docs/explanation/
trust.md`). Several real hosts were not tried.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buju.attest import ledger
from buju.attest.protocol import http, officers
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.files import write_private
from buju.attest.protocol.site import Site
from buju.attest.refusal import refusal

AGENCIES = ("energy", "statistics", "ecology", "development")
QUORUM = 3
ORIGIN = "buju.example/chain"


@dataclass(frozen=True)
class Travelled:
    """A reading's way: seconds from terminal to the reader's offline verdict."""

    seconds: float
    entry: int
    verdict: str
    cosigned: tuple[str, ...]
    receipt: str


class Chain:
    """Starts the processes in a folder and ends them; a context manager.

    Parameters
    ----------
    folder
        An empty or new folder.
    finger
        What `--finger` takes; a generated finger by default, labelled synthetic.
    liar
        Whether the fourth witness cosigns whatever it is given.
    """

    def __init__(self, folder: Path, *, finger: str = "generator:7", liar: bool = False) -> None:
        self.folder = folder
        self._liar = liar
        names = [f"witness-{number}" for number in range(1, 5)]
        ports = http.free_ports(8)
        self.ports: dict[str, Any] = dict(
            zip(["log", "api", "terminal", "reader", *names], ports, strict=True)
        )
        self.ports |= {"officer": "officer-1", "finger": finger}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._prepare(names)

    def _prepare(self, names: list[str]) -> None:
        witnesses = []
        for name, agency in zip(names, AGENCIES, strict=True):
            key = ledger.generate_key(f"buju.example/{agency}", kind="witness")
            write_private(self.folder / name / "witness.key", key.signer.encode())
            url = f"http://127.0.0.1:{self.ports[name]}"
            witnesses.append((agency, key.verifier, url))
        site = Site.create(self.folder / "site", ORIGIN, witnesses=witnesses, quorum=QUORUM)
        consent = Consent.of_generator("officer-1", time.time())
        officers.enrol(site, "officer-1", self.ports["finger"], consent)
        (self.folder / "reader").mkdir()
        shutil.copy(self.folder / "site" / "trust.json", self.folder / "reader")
        (self.folder / "chain.json").write_text(json.dumps(self.ports))

    def __enter__(self) -> Chain:
        for number in range(1, 5):
            self.start(f"witness-{number}")
        for role in ("log", "api", "reader", "terminal"):
            self.start(role)
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._running):
            self.stop(name)

    def start(self, name: str) -> None:
        """Start one process by its name in `chain.json`."""
        if name.startswith("witness") and not (self._liar and name == "witness-4"):
            trust = ledger.Trust.read(self.folder / "reader" / "trust.json")
            arguments = ["buju.attest.ledger.witness", str(self.folder / name)]
            arguments += ["--key", str(self.folder / name / "witness.key")]
            arguments += ["--log", trust.policy.log_keys[0], "--port", str(self.ports[name])]
        else:
            role = "liar" if name.startswith("witness") else name
            arguments = ["buju.attest.protocol.roles", role, str(self.folder)]
        errors = (self.folder / f"{name}.stderr").open("wb")
        with errors:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments], stdout=subprocess.DEVNULL, stderr=errors
            )

    def stop(self, name: str) -> None:
        """Kill one process, as a crash would."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def _wait(self, seconds: float = 40) -> None:
        """Until everybody answers; the first to die is named with its last words."""
        until = time.monotonic() + seconds
        doors = {"api": "/checkpoint", "terminal": "/ready", "reader": "/ready"}
        while doors:
            for name, process in self._running.items():
                if process.poll() is not None:
                    words = (self.folder / f"{name}.stderr").read_text(errors="replace")
                    raise refusal("receipt", f"{name} ended: {words[-500:]}")
            for name in list(doors):
                try:
                    http.call(self.ports[name], doors[name], timeout=2)
                    del doors[name]
                except (OSError, urllib.error.URLError, refusal_type()):
                    time.sleep(0.05)
            if time.monotonic() > until:
                raise refusal("receipt", f"no answer from {', '.join(doors)}")

    def send(self, reading: dict[str, Any]) -> Travelled:
        """One reading, terminal to reader."""
        start = time.perf_counter()
        body = json.dumps(reading).encode()
        accepted = http.call(self.ports["terminal"], "/reading", body)
        summary = http.call(self.ports["reader"], "/read", accepted["receipt"].encode())
        return Travelled(
            time.perf_counter() - start,
            summary["entry"],
            summary["verdict"],
            tuple(summary["cosigned"]),
            accepted["receipt"],
        )

    def fork(self) -> Fork:
        """What a dishonest operator would do: a copy of the log as it is now, to go another way.

        The log rests while it is copied.
        """
        self.stop("log")
        shutil.copytree(self.folder / "site", self.folder / "fork")
        self.start("log")
        self._wait()
        return Fork(self.folder / "fork")


class Fork:
    """A second history under the same key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def publish(
        self, entry: bytes
    ) -> tuple[str, ledger.Gathered | None, ledger.LedgerRefused | None]:
        """Append to the copy, sign, ask the witnesses; the note, and what came of it."""
        signer = (self._folder / "private" / "log.key").read_text()
        with ledger.Log.open(self._folder, signer, ask_witnesses=False) as log:
            log.append([entry])
            try:
                gathered, refused = log.gather(), None
            except ledger.LedgerRefused as caught:
                gathered, refused = None, caught
            return log.checkpoint(), gathered, refused


def refusal_type() -> type[Exception]:
    """The class of refusals that a service passes on while others still start."""
    from buju.attest.refusal import Refused

    return Refused


def demonstrate(folder: Path) -> list[str]:
    """The whole story, told line by line; synthetic readings."""
    told = []
    with Chain(folder, liar=True) as chain:

        def send(amount: int, what: str) -> Travelled:
            way = chain.send(reading(amount))
            told.append(f"{what}: {way.verdict}, {way.seconds:.2f} s, {', '.join(way.cosigned)}")
            return way

        send(1, "四家见证 / four witnesses")
        chain.stop("witness-1")
        send(2, "一家停机 / one stopped")
        fork = chain.fork()
        honest = send(3, "主链 / the log")
        note, gathered, refused = fork.publish(b"another history")
        told += _evidence(chain, honest, note, gathered, refused)
        chain.stop("witness-2")
        send(4, "两家停机 / two stopped")
    return told


def _evidence(
    chain: Chain,
    honest: Travelled,
    note: str,
    gathered: ledger.Gathered | None,
    refused: ledger.LedgerRefused | None,
) -> list[str]:
    trust = ledger.Trust.read(chain.folder / "reader" / "trust.json")
    mine = http.call(chain.ports["api"], "/checkpoint")["checkpoint"]
    found = ledger.find_split([mine, note], list(trust.policy.log_keys))
    final = gathered is not None and gathered.final
    told = [f"分叉 / fork: {'FINAL' if final else 'no quorum'}; {refused.code if refused else ''}"]
    return told + [one.describe() for one in found]


def reading(amount: int) -> dict[str, Any]:
    """A synthetic reading of a wind farm: megawatt hours of the last quarter of an hour."""
    from buju.attest.protocol.payloads import written_time

    now = time.time()
    return {
        "schema": "generation/v1",
        "agency": "energy",
        "time": written_time(now),
        "plant": "P01",
        "start": written_time(now - 900),
        "minutes": 15,
        "energy": amount,
        "source": "wind",
        "synthetic": True,
    }
