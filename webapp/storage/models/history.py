"""Tables of history (R15). Triggers refuse to change or delete their rows: see migrations 0015 and 0017."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.network_key import LENGTH
from webapp.storage.models.base import (
    ADDRESS_LENGTH,
    HASH_LENGTH,
    KIND_LENGTH,
    NAME_LENGTH,
    NEVER_REUSED,
    Base,
    account_key,
)


class Event(Base):
    """What changed what people may do: who, when, from where, by which door, before, after; `kind` says what it is.

    `user_id` is a fact of the past, like the name: no foreign key forgets it. `door` is None in rows of before whose
    door is not certain. `operation` is the one-time id of the form. `weight` counts the networks of the account's
    events up to this one: each time it has grown by so many, a snapshot is due (`storage/snapshots.py`). `keys` are the
    networks that it is about (`webapp/domain/network_key.py`): a trigger makes the rows of `EventNetwork` of them.
    """

    __tablename__ = "event"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "user_id", "operation"),
        sa.Index(None, "account_id", "id"),  # the last ones, without walking through other accounts'
        sa.Index(None, "account_id", "kind", "id"),
        sa.Index(None, "account_id", "at", "id"),  # a page of history, and the same by who and by what
        sa.Index(None, "account_id", "user_id", "at", "id"),
        sa.Index(None, "account_id", "kind", "at", "id"),
        NEVER_REUSED,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(account_key())
    user_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(sa.String(NAME_LENGTH))
    address: Mapped[str | None] = mapped_column(sa.String(ADDRESS_LENGTH))
    door: Mapped[str | None] = mapped_column(sa.String(8))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(KIND_LENGTH))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    operation: Mapped[str | None] = mapped_column(sa.String(HASH_LENGTH))
    fingerprint: Mapped[str | None] = mapped_column(sa.String(HASH_LENGTH))
    weight: Mapped[int] = mapped_column(server_default="0")
    keys: Mapped[list[str] | None] = mapped_column(sa.JSON())


class EventNetwork(Base):
    """A network that an event is about, to be found by: `key` sorts it before the networks that it contains.

    The other columns are the event's: a search reads one index and nothing else.
    """

    __tablename__ = "event_network"
    __table_args__ = (
        sa.Index(None, "account_id", "key", "at", "event_id", "user_id", "kind"),
        sa.Index(None, "account_id", "at", "event_id", "key", "user_id", "kind"),
    )
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(LENGTH), primary_key=True)
    account_id: Mapped[int]
    at: Mapped[datetime]
    user_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(KIND_LENGTH))


class ListSnapshot(Base):
    """The whole list as it was after an event, so that no look back has to go through all that came since."""

    __tablename__ = "list_snapshot"
    __table_args__ = (sa.Index(None, "account_id", "event_id"),)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int]
    state: Mapped[dict[str, Any]]
