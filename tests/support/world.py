"""The cast of the tests, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from webapp.domain.allowlist import Allowlist
from webapp.domain.network import parse_network
from webapp.runtime import clock
from webapp.storage import accounts, allowlists, api_tokens, write
from webapp.storage.events import Actor
from webapp.storage.revisions import new_revision

PASSWORD = "a long enough password"
CHEAP = "scrypt:1024:8:1"
HOME = "203.0.113.42"
OFFICE = "198.51.100.14"
ELSEWHERE = "198.51.100.201"
IPV6 = "2001:db8:9::51"
# NAT64, local-use NAT64, Teredo, 6to4: OFFICE by four more ways.
TRANSLATED = ("64:ff9b::c633:640e", "64:ff9b:1::c633:640e", "2001:0:c633:640e::39cc:9bf1", "2002:c633:640e::51")
HALDEN = {"dana": "owner", "mara": "owner", "sanne": "member"}
NORTHWIND = {"ola": "owner"}
NAMES = {"dana": "Dana Kessler", "mara": "Mara Osei", "sanne": "Sanne Li", "ola": "Ola Berg"}


@dataclass(frozen=True)
class World:
    """The ids of the two accounts and their users, and a token of the first account's API."""

    halden: int
    northwind: int
    users: dict[str, int]
    api_token: str


def email_of(person: str) -> str:
    """Return a person's e-mail."""
    return f"{person}@example.com"


@cache
def password_hash() -> str:
    """Return a cheap scrypt hash of PASSWORD: the real one takes 0.3 s at each of the tests' thousand sign-ins."""
    return generate_password_hash(PASSWORD, CHEAP)


def seed() -> World:
    """Add both accounts with their people. Needs an app context."""
    users: dict[str, int] = {}

    def add(session: Session, name: str, roles: dict[str, str]) -> int:
        account_id = accounts.create(session, name, clock.now())
        for person, role in roles.items():
            users[person] = accounts.create_user(session, email_of(person), NAMES[person], password_hash(), clock.now())
            accounts.join(session, account_id, users[person], role)
        return account_id

    halden = write(lambda session: add(session, "Halden Freight", HALDEN))
    northwind = write(lambda session: add(session, "Northwind Labs", NORTHWIND))
    token = write(lambda session: api_tokens.create(session, halden, "tests", clock.now()))
    return World(halden, northwind, users, token)


def set_list(account_id: int, *networks: str, active: bool = False, comment: str = "") -> Allowlist:
    """Replace an account's list, the first network being the oldest. Needs an app context."""

    def change(present: Allowlist) -> Allowlist:
        for entry in present.entries:
            assert entry.id is not None
            present = present.remove(entry.id)
        present = Allowlist(active, present.entries)
        for text in networks:
            present = present.add(parse_network(text), comment)
        return present

    operator = Actor("operator")
    current = allowlists.load(account_id)
    if current.active:
        allowlists.changing(account_id, operator, "deactivate", lambda p: p.deactivate(), now=clock.now)
    changed = allowlists.changing(account_id, operator, "test", lambda p: change(p).deactivate(), now=clock.now)
    if not active:
        return changed.after
    return force_active(account_id)


def force_active(account_id: int) -> Allowlist:
    """Put the list into effect, whoever is left outside: what only a test may do."""
    import sqlalchemy as sa

    from webapp.storage.models import Account

    revision = new_revision()
    write(
        lambda session: session.execute(
            sa.update(Account)
            .where(Account.id == account_id)
            .values(allowlist_active=True, allowlist_revision=revision)
        )
    )
    return allowlists.load(account_id)
