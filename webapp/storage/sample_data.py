"""The demo's sample data: accounts with their people, and what has happened in the last weeks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address
from webapp.storage import accounts, api_tokens, blocked_attempts, sessions, sign_in
from webapp.storage.engine.database import db
from webapp.storage.engine.transactions import write
from webapp.storage.models import PortalSessionRow, User
from webapp.storage.sessions import Bounds


class Visit(NamedTuple):
    """A sign-in, or a blocked attempt: who, from where, when; and when last seen, in which browser."""

    user_id: int
    address: Address
    at: datetime
    seen_at: datetime
    browser: str = ""


def create_account(name: str, people: Iterable[tuple[str, str, str]], password_hash: str, now: datetime) -> int:
    """Add an account with its people (e-mail, name, role) and an API token; return its id."""

    def work(session: Session) -> int:
        account_id = accounts.create(session, name, now)
        for email, full_name, role in people:
            user_id = accounts.create_user(session, email, full_name, password_hash, now)
            accounts.join(session, account_id, user_id, role)
        api_tokens.create(session, account_id, "Demo", now)
        return account_id

    return write(work)


def user_ids() -> dict[str, int]:
    """Return everybody's id by their e-mail."""
    return dict(db.session.execute(sa.select(User.email, User.id)).all())


def join(account_id: int, email: str) -> None:
    """Make somebody a member of a further account."""
    user_id = user_ids()[email]
    write(lambda session: accounts.join(session, account_id, user_id, "member"))


def add_history(account_id: int, signed_in: Sequence[Visit], blocked: Sequence[Visit]) -> None:
    """Record sign-ins and blocked attempts of the past, the first first."""

    def work(session: Session) -> None:
        for one in signed_in:
            _remember(session, account_id, one)
        for one in blocked:
            blocked_attempts.record(
                session, account_id=account_id, user_id=one.user_id, address=one.address.text, now=one.at
            )

    write(work)


def let_in(account_id: int, visits: Sequence[Visit], bounds: Bounds, now: datetime) -> None:
    """Start portal sessions, as sign-ins have started them, of whoever is not signed in to the account."""
    row = PortalSessionRow
    alive = sessions.are_alive(bounds.limits.alive(now))

    def work(session: Session) -> None:
        present = set(session.scalars(sa.select(row.user_id).where(row.account_id == account_id, *alive)))
        for one in visits:
            if one.user_id in present:
                continue
            own = {"user_id": one.user_id, "account_id": account_id, "address": one.address.text}
            session_id = sessions.start(session, now=one.at, bounds=bounds, browser=one.browser, **own)  # type: ignore[arg-type]
            session.flush()
            by_id = row.id_hash == sessions.hash_of(session_id)
            session.execute(sa.update(row).where(by_id).values(last_seen_at=one.seen_at))
            _remember(session, account_id, one)

    write(work)


def _remember(session: Session, account_id: int, one: Visit) -> None:
    sign_in.remember(session, account_id=account_id, user_id=one.user_id, address=one.address, now=one.at)
