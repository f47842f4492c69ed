"""Officers come and go: finger, consent, WebAuthn key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from buju.serve.commands.attest.options import Finger, Ledger, Officer, group, read


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
    buju has no page that asks the browser yet: the page is the agency's own. 浏览器页面须自备。
    """
    from buju.attest.protocol import officers
    from buju.attest.protocol.site import Site

    if bool(page) == (response is not None):
        raise typer.BadParameter("--page https://host first, then --response FILE")
    if response is None:
        typer.echo(officers.offer_registration(Site(ledger), officer, page))
        return
    name = officers.register(Site(ledger), officer, read(response).decode("utf-8", "replace"))
    typer.echo(f"{officer}: 已登记 / registered: {name}")
    typer.echo("信任文件已更新，请重新分发 / the trust file has changed: hand it on again")


@group.command()
def challenge(
    ledger: Ledger,
    officer: Officer,
    payload: Annotated[Path, typer.Option(help="Payload, JSON / 报文")],
) -> None:
    """Options for navigator.credentials.get over one payload. 为一份报文请求安全密钥断言。

    buju has no page that asks the browser yet: the page is the agency's own. 浏览器页面须自备。
    """
    from buju.attest.protocol.officers import ask_assertion
    from buju.attest.protocol.site import Site

    typer.echo(ask_assertion(Site(ledger), officer, read(payload)))
