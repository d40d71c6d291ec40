"""Blocked attempts: counted by person, client and hour, and purged after KEPT_FOR, so that a flood fills no disk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, parse_address
from webapp.domain.address_kind import client_address
from webapp.domain.current_network import current_network
from webapp.domain.network import Network
from webapp.domain.reference import ALPHABET, Given, format_reference, given_again
from webapp.domain.session_end import BLOCKED
from webapp.storage import access, sessions
from webapp.storage.engine.database import db
from webapp.storage.engine.purging import remove_oldest
from webapp.storage.engine.transactions import first_read, write
from webapp.storage.engine.upsert import insert
from webapp.storage.models import Account, BlockedAttempt, BlockedReference, User, table_of
from webapp.storage.request_session import PortalSession
from webapp.storage.tombstones import EndReason

KEPT_FOR = timedelta(days=90)
SHOWN = ("reference", "address", "count", "first_at", "last_at")
_references = table_of(BlockedReference)
_given = _references.c


@dataclass(frozen=True, slots=True)
class Blocked:
    """What the blocked page shows: reference, account, address (None: no trustworthy one), time."""

    reference: str
    account_name: str
    address: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempts:
    """One person's attempts from one address or client: how many, the first and the last.

    `address` is the last one (None: no trustworthy one).
    """

    name: str
    address: Address | None
    count: int
    first_at: datetime
    last_at: datetime

    @classmethod
    def of(cls, row: Any) -> Attempts:
        """Return the attempts of a row: name, address as text, count, first, last."""
        name, text, count, first_at, last_at = row
        return cls(name, parse_address(text) if text else None, count, first_at, last_at)

    @property
    def network(self) -> Network | None:
        """The network to list for the address: as for a current one (R5)."""
        return current_network(self.address) if self.address else None


def record_and_sign_out(signed_in: PortalSession, address: Address | None, now: datetime) -> str:
    """End the portal session for good, record the attempt in the same transaction, and return its reference (R8)."""

    def work(session: Session) -> str:
        sessions.end(session, signed_in.id, EndReason(BLOCKED, now))
        return record(
            session,
            account_id=signed_in.account_id,
            user_id=signed_in.user_id,
            address=address.text if address else None,
            now=now,
        )

    return write(work)


def record(session: Session, *, account_id: int, user_id: int, address: str | None, now: datetime) -> str:
    """Count the attempt and return the reference under which it can be found; a batch of old attempts is deleted."""
    text = address or ""
    purge(session, now)
    fresh = format_reference("".join(secrets.choice(ALPHABET) for _ in range(8)))
    attempt_id = _count(session, fresh, account_id, user_id, text, now)
    place = parse_address(text) if text else None
    access.record_blocked(session, attempt_id, account_id=account_id, user_id=user_id, address=place, now=now)
    query = sa.select(_given.reference, _given.address).where(_given.attempt_id == attempt_id).order_by(_given.number)
    given = [Given(*row) for row in session.execute(query)]
    again = given_again(given, text)
    if again is None:
        first = {"reference": fresh, "attempt_id": attempt_id, "number": len(given) + 1, "address": text}
        session.execute(sa.insert(_references).values(count=1, first_at=now, last_at=now, **first))
        return fresh
    if again.address == text:
        seen = {"count": _given.count + 1, "last_at": now}
        session.execute(sa.update(_references).where(_given.reference == again.reference).values(seen))
    return again.reference


def _count(session: Session, reference: str, account_id: int, user_id: int, address: str, now: datetime) -> int:
    """Count the attempt in the row of person, client and hour, and return the row's id.

    The row is locked from here on: two at once never give a 21st reference between them.
    """
    client = client_address(parse_address(address)).text if address else ""
    statement = insert(BlockedAttempt).values(
        reference=reference,
        account_id=account_id,
        user_id=user_id,
        address=client,
        hour=now.replace(minute=0, second=0, microsecond=0),
        count=1,
        first_at=now,
        last_at=now,
        last_address=address,
    )
    upsert = statement.on_conflict_do_update(
        index_elements=["account_id", "user_id", "address", "hour"],
        set_={"count": BlockedAttempt.count + 1, "last_at": now, "last_address": address},
    ).returning(BlockedAttempt.id)
    return session.execute(upsert).scalar_one()


def purge(session: Session, now: datetime) -> None:
    """Delete attempts older than KEPT_FOR, with their references, at most one batch."""
    remove_oldest(session, BlockedAttempt.hour, now - KEPT_FOR)


def with_reference(account_id: int, reference: str) -> Attempts | None:
    """Return what the reference stands for, or None: one of another account looks like one that never was."""
    one = _referred(reference)
    query = (
        sa.select(User.name, one.address, one.count, one.first_at, one.last_at)
        .join(User, User.id == one.user_id)
        .where(one.account_id == account_id)
    )
    found = db.session.execute(query).one_or_none()
    return None if found is None else Attempts.of(found)


def find(reference: str) -> Blocked | None:
    """Return the attempt with that reference, or None."""
    one = _referred(reference)
    query = sa.select(one.reference, Account.name, one.address, one.last_at).join(Account, Account.id == one.account_id)
    row = first_read(lambda session: session.execute(query).one_or_none())
    return None if row is None else Blocked(row[0], row[1], row[2] or None, row[3])


def _referred(reference: str) -> Any:
    """Return who was given the reference at which account, and what it stands for: at most one row, as columns.

    An older release, which may still be running, keeps the only one in the attempts' own row.
    """
    row = BlockedAttempt
    given = (
        sa.select(row.account_id, row.user_id, *(_given[name] for name in SHOWN))
        .join(row, row.id == _given.attempt_id)
        .where(_given.reference == reference)
    )
    known = sa.exists().where(_given.reference == reference)
    older = sa.select(row.account_id, row.user_id, *(getattr(row, name) for name in SHOWN)).where(
        row.reference == reference, ~known
    )
    return sa.union_all(given, older).subquery().c
