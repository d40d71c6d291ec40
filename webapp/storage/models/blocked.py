"""Tables of blocked attempts and of the references that blocked people are given."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.storage.models.base import ADDRESS_LENGTH, NEVER_REUSED, Base, account_key, user_key


class BlockedAttempt(Base):
    """Attempts from an address that the active list does not cover, one row per person, client and hour.

    `address` stands for the client: the address or, of an IPv6 /64, the first one of it. `last_address` is the one
    that was blocked last; None in rows of an older release, whose `address` was that itself. `reference` is the first
    that was given: in those rows the only one.
    """

    __tablename__ = "blocked_attempt"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "user_id", "address", "hour"),
        sa.CheckConstraint("count > 0", name="count"),
        sa.Index(None, "account_id", "hour", "address", "count"),  # all that is summed up
        NEVER_REUSED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    account_id: Mapped[int] = mapped_column(account_key())
    user_id: Mapped[int] = mapped_column(user_key())
    address: Mapped[str] = mapped_column(sa.String(ADDRESS_LENGTH))
    hour: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    last_address: Mapped[str | None] = mapped_column(sa.String(ADDRESS_LENGTH))


class BlockedReference(Base):
    """A reference that a blocked person was given, with what was shown with it; at most 20 of one row of attempts."""

    __tablename__ = "blocked_reference"
    __table_args__ = (
        sa.UniqueConstraint("attempt_id", "number"),
        sa.UniqueConstraint("attempt_id", "address"),
        sa.CheckConstraint("number BETWEEN 1 AND 20", name="number"),
        sa.CheckConstraint("count > 0", name="count"),
    )
    reference: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("blocked_attempt.id", ondelete="CASCADE"))
    number: Mapped[int]
    address: Mapped[str] = mapped_column(sa.String(ADDRESS_LENGTH))
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
