"""Customers to measure: accounts that are alike but for how many networks they list, and how many people they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from tests.support.client import Browser
from tests.support.quick import put_list, start_session, writing
from tests.support.world import HOME
from webapp.identity.passwords import NEVER_FITS
from webapp.runtime import clock
from webapp.storage.models import Account, Membership, PortalSessionRow, User
from webapp.storage.revisions import new_revision
from webapp.storage.sessions import hash_of

OWN = "203.0.113.0/24"  # HOME is in it


@dataclass(frozen=True, slots=True)
class Customer:
    """An account and its people; the first is the owner."""

    account_id: int
    users: tuple[int, ...]


def customer(app: Flask, networks: int, *, active: bool, people: int = 1) -> Customer:
    """Add an account that lists so many networks, HOME's among them."""
    now = clock.now()
    account = {"name": "Bench Freight", "allowlist_active": active, "allowlist_revision": new_revision()}
    with writing(app) as connection:
        statement = sa.insert(Account).values(created_at=now, allowlist_previous="", **account)
        account_id = connection.execute(statement.returning(Account.id)).scalar_one()
        users = []
        for number in range(people):
            user = {"email": f"person{number:03}@{account_id:03}.example", "name": f"Person {number:03}"}
            add = sa.insert(User).values(password_hash=NEVER_FITS, created_at=now, **user)
            users.append(connection.execute(add.returning(User.id)).scalar_one())
            role = "member" if number else "owner"
            connection.execute(sa.insert(Membership).values(account_id=account_id, user_id=users[-1], role=role))
    put_list(app, account_id, OWN, *other_networks(networks - 1), active=active)
    return Customer(account_id, tuple(users))


def other_networks(count: int) -> list[str]:
    """Return so many networks in which HOME is not."""
    return [f"10.{number // 256}.{number % 256}.0/24" for number in range(count)]


def owner_of(app: Flask, account: Customer) -> Browser:
    """Return the owner's browser, signed in at HOME."""
    return Browser(app, HOME, start_session(app, account.account_id, account.users[0], HOME))


def seen_in_turn(app: Flask, session_ids: list[str]) -> None:
    """Spread when the sessions were last seen over the minute, so that one is touched after the other, as in life."""
    with writing(app) as connection:
        for number, session_id in enumerate(session_ids):
            ago = timedelta(seconds=60 * number / len(session_ids))
            row = sa.update(PortalSessionRow).where(PortalSessionRow.id_hash == hash_of(session_id))
            connection.execute(row.values(last_seen_at=clock.now() - ago))
