"""`flask config check`: what is wrong with the settings, the database and the clocks, one line each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import click

from webapp.config import Config, app_object
from webapp.domain.client_address import TrustedProxies
from webapp.domain.throttle import CLOCKS_DIFFER
from webapp.operations.cli.group import Commands
from webapp.operations.cli.printing import as_json, escaped, print_list
from webapp.storage import checking

group = Commands("config", help="The settings, as start-up reads them.")


class Finding(NamedTuple):
    """What was looked at, and what is wrong with it; nothing where it is right."""

    what: str
    wrong: str


@group.command("check")
@as_json
def check(json_wanted: bool) -> None:
    """Read the settings, reach the database, compare clocks and migrations; exit status 1 where something is wrong.

    A setting that stops the start stops this command, too, with the same line.
    """
    found = list(_findings(app_object(Config)))
    if json_wanted:
        print_list([{"what": one.what, "ok": not one.wrong, "wrong": one.wrong or None} for one in found], True)
    else:
        for one in found:
            click.echo(escaped(f"{'wrong' if one.wrong else 'ok'}: {one.what}{': ' + one.wrong if one.wrong else ''}"))
    if any(one.wrong for one in found):
        raise SystemExit(1)


def _findings(config: Config) -> Iterator[Finding]:
    yield Finding("settings", "")
    yield Finding("PUBLIC_URL", _public_url(config))
    yield Finding("TRUSTED_PROXIES", _proxies(config, app_object(TrustedProxies)))
    unreachable = checking.reach()
    yield Finding("database", unreachable)
    if unreachable:
        return
    migrations = checking.migrations()
    yield Finding("migrations", migrations)
    if not migrations:
        yield Finding("clock", _clock(checking.clock_ahead()))


def _public_url(config: Config) -> str:
    if config.https or config.demo:
        return ""
    now = f"is {config.public_url}" if config.public_url else "is not set"
    return f"it {now}: cookies go over http, and every Host is answered; set PUBLIC_URL=https://<the host people call>"


def _proxies(config: Config, trusted: TrustedProxies) -> str:
    if config.https and not trusted:
        return (
            "nobody is trusted, but https needs a proxy in front: everybody has the proxy’s address; "
            "set TRUSTED_PROXIES to the address that it connects from"
        )
    if trusted.wide:
        named = ", ".join(map(str, trusted.wide))
        return f"{named} is wide, and every machine in it can claim any address; name the proxies only"
    return ""


def _clock(ahead: timedelta) -> str:
    if abs(ahead) <= CLOCKS_DIFFER:
        return ""
    seconds = round(abs(ahead).total_seconds())
    where = "behind" if ahead > timedelta() else "ahead of"
    return (
        f"this machine’s clock is {seconds:,} s {where} the database’s (or what is stored in it): sessions end and "
        "throttles wait wrongly; set it by NTP (timedatectl set-ntp true) on both machines"
    )
