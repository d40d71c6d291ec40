"""The engine of a process, and one session of it for each request or command."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context
from sqlalchemy.orm import Session

from webapp.config import Config
from webapp.storage.engine import connections
from webapp.storage.engine.circuit_breaker import CircuitBreaker, Unavailable
from webapp.storage.engine.deadlines import MIN_WAIT_S, REQUEST_BUDGET_S, DeadlineExceeded, deadline, time_left
from webapp.storage.engine.migrating import Migrations, migration_engine
from webapp.storage.engine.options import engine_options
from webapp.storage.models import Base


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
        """Hold this process's lock for writing: SQLite's own lock serves waiting threads in random order.

        `wait` is how many seconds to wait for it; without it, until the request's deadline. With PostgreSQL there is
        nothing to hold.

        Raises:
            Unavailable: other threads held the lock all the time.
        """
        lock: threading.Lock | None = current_app.extensions["sqlite_write_lock"]
        if lock is None:
            yield
            return
        # Some of the time is left for the file's lock, which other processes may hold.
        if not lock.acquire(timeout=time_left() - MIN_WAIT_S if wait is None else wait):
            raise Unavailable("others were writing all the time")
        try:
            yield
        finally:
            lock.release()

    @property
    def session(self) -> Session:
        """The session of this request or command.

        Raises:
            Unavailable: PostgreSQL has stopped answering. (SQLite: readers never wait.)
        """
        if "database_session" not in g:
            self._start_waiting()
            g.database_session = Session(self.engine, autoflush=False)
        session: Session = g.database_session
        return session

    def reading(self) -> sa.Connection:
        """A connection for one statement that reads, to be closed afterwards.

        A session around it, or a transaction, would cost as much as the statement.

        Raises:
            Unavailable: as for `session`.
        """
        self._start_waiting()
        reader: sa.Engine = current_app.extensions["reader"]
        return reader.connect()

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
    connections.configure(engine)
    breaker = CircuitBreaker(lambda: _probe(engine))
    reader = _reader(engine)
    for one in (engine, reader):
        sa.event.listen(one, "handle_error", lambda context: _open_on_outage(context.original_exception, breaker))
    write_lock = threading.Lock() if engine.dialect.name == "sqlite" else None
    app.extensions |= {"engine": engine, "reader": reader, "circuit_breaker": breaker, "sqlite_write_lock": write_lock}
    app.teardown_appcontext(_close_session)
    app.config["ALEMBIC"] = {"script_location": str(Path(__file__).parents[1] / "migrations")}
    # Each in a transaction of its own: no lock of one table is held while waiting for the next table's.
    app.config["ALEMBIC_CONTEXT"] = {"render_as_batch": True, "transaction_per_migration": True}
    Migrations(app, metadatas=Base.metadata, engines=migration_engine(config.database_url, folder), run_mkdir=False)


def _reader(engine: sa.Engine) -> sa.Engine:
    """Return an engine with the same connections, and without what begins transactions on them."""
    reader = sa.create_engine(engine.url, pool=engine.pool)

    @sa.event.listens_for(engine, "engine_disposed")
    def follow(disposed: sa.Engine) -> None:
        reader.pool = disposed.pool

    return reader


def _close_session(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database_session", None)
    if session is not None:
        end_transaction(session)
        session.close()
    deadline.set(None)


def end_transaction(session: Session) -> None:
    """Roll back, or drop the session's connection where it is broken: the answer must not fail for that."""
    try:
        session.rollback()
    except sa.exc.DBAPIError:
        session.invalidate()


def _probe(engine: sa.Engine) -> None:
    """Try what waiting requests need: an answer of PostgreSQL, SQLite's lock for writing."""
    with engine.connect().execution_options(writes=True) as connection:
        connection.exec_driver_sql("SELECT 1")


def _open_on_outage(error: BaseException, breaker: CircuitBreaker) -> None:
    """Open the circuit breaker where PostgreSQL has not answered for so long that it is taken for an outage."""
    if isinstance(error, psycopg.errors.ConnectionTimeout) or (isinstance(error, DeadlineExceeded) and error.is_outage):
        breaker.open()
