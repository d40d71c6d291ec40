"""`flask client explain`: whose address a request has, hop by hop, and which setting is wrong (R11)."""

from __future__ import annotations

from collections.abc import Iterable

import click

from webapp.config import Config, app_object
from webapp.domain.address import AddressError, parse_address
from webapp.domain.client_address import UNIX, TrustedProxies
from webapp.domain.client_explained import Explained, explain
from webapp.operations.cli.group import Commands
from webapp.operations.cli.printing import as_json, escaped, print_one

group = Commands("client", help="The client’s address, as requests are decided by it.")
UNREAD = ("forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip")


@group.command("explain")
@click.argument("peer")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header that the peer sends.")
@as_json
def explain_client(peer: str, headers: tuple[str, ...], json_wanted: bool) -> None:
    """Say who is trusted and why, and who the client is, of a request of PEER (an address, or unix:).

    Exit status 1 where such a request has no trustworthy address, or is refused for its Host.
    """
    _require_peer(peer)
    sent = [_header(one) for one in headers]
    forwarded = [value for name, value in sent if name == "x-forwarded-for"]
    explained = explain(peer, ",".join(forwarded) if forwarded else None, app_object(TrustedProxies))
    host = _host_problem(sent)
    advice = [*explained.advice, *_unread(name for name, _ in sent), *([host] if host else [])]
    refused = bool(host) and any(name == "host" for name, _ in sent)
    if json_wanted:
        print_one(_facts(explained, advice), json_wanted)
    else:
        _print(explained, advice)
    if explained.resolved.address is None or refused:
        raise SystemExit(1)


def _print(explained: Explained, advice: list[str]) -> None:
    address = explained.resolved.address
    for hop in explained.hops:
        click.echo(escaped(hop))
    none = f"none that can be trusted ({explained.resolved.problem}): an active list refuses it"
    click.echo(f"client: {address or none}")
    for one in advice:
        click.echo(escaped(f"look: {one}"))


def _facts(explained: Explained, advice: list[str]) -> dict[str, object]:
    address = explained.resolved.address
    told = {"client": address.text if address else None, "problem": explained.resolved.problem}
    return told | {"hops": list(explained.hops), "look": advice}


def _require_peer(peer: str) -> None:
    if peer == UNIX:
        return
    head, percent, _ = peer.partition("%")
    try:
        parse_address(head if percent and ":" in head else peer)
    except AddressError:
        raise click.ClickException(f"{peer!r} is not an IP address; unix: is a Unix socket.") from None


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if name.startswith("PROXY ") or not colon or not name.strip() or not text.isprintable():
        hint = (
            ""
            if not name.startswith("PROXY ")
            else (
                " The PROXY protocol is for the edge, not for the portal: nginx takes it with "
                "`listen … proxy_protocol` and `real_ip_header proxy_protocol`."
            )
        )
        raise click.ClickException(f"{text!r} is not a header such as 'X-Forwarded-For: 192.0.2.7'.{hint}")
    return name.strip().lower(), value.strip()


def _unread(names: Iterable[str]) -> list[str]:
    found = ", ".join(sorted({name for name in names if name in UNREAD}))
    return [f"the portal does not read {found}, only X-Forwarded-For"] if found else []


def _host_problem(sent: list[tuple[str, str]]) -> str:
    """Return what is wrong with the Host, where PUBLIC_URL says that only one is answered."""
    config = app_object(Config)
    wanted = config.public_host
    hosts = [value.lower() for name, value in sent if name == "host"]
    if wanted is None or hosts == [wanted]:
        return ""
    if not hosts or not hosts[-1]:
        said = "no Host is given"
        return (
            f"{said}: only {wanted} of PUBLIC_URL is answered; let the proxy send it (proxy_set_header Host {wanted};)"
        )
    return (
        f"Host {hosts[-1]} is answered 400: PUBLIC_URL is {config.public_url}. Let the proxy send Host {wanted}, or, "
        f"where people call the portal so, set PUBLIC_URL=https://{hosts[-1]}"
    )
