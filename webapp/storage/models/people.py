"""Tables of accounts, users, memberships and API tokens: what operators create."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.storage.models.base import HASH_LENGTH, NAME_LENGTH, NEVER_REUSED, Base, account_key, user_key


class Account(Base):
    """A customer. The list's state and revision live here: one row to lock, one row to read.

    `allowlist_previous` is the revision before: the lock's own UPDATE returns it, to compare a form with.
    `list_stamp` changes with the networks, SQL by hand included: triggers renew it (migration 0007), no code does.
    """

    __tablename__ = "account"
    __table_args__ = (NEVER_REUSED,)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    allowlist_active: Mapped[bool] = mapped_column(default=False)
    allowlist_revision: Mapped[str] = mapped_column(sa.String(16))
    allowlist_previous: Mapped[str] = mapped_column(sa.String(16), default="")
    list_stamp: Mapped[str] = mapped_column(sa.String(32), server_default="0")
    created_at: Mapped[datetime]


class User(Base):
    """A person with one e-mail (lower case) and one password. A disabled one cannot sign in."""

    __tablename__ = "user"
    __table_args__ = (sa.CheckConstraint("length(trim(password_hash)) > 0", name="password_hash"), NEVER_REUSED)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    """A user's role in an account; `id` orders a user's accounts."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "user_id"),
        sa.CheckConstraint("role IN ('owner', 'member')", name="role"),
        sa.Index(None, "account_id", "role", "id"),
        NEVER_REUSED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(account_key())
    user_id: Mapped[int] = mapped_column(user_key(), index=True)
    role: Mapped[str] = mapped_column(sa.String(6))


class ApiToken(Base):
    """A bearer token of the public API, kept as SHA-256 only.

    `scopes`: words with blanks between them (R18). `owner_id`: whom it acts for; with that person's ownership it ends.
    """

    __tablename__ = "api_token"
    __table_args__ = (sa.CheckConstraint("scopes = 'read' OR owner_id IS NOT NULL", name="owner"), NEVER_REUSED)
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(account_key(), index=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    token_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), unique=True)
    scopes: Mapped[str] = mapped_column(sa.String(80), server_default="read")
    owner_id: Mapped[int | None] = mapped_column(user_key())
    created_at: Mapped[datetime]
