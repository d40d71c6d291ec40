"""API tokens: shown once, kept as SHA-256."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.storage.engine.transactions import first_read
from webapp.storage.models import Account, ApiToken
from webapp.storage.sessions import hash_of


@dataclass(frozen=True, slots=True)
class TokenAccount:
    """The account that a token opens."""

    account_id: int
    name: str


def create(session: Session, account_id: int, name: str, now: datetime) -> str:
    """Add a token to the account and return it: 256 random bits, not to be read again."""
    token = f"pat_{secrets.token_urlsafe(32)}"
    session.add(ApiToken(account_id=account_id, name=name, token_hash=hash_of(token), created_at=now))
    return token


def find_account(token: str) -> TokenAccount | None:
    """Return the token's account, or None. Looked up by hash, so timing tells nothing about a token."""
    query = (
        sa.select(Account.id, Account.name)
        .join(ApiToken, ApiToken.account_id == Account.id)
        .where(ApiToken.token_hash == hash_of(token))
    )
    row = first_read(lambda connection: connection.execute(query).one_or_none())
    return None if row is None else TokenAccount(*row)
