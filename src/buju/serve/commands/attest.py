"""`buju attest`: officers, submissions, receipts, witnesses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(
    help="Two factors, one ledger, many witnesses. 双因子、一本账、多方见证。",
    no_args_is_help=True,
)
Ledger = Annotated[Path, typer.Option("--ledger", help="Folder of the ledger / 账本文件夹")]
Officer = Annotated[str, typer.Option("--officer", help="Name of the officer / 人员")]
Finger = Annotated[str, typer.Option("--finger", help="FOLDER of images | generator:SEED")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(group, name="attest")


@group.command()
def init(
    ledger: Ledger,
    origin: Annotated[str, typer.Option(help="Name of the log / 账本名称")],
    pad: Annotated[str, typer.Option(help="Least liveness level: none | basic")] = "none",
    witness: Annotated[
        list[str] | None, typer.Option(help="NAME=VERIFIER-KEY@URL, one each / 见证方")
    ] = None,
    quorum: Annotated[int, typer.Option(help="How many witnesses make it final")] = 0,
    tsa: Annotated[
        str, typer.Option(help="Address of a time-stamp authority, asked at each entry / 时间戳")
    ] = "",
    tsa_root: Annotated[
        list[Path] | None, typer.Option(help="Its root certificate, PEM / 时间戳机构根证书")
    ] = None,
) -> None:
    """Make a ledger, its CA, a terminal and the trust file. 新建账本与信任文件。"""
    from buju.attest.protocol.site import Site

    if pad not in {"none", "basic"} or not 0 <= quorum <= len(witness or []):
        raise typer.BadParameter("--pad is none or basic; --quorum at most the number of witnesses")
    if witness and not quorum:
        raise typer.BadParameter("--quorum says how many of the witnesses make an entry final")
    if tsa and not tsa_root:
        raise typer.BadParameter("--tsa needs --tsa-root FILE: the root that stamps are checked by")
    Site.create(
        ledger,
        origin,
        pad=pad,
        witnesses=[_witness(w) for w in witness or []],
        quorum=quorum,
        stamps=([_read(one).decode("ascii", "replace") for one in tsa_root or []], tsa),
    )
    typer.echo(f"账本已建立 / ledger made: {ledger}")
    typer.echo(
        f"信任文件（请以其他途径分发）/ trust file, hand it on by another way: "
        f"{ledger / 'trust.json'}"
    )
    if not witness:
        typer.echo("没有见证方：法定数 none / no witness: quorum none, and receipts say so")


def _witness(text: str) -> tuple[str, str, str]:
    name, found, rest = text.partition("=")
    key, at, url = rest.rpartition("@")
    if not (found and at and name and key and url):
        raise typer.BadParameter("--witness NAME=VERIFIER-KEY@URL")
    return name, key, url


@group.command()
def enrol(
    ledger: Ledger,
    officer: Officer,
    finger: Finger,
    consent: Annotated[
        Path | None,
        typer.Option(help="Signed consent: record (*.json) or document, kept as its hash / 同意书"),
    ] = None,
) -> None:
    """Enrol an officer: consent, finger, key, certificate. 登记人员。

    Without --consent the declaration shown is recorded as declared by the operator, with no
    document; see docs/explanation/law.md.
    """
    from buju.attest.protocol.consent import Consent, declaration
    from buju.attest.protocol.officers import enrol as enrol_officer
    from buju.attest.protocol.site import Site

    site = Site(ledger)
    if consent is not None:
        record = Consent.of_file(officer, consent, site.clock())
    elif finger.startswith("generator:"):
        record = Consent.of_generator(officer, site.clock())
    else:
        record = Consent.declared(officer, site.clock())
    if record.person:
        typer.echo(declaration())
        typer.echo(f"{record.given}  {record.recorded_by}")
        if record.document_sha256:
            typer.echo(f"SHA-256 {record.document_sha256}")
    folder = enrol_officer(site, officer, finger, record)
    typer.echo(f"{officer}: 已登记 / enrolled: {folder}")
    if not record.person:
        typer.echo("生成的手指，不涉及自然人 / a generated finger; it belongs to no person")


@group.command()
def withdraw(ledger: Ledger, officer: Officer) -> None:
    """End an officer's consent: template deleted, certificate revoked, log kept. 撤回同意。"""
    from buju.attest.protocol.officers import withdraw as withdraw_officer
    from buju.attest.protocol.site import Site

    withdraw_officer(Site(ledger), officer)
    typer.echo(f"{officer}: 模板已删除，证书已吊销 / template deleted, certificate revoked")


@group.command("register")
def register_key(
    ledger: Ledger,
    officer: Officer,
    page: Annotated[str, typer.Option(help="Address of the page that asks, https://host")] = "",
    response: Annotated[
        Path | None, typer.Option(help="The browser's answer, JSON / 浏览器应答")
    ] = None,
) -> None:
    """Register a WebAuthn key: the non-biometric alternative. 登记安全密钥（替代因子）。

    First with --page: prints the options for navigator.credentials.create. Then with --response.
    """
    from buju.attest.protocol import officers
    from buju.attest.protocol.site import Site

    if bool(page) == (response is not None):
        raise typer.BadParameter("--page https://host first, then --response FILE")
    if response is None:
        typer.echo(officers.offer_registration(Site(ledger), officer, page))
        return
    name = officers.register(Site(ledger), officer, _read(response).decode("utf-8", "replace"))
    typer.echo(f"{officer}: 已登记 / registered: {name}")
    typer.echo("信任文件已更新，请重新分发 / the trust file has changed: hand it on again")


@group.command()
def challenge(
    ledger: Ledger,
    officer: Officer,
    payload: Annotated[Path, typer.Option(help="Payload, JSON / 报文")],
) -> None:
    """Options for navigator.credentials.get over one payload. 为一份报文请求安全密钥断言。"""
    from buju.attest.protocol.officers import ask_assertion
    from buju.attest.protocol.site import Site

    typer.echo(ask_assertion(Site(ledger), officer, _read(payload)))


@group.command()
def stamp(
    ledger: Ledger,
    entry: Annotated[int, typer.Option(help="Entry / 条目", min=0)],
    query: Annotated[
        Path | None, typer.Option(help="Query to write (.tsq), for an authority / 时间戳请求")
    ] = None,
    answer: Annotated[
        Path | None, typer.Option(help="The authority's answer (.tsr) / 时间戳应答")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Receipt to write / 回执")] = None,
) -> None:
    """Add an RFC 3161 time stamp to an entry's receipt, by hand. 为回执加盖时间戳。

    First with --query FILE; take the file to an authority; then with --answer FILE --out RECEIPT.
    """
    from buju.attest.protocol.site import Site

    if (query is None) == (answer is None) or (answer is not None and out is None):
        raise typer.BadParameter("--query FILE first, then --answer FILE --out RECEIPT")
    if query is not None:
        Site(ledger).stamp_query(entry, query)
        typer.echo(f"时间戳请求 / query: {query}")
    elif answer is not None and out is not None:
        _write(out, Site(ledger).take_stamp(entry, _read(answer)))
        typer.echo(f"已加盖时间戳 / stamped: {out}")


@group.command()
def submit(
    ledger: Ledger,
    officer: Annotated[str | None, typer.Option(help="Name of the officer / 人员")] = None,
    finger: Annotated[str | None, typer.Option(help="FOLDER | generator:SEED")] = None,
    assertion: Annotated[
        Path | None,
        typer.Option(help="WebAuthn answer (JSON) instead of a finger / 以 WebAuthn 替代指静脉"),
    ] = None,
    payload: Annotated[Path | None, typer.Option(help="Payload, JSON / 报文")] = None,
    out: Annotated[Path | None, typer.Option(help="Receipt to write / 回执")] = None,
    submission: Annotated[
        Path | None, typer.Option(help="Hand in a stored submission / 已存的提交")
    ] = None,
) -> None:
    """Submit a payload with both factors; writes the receipt. 双因子提交。"""
    from buju.attest.protocol.server import Duplicate
    from buju.attest.protocol.site import Site
    from buju.attest.protocol.submission import Submission

    site = Site(ledger)
    try:
        if submission is not None:
            if officer or finger or payload or assertion:
                raise typer.BadParameter("--submission stands alone (with --ledger and --out)")
            data = _read(submission)
            with site.server() as server:
                accepted = server.submit(data)
        else:
            if not (officer and payload and out) or bool(finger) == bool(assertion):
                raise typer.BadParameter(
                    "--officer, --payload, --out and one of --finger, --assertion are needed"
                )

            def keep(made: Submission) -> None:
                _write(out.parent / "submission.json", made.text())

            if assertion is not None:
                answer = _read(assertion).decode("utf-8", "replace")
                accepted = site.submit_alternative(officer, answer, _read(payload), keep)
            else:
                accepted = site.submit(officer, finger or "", _read(payload), keep)
    except Duplicate as refused:
        if out is not None:
            _write(out, refused.receipt)
        raise
    if out is not None:
        _write(out, accepted.receipt)
    words = "已达法定数 / final" if accepted.final else "未达最终 / not final"
    if not site.log_policy_has_witnesses():
        words = "法定数 none（无见证方）/ quorum none (no witness)"
    typer.echo(f"已入账 / entry {accepted.index}: {words}")


def _read(path: Path, limit: int = 8 * 1024 * 1024) -> bytes:
    from buju.attest.refusal import refusal

    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise refusal("size", f"{path}")
    return data


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@group.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="Receipt / 回执")],
    trust: Annotated[
        Path | None, typer.Option(help="Trust file; default: trust.json near the receipt")
    ] = None,
    crl: Annotated[
        list[Path] | None, typer.Option(help="Later revocation lists, DER / 较新的吊销列表")
    ] = None,
) -> None:
    """Verify a receipt offline. 离线验证回执。"""
    from buju.attest.protocol.reading import read_receipt
    from buju.attest.verify import WORDS, main

    believed, data = _trust_near(receipt, trust), _read(receipt)
    if not data.lstrip().startswith(b"{"):  # a bare `.tlog-proof` of any entry
        raise typer.Exit(main([str(receipt), "--trust", str(believed)]))
    found = read_receipt(data, believed, crls=[_read(one) for one in crl or []])
    typer.echo(json.dumps(found.summary(), ensure_ascii=False, indent=1))
    for flag in found.flags:
        typer.echo(f"注意 / look at this: {flag}", err=True)
    typer.echo(WORDS[found.verdict], err=found.verdict != "final")
    if found.verdict == "not final":
        raise typer.Exit(1)


def _trust_near(receipt: Path, trust: Path | None) -> Path:
    if trust is not None:
        return trust
    for folder in (receipt.resolve().parent, *receipt.resolve().parents[1:2]):
        if (folder / "trust.json").is_file():
            return folder / "trust.json"
        ledgers = [one for one in folder.glob("*/trust.json") if one.is_file()]
        if len(ledgers) == 1:
            return ledgers[0]
    raise typer.BadParameter("no trust.json near the receipt; name it with --trust FILE")


@group.command()
def audit(ledger: Ledger) -> None:
    """Check the whole ledger and show its audit lines. 审计整本账。"""
    from buju.attest.protocol.site import Site

    site = Site(ledger)
    for line in site.audit().lines():
        typer.echo(json.dumps(line, ensure_ascii=False))
    with site.log() as log:
        typer.echo(f"账本完好 / ledger intact: {log.size} 条 entries, {log.origin}")


@group.command()
def witness(
    folder: Annotated[Path, typer.Option("--folder", help="State of the witness / 见证方文件夹")],
    name: Annotated[str, typer.Option(help="Name of the witness / 见证方名称")] = "witness",
    log: Annotated[
        list[str] | None, typer.Option(help="Verifier key of a log to watch / 账本公钥")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8701,
) -> None:
    """Run a witness on this machine; without --log only its key is shown. 运行见证方。"""
    from buju.attest import ledger
    from buju.attest.protocol.files import write_private

    file = folder / "witness.key"
    if not file.is_file():
        write_private(file, ledger.generate_key(name, kind="witness").signer.encode())
    signer = file.read_text()
    typer.echo(ledger.verifier_of(signer))
    if not log:
        return
    server = ledger.serve_witness(ledger.Witness(folder, signer, logs=log), "127.0.0.1", port)
    typer.echo(f"{server.url}  (Ctrl-C 结束 / to stop)")
    import threading

    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.close()


@group.command()
def chain(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet / 新文件夹")],
) -> None:
    """Run terminal, API, log, four witnesses and reader as processes. 演示从端到链。"""
    from buju.attest.protocol.chain import demonstrate

    typer.echo("合成数据演示 / synthetic readings, generated finger")
    for line in demonstrate(folder):
        typer.echo(line)
