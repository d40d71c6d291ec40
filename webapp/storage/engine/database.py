"""The engine, and the session of a request: what each database is told when a transaction begins."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context
from sqlalchemy.orm import Session

from webapp.config import Config, ConfigError
from webapp.storage.engine import sqlite_file
from webapp.storage.engine.circuit_breaker import CircuitBreaker, Unavailable
from webapp.storage.engine.deadlines import (
    MIN_WAIT_S,
    REQUEST_BUDGET_S,
    DeadlineConnection,
    DeadlineExceeded,
    deadline,
    time_left,
)
from webapp.storage.engine.migrating import Migrations
from webapp.storage.models import Base

BEGIN_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
BUSY_TIMEOUT_S = 4  # With the answer's own time, 503 comes within 6 s.
# A standby answers with lists of before, and nobody could say how old: whoever is one is not connected to.
PRIMARY_ONLY = {"target_session_attrs": "primary"}


class Database:
    """The running app's engine, and one session per app context, closed with it."""

    @property
    def engine(self) -> sa.Engine:
        """The engine of this process."""
        engine: sa.Engine = current_app.extensions["engine"]
        return engine

    @property
    def circuit_breaker(self) -> CircuitBreaker:
        """Whether the database has stopped answering this process."""
        breaker: CircuitBreaker = current_app.extensions["circuit_breaker"]
        return breaker

    @contextmanager
    def sqlite_write_lock(self, wait: float | None = None) -> Iterator[None]:
        """Write when it is this thread's turn: SQLite has one lock for all, and lets those who wait go by chance.

        `wait`: for so many seconds; without it, as long as the request's patience lasts.

        Raises:
            Unavailable: it did not become this thread's turn in time.
        """
        lock: threading.Lock | None = current_app.extensions["sqlite_write_lock"]
        if lock is None:
            yield
            return
        if not lock.acquire(timeout=time_left() - MIN_WAIT_S if wait is None else wait):  # the least is for the lock
            raise Unavailable("others were writing all the time")
        try:
            yield
        finally:
            lock.release()

    @property
    def session(self) -> Session:
        """The session of this request or command.

        Raises:
            Unavailable: PostgreSQL has stopped answering. (SQLite: whoever only reads never waits.)
        """
        if "database_session" not in g:
            self._start_waiting()
            g.database_session = Session(self.engine, autoflush=False)
        session: Session = g.database_session
        return session

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection for one read, given back afterwards: a session around it would cost as much as the read.

        Raises:
            Unavailable: as for `session`.
        """
        self._start_waiting()
        with self.engine.connect() as connection:
            yield connection

    def _start_waiting(self) -> None:
        """Refuse where PostgreSQL has stopped answering; otherwise the request's time for its database begins."""
        if self.engine.dialect.name != "sqlite":
            self.circuit_breaker.require_closed()
        if has_request_context() and deadline.get() is None:
            deadline.set(time.monotonic() + REQUEST_BUDGET_S)


db = Database()


def init_app(app: Flask, config: Config) -> None:
    """Make the engine of this process and register `flask db …` (migrations)."""
    folder = Path(app.instance_path)
    engine = sa.create_engine(**engine_options(config.database_url, folder))
    listen(engine)
    breaker = CircuitBreaker(lambda: _ask(engine))
    sa.event.listen(engine, "handle_error", lambda context: _notice(context.original_exception, breaker))
    write_lock = threading.Lock() if engine.dialect.name == "sqlite" else None
    app.extensions |= {"engine": engine, "circuit_breaker": breaker, "sqlite_write_lock": write_lock}
    app.teardown_appcontext(_close_session)
    app.config["ALEMBIC"] = {"script_location": str(Path(__file__).parents[1] / "migrations")}
    # Each in a transaction of its own: locks of one table are not held while the next one's is waited for.
    app.config["ALEMBIC_CONTEXT"] = {"render_as_batch": True, "transaction_per_migration": True}
    Migrations(app, metadatas=Base.metadata, engines=_migration_engine(config.database_url, folder), run_mkdir=False)


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database_session", None)
    if session is not None:
        end_transaction(session)
        session.close()
    deadline.set(None)


def end_transaction(session: Session) -> None:
    """Roll back; where the connection has been cut there is nothing left to do, and the answer is not to suffer."""
    try:
        session.rollback()
    except sa.exc.DBAPIError:
        session.invalidate()


def _ask(engine: sa.Engine) -> None:
    """Ask for what those who wait want: an answer of PostgreSQL, SQLite's lock for writing."""
    with engine.connect().execution_options(writes=True) as connection:
        connection.exec_driver_sql("SELECT 1")


def _notice(error: BaseException, breaker: CircuitBreaker) -> None:
    """Begin the silence where somebody has waited for PostgreSQL in vain."""
    if isinstance(error, psycopg.errors.ConnectionTimeout) or (isinstance(error, DeadlineExceeded) and error.is_outage):
        breaker.open()


def _migration_engine(url: str, folder: Path) -> sa.Engine:
    """Return the engine of migrations: building an index may take minutes, but nobody is to wait for its lock."""
    options = engine_options(url, folder)
    if options["url"].get_backend_name() == "sqlite":
        engine = sa.create_engine(**options)
        listen(engine)
        return engine
    settings = {"options": "-c lock_timeout=4000"} | PRIMARY_ONLY
    return sa.create_engine(options["url"], connect_args=settings, poolclass=sa.NullPool)


def engine_options(url: str, folder: Path) -> dict[str, Any]:
    """Return the options of `create_engine`; a dead database must fail within seconds (R12).

    Raises:
        ConfigError: the URL can't be read, asks for a standby, or SQLite's file is to lie in a folder that does not
            exist.
    """
    parsed = _read_url(url)
    options: dict[str, Any] = {}
    if parsed.get_backend_name() == "sqlite":
        if parsed.query:
            raise ConfigError("DATABASE_URL: a SQLite URL takes no options behind a question mark here.")
        parsed = parsed.set(database=str(sqlite_file.find(parsed.database, folder)))
        # The sqlite3 driver's own transaction handling is switched off: see `listen`.
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_S, "isolation_level": None}
    else:
        if parsed.query.get("target_session_attrs", "primary") != "primary":
            raise ConfigError("DATABASE_URL: target_session_attrs can only be primary: a standby's lists may be old.")
        options |= {"pool_timeout": 4, "pool_recycle": 1_800, "isolation_level": "AUTOCOMMIT"}
        # Whoever writes says so when it begins: without a transaction nothing can be half done.
        settings = "-c statement_timeout=4000 -c lock_timeout=4000 -c default_transaction_read_only=on"
        hosts = parsed.query.get("host", "")
        several = not isinstance(hosts, str) or "," in hosts  # They are asked one after the other.
        options["connect_args"] = {"connect_timeout": 2 if several else 3, "options": settings} | PRIMARY_ONLY
    return options | {"url": parsed}


def _read_url(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (ValueError, sa.exc.ArgumentError):
        raise ConfigError("DATABASE_URL can't be read: see how its port and its other parts are written.") from None


def listen(engine: sa.Engine) -> None:
    """Give PostgreSQL connections that give up, SQLite WAL and foreign keys, and both explicit transactions."""
    if engine.dialect.name == "sqlite":
        _listen_on_sqlite(engine)
    else:
        _listen_on_postgresql(engine)


def _listen_on_postgresql(engine: sa.Engine) -> None:
    """Only who writes pays for a transaction: under READ COMMITTED each statement sees what is there, in or out of one.

    A transaction around the request's one statement would cost two more round trips.
    """

    @sa.event.listens_for(engine, "do_connect")
    def watch(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        return DeadlineConnection.connect(*args, **options)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if not _writes(connection):
            return
        connection.exec_driver_sql(BEGIN_WRITING)
        if wait := _waits(connection):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait * 1000:.0f}")


def _listen_on_sqlite(engine: sa.Engine) -> None:
    """Writers begin with BEGIN IMMEDIATE.

    A deferred transaction that turns into a writer sees an old snapshot, which loses updates.
    """

    @sa.event.listens_for(engine, "do_connect")
    def open_file(_dialect: Any, _record: Any, args: Any, options: Any) -> Any:
        return sqlite_file.connect(Path(args[0]), **options)

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_S * 1000}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "checkout")
    def look(connection: Any, _record: Any, _proxy: Any) -> None:
        if not connection.is_in_place():
            engine.pool.dispose()  # One that idles would hold the old files, and the database shut for others.
            raise sa.exc.InvalidatePoolError  # The pool opens what is at the path now, if it is anything.

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if not _writes(connection):
            connection.exec_driver_sql("BEGIN")
            return
        # Whoever has waited for the turn has less time left for the lock.
        wait = _waits(connection) or min(BUSY_TIMEOUT_S, time_left())
        connection.exec_driver_sql(f"PRAGMA busy_timeout={wait * 1000:.0f}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _writes(connection: sa.Connection) -> bool:
    return bool(connection.get_execution_options().get("writes"))


def _waits(connection: sa.Connection) -> float | None:
    """Return how many seconds the transaction may wait for a lock, where its writer has said so."""
    wait: float | None = connection.get_execution_options().get("waits")
    return wait
