"""Portal sessions in the database: how they start and end. What a request does with its own: `request_session.py`."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.session_end import BY_OWNER, REPLACED, Alive, Ended, Limits
from webapp.storage import tombstones
from webapp.storage.engine.purging import BATCH_SIZE
from webapp.storage.engine.transactions import write
from webapp.storage.models import Membership, PortalSessionRow, User, table_of
from webapp.storage.tombstones import EndReason

OWNER = "owner"
KEY = re.compile(r"[0-9a-f]{16}")
END_BATCH_SIZE = 5_000  # sessions in one transaction: SQLite's other writers wait meanwhile
KEY_LENGTH = 16  # digits of the id's SHA-256: enough to tell sessions apart, and not to open one


def new_id() -> str:
    """Return a new portal session id: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Return what is stored instead of a random secret: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long portal sessions live, and how many of them a person has at most."""

    limits: Limits
    per_user: int


def start(
    session: Session,
    *,
    user_id: int,
    account_id: int,
    address: str | None,
    now: datetime,
    bounds: Bounds,
    browser: str = "",
) -> str:
    """Add a portal session and return its id; the person's oldest ones beyond the bound are ended.

    `browser` is which one it is, in words; empty: not known. A batch of rows whose limits passed long ago is deleted,
    too.
    """
    _make_room(session, user_id, bounds, now)
    session_id = new_id()
    _purge(session, hash_of(session_id), now - 2 * bounds.limits.absolute)
    session.add(
        PortalSessionRow(
            id_hash=hash_of(session_id),
            account_id=account_id,
            user_id=user_id,
            address=address,
            browser=browser or None,
            created_at=now,
            last_seen_at=now,
        )
    )
    return session_id


def _purge(session: Session, after: str, before: datetime) -> None:
    """Delete sessions that began before, among the next BATCH_SIZE behind the hash `after`, of all accounts.

    A hash is random: each sign-in looks at another part of the table, and no extra index is needed.
    """
    row = PortalSessionRow
    looked_at = sa.select(row.id_hash).where(row.id_hash > after).order_by(row.id_hash).limit(BATCH_SIZE).subquery()
    last = sa.select(sa.func.max(looked_at.c.id_hash)).scalar_subquery()
    old = sa.select(row.id_hash).where(row.id_hash > after, row.id_hash <= last, row.created_at < before)
    session.execute(sa.delete(table_of(row)).where(row.id_hash.in_(old.with_for_update(skip_locked=True))))


def _make_room(session: Session, user_id: int, bounds: Bounds, now: datetime) -> None:
    """End the person's oldest live sessions, of all accounts, so that with one more there are not too many.

    The user's row is locked first, so that sign-ins of one person count one after the other (PostgreSQL; SQLite has
    one writer anyway). FOR NO KEY UPDATE: what has inserted rows that refer to the user is not in its way.
    """
    session.execute(sa.select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    row = PortalSessionRow
    by_membership = sa.and_(Membership.account_id == row.account_id, Membership.user_id == row.user_id)  # has indexes
    beyond = (
        sa.select(row.id_hash)
        .join(Membership, by_membership)
        .where(Membership.user_id == user_id, *are_alive(bounds.limits.alive(now)))
        .order_by(row.created_at.desc(), row.last_seen_at.desc())
        .offset(bounds.per_user - 1)
    )
    _remove(session, row.id_hash.in_(beyond), EndReason(REPLACED, now))


def are_alive(alive: Alive) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of sessions that no limit has ended."""
    row = PortalSessionRow
    return (
        row.last_seen_at > alive.seen_after,
        row.last_seen_at <= alive.not_after,
        row.created_at > alive.created_after,
        row.created_at <= alive.not_after,
    )


def end_by_key(session: Session, account_id: int, key: str, *, by: int | None, now: datetime) -> None:
    """Delete the account's portal session of that key, if there is one; `by` is the owner who ends it."""
    of_key = sa.func.substr(PortalSessionRow.id_hash, 1, KEY_LENGTH) == key
    _remove(session, sa.and_(PortalSessionRow.account_id == account_id, of_key), EndReason(BY_OWNER, now, by))


def sign_out(session_id: str) -> None:
    """End the portal session: its person has asked for that."""
    write(lambda session: end(session, session_id))


def end(session: Session, session_id: str, why: EndReason | None = None) -> None:
    """Delete the portal session: its cookie opens nothing any more. The reason, if any, is left as a tombstone."""
    _remove(session, PortalSessionRow.id_hash == hash_of(session_id), why)


def end_all_of(session: Session, user_id: int, why: EndReason, account_id: int | None = None) -> int:
    """Remove the user's portal sessions of the account, or of all of them; return how many there were."""
    row = PortalSessionRow
    of_account = sa.true() if account_id is None else row.account_id == account_id
    return _remove(session, sa.and_(row.user_id == user_id, of_account), why)


def _remove(session: Session, which: sa.ColumnElement[bool], why: EndReason | None) -> int:
    row = PortalSessionRow
    removed = session.execute(sa.delete(row).where(which).returning(row.id_hash, row.user_id)).all()
    if why is not None:
        tombstones.record(session, ((id_hash, user_id) for id_hash, user_id in removed), why)
    return len(removed)


def end_some(session: Session, after: str, why: EndReason) -> tuple[int, str]:
    """Delete the next portal sessions behind the hash `after`, at most END_BATCH_SIZE, of all accounts.

    Return how many, and the last one's hash, empty where these were the last. There may be millions of them.
    """
    row = PortalSessionRow
    query = sa.select(row.id_hash).where(row.id_hash > after).order_by(row.id_hash).limit(END_BATCH_SIZE)
    hashes = list(session.scalars(query))
    if hashes:
        these = sa.and_(row.id_hash > after, row.id_hash <= hashes[-1])
        tombstones.record_all(session, these, why)
        session.execute(sa.delete(row).where(these))
    return len(hashes), hashes[-1] if len(hashes) == END_BATCH_SIZE else ""


def why_ended(session_id: str) -> Ended | None:
    """Return why the portal session with that id was ended, or None where no reason is recorded."""
    return tombstones.find(hash_of(session_id))
