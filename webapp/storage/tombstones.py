"""Tombstones: why portal sessions were ended, for the browsers that still hold their ids. They admit nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.session_end import BY_THEMSELVES, Ended
from webapp.storage.engine.database import db
from webapp.storage.engine.purging import remove_oldest
from webapp.storage.engine.upsert import insert
from webapp.storage.models import PortalSessionRow, SessionTombstone, User


@dataclass(frozen=True, slots=True)
class EndReason:
    """Why sessions are ended, when, and by which user."""

    reason: str
    at: datetime
    by: int | None = None


def record(session: Session, ended: Iterable[tuple[str, int]], why: EndReason) -> None:
    """Record why the sessions were ended, each given as the hash of its id and its user's id."""
    for id_hash, user_id in ended:
        session.add(
            SessionTombstone(id_hash=id_hash, user_id=user_id, reason=why.reason, ended_at=why.at, ended_by=why.by)
        )


def record_all(session: Session, which: sa.ColumnElement[bool], why: EndReason) -> None:
    """Record why these portal sessions are ended, in one statement: there may be many."""
    row, at = PortalSessionRow, sa.literal(why.at, SessionTombstone.ended_at.type)
    ended = sa.select(row.id_hash, row.user_id, sa.literal(why.reason), at).where(which)
    columns = ["id_hash", "user_id", "reason", "ended_at"]
    session.execute(insert(SessionTombstone).from_select(columns, ended).on_conflict_do_nothing())


def find(id_hash: str) -> Ended | None:
    """Return why the session was ended, or None where nothing is recorded."""
    row = SessionTombstone
    query = (
        sa.select(row.reason, row.user_id, row.ended_by, User.name)
        .outerjoin(User, User.id == row.ended_by)
        .where(row.id_hash == id_hash)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    reason, user_id, ended_by, name = found
    return Ended(BY_THEMSELVES) if ended_by == user_id else Ended(reason, name or "")


def purge(session: Session, before: datetime) -> None:
    """Delete tombstones of sessions that were ended before, at most one batch."""
    remove_oldest(session, SessionTombstone.ended_at, before)
