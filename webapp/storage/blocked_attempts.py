"""Blocked attempts: grouped by person, client and hour, and kept for a time, so that a flood cannot fill the disk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from webapp.domain.address import Address, parse_address
from webapp.domain.address_kind import client_address, client_network
from webapp.domain.current_network import current_network
from webapp.domain.network import Network
from webapp.domain.reference import ALPHABET, Given, format_reference, given_again
from webapp.domain.session_end import BLOCKED
from webapp.storage import sessions
from webapp.storage.engine.database import db
from webapp.storage.engine.purging import remove_oldest
from webapp.storage.engine.transactions import first_read, write
from webapp.storage.engine.upsert import insert
from webapp.storage.models import Account, BlockedAttempt, BlockedReference, User, table_of
from webapp.storage.sessions import PortalSession
from webapp.storage.tombstones import EndReason

KEPT_FOR = timedelta(days=90)
HOUR = timedelta(hours=1)
SHOWN = ("reference", "address", "count", "first_at", "last_at")
_references = table_of(BlockedReference)
_given = _references.c


@dataclass(frozen=True, slots=True)
class Blocked:
    """What a blocked person is told: address (None where there is no trustworthy one), time, reference."""

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
    """Count the attempt and return the reference under which it can be found; old attempts go on the way."""
    text = address or ""
    purge(session, now)
    fresh = format_reference("".join(secrets.choice(ALPHABET) for _ in range(8)))
    attempt_id = _count(session, fresh, account_id, user_id, text, now)
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
    """Remove attempts that are older than they are kept for, and their references: some of them, if many."""
    remove_oldest(session, BlockedAttempt.hour, now - KEPT_FOR)


def per_hour(account_id: int, since: datetime) -> list[tuple[datetime, int]]:
    """Return how many attempts there were in each hour since then in which there were any."""
    query = (
        sa.select(BlockedAttempt.hour, sa.func.sum(BlockedAttempt.count))
        .where(*_since(account_id, since))
        .group_by(BlockedAttempt.hour)
    )
    return [(hour, count) for hour, count in db.session.execute(query)]


def most_frequent(account_id: int, since: datetime) -> str | None:
    """Return the client with most attempts since then: an address, or the /64 of an IPv6 one."""
    query = (
        sa.select(BlockedAttempt.address)
        .where(*_since(account_id, since), BlockedAttempt.address != "")
        .group_by(BlockedAttempt.address)
        .order_by(sa.func.sum(BlockedAttempt.count).desc(), BlockedAttempt.address)
        .limit(1)
    )
    text = db.session.scalar(query)
    if text is None:
        return None
    client = client_network(parse_address(text))
    return text if client.size == 1 else client.text


def latest(account_id: int, since: datetime, now: datetime, limit: int) -> tuple[list[Attempts], int]:
    """Return the attempts since then by person and client, the latest first; and how many of these there are."""
    row, own, these = BlockedAttempt, aliased(BlockedAttempt), _since(account_id, since)
    pairs = sa.select(row.user_id, row.address).where(*these).distinct().subquery()
    total = sa.select(sa.func.count()).select_from(pairs).scalar_subquery()
    one = _lines(account_id, since, now, limit)
    address = (
        sa.select(sa.func.coalesce(own.last_address, own.address))
        .where(own.account_id == account_id, own.user_id == one.user_id, own.address == one.address)
        .order_by(own.hour.desc())
        .limit(1)
        .scalar_subquery()
    )
    of_line = sa.and_(row.user_id == one.user_id, row.address == one.address, *these)
    query = (
        sa.select(User.name, address, sa.func.sum(row.count), sa.func.min(row.first_at), one.last_at)
        .add_columns(total)
        .join(User, User.id == one.user_id)
        .join(row, of_line)
        .group_by(User.name, one.user_id, one.address, one.last_at)
        .order_by(one.last_at.desc(), one.user_id, one.address)
    )
    found = db.session.execute(query).all()
    return [_attempts(line[:-1]) for line in found], found[0][-1] if found else 0


def _lines(account_id: int, since: datetime, now: datetime, limit: int) -> Any:
    """Return the latest pairs of person and client, as columns: found in the last rows, since they have one an hour."""
    row, hours = BlockedAttempt, (now - since) // HOUR + 1
    last = (
        sa.select(row.user_id, row.address, row.last_at)
        .where(*_since(account_id, since))
        .order_by(row.hour.desc(), row.last_at.desc(), row.user_id, row.address)
        .limit(limit * hours)
        .subquery()
        .c
    )
    last_at = sa.func.max(last.last_at).label("last_at")
    query = sa.select(last.user_id, last.address, last_at).group_by(last.user_id, last.address)
    return query.order_by(last_at.desc(), last.user_id, last.address).limit(limit).subquery().c


def _since(account_id: int, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return BlockedAttempt.account_id == account_id, BlockedAttempt.hour >= since


def with_reference(account_id: int, reference: str) -> Attempts | None:
    """Return what the reference stands for, or None: one of another account looks like one that never was."""
    one = _referred(reference)
    query = (
        sa.select(User.name, one.address, one.count, one.first_at, one.last_at)
        .join(User, User.id == one.user_id)
        .where(one.account_id == account_id)
    )
    found = db.session.execute(query).one_or_none()
    return None if found is None else _attempts(found)


def _attempts(found: Any) -> Attempts:
    name, text, count, first_at, last_at = found
    return Attempts(name, parse_address(text) if text else None, count, first_at, last_at)


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
