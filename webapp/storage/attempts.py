"""Blocked attempts: grouped by person, address and hour, so that a flood cannot fill the disk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, parse_address
from webapp.domain.current_network import current_network
from webapp.domain.network import Network
from webapp.domain.reference import ALPHABET, format_reference
from webapp.storage.database import db
from webapp.storage.models import Account, BlockedAttempt, User
from webapp.storage.transactions import first_read
from webapp.storage.upsert import insert


@dataclass(frozen=True, slots=True)
class Blocked:
    """What a blocked person is told: address (None where there is no trustworthy one), time, reference."""

    reference: str
    account_name: str
    address: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempts:
    """One person's attempts from one address (None: no trustworthy one): how many, the first and the last."""

    name: str
    address: Address | None
    count: int
    first_at: datetime
    last_at: datetime

    @property
    def network(self) -> Network | None:
        """The network to list for the address: as for a current one (R5)."""
        return current_network(self.address) if self.address else None


def record(session: Session, *, account_id: int, user_id: int, address: str | None, now: datetime) -> str:
    """Count the attempt and return the reference under which it can be found."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(8))
    statement = insert(BlockedAttempt).values(
        reference=format_reference(symbols),
        account_id=account_id,
        user_id=user_id,
        address=address or "",
        hour=now.replace(minute=0, second=0, microsecond=0),
        count=1,
        first_at=now,
        last_at=now,
    )
    upsert = statement.on_conflict_do_update(
        index_elements=["account_id", "user_id", "address", "hour"],
        set_={"count": BlockedAttempt.count + 1, "last_at": now},
    ).returning(BlockedAttempt.reference)
    return session.execute(upsert).scalar_one()


def per_hour(account_id: int, since: datetime) -> list[tuple[datetime, int]]:
    """Return how many attempts there were in each hour since then in which there were any."""
    query = (
        sa.select(BlockedAttempt.hour, sa.func.sum(BlockedAttempt.count))
        .where(BlockedAttempt.account_id == account_id, BlockedAttempt.hour >= since)
        .group_by(BlockedAttempt.hour)
    )
    return [(hour, count) for hour, count in db.session.execute(query)]


def most_frequent(account_id: int, since: datetime) -> str | None:
    """Return the address with most attempts since then."""
    query = (
        sa.select(BlockedAttempt.address)
        .where(BlockedAttempt.account_id == account_id, BlockedAttempt.hour >= since, BlockedAttempt.address != "")
        .group_by(BlockedAttempt.address)
        .order_by(sa.func.sum(BlockedAttempt.count).desc(), BlockedAttempt.address)
        .limit(1)
    )
    return db.session.scalar(query)


def latest(account_id: int, since: datetime, limit: int) -> list[Attempts]:
    """Return the attempts since then by person and address, the latest first."""
    row = BlockedAttempt
    last_at = sa.func.max(row.last_at)
    query = (
        sa.select(User.name, row.address, sa.func.sum(row.count), sa.func.min(row.first_at), last_at)
        .join(User, User.id == row.user_id)
        .where(row.account_id == account_id, row.hour >= since)
        .group_by(User.id, User.name, row.address)
        .order_by(last_at.desc(), User.id, row.address)
        .limit(limit)
    )
    return [_attempts(found) for found in db.session.execute(query)]


def with_reference(account_id: int, reference: str) -> Attempts | None:
    """Return what the reference stands for, or None: one of another account looks like one that never was."""
    row = BlockedAttempt
    query = (
        sa.select(User.name, row.address, row.count, row.first_at, row.last_at)
        .join(User, User.id == row.user_id)
        .where(row.account_id == account_id, row.reference == reference)
    )
    found = db.session.execute(query).one_or_none()
    return None if found is None else _attempts(found)


def _attempts(found: Any) -> Attempts:
    name, text, count, first_at, last_at = found
    return Attempts(name, parse_address(text) if text else None, count, first_at, last_at)


def find(reference: str) -> Blocked | None:
    """Return the attempt with that reference, or None."""
    query = (
        sa.select(BlockedAttempt.reference, Account.name, BlockedAttempt.address, BlockedAttempt.last_at)
        .join(Account, Account.id == BlockedAttempt.account_id)
        .where(BlockedAttempt.reference == reference)
    )
    row = first_read(lambda session: session.execute(query).one_or_none())
    return None if row is None else Blocked(row[0], row[1], row[2] or None, row[3])
