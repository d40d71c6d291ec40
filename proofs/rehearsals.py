"""Rehearsed decisions against enforcement's: what a list would do is what it does."""

from __future__ import annotations

import random
from ipaddress import ip_network
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from proofs.databases import database, portal
from proofs.report import Report
from tests.support.client import Browser
from tests.support.quick import put_list, start_session
from tests.support.world import HOME, World
from webapp.domain.address import canonical, parse_address
from webapp.domain.compiled_list import CompiledList
from webapp.domain.rehearsal import rehearse
from webapp.guard.allowlist_cache import admits
from webapp.runtime import clock
from webapp.storage import allowlists, request_session, uses, write
from webapp.storage.models import PortalUse

PER_ROUND, MOVES = 250, 25


def run(decisions: int, seed: int, kind: str) -> Report:
    """Let sessions move about while the list is inactive, rehearse it, activate it, and ask enforcement."""
    claim = (
        "Whoever a rehearsal says would not be let in, address by address, is not let in by the list in effect, and "
        "everybody else is: those whom open sessions have been seen at, over IPv4 and IPv6."
    )
    report = Report(f"Rehearsal against enforcement, {kind}", claim, seed, decisions, "decisions")
    chance, left_out, made = random.Random(seed), 0, 0
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        while made < decisions:
            said, enforced = one_round(app, world, chance)
            made += len(enforced)
            left_out += len(said)
            if wrong := said ^ {text for text, is_in in enforced.items() if not is_in}:
                report.violated(f"{sorted(wrong)}")
    report.rounds = made
    report.figures["would not be let in"] = f"{left_out:,} of {made:,}"
    return report


def one_round(app: Flask, world: World, chance: random.Random) -> tuple[set[str], dict[str, bool]]:
    """Return what a rehearsal says would not be let in, and what enforcement decides of each remembered address."""
    moved = [any_address(chance) for _ in range(MOVES)]
    networks = {around(chance, any_address(chance)) for _ in range(chance.randrange(1, 12))}
    put_list(app, world.halden, *networks)
    remember(app, world, {any_address(chance) for _ in range(PER_ROUND)})
    move_about(app, world, moved)
    with app.app_context():
        found = uses.of_account(world.halden, clock.now())
        after = allowlists.load(world.halden)
        compiled = CompiledList.compiling(after.entries, active=True, revision="")
        places = rehearse(compiled, found.looked_at, found.owners, PER_ROUND + MOVES).newly.places
    known = {text for use in found.looked_at for text in use.addresses.split()}
    if moved[-1] not in known:
        raise AssertionError("where an open session went is not remembered")
    said = {text for place in places for use in place.uses for text in use.addresses.split()}
    return said, enforced(app, world, networks, known)


def move_about(app: Flask, world: World, addresses: list[str]) -> None:
    """Use the portal in one open session, from one address after the other."""
    browser = Browser(app, HOME, start_session(app, world.halden, world.users["mara"], HOME))
    for browser.address in addresses:
        if browser.fetch("/").status_code != 200:
            raise AssertionError("an inactive list lets everybody in")


def enforced(app: Flask, world: World, networks: set[str], known: set[str]) -> dict[str, bool]:
    """Activate the list, and return what enforcement decides of each address, for somebody who is signed in."""
    put_list(app, world.halden, *networks, active=True)
    session_id = start_session(app, world.halden, world.users["sanne"], HOME)
    with app.app_context():
        session = request_session.load(session_id)
        if session is None:
            raise AssertionError("the session is gone")
        return {text: admits(session, parse_address(text)) for text in known}


def remember(app: Flask, world: World, addresses: set[str]) -> None:
    """Forget what was remembered, and remember that somebody used the portal from each of the addresses."""
    who: dict[str, Any] = {"account_id": world.halden, "user_id": world.users["sanne"], "now": clock.now()}

    def work(session: Session) -> None:
        session.execute(sa.delete(PortalUse))
        for text in sorted(addresses):
            uses.record(session, address=parse_address(text), **who)

    with app.app_context():
        write(work)


def any_address(chance: random.Random) -> str:
    """Return an address of a few neighbourhoods, so that networks of all lengths decide."""
    kind = chance.random()
    if kind < 0.5:
        return f"198.51.{chance.randrange(100, 102)}.{chance.randrange(256)}"
    if kind < 0.6:  # behind a translator
        return canonical(parse_address("64:ff9b::").packed[:12] + bytes([198, 51, 100, chance.randrange(256)]))
    household, host = chance.randrange(30), chance.randrange(1, 16)
    return canonical(parse_address(f"2001:db8:0:{household:x}::{host:x}").packed)


def around(chance: random.Random, text: str) -> str:
    """Return a network with the address in it."""
    bits = 8 * len(parse_address(text).packed)
    prefix = chance.choice((bits, bits - 2, bits - 4, bits - 8, 64 if bits > 64 else 24))
    return str(ip_network(f"{text}/{prefix}", strict=False))
