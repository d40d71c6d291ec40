"""Events changed or deleted, as only somebody can who owns the tables: what tests need to tell the past otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from webapp.storage.append_only import TABLES

_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{}'"


@contextmanager
def unguarded(connection: sa.Connection) -> Iterator[None]:
    """Without the triggers that keep events, inside a transaction of the connection."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # no foreign keys, either
        yield
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
        return
    triggers = [row for table in TABLES for row in connection.exec_driver_sql(_TRIGGERS.format(table.__tablename__))]
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, made in triggers:
        connection.exec_driver_sql(made)


def forget_events(connection: sa.Connection, account_id: int) -> None:
    """Delete the account's events, where it has any and the connection may: they are nothing that a portal can do."""
    has_any = connection.execute(sa.select(TABLES[-1].id).where(TABLES[-1].account_id == account_id).limit(1)).first()
    if has_any and _may_forget(connection):
        with unguarded(connection):
            for table in TABLES:
                connection.execute(sa.delete(table).where(table.account_id == account_id))


def _may_forget(connection: sa.Connection) -> bool:
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.exec_driver_sql("SHOW is_superuser").scalar_one() == "on")
