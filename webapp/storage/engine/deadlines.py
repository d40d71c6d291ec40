"""Deadlines: how long a request waits for its database, and PostgreSQL connections that give up then.

A frozen server still acknowledges packets, so no setting of its own ends the wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")
REQUEST_BUDGET_S = 4.5  # Longer than statement_timeout: a server that works refuses by itself before.
OUTAGE_AFTER_S = REQUEST_BUDGET_S / 2  # A wait so long without an answer opens the circuit breaker.
MIN_WAIT_S = 0.5  # What a statement gets whose request has no time left: enough to end a transaction.

deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When the present request stops waiting for the database, by `time.monotonic()`. Slow answers add up."""


class DeadlineExceeded(psycopg.OperationalError):
    """The server has not answered in time; the connection is closed.

    `is_outage`: the wait was long enough to open the circuit breaker, not just what a slow request had left.
    """

    def __init__(self, waited: float) -> None:
        super().__init__(f"no answer from the server within {waited:.1f} s")
        self.is_outage = waited > OUTAGE_AFTER_S


class DeadlineConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server does not answer within the request's time (R12)."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for the server until the deadline, or for `timeout` seconds.

        Raises:
            DeadlineExceeded: the server has not answered in time; the connection is closed.
        """
        left = time_left() if timeout is None else timeout
        until = time.monotonic() + left
        try:
            return super().wait(gen, interval, left)
        except psycopg.Error as error:
            if time.monotonic() < until:
                raise
            self.pgconn.finish()
            raise DeadlineExceeded(left) from error


def time_left() -> float:
    """Return how many seconds the present request may still wait for the database, at least MIN_WAIT_S."""
    until = deadline.get()
    return REQUEST_BUDGET_S if until is None else max(MIN_WAIT_S, min(REQUEST_BUDGET_S, until - time.monotonic()))


@contextmanager
def shorter_deadline(seconds: float) -> Iterator[None]:
    """Wait at most `seconds` (never less than MIN_WAIT_S) inside the block; afterwards the request's deadline holds."""
    kept = deadline.set(time.monotonic() + min(seconds, time_left()))
    try:
        yield
    finally:
        deadline.reset(kept)


@contextmanager
def deadline_paused() -> Iterator[None]:
    """Add the block's time to the deadline: it is slow, such as hashing a password, and asks no database."""
    began = time.monotonic()
    yield
    until = deadline.get()
    if until is not None:
        deadline.set(until + time.monotonic() - began)
