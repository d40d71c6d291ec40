"""Tables of sign-in: portal sessions and why they ended, past sign-ins, past use and access, and the throttle."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.network_key import LENGTH
from webapp.storage.models.base import (
    ADDRESS_LENGTH,
    BROWSER_LENGTH,
    CLIENT_ADDRESSES,
    HASH_LENGTH,
    KIND_LENGTH,
    NETWORK_LENGTH,
    NEVER_REUSED,
    Base,
    account_key,
    user_key,
)


class PortalSessionRow(Base):
    """A signed-in browser. The id is kept as SHA-256 only; without membership, no session."""

    __tablename__ = "portal_session"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["membership.account_id", "membership.user_id"], ondelete="CASCADE"
        ),
        sa.Index(None, "account_id", "user_id"),
    )
    id_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), primary_key=True)
    account_id: Mapped[int]
    user_id: Mapped[int]
    address: Mapped[str | None] = mapped_column(sa.String(ADDRESS_LENGTH))
    browser: Mapped[str | None] = mapped_column(sa.String(BROWSER_LENGTH))  # at sign-in, in words; None: not known
    created_at: Mapped[datetime]  # no index: who is signed in would be looked for in it, through all accounts
    last_seen_at: Mapped[datetime]


class SessionTombstone(Base):
    """Why a portal session was ended, for the sign-in page of its browser. `reason` is any short word."""

    __tablename__ = "session_tombstone"
    id_hash: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), primary_key=True)
    user_id: Mapped[int] = mapped_column(user_key())
    reason: Mapped[str] = mapped_column(sa.String(16))
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime] = mapped_column(index=True)


class SignIn(Base):
    """The last sign-in of a user to an account from an address; `client` is what the throttle calls it."""

    __tablename__ = "sign_in"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "user_id", "address"),
        sa.Index(None, "account_id", "last_at"),
        sa.Index(None, "user_id", "client"),  # whether a client is known, however many sign-ins a person has
        NEVER_REUSED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(account_key())
    user_id: Mapped[int] = mapped_column(user_key())
    address: Mapped[str] = mapped_column(sa.String(ADDRESS_LENGTH))
    client: Mapped[str] = mapped_column(sa.String(NETWORK_LENGTH))
    last_at: Mapped[datetime] = mapped_column(index=True)


class PortalUse(Base):
    """That somebody used the portal from a client, and on how many days (R19); without membership, none.

    `addresses`: its latest ones, up to CLIENT_ADDRESSES, the last one first, with blanks between them.
    """

    __tablename__ = "portal_use"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["membership.account_id", "membership.user_id"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("account_id", "user_id", "client"),
        sa.CheckConstraint("days > 0", name="days"),
        sa.Index(None, "account_id", "last_at", "user_id"),
        NEVER_REUSED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    user_id: Mapped[int]
    client: Mapped[str] = mapped_column(sa.String(NETWORK_LENGTH))
    addresses: Mapped[str] = mapped_column(sa.String((CLIENT_ADDRESSES + 1) * (ADDRESS_LENGTH + 1)))  # one goes later
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    days: Mapped[int]


class PortalAccess(Base):
    """A sign-in, or what was blocked of a person from a client within an hour: what history shows of access (R15).

    `at`: the sign-in, or the first attempt, so that no row moves while somebody turns the pages. `address` is None
    where there was no trustworthy one. `key` is that of the address, or of a blocked client: the IPv4 address, the IPv6
    /64 (`webapp/domain/network_key.py`).
    """

    __tablename__ = "portal_access"
    __table_args__ = (
        sa.UniqueConstraint("attempt_id"),
        sa.CheckConstraint("(kind = 'blocked') = (attempt_id IS NOT NULL)", name="attempt"),
        sa.Index(None, "account_id", "kind", "at", "id"),
        sa.Index(None, "account_id", "user_id", "kind", "at", "id"),
        sa.Index(None, "account_id", "key", "at", "id", "user_id", "kind"),
        sa.Index(None, "account_id", "at", "id", "key", "user_id", "kind"),
        NEVER_REUSED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(account_key())
    user_id: Mapped[int] = mapped_column(user_key(), index=True)
    kind: Mapped[str] = mapped_column(sa.String(KIND_LENGTH))
    at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str | None] = mapped_column(sa.String(ADDRESS_LENGTH))
    key: Mapped[str | None] = mapped_column(sa.String(LENGTH))
    attempt_id: Mapped[int | None] = mapped_column(sa.ForeignKey("blocked_attempt.id", ondelete="CASCADE"))


class SignInFailures(Base):
    """Failed sign-ins of one key in its present window. `key` is a SHA-256: what people type is not kept.

    Keys that begin with the name of a kind count something else: see `storage/throttle.py`.
    """

    __tablename__ = "sign_in_failures"
    __table_args__ = (sa.CheckConstraint("count >= 0", name="count"),)
    key: Mapped[str] = mapped_column(sa.String(HASH_LENGTH), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
