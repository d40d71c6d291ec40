"""Transactions: a write is one short transaction, begun as a writer, and retried when the database asks for that."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
import sqlalchemy.exc as sa_exc
from sqlalchemy.orm import Session

from webapp.storage.engine import after_commit
from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.engine.database import db, end_transaction
from webapp.storage.engine.deadlines import MIN_WAIT_S, OUTAGE_AFTER_S, DeadlineExceeded, shorter_deadline, time_left

T = TypeVar("T")
MAX_ATTEMPTS = 5
BRIEF_WAIT_S = 0.1  # How long a page waits for the lock of a write that it can do without.
DISCONNECTED_WITHIN_S = 1.0  # A broken connection fails at once; a server that hangs is not asked again.
RETRYABLE_STATES = frozenset({"40001", "40P01"})


def first_read(work: Callable[[sa.Connection], T]) -> T:
    """Run a read on a connection of its own, and once more where the pooled connection was broken since its last use.

    For what a request reads first: a restart of the database costs no request its answer. SQLAlchemy has replaced the
    whole pool by then.
    """
    began = time.monotonic()
    try:
        with db.reading() as connection:
            return work(connection)
    except sa_exc.DBAPIError as error:
        if not was_disconnected(error, began):
            raise
    with db.reading() as connection:
        return work(connection)


def write(work: Callable[[Session], T]) -> T:
    """Run `work` in a writing transaction, commit it, and send what it has stored to listeners (`after_commit`).

    An exception rolls everything back. `work` may run several times. The request's read transaction ends first: it
    may hold an old snapshot, and SQLite ignores BEGIN IMMEDIATE once the session holds a connection.

    Raises:
        Unavailable: the database has stopped answering, stayed locked, or serialisation failed at every try.
    """
    session = db.session  # It sets the request's deadline, which includes the wait for the lock.
    retry_until = time.monotonic() + time_left() - MIN_WAIT_S
    db.circuit_breaker.require_closed()
    with db.sqlite_write_lock():
        db.circuit_breaker.require_closed()  # the thread that had the lock before may have met an outage
        result = _write(session, work, retry_until)
    after_commit.send(session)
    return result


def _write(session: Session, work: Callable[[Session], T], retry_until: float) -> T:
    for attempt in range(MAX_ATTEMPTS):
        committing, began = False, time.monotonic()
        end_transaction(session)
        after_commit.forget(session)
        session.expunge_all()
        try:
            session.connection(execution_options={"writes": True})
            result = work(session)
            committing = True
            session.commit()
        except sa_exc.DBAPIError as error:
            end_transaction(session)
            if not (is_retryable(error) or (was_disconnected(error, began) and not committing)):
                raise
            if time.monotonic() > retry_until:
                if is_locked(error) and time.monotonic() - began > OUTAGE_AFTER_S:
                    db.circuit_breaker.open()
                break
            time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311 - jitter, not a secret
        except BaseException:
            end_transaction(session)
            raise
        else:
            return result
    raise Unavailable("the transaction could not be completed")


def try_write(work: Callable[[Session], object]) -> bool:
    """Run `work` once in a writing transaction that hardly waits for locks; return whether it is committed.

    For what a page writes in passing and can do without. A failure does not open the circuit breaker, and the request
    goes on with a session that works.
    """
    try:
        session = db.session
    except Unavailable:  # The circuit breaker has been opened since the request's first statement.
        return False
    try:
        with shorter_deadline(BRIEF_WAIT_S), db.sqlite_write_lock(BRIEF_WAIT_S):
            db.circuit_breaker.require_closed()
            end_transaction(session)
            after_commit.forget(session)
            session.connection(execution_options={"writes": True, "waits": BRIEF_WAIT_S})
            work(session)
            session.commit()
    except (sa_exc.DBAPIError, sa_exc.TimeoutError, Unavailable):
        end_transaction(session)
        return False
    after_commit.send(session)
    return True


def was_disconnected(error: sa_exc.DBAPIError, began: float) -> bool:
    """Whether the connection was broken before: such errors come at once, those of a server that hangs do not."""
    soon = time.monotonic() - began < DISCONNECTED_WITHIN_S
    return error.connection_invalidated and soon and not isinstance(error.orig, DeadlineExceeded)


def is_retryable(error: sa_exc.DBAPIError) -> bool:
    """Whether the same transaction may succeed when tried again: 40001, 40P01, SQLITE_BUSY."""
    return getattr(error.orig, "sqlstate", None) in RETRYABLE_STATES or is_locked(error)


def is_locked(error: sa_exc.DBAPIError) -> bool:
    """Whether another process held SQLite's lock for writing all the time."""
    return (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) == sqlite3.SQLITE_BUSY  # any of its extended codes
