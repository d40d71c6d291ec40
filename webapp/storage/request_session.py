"""The portal session of a request: what each request costs of it, to load and to touch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.storage import uses
from webapp.storage.engine.transactions import first_read, try_write
from webapp.storage.models import Account, Membership, PortalSessionRow, User, table_of
from webapp.storage.sessions import OWNER, hash_of

# Built once, and of tables: building it, or looking at mapped classes, took as long as asking it.
_session, _user, _account, _membership = (table_of(one).c for one in (PortalSessionRow, User, Account, Membership))
_LOAD = (
    sa.select(
        _user.id,
        _user.name,
        _user.email,
        _account.id,
        _account.name,
        _membership.role,
        _account.allowlist_active,
        _account.allowlist_revision,
        _account.list_stamp,
        _session.address,
        _session.created_at,
        _session.last_seen_at,
    )
    .select_from(table_of(PortalSessionRow))
    .join(table_of(User), _user.id == _session.user_id)
    .join(table_of(Account), _account.id == _session.account_id)
    .join(
        table_of(Membership),
        sa.and_(_membership.account_id == _session.account_id, _membership.user_id == _session.user_id),
    )
    .where(_session.id_hash == sa.bindparam("id_hash"), _user.disabled_at.is_(None))
)


@dataclass(frozen=True)
class PortalSession(UserMixin):  # type: ignore[misc]
    """A signed-in browser, with what a request needs: person, account, role, state of the list."""

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


def load(session_id: str) -> PortalSession | None:
    """Return the portal session with that id, or None: one statement, the only one that every page costs."""
    asked = {"id_hash": hash_of(session_id)}
    row = first_read(lambda connection: connection.execute(_LOAD, asked).one_or_none())
    return None if row is None else PortalSession(session_id, *row)


def touch(seen: PortalSession, address: Address | None, now: datetime) -> bool:
    """Write when and from where the session was last seen, if no lock is in the way; return whether it was written.

    On another day, or from another address, than it was last seen, it is a use to remember, too (R19).
    """
    text = address.text if address else None
    is_use = (text, _day(now)) != (seen.address, _day(seen.last_seen_at))

    def work(session: Session) -> None:
        session.execute(
            sa.update(PortalSessionRow)
            .where(PortalSessionRow.id_hash == hash_of(seen.id))
            .values(last_seen_at=now, address=text)
        )
        if address and is_use:
            uses.record(session, account_id=seen.account_id, user_id=seen.user_id, address=address, now=now)

    return try_write(work)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
