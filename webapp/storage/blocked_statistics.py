"""Blocked attempts of an account as its owners see them: how many an hour, from where, and the latest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from webapp.domain.address import parse_address
from webapp.domain.address_kind import client_network
from webapp.storage.blocked_attempts import Attempts
from webapp.storage.engine.database import db
from webapp.storage.models import BlockedAttempt, User

HOUR = timedelta(hours=1)


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
    return [Attempts.of(line[:-1]) for line in found], found[0][-1] if found else 0


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
