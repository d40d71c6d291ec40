"""The demo's sample data: two accounts with their people, networks, sign-ins and blocked attempts."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from flask.cli import AppGroup

from webapp.demo.bar import PLACES
from webapp.domain.address import parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import Network
from webapp.identity.passwords import hash_password
from webapp.runtime import clock
from webapp.storage import accounts, allowlists
from webapp.storage import sample_data as stored
from webapp.storage.events import Actor
from webapp.storage.sample_data import Visit

commands = AppGroup("demo", help="Sample data for DEMO=1.")
PASSWORD = "correct horse demo"  # noqa: S105 - printed for everybody, useless elsewhere
PEOPLE = {
    "Halden Freight": (
        ("dana@halden.example", "Dana Kessler", "owner"),
        ("mara@halden.example", "Mara Osei", "owner"),
        ("sanne@halden.example", "Sanne Li", "member"),
        ("ilya@halden.example", "Ilya Brandt", "member"),
    ),
    "Northwind Labs": (
        ("ola@northwind.example", "Ola Berg", "owner"),
        ("timo@northwind.example", "Timo Vale", "member"),
    ),
}
BLOCKED_BEFORE = (3, 9, 14, 5, 2, 1, 0, 1, 3, 0, 0, 4, 1, 2)  # attempts by days ago
NETWORKS = (
    ("198.51.100.77/32", "CI runner bastion"),
    ("2001:db8:40::/48", "Corporate VPN (IPv6)"),
    ("192.0.2.16/28", "Corporate VPN"),
    ("198.51.100.0/25", "Rotterdam office"),
)


@commands.command("seed")
def seed() -> None:
    """Fill an empty database with two accounts; print how to sign in."""
    if not accounts.find(1):
        for account_name, people in PEOPLE.items():
            _seed_account(account_name, people)
    click.echo(f"\nDemo: the password of everybody is “{PASSWORD}”.")
    for account_name, people in PEOPLE.items():
        for email, name, role in people:
            click.echo(f"  {email:24} {role:7} {name}, {account_name}")
    click.echo("")


def _seed_account(account_name: str, people: tuple[tuple[str, str, str], ...]) -> None:
    created_at = clock.now() - timedelta(days=60)
    account_id, user_ids = stored.create_account(account_name, people, hash_password(PASSWORD), created_at)
    owner = Actor(people[0][1], user_ids[0])
    for days, (text, comment) in enumerate(NETWORKS if account_id == 1 else NETWORKS[:1]):
        _seed_network(account_id, owner, (text, comment), created_at + timedelta(days=3 + days))
    stored.add_history(account_id, _sign_ins(user_ids), _blocked_before(user_ids))


def _seed_network(account_id: int, owner: Actor, entry: tuple[str, str], at: datetime) -> None:
    text, comment = entry

    def add(present: Allowlist) -> Allowlist:
        return present.add(Network.from_canonical(text), comment)

    allowlists.changing(account_id, owner, "add", add, now=lambda: at)


def _sign_ins(user_ids: list[int]) -> list[Visit]:
    """Return sign-ins of the last weeks."""
    now, places = clock.now(), (("Home", 1), ("Office", 0), ("VPN", 19), ("IPv6", 6))
    return [
        Visit(user_id, parse_address(PLACES[place]), now - timedelta(days=days))
        for user_id, (place, days) in zip(user_ids, places, strict=False)
    ]


def _blocked_before(user_ids: list[int]) -> list[Visit]:
    """Return attempts from when the list was in effect before."""
    now = clock.now()
    return [
        Visit(
            user_ids[-1 - number % 2],
            parse_address(PLACES["Elsewhere"] if number % 3 else "2001:db8:77::5"),
            now - timedelta(days=days),
        )
        for days, count in enumerate(BLOCKED_BEFORE)
        for number in range(count)
    ]
