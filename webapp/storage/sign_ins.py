"""Sign-ins: the credentials of a user with their accounts, and the record of successes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.address import Address, parse_address
from webapp.domain.email_address import canonical_email
from webapp.storage.engine import purging
from webapp.storage.engine.database import db
from webapp.storage.engine.purging import remove_oldest
from webapp.storage.engine.upsert import insert
from webapp.storage.models import Account, Membership, SignIn, User
from webapp.storage.sessions import OWNER
from webapp.storage.throttle import client_of

KEPT_FOR = timedelta(days=90)
KEPT_ADDRESSES = 200  # of one user in one account
LATELY = timedelta(days=30)  # what counts where no owner is to be left out (R18)


@dataclass(frozen=True, slots=True)
class AccountOfUser:
    """An account that a user belongs to, with the state of its list."""

    account_id: int
    account_name: str
    allowlist_active: bool
    allowlist_revision: str
    list_stamp: str


@dataclass(frozen=True, slots=True)
class StoredCredentials:
    """What sign-in compares for an e-mail; of an unknown e-mail all is empty."""

    id: int = 0
    password_hash: str | None = None
    is_disabled: bool = False
    accounts: tuple[AccountOfUser, ...] = ()


class Disabled(Exception):
    """The user may not sign in any more, not to this account."""


class PasswordChanged(Exception):
    """The user has another password, or another hash of it, than the one that was compared."""


def find_user(email: str) -> User | None:
    """Return the user with that e-mail, whatever its case."""
    return db.session.scalars(sa.select(User).where(User.email == canonical_email(email))).one_or_none()


def find_credentials(email: str) -> StoredCredentials:
    """Return the user with that e-mail and their accounts, the first joined first: one statement, known or not (R9)."""
    query = (
        sa.select(User.id, User.password_hash, User.disabled_at)
        .add_columns(Account.id, Account.name, Account.allowlist_active, Account.allowlist_revision, Account.list_stamp)
        .outerjoin(Membership, Membership.user_id == User.id)
        .outerjoin(Account, Account.id == Membership.account_id)
        .where(User.email == canonical_email(email))
        .order_by(Membership.id)
    )
    rows = db.session.execute(query).all()
    if not rows:
        return StoredCredentials()
    user_id, password_hash, disabled_at, *_ = rows[0]
    accounts = tuple(AccountOfUser(*row[3:]) for row in rows if row[3] is not None)
    return StoredCredentials(user_id, password_hash, disabled_at is not None, accounts)


def require_unchanged(session: Session, user_id: int, account_id: int, password_hash: str) -> None:
    """See that what `find_credentials` has found still holds, and does so until the transaction ends.

    Hashing takes its time: whoever is removed or given another password meanwhile is not to get a session afterwards.

    Raises:
        Disabled: the user is disabled, gone, or not in the account any more.
        PasswordChanged: the stored hash is another one. Either way the caller's transaction must be rolled back.
    """
    # The same lock as in `sessions.start`: a shared lock that is upgraded there would be a deadlock of two sign-ins.
    query = (
        sa.select(User.password_hash)
        .join(Membership, Membership.user_id == User.id)
        .where(User.id == user_id, Membership.account_id == account_id, User.disabled_at.is_(None))
        .with_for_update(key_share=True)
    )
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise Disabled
    if found != password_hash:
        raise PasswordChanged


def set_hash(session: Session, user_id: int, password_hash: str) -> None:
    """Replace the hash of the user's password, which `require_unchanged` has locked."""
    session.execute(sa.update(User).where(User.id == user_id).values(password_hash=password_hash))


def purge(session: Session, now: datetime) -> None:
    """Delete sign-ins older than KEPT_FOR, at most one batch."""
    remove_oldest(session, SignIn.last_at, now - KEPT_FOR)


def record(session: Session, *, account_id: int, user_id: int, address: Address, now: datetime) -> None:
    """Record that the user signed in to the account from the address; only the last KEPT_ADDRESSES are kept.

    One batch of older ones is deleted: an older release may have kept very many.
    """
    # The client, too: an older release may have recorded another name for it.
    changing = {"client": client_of(address), "last_at": now}
    statement = insert(SignIn).values(account_id=account_id, user_id=user_id, address=address.text, **changing)
    session.execute(statement.on_conflict_do_update(index_elements=["account_id", "user_id", "address"], set_=changing))
    own = sa.and_(SignIn.account_id == account_id, SignIn.user_id == user_id)
    latest = sa.select(SignIn.id).where(own).order_by(SignIn.last_at.desc(), SignIn.id.desc())
    beyond = latest.offset(KEPT_ADDRESSES).limit(purging.BATCH_SIZE)
    session.execute(sa.delete(SignIn).where(SignIn.id.in_(beyond)))


def of_owners(session: Session, account_id: int, now: Callable[[], datetime]) -> Iterator[Address]:
    """Yield the addresses from which the account's present owners signed in lately, the latest first (R18).

    A disabled owner does not count. Nothing is read before the first one is asked for.
    """
    query = (
        sa.select(SignIn.address)
        .join(Membership, sa.and_(Membership.account_id == SignIn.account_id, Membership.user_id == SignIn.user_id))
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.account_id == account_id, SignIn.last_at > now() - LATELY)
        .where(Membership.role == OWNER, User.disabled_at.is_(None))
        .order_by(SignIn.last_at.desc())
    )
    yield from map(parse_address, session.scalars(query))
