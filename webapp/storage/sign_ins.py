"""Sign-in: users and their accounts, the throttle of failures, the record of successes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, parse_address
from webapp.domain.address_kind import client_network
from webapp.domain.current_network import current_network
from webapp.domain.email_address import canonical_email
from webapp.domain.network import Network
from webapp.domain.throttle import running_starts, seconds_left
from webapp.storage.database import db
from webapp.storage.models import Account, Membership, SignIn, SignInFailures, User
from webapp.storage.upsert import insert

KNOWN_CLIENT_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Membered:
    """An account that a user belongs to, with the state of its list."""

    account_id: int
    account_name: str
    allowlist_active: bool
    allowlist_revision: str
    list_stamp: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How many failures each kind of key may have within the window."""

    window: timedelta
    pair: int
    client: int
    email: int


@dataclass(frozen=True, slots=True)
class SignedInFrom:
    """A past sign-in: the address, the network to list for it, who, when last."""

    address: Address
    network: Network
    user_id: int
    name: str
    at: datetime


class Throttled(Exception):
    """Too many failures: `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


def find_user(email: str) -> User | None:
    """Return the user with that e-mail, whatever its case."""
    return db.session.scalars(sa.select(User).where(User.email == canonical_email(email))).one_or_none()


def accounts_of(user_id: int) -> list[Membered]:
    """Return the user's accounts, the first joined first."""
    query = (
        sa.select(Account.id, Account.name, Account.allowlist_active, Account.allowlist_revision, Account.list_stamp)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.user_id == user_id)
        .order_by(Membership.id)
    )
    return [Membered(*row) for row in db.session.execute(query)]


def client_of(address: Address | None) -> str:
    """Return what the throttle calls the client: a network of one person, household or office, or "unknown"."""
    return "unknown" if address is None else client_network(address).text


def reserve(session: Session, email: str, client: str, limits: Limits, now: datetime) -> None:
    """Count one failure in advance, before the password is looked at, so that parallel guesses count too.

    `forget` takes it back after a right password. Nothing is counted for an attempt that is refused here,
    so a stranger cannot push somebody else's counters beyond their limits.

    Raises:
        Throttled: a limit is reached; the caller's transaction must be rolled back.
    """
    email_limit = None if _is_known(session, email, client, now) else limits.email
    for key, limit in sorted(
        {_key(email, client): limits.pair, _key("", client): limits.client, _key(email, ""): email_limit}.items()
    ):
        window_start, count = _count(session, key, now, limits.window)
        if limit is not None and count > limit:
            raise Throttled(seconds_left(window_start, now, limits.window))


def forget(session: Session, email: str, client: str) -> None:
    """Take back the failure that `reserve` counted: the password was right."""
    for key in sorted({_key(email, client), _key("", client), _key(email, "")}):
        session.execute(
            sa.update(SignInFailures)
            .where(SignInFailures.key == key, SignInFailures.count > 0)
            .values(count=SignInFailures.count - 1)
        )


def purge(session: Session, account_id: int, window: timedelta, now: datetime) -> None:
    """Remove counters whose window has passed, and the account's sign-ins that nothing asks about any more."""
    session.execute(sa.delete(SignInFailures).where(_is_over(now, window)))
    session.execute(sa.delete(SignIn).where(SignIn.account_id == account_id, SignIn.last_at < now - KEPT_FOR))


def record(session: Session, *, account_id: int, user_id: int, address: Address, now: datetime) -> None:
    """Keep that the user signed in to the account from the address."""
    # The client too: an older release may have named another one.
    changing = {"client": client_of(address), "last_at": now}
    statement = insert(SignIn).values(account_id=account_id, user_id=user_id, address=address.text, **changing)
    session.execute(statement.on_conflict_do_update(index_elements=["account_id", "user_id", "address"], set_=changing))


def recent(account_id: int, since: datetime) -> list[SignedInFrom]:
    """Return from where people signed in to the account since then, the latest first.

    The network to list is the address's own, not the throttle's client: that may be one who never connects.
    """
    query = (
        sa.select(SignIn.address, User.id, User.name, SignIn.last_at)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.account_id == account_id, SignIn.last_at > since)
        .order_by(SignIn.last_at.desc(), SignIn.id)
    )
    rows = [(parse_address(text), user_id, name, at) for text, user_id, name, at in db.session.execute(query)]
    return [SignedInFrom(address, current_network(address), user_id, name, at) for address, user_id, name, at in rows]


def _key(email: str, client: str) -> str:
    return hashlib.sha256(f"{canonical_email(email)}\n{client}".encode(errors="replace")).hexdigest()


def _count(session: Session, key: str, now: datetime, window: timedelta) -> tuple[datetime, int]:
    expired = _is_over(now, window)
    statement = insert(SignInFailures).values(key=key, window_start=now, count=1)
    upsert = statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": sa.case((expired, 1), else_=SignInFailures.count + 1),
            "window_start": sa.case((expired, now), else_=SignInFailures.window_start),
        },
    ).returning(SignInFailures.window_start, SignInFailures.count)
    row = session.execute(upsert).one()
    return row[0], row[1]


def _is_over(now: datetime, window: timedelta) -> sa.ColumnElement[bool]:
    first, last = running_starts(now, window)
    return sa.or_(SignInFailures.window_start <= first, SignInFailures.window_start > last)


def _is_known(session: Session, email: str, client: str, now: datetime) -> bool:
    query = (
        sa.select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(User.email == canonical_email(email), SignIn.client == client, SignIn.last_at > now - KNOWN_CLIENT_FOR)
        .limit(1)
    )
    return session.execute(query).first() is not None
