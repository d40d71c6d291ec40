"""The cast of the tests, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from webapp.domain.allowlist import Allowlist
from webapp.domain.network import parse_network
from webapp.runtime import clock
from webapp.storage import allowlists, api_tokens, write
from webapp.storage.events import Actor
from webapp.storage.models import Account, Membership, User
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
    """Add both accounts with their people, in one transaction and few statements. Needs an app context."""
    now = clock.now()

    def add(session: Session) -> World:
        names = ({"name": name, "allowlist_revision": new_revision()} for name in ("Halden Freight", "Northwind Labs"))
        halden, northwind = _ids(session, Account, [row | {"created_at": now} for row in names])
        rows = ({"email": email_of(person), "name": name} for person, name in NAMES.items())
        same = {"password_hash": password_hash(), "created_at": now}
        users = dict(zip(NAMES, _ids(session, User, [row | same for row in rows]), strict=True))
        roles = [(halden, person, role) for person, role in HALDEN.items()]
        roles += [(northwind, person, role) for person, role in NORTHWIND.items()]
        members = [{"account_id": account, "user_id": users[person], "role": role} for account, person, role in roles]
        session.execute(sa.insert(Membership), members)
        return World(halden, northwind, users, api_tokens.create(session, halden, "tests", now))

    return write(add)


def _ids(session: Session, table: type[Account | User], rows: list[dict[str, Any]]) -> Sequence[int]:
    return session.scalars(sa.insert(table).returning(table.id, sort_by_parameter_order=True), rows).all()


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
    changed = allowlists.changing(account_id, operator, "import", lambda p: change(p).deactivate(), now=clock.now)
    if not active:
        return changed.after
    return force_active(account_id)


def force_active(account_id: int) -> Allowlist:
    """Put the list into effect, whoever is left outside: what only a test may do."""
    revision = new_revision()
    write(
        lambda session: session.execute(
            sa.update(Account)
            .where(Account.id == account_id)
            .values(allowlist_active=True, allowlist_revision=revision)
        )
    )
    return allowlists.load(account_id)
