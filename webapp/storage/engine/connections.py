"""How connections are configured: their class, their pragmas, and how their transactions begin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from webapp.storage.engine import sqlite_file
from webapp.storage.engine.deadlines import DeadlineConnection, time_left
from webapp.storage.engine.options import BUSY_TIMEOUT_S

BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"


def configure(engine: sa.Engine) -> None:
    """Give PostgreSQL connections with deadlines, SQLite WAL and foreign keys, and both explicit transactions."""
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine)
    else:
        _configure_postgresql(engine)


def _configure_postgresql(engine: sa.Engine) -> None:
    """Begin a transaction for writers only: a transaction around a request's one statement costs two round trips.

    Under READ COMMITTED each statement sees what is committed, inside a transaction or outside.
    """

    @sa.event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        return DeadlineConnection.connect(*args, **options)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if not _writes(connection):
            return
        connection.exec_driver_sql(BEGIN_WRITING)
        if wait := _waits(connection):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait * 1000:.0f}")


def _configure_sqlite(engine: sa.Engine) -> None:
    """Begin writers with BEGIN IMMEDIATE.

    A deferred transaction that turns into a writer sees an old snapshot, which loses updates.
    """

    @sa.event.listens_for(engine, "do_connect")
    def open_file(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        return sqlite_file.connect(Path(args[0]), **options)

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_S * 1000}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "checkout")
    def require_file_in_place(connection: Any, _record: Any, _proxy: Any) -> None:
        if not connection.is_in_place():
            engine.pool.dispose()  # One that idles would hold the old files, and the database shut for others.
            raise sa.exc.InvalidatePoolError  # The pool opens what is at the path now, if it is anything.

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if not _writes(connection):
            connection.exec_driver_sql("BEGIN")
            return
        # A thread that has waited for `sqlite_write_lock` has less time left for the file's lock.
        wait = _waits(connection) or min(BUSY_TIMEOUT_S, time_left())
        connection.exec_driver_sql(f"PRAGMA busy_timeout={wait * 1000:.0f}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _writes(connection: sa.Connection) -> bool:
    """Whether the transaction is to write (execution option `writes`)."""
    return bool(connection.get_execution_options().get("writes"))


def _waits(connection: sa.Connection) -> float | None:
    """Return how many seconds the transaction may wait for a lock (execution option `waits`), where that is set."""
    wait: float | None = connection.get_execution_options().get("waits")
    return wait
