"""What the tables share: columns of moments, names of constraints, widths, foreign keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

# The widths of columns. A change of one needs a migration, which widens the databases that exist.
ADDRESS_LENGTH = 39  # an IPv6 address in eight full groups
NETWORK_LENGTH = ADDRESS_LENGTH + 4  # and "/128"
CLIENT_ADDRESSES = 8  # the latest ones of a client from which somebody used the portal
NAME_LENGTH = 120
KIND_LENGTH = 20  # words of `webapp/domain/event_kinds.py`
BROWSER_LENGTH = 40  # words of `webapp/domain/browser.py`
HASH_LENGTH = 64  # a SHA-256 in hexadecimal digits
# Otherwise SQLite gives an id that is free again to the next row, and a restore can let no id jump.
NEVER_REUSED = {"sqlite_autoincrement": True}


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC. SQLite stores no time zone: it is added when the moment is read."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment in UTC, as it is stored; one without a zone would be taken for local time."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the moment with its zone, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all tables: their metadata, and the column types of Python's types."""

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
    """Return the table of a mapped class, for statements that return plain rows."""
    return cast(sa.Table, mapped.__table__)


def account_key() -> Any:
    """Return the foreign key of a row that goes with its account."""
    return sa.ForeignKey("account.id", ondelete="CASCADE")


def user_key() -> Any:
    """Return the foreign key of a row that goes with its user."""
    return sa.ForeignKey("user.id", ondelete="CASCADE")
