"""Tables of allowlists: networks, and the events that changed them. The state of a list is in `Account`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.comment import MAX_COMMENT
from webapp.storage.models.base import ADDRESS_LENGTH, HASH_LENGTH, NAME_LENGTH, NETWORK_LENGTH, Base, account_key


class NetworkRow(Base):
    """A network of an account's list, as canonical text; ids are never used again.

    `position` 0 means that it is not assigned yet: SQL that adds networks need not know of it.
    `added_by_id` is a fact of the past, like the name: no foreign key deletes it (R15).
    """

    __tablename__ = "network"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "network"),
        sa.CheckConstraint(f"length(comment) <= {MAX_COMMENT}", name="comment_length"),
        sa.CheckConstraint("network LIKE '%_/_%'", name="network_has_prefix"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(account_key())
    network: Mapped[str] = mapped_column(sa.String(NETWORK_LENGTH))
    comment: Mapped[str] = mapped_column(sa.String(MAX_COMMENT))
    version: Mapped[str] = mapped_column(sa.String(16))
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    added_by_id: Mapped[int | None]
    position: Mapped[int] = mapped_column(server_default="0")
    last_sign_in_at: Mapped[datetime | None]


class Event(Base):
    """An accepted change of a list: who, from where, what, before, after; and its one-time operation id.

    Or, by its `kind`, what operators have done to the account's users and tokens.
    """

    __tablename__ = "event"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "user_id", "operation"),
        sa.Index(None, "account_id", "id"),  # the last ones, without walking through other accounts'
        sa.Index(None, "account_id", "kind", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(account_key())
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    actor: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    address: Mapped[str | None] = mapped_column(sa.String(ADDRESS_LENGTH))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(20))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    operation: Mapped[str | None] = mapped_column(sa.String(HASH_LENGTH))
    fingerprint: Mapped[str | None] = mapped_column(sa.String(HASH_LENGTH))
