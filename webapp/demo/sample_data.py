"""The demo's sample data: the accounts of the story, as if people had done all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import click
from flask.cli import AppGroup

from webapp.demo import story
from webapp.demo.bar import PLACES
from webapp.demo.story import HALDEN, PEOPLE, SignIn
from webapp.domain.address import parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import Network
from webapp.guard import portal_session
from webapp.identity.passwords import hash_password
from webapp.runtime import clock
from webapp.storage import accounts, allowlists
from webapp.storage import sample_data as stored
from webapp.storage.events import Actor
from webapp.storage.sample_data import Visit

commands = AppGroup("demo", help="Sample data for DEMO=1.")
PASSWORD = "correct horse demo"  # noqa: S105 - printed for everybody, useless elsewhere


@commands.command("seed")
def seed() -> None:
    """Fill an empty database with two accounts, let people be signed in, and print how to sign in."""
    now = clock.now()
    if not accounts.find(1):
        _tell(now)
    for account_id, account in enumerate(PEOPLE, 1):
        _let_in(account_id, account, now)
    click.echo(f"\nDemo: the password of everybody is “{PASSWORD}”.")
    for account, people in PEOPLE.items():
        for email, name, role in people:
            click.echo(f"  {email:24} {role:7} {name}, {story.accounts_of(email, account)}")
    click.echo("")


def _tell(now: datetime) -> None:
    """Add the accounts, and what has happened to them."""
    password_hash = hash_password(PASSWORD)
    ids = {
        account: stored.create_account(account, people, password_hash, now - story.CREATED)
        for account, people in PEOPLE.items()
    }
    for email, account in story.ALSO_IN.items():
        stored.join(ids[account], email)
    for account, networks in story.NETWORKS.items():
        for number, (text, comment) in enumerate(networks):
            owner = (PEOPLE[account][0][0], PLACES["Office"])
            at = now - story.LISTED + timedelta(days=number)
            _change(ids[account], owner, "add", _adding(text, comment), at)
        stored.add_history(ids[account], _visits(story.SIGN_INS[account], now), _blocked(account, now))
    for one in story.CHANGES:
        _change(ids[HALDEN], (one.email, one.address), one.kind, _doing(one), now - one.ago)


def _change(
    account_id: int, by: tuple[str, str], kind: str, change: Callable[[Allowlist], Allowlist], at: datetime
) -> None:
    """Change a list, as the person (e-mail, address) did then."""
    email, address = by
    name = next(name for people in PEOPLE.values() for one, name, _ in people if one == email)
    actor = Actor(name, stored.user_ids()[email], parse_address(address))
    allowlists.changing(account_id, actor, kind, change, now=lambda: at)


def _adding(text: str, comment: str) -> Callable[[Allowlist], Allowlist]:
    return lambda present: present.add(Network.from_canonical(text), comment)


def _doing(one: story.Change) -> Callable[[Allowlist], Allowlist]:
    """Return what the change does to the list."""

    def done(present: Allowlist) -> Allowlist:
        match one.kind:
            case "activate":
                return present.activate(parse_address(one.address))
            case "deactivate":
                return present.deactivate()
            case "add":
                return present.add(Network.from_canonical(one.network), one.comment)
        entry = next(entry for entry in present.entries if entry.network.text == one.network)
        if one.kind == "delete":
            return present.remove(entry.id or 0)
        return present.edit(entry.id or 0, entry.network, one.comment)

    return done


def _visits(sign_ins: Iterable[SignIn], now: datetime) -> list[Visit]:
    ids = stored.user_ids()
    return [
        Visit(ids[one.email], parse_address(one.address), now - one.ago, now - one.seen, one.browser)
        for one in sign_ins
    ]


def _blocked(account: str, now: datetime) -> list[Visit]:
    """Return the attempts while Halden's list was active."""
    if account != HALDEN:
        return []
    attempts = [
        SignIn(
            *story.BLOCKED_AT[number % len(story.BLOCKED_AT)], timedelta(days=days) - number * story.BETWEEN_ATTEMPTS
        )
        for days, count in sorted(story.BLOCKED.items(), reverse=True)
        for number in range(count)
    ]
    return _visits(attempts, now)


def _let_in(account_id: int, account: str, now: datetime) -> None:
    """Let the story's people be signed in, wherever the present list admits them."""
    present = allowlists.load(account_id)
    visits = [one for one in _visits(story.SIGNED_IN[account], now) if present.admits(one.address)]
    stored.let_in(account_id, visits, portal_session.bounds(), now)
