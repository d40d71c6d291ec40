"""Accounts, users and memberships: what operators create."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.email_address import canonical_email
from webapp.storage.engine.database import db
from webapp.storage.models import Account, Membership, User
from webapp.storage.revisions import new_revision

MAX_OWNERS_NAMED = 20
MAX_PEOPLE_NAMED = 500


@dataclass(frozen=True, slots=True)
class Owners:
    """The names of an account's owners, at most MAX_OWNERS_NAMED, and how many owners there are."""

    names: tuple[str, ...]
    total: int


def find(account_id: int) -> Account | None:
    """Return the account, or None."""
    return db.session.get(Account, account_id)


def ids() -> list[int]:
    """Return the ids of all accounts."""
    return list(db.session.scalars(sa.select(Account.id).order_by(Account.id)))


def create(session: Session, name: str, now: datetime) -> int:
    """Add an account with an empty, inactive list (R3) and return its id."""
    account = Account(name=name, allowlist_active=False, allowlist_revision=new_revision(), created_at=now)
    session.add(account)
    session.flush()
    return account.id


def find_user(session: Session, email: str) -> User | None:
    """Return the user with that e-mail."""
    return session.scalars(sa.select(User).where(User.email == canonical_email(email))).one_or_none()


def create_user(session: Session, email: str, name: str, password_hash: str, now: datetime) -> int:
    """Add a user and return the id."""
    user = User(email=canonical_email(email), name=name, password_hash=password_hash, created_at=now)
    session.add(user)
    session.flush()
    return user.id


def join(session: Session, account_id: int, user_id: int, role: str) -> bool:
    """Give the user a role in the account; False when there is a membership already."""
    found = sa.select(Membership.id).where(Membership.account_id == account_id, Membership.user_id == user_id)
    if session.execute(found).first() is not None:
        return False
    session.add(Membership(account_id=account_id, user_id=user_id, role=role))
    session.flush()
    return True


def set_role(session: Session, account_id: int, user_id: int, role: str) -> str | None:
    """Give the account's user a role; return the one before, or None where the user is not in the account."""
    mine = (Membership.account_id == account_id, Membership.user_id == user_id)
    was = session.scalars(sa.select(Membership.role).where(*mine).with_for_update()).one_or_none()
    session.execute(sa.update(Membership).where(*mine).values(role=role))
    return was


def role_of(session: Session, account_id: int, user_id: int) -> str | None:
    """Return the user's role in the account, or None where they are not in it."""
    mine = sa.select(Membership.role).where(Membership.account_id == account_id, Membership.user_id == user_id)
    return session.scalars(mine).one_or_none()


def set_password(session: Session, user_id: int, password_hash: str) -> None:
    """Store another hash of the user's password."""
    session.execute(sa.update(User).where(User.id == user_id).values(password_hash=password_hash))


def set_disabled(session: Session, user_id: int, *, disabled: bool, now: datetime) -> bool:
    """Disable or enable the user; return whether that was new.

    The row stays locked: a sign-in that began before has ended by then, or finds the user disabled.
    """
    at = User.disabled_at
    is_other = at.is_(None) if disabled else at.is_not(None)
    statement = sa.update(User).where(User.id == user_id, is_other).values(disabled_at=now if disabled else None)
    return session.execute(statement.returning(User.id)).first() is not None


def leave(session: Session, account_id: int, user_id: int) -> None:
    """End the user's membership of the account."""
    session.execute(sa.delete(Membership).where(Membership.account_id == account_id, Membership.user_id == user_id))


def rename(session: Session, account_id: int, name: str) -> str:
    """Give the account, which is locked, another name; return the one before."""
    was = session.scalars(sa.select(Account.name).where(Account.id == account_id)).one()
    session.execute(sa.update(Account).where(Account.id == account_id).values(name=name))
    return was


def owned_by(session: Session, user_id: int) -> list[int]:
    """Return the ids of the accounts that the user is an owner of."""
    mine = sa.select(Membership.account_id).where(Membership.user_id == user_id, Membership.role == "owner")
    return list(session.scalars(mine.order_by(Membership.account_id)))


def has_another_owner(session: Session, account_id: int, user_id: int) -> bool:
    """Whether somebody else, who may sign in, owns the account, which is locked.

    They stay locked, too: who is being disabled at this moment is waited for, and is none.
    """
    others = (
        sa.select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(_owns(account_id), Membership.user_id != user_id, User.disabled_at.is_(None))
        .with_for_update(read=True, of=User)
    )
    return bool(session.scalars(others).all())


def is_owner(session: Session, account_id: int, user_id: int) -> bool:
    """Whether the user is an owner of the account."""
    query = sa.select(Membership.id).where(_owns(account_id), Membership.user_id == user_id)
    return session.execute(query).first() is not None


def owners(account_id: int) -> Owners:
    """Return who owns the account, by name."""
    query = (
        sa.select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(_owns(account_id))
        .order_by(Membership.id)
        .limit(MAX_OWNERS_NAMED)
    )
    names = tuple(db.session.scalars(query))
    if len(names) < MAX_OWNERS_NAMED:
        return Owners(names, len(names))
    count = sa.select(sa.func.count()).select_from(Membership).where(_owns(account_id))
    return Owners(names, db.session.execute(count).scalar_one())


def people(account_id: int) -> dict[int, str]:
    """Return the names of the account's people by id, in the order of names; at most MAX_PEOPLE_NAMED."""
    query = (
        sa.select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.account_id == account_id)
        .order_by(sa.func.lower(User.name), User.id)
        .limit(MAX_PEOPLE_NAMED)
    )
    return dict(iter(db.session.execute(query)))


def _owns(account_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(Membership.account_id == account_id, Membership.role == "owner")
