"""Portal sessions in the database: start, load, touch, end."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Session

from webapp.domain.address import parse_address
from webapp.domain.session_end import BY_OWNER, Ended
from webapp.domain.signed_in import SignedIn
from webapp.storage import tombstones
from webapp.storage.database import db
from webapp.storage.models import Account, Membership, PortalSessionRow, User
from webapp.storage.tombstones import Why
from webapp.storage.transactions import first_read, write_briefly

OWNER = "owner"
KEY = re.compile(r"[0-9a-f]{16}")
END_AT_ONCE = 5_000  # in one transaction: SQLite's other writers wait meanwhile
KEY_LENGTH = 16  # of the id's SHA-256: enough to tell sessions apart, of no use to anybody who sees it


@dataclass(frozen=True)
class PortalSession(UserMixin):  # type: ignore[misc]
    """A signed-in browser with what a request needs to know: person, account, role, state of the list."""

    id: str
    user_id: int
    user_name: str
    email: str
    account_id: int
    account_name: str
    role: str
    allowlist_active: bool
    allowlist_revision: str
    list_stamp: str
    address: str | None
    created_at: datetime
    last_seen_at: datetime

    @property
    def is_owner(self) -> bool:
        """Whether the user is an owner of the account (R1)."""
        return self.role == OWNER


def new_id() -> str:
    """Return a new portal session id: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Return what is stored instead of a random secret: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


# Built once: building it took as long as asking it.
_LOAD = (
    sa.select(
        User.id,
        User.name,
        User.email,
        Account.id,
        Account.name,
        Membership.role,
        Account.allowlist_active,
        Account.allowlist_revision,
        Account.list_stamp,
        PortalSessionRow.address,
        PortalSessionRow.created_at,
        PortalSessionRow.last_seen_at,
    )
    .select_from(PortalSessionRow)
    .join(User, User.id == PortalSessionRow.user_id)
    .join(Account, Account.id == PortalSessionRow.account_id)
    .join(
        Membership,
        sa.and_(Membership.account_id == PortalSessionRow.account_id, Membership.user_id == PortalSessionRow.user_id),
    )
    .where(PortalSessionRow.id_hash == sa.bindparam("id_hash"))
)


def load(session_id: str) -> PortalSession | None:
    """Return the portal session with that id, or None. The one statement of a request (DESIGN 4)."""
    asked = {"id_hash": hash_of(session_id)}
    row = first_read(lambda session: session.execute(_LOAD, asked).one_or_none())
    return None if row is None else PortalSession(session_id, *row)


def start(
    session: Session, *, user_id: int, account_id: int, address: str | None, now: datetime, expired_before: datetime
) -> str:
    """Add a portal session and return its id; the user's expired ones of the account are removed on the way."""
    row = PortalSessionRow
    own = sa.and_(row.account_id == account_id, row.user_id == user_id)  # as the index has them: there may be millions
    session.execute(sa.delete(row).where(own, row.created_at < expired_before))
    session_id = new_id()
    session.add(
        PortalSessionRow(
            id_hash=hash_of(session_id),
            account_id=account_id,
            user_id=user_id,
            address=address,
            created_at=now,
            last_seen_at=now,
        )
    )
    return session_id


def touch(session_id: str, address: str | None, now: datetime) -> bool:
    """Keep when and from where the session was last seen, if that can be written at once; return whether it was."""

    def work(session: Session) -> None:
        session.execute(
            sa.update(PortalSessionRow)
            .where(PortalSessionRow.id_hash == hash_of(session_id))
            .values(last_seen_at=now, address=address)
        )

    return write_briefly(work)


def signed_in(account_id: int, *, but: str, seen_after: datetime, created_after: datetime) -> tuple[SignedIn, ...]:
    """Return the account's live portal sessions besides the one with the id `but`, the last seen first."""
    row = PortalSessionRow
    query = (
        sa.select(row.id_hash, User.id, User.name, row.address, row.last_seen_at)
        .join(User, User.id == row.user_id)
        .where(row.account_id == account_id, row.id_hash != hash_of(but))
        .where(row.last_seen_at > seen_after, row.created_at > created_after)
        .order_by(row.last_seen_at.desc(), row.id_hash)
    )
    return tuple(
        SignedIn(id_hash[:KEY_LENGTH], user_id, name, parse_address(text) if text else None, at)
        for id_hash, user_id, name, text, at in db.session.execute(query)
    )


def end_by_key(session: Session, account_id: int, key: str, *, by: int, now: datetime) -> None:
    """Remove the account's portal session of that key, if there is one; `by` is the owner who wants that."""
    if not KEY.fullmatch(key):
        return
    of_key = sa.func.substr(PortalSessionRow.id_hash, 1, KEY_LENGTH) == key
    _remove(session, sa.and_(PortalSessionRow.account_id == account_id, of_key), Why(BY_OWNER, now, by))


def end(session: Session, session_id: str, why: Why | None = None) -> None:
    """Remove the portal session: whoever still has its cookie has nothing, and is told why, where there is a reason."""
    _remove(session, PortalSessionRow.id_hash == hash_of(session_id), why)


def _remove(session: Session, which: sa.ColumnElement[bool], why: Why | None) -> None:
    row = PortalSessionRow
    removed = session.execute(sa.delete(row).where(which).returning(row.id_hash, row.user_id)).all()
    if why is not None:
        tombstones.keep(session, ((id_hash, user_id) for id_hash, user_id in removed), why)


def end_some(session: Session, after: str) -> tuple[int, str]:
    """Remove the next portal sessions behind the id's hash `after`, at most `END_AT_ONCE`, of all accounts.

    Return how many, and the last one's hash, empty where these were the last. No tombstones: there may be millions,
    and no owner has ended them.
    """
    row = PortalSessionRow
    query = sa.select(row.id_hash).where(row.id_hash > after).order_by(row.id_hash).limit(END_AT_ONCE)
    hashes = list(session.scalars(query))
    if hashes:
        session.execute(sa.delete(row).where(row.id_hash > after, row.id_hash <= hashes[-1]))
    return len(hashes), hashes[-1] if len(hashes) == END_AT_ONCE else ""


def why_ended(session_id: str) -> Ended | None:
    """Return why the portal session with that id was ended, or None where nobody has left a reason."""
    return tombstones.find(hash_of(session_id))
