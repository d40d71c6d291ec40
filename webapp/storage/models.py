"""The tables. Constraint names follow one convention, so that they agree on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is added when read."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse what has no zone; store UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment with its zone, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way
        datetime: Moment(),
        dict[str, Any]: sa.JSON(),
    }


def table_of(mapped: type[Base]) -> sa.Table:
    """Return the table of a mapped class, for statements that are to give plain rows."""
    return cast(sa.Table, mapped.__table__)


def _account(ondelete: str = "CASCADE") -> Any:
    return sa.ForeignKey("account.id", ondelete=ondelete)


class Account(Base):
    """A customer. The list's state and revision live here: one row to lock, one row to read.

    `allowlist_previous` is the revision before: the lock's own UPDATE must tell what a form is compared with.
    `list_stamp` changes with the networks whoever changes them: triggers renew it (migration 0007), no code does.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    allowlist_active: Mapped[bool] = mapped_column(default=False)
    allowlist_revision: Mapped[str] = mapped_column(sa.String(16))
    allowlist_previous: Mapped[str] = mapped_column(sa.String(16), default="")
    list_stamp: Mapped[str] = mapped_column(sa.String(32), server_default="0")
    created_at: Mapped[datetime]


class User(Base):
    """A person with one e-mail (lower case) and one password; once disabled, whoever it is does not get in."""

    __tablename__ = "user"
    __table_args__ = (sa.CheckConstraint("length(trim(password_hash)) > 0", name="password_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
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
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(_account())
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(sa.String(6))


class PortalSessionRow(Base):
    """A signed-in browser. The id is kept as SHA-256 only; without membership, no session."""

    __tablename__ = "portal_session"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"], ["membership.account_id", "membership.user_id"], ondelete="CASCADE"
        ),
        sa.Index(None, "account_id", "user_id"),
    )
    id_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[int]
    user_id: Mapped[int]
    address: Mapped[str | None] = mapped_column(sa.String(39))
    created_at: Mapped[datetime]  # no index: who is signed in would be looked for in it, through all accounts
    last_seen_at: Mapped[datetime]


class SessionTombstone(Base):
    """Why a portal session was ended, for the sign-in page of the browser that held it. `reason` is any short word."""

    __tablename__ = "session_tombstone"
    id_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(sa.String(16))
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime] = mapped_column(index=True)


class NetworkRow(Base):
    """A network of an account's list, as canonical text; ids are never used again.

    `position` 0 is one that is still to be given: what adds networks beside `network_rows` need not know of it.
    `added_by_id` is a fact of the past, like the name: no foreign key takes it away (R15).
    """

    __tablename__ = "network"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "network"),
        sa.CheckConstraint("length(comment) <= 140", name="comment_length"),
        sa.CheckConstraint("network LIKE '%_/_%'", name="network_has_prefix"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(_account())
    network: Mapped[str] = mapped_column(sa.String(43))
    comment: Mapped[str] = mapped_column(sa.String(140))
    version: Mapped[str] = mapped_column(sa.String(16))
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(sa.String(120))
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
    account_id: Mapped[int] = mapped_column(_account())
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    actor: Mapped[str] = mapped_column(sa.String(120))
    address: Mapped[str | None] = mapped_column(sa.String(39))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(20))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    operation: Mapped[str | None] = mapped_column(sa.String(64))
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))


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
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(sa.String(16), unique=True)
    account_id: Mapped[int] = mapped_column(_account())
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(sa.String(39))
    hour: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    last_address: Mapped[str | None] = mapped_column(sa.String(39))


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
    address: Mapped[str] = mapped_column(sa.String(39))
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token of the public API, kept as SHA-256 only."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(_account(), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]


class SignIn(Base):
    """The last sign-in of a user to an account from an address; `client` is what the throttle calls it."""

    __tablename__ = "sign_in"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "user_id", "address"),
        sa.Index(None, "account_id", "last_at"),
        sa.Index(None, "user_id", "client"),  # whether a client is known, however many sign-ins a person has
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(_account())
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(sa.String(39))
    client: Mapped[str] = mapped_column(sa.String(43))
    last_at: Mapped[datetime] = mapped_column(index=True)


class SignInFailures(Base):
    """Failed sign-ins of one key in its present window. `key` is a SHA-256: what people type is not kept.

    Keys that begin with the name of a kind count something else: see `storage/throttle.py`.
    """

    __tablename__ = "sign_in_failures"
    __table_args__ = (sa.CheckConstraint("count >= 0", name="count"),)
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]
