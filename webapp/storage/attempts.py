"""Blocked attempts: grouped by person, address and hour, so that a flood cannot fill the disk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, parse_address
from webapp.domain.allowlist import current_network
from webapp.domain.network import Network
from webapp.storage.database import db
from webapp.storage.models import Account, BlockedAttempt, User
from webapp.storage.transactions import first_read
from webapp.storage.upsert import insert

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Blocked:
    """What a blocked person is told: address (None where there is no trustworthy one), time, reference."""

    reference: str
    account_name: str
    address: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Frequent:
    """An address with its attempts: how many, when the last, by whom (one name, and how many people)."""

    address: Address
    count: int
    last_at: datetime
    name: str
    people: int

    @property
    def network(self) -> Network:
        """The network to list for it, as for a current address (R5)."""
        return current_network(self.address)


def record(session: Session, *, account_id: int, user_id: int, address: str | None, now: datetime) -> str:
    """Count the attempt and return the reference under which it can be found."""
    reference = "".join(secrets.choice(ALPHABET) for _ in range(8))
    statement = insert(BlockedAttempt).values(
        reference=f"blk_{reference[:4]}-{reference[4:]}",
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


def most_frequent(account_id: int, since: datetime, limit: int) -> list[Frequent]:
    """Return the addresses with most attempts since then, the most frequent first."""
    count, last_at = sa.func.sum(BlockedAttempt.count), sa.func.max(BlockedAttempt.last_at)
    name = sa.func.min(User.name)
    people = sa.func.count(sa.distinct(BlockedAttempt.user_id))
    query = (
        sa.select(BlockedAttempt.address, count, last_at, name, people)
        .join(User, User.id == BlockedAttempt.user_id)
        .where(BlockedAttempt.account_id == account_id, BlockedAttempt.hour >= since, BlockedAttempt.address != "")
        .group_by(BlockedAttempt.address)
        .order_by(count.desc(), BlockedAttempt.address)
        .limit(limit)
    )
    return [
        Frequent(parse_address(text), total, at, who, how_many)
        for text, total, at, who, how_many in db.session.execute(query)
    ]


def find(reference: str) -> Blocked | None:
    """Return the attempt with that reference, or None."""
    query = (
        sa.select(BlockedAttempt.reference, Account.name, BlockedAttempt.address, BlockedAttempt.last_at)
        .join(Account, Account.id == BlockedAttempt.account_id)
        .where(BlockedAttempt.reference == reference)
    )
    row = first_read(lambda session: session.execute(query).one_or_none())
    return None if row is None else Blocked(row[0], row[1], row[2] or None, row[3])
