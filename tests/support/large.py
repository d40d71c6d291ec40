"""Accounts with very many of one thing, put straight into the tables: what a hostile or a busy customer may bring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.support.long_past import add_long_past
from tests.support.quick import put_list, writing
from tests.support.world import password_hash
from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.domain.reference import ALPHABET, format_reference
from webapp.runtime import clock
from webapp.storage import allowlists
from webapp.storage.access import BLOCKED, KEPT_SIGN_INS, SIGN_IN
from webapp.storage.models import (
    Account,
    BlockedAttempt,
    BlockedReference,
    Membership,
    PortalAccess,
    PortalSessionRow,
    PortalUse,
    SignIn,
    User,
    table_of,
)
from webapp.storage.revisions import new_revision
from webapp.storage.sessions import hash_of
from webapp.storage.uses import KEPT_CLIENTS

OWN, OTHERS = "203.0.113.0/24", "10.0.0.0/8"  # HOME is in the first, whoever else is signed in in the second
MOST_NETWORKS = 1_000
TEN, DB8 = int(IPv4Address("10.0.0.0")), int(IPv6Address("2001:db8::"))


@dataclass(frozen=True, slots=True)
class Large:
    """An account with an owner and a member, and the reference of a blocked attempt of the member's."""

    account_id: int
    owner: int
    owner_email: str
    member: int
    reference: str


def crowd(app: Flask, count: int) -> list[int]:
    """Add so many users of no account, and return their ids, the newest first: whoever reads all others is seen."""
    now, same = clock.now(), password_hash()
    rows = ({"email": f"crowd{n}@example.com", "name": f"Person {n}", "password_hash": same} for n in range(count))
    with writing(app) as connection:
        insert(connection, User, (row | {"created_at": now} for row in rows))
        query = sa.select(User.id).where(User.email.like("crowd%")).order_by(User.id.desc())
        return list(connection.scalars(query))


def large(app: Flask, thing: str, count: int, people: list[int]) -> Large:
    """Add an account that has so many of the thing, and one of all others; its list is active."""
    now = clock.now()
    names = {"name": f"{count} {thing}", "allowlist_revision": new_revision(), "allowlist_previous": ""}
    with writing(app) as connection:
        add = sa.insert(Account).values(allowlist_active=True, created_at=now, **names)
        account_id = connection.execute(add.returning(Account.id)).scalar_one()
        for user, role in zip(people[:2], ("owner", "member"), strict=True):
            connection.execute(sa.insert(Membership).values(account_id=account_id, user_id=user, role=role))
    put_list(app, account_id, OWN, OTHERS, *other_networks(count if thing == "networks" else 1), active=True)
    with app.app_context():
        listed = allowlists.load(account_id)
    with writing(app) as connection:
        add_long_past(connection, account_id, listed, [(people[1], "Person 1")], count if thing == "events" else 1, now)
        for name, rows_of in THINGS.items():
            for table, row in rows_of(account_id, people, count if name == thing else 1, now):
                insert(connection, table, row)
        query = sa.select(BlockedReference.reference).join(
            BlockedAttempt, BlockedAttempt.id == BlockedReference.attempt_id
        )
        reference = connection.scalars(query.where(BlockedAttempt.account_id == account_id).limit(1)).one()
        email = connection.scalars(sa.select(User.email).where(User.id == people[0])).one()
    return Large(account_id, people[0], email, people[1], reference)


def other_networks(count: int) -> list[str]:
    """Return so many networks in which nobody is, as far as a list may be long."""
    return [f"172.{16 + n // 256}.{n % 256}.0/24" for n in range(min(count, MOST_NETWORKS - 2))]


def insert(connection: sa.Connection, table: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    """Insert the rows, no more at once than the portal waits for."""
    while some := list(islice(rows, 1_000)):
        connection.execute(sa.insert(table_of(table)), some)


Rows = Iterator[tuple[type[Any], Iterator[dict[str, Any]]]]


def people_signed_in(account_id: int, people: list[int], count: int, now: datetime) -> Rows:
    """Members who are signed in, each from an address of their own."""
    some = people[2 : 2 + count]
    yield Membership, ({"account_id": account_id, "user_id": user, "role": "member"} for user in some)
    yield PortalSessionRow, (session(account_id, user, n, now) for n, user in enumerate(some))


def sessions_of_one(account_id: int, people: list[int], count: int, now: datetime) -> Rows:
    """Browsers of the member, each at an address of its own."""
    yield PortalSessionRow, (session(account_id, people[1], n + 2**20, now) for n in range(count))


def session(account_id: int, user: int, number: int, now: datetime) -> dict[str, Any]:
    """Return the row of a portal session."""
    moments = {"created_at": now, "last_seen_at": now - timedelta(milliseconds=number % 2**20)}
    ids = {"id_hash": hash_of(f"{account_id} {number}"), "account_id": account_id, "user_id": user}
    return ids | moments | {"address": str(IPv4Address(TEN + number))}


def owners(account_id: int, people: list[int], count: int, _now: datetime) -> Rows:
    """More owners. They are the last of the crowd, whom nothing else is about."""
    yield Membership, ({"account_id": account_id, "user_id": user, "role": "owner"} for user in people[-count:])


def blocked_attempts(account_id: int, people: list[int], count: int, now: datetime) -> Rows:
    """Attempts of the member from as many /64s, within the days that are shown."""
    first = now.replace(minute=0, second=0, microsecond=0)
    id_before = (account_id % 2046 + 1) * 2**20  # within an integer of 32 bits, however many accounts there were

    def given(n: int) -> dict[str, Any]:
        reference, at = reference_of(account_id * 2**24 + n), first - timedelta(hours=n % 300, milliseconds=-n)
        return {"reference": reference, "count": 1, "first_at": at, "last_at": at}

    def attempt(n: int) -> dict[str, Any]:
        client, address = (str(IPv6Address(DB8 + (n << 64) + host)) for host in (0, 7))
        own = {"id": id_before + n, "account_id": account_id, "user_id": people[1]}
        return given(n) | own | {"address": client, "last_address": address, "hour": first - timedelta(hours=n % 300)}

    def reference(n: int) -> dict[str, Any]:
        own = {"attempt_id": id_before + n, "number": 1}
        return given(n) | own | {"address": str(IPv6Address(DB8 + (n << 64) + 7))}

    def access(n: int) -> dict[str, Any]:
        own = attempt(n)
        key = key_of(Network.from_canonical(f"{own['address']}/64"))
        kept = {"attempt_id": own["id"], "kind": BLOCKED, "at": own["first_at"], "address": own["last_address"]}
        return kept | {"account_id": account_id, "user_id": people[1], "key": key}

    yield BlockedAttempt, map(attempt, range(count))
    yield BlockedReference, map(reference, range(count))
    yield PortalAccess, map(access, range(count))


def reference_of(number: int) -> str:
    """Return another reference for each number."""
    return format_reference("".join(ALPHABET[number >> 5 * place & 31] for place in range(8)))


def sign_ins(account_id: int, people: list[int], count: int, now: datetime) -> Rows:
    """Sign-ins of the last month, each from another /64, that no network lists."""

    def row(n: int) -> dict[str, Any]:
        text = str(IPv6Address(DB8 + (n << 64) + 9))
        same = {"account_id": account_id, "user_id": people[1], "address": text, "client": text}
        return same | {"last_at": now - timedelta(seconds=20 * n)}

    yield SignIn, map(row, range(count))


def access(account_id: int, people: list[int], count: int, now: datetime) -> Rows:
    """Sign-ins that history shows, of as many people as they need: each has so many at most."""

    def row(n: int) -> dict[str, Any]:
        text = str(IPv4Address(TEN + n))
        kept = {"kind": SIGN_IN, "address": text, "key": key_of(Network.from_canonical(f"{text}/32"))}
        same = {"account_id": account_id, "user_id": people[1 + n // KEPT_SIGN_INS]}
        return same | kept | {"at": now - timedelta(seconds=20 * n)}

    yield PortalAccess, map(row, range(count))


def uses(account_id: int, people: list[int], count: int, now: datetime) -> Rows:
    """From where people used the portal, of as many members as they need: no network lists it."""
    users = [people[1], *people[3 : 3 + (count - 1) // KEPT_CLIENTS]]

    def row(n: int) -> dict[str, Any]:
        client, last = DB8 + (n << 64), now - timedelta(minutes=n)
        same = {"account_id": account_id, "user_id": users[n // KEPT_CLIENTS], "client": f"{IPv6Address(client)}/64"}
        moments = {"first_at": last - timedelta(days=n % 60), "last_at": last}
        return same | moments | {"addresses": str(IPv6Address(client + 9)), "days": 1 + n % 60}

    yield Membership, ({"account_id": account_id, "user_id": user, "role": "member"} for user in users[1:])
    yield PortalUse, map(row, range(count))


def nothing(*_: object) -> Rows:
    """What `large` adds itself."""
    return iter(())


THINGS: dict[str, Callable[[int, list[int], int, datetime], Rows]] = {
    "people signed in": people_signed_in,
    "sessions of one person": sessions_of_one,
    "owners": owners,
    "blocked attempts": blocked_attempts,
    "sign-ins": sign_ins,
    "access": access,
    "places of use": uses,
    "events": nothing,
    "networks": nothing,
}
