"""The table of networks. The state of a list is in `Account`, what happened to it in `Event`."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.comment import MAX_COMMENT
from webapp.storage.models.base import NAME_LENGTH, NETWORK_LENGTH, NEVER_REUSED, Base, account_key


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
        NEVER_REUSED,
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
