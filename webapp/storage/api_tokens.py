"""API tokens: shown once, kept as SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.domain.program_name import program_name
from webapp.domain.token_scopes import READ
from webapp.storage.engine.transactions import first_read
from webapp.storage.models import Account, ApiToken, Membership, User
from webapp.storage.models.base import NAME_LENGTH
from webapp.storage.sessions import OWNER, hash_of


@dataclass(frozen=True, slots=True)
class Access:
    """What a token opens: which account, what it may do there, and for which owner (None: a token of nobody's).

    `has_ended`: the person whom it acts for is no owner of the account any more, or is disabled (R18).
    """

    account_id: int
    account_name: str
    token_id: int
    scopes: str
    token_hash: str
    token_name: str
    user_id: int | None
    user_name: str
    has_ended: bool

    @property
    def actor(self) -> str:
        """Who acts, as events and networks keep it."""
        return program_name(self.user_name, self.token_name, NAME_LENGTH)

    def may(self, scope: str) -> bool:
        """Whether the token has the scope."""
        return scope in self.scopes.split()


def create(
    session: Session,
    account_id: int,
    name: str,
    now: datetime,
    *,
    scopes: Iterable[str] = (READ,),
    owner_id: int | None = None,
) -> str:
    """Add a token to the account and return it: 256 random bits, not to be read again."""
    token = f"pat_{secrets.token_urlsafe(32)}"
    kept = {"name": name, "token_hash": hash_of(token), "created_at": now}
    session.add(ApiToken(account_id=account_id, **kept, scopes=" ".join(scopes), owner_id=owner_id))
    return token


def delete(session: Session, account_id: int, name: str) -> int:
    """Delete the account's tokens of that name; return how many there were."""
    named = sa.delete(ApiToken).where(ApiToken.account_id == account_id, ApiToken.name == name)
    return len(session.execute(named.returning(ApiToken.id)).all())


def delete_of(session: Session, account_id: int, owner_id: int) -> list[str]:
    """Delete the account's tokens that act for that person; return their names."""
    theirs = sa.delete(ApiToken).where(ApiToken.account_id == account_id, ApiToken.owner_id == owner_id)
    return sorted(session.scalars(theirs.returning(ApiToken.name)))


_owns = sa.and_(
    Membership.account_id == ApiToken.account_id, Membership.user_id == ApiToken.owner_id, Membership.role == OWNER
)
_FIND = (
    sa.select(
        Account.id,
        Account.name,
        ApiToken.id,
        ApiToken.scopes,
        ApiToken.token_hash,
        ApiToken.name,
        ApiToken.owner_id,
        sa.func.coalesce(User.name, ""),
        ApiToken.owner_id.is_not(None) & (Membership.id.is_(None) | User.disabled_at.is_not(None)),
    )
    .select_from(ApiToken)
    .join(Account, Account.id == ApiToken.account_id)
    .outerjoin(User, User.id == ApiToken.owner_id)
    .outerjoin(Membership, _owns)
    .where(ApiToken.token_hash == sa.bindparam("token_hash"))
)


def find(token: str) -> Access | None:
    """Return what the token opens, or None. Looked up by hash, so timing tells nothing about a token."""
    asked = {"token_hash": hash_of(token)}
    row = first_read(lambda connection: connection.execute(_FIND, asked).one_or_none())
    return None if row is None else Access(*row)
