"""How long a request waits for its database, and PostgreSQL connections that give up then.

A frozen server still acknowledges, so no setting of its own ends the wait.
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
PATIENCE_S = 4.5  # Longer than statement_timeout: a server that works says no itself.
LONG_S = PATIENCE_S / 2  # Whoever has waited so long in vain speaks for all: see `Silence`.
LEAST_S = 0.5  # What a statement gets whose request has no time left: enough to end a transaction.

give_up_at: ContextVar[float | None] = ContextVar("give_up_at", default=None)
"""When the request at hand gives the database up, by `time.monotonic()`. Slow answers add up."""


class NoAnswer(psycopg.OperationalError):
    """The server has not answered in time; the connection is closed.

    `is_long`: it had long enough to be taken for silent, not just what a slow request had left.
    """

    def __init__(self, patience: float) -> None:
        super().__init__(f"no answer from the server within {patience:.1f} s")
        self.is_long = patience > LONG_S


class Watched(psycopg.Connection[Any]):
    """A connection in which nothing takes longer than PATIENCE_S; what does, ends it (R12)."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for the server, but not for ever.

        Raises:
            NoAnswer: the server has not answered in time; the connection is closed.
        """
        left = patience() if timeout is None else timeout
        until = time.monotonic() + left
        try:
            return super().wait(gen, interval, left)
        except psycopg.Error as error:
            if time.monotonic() < until:
                raise
            self.pgconn.finish()
            raise NoAnswer(left) from error


def patience() -> float:
    """Return how many seconds the request at hand may still wait for the database."""
    until = give_up_at.get()
    return PATIENCE_S if until is None else max(LEAST_S, min(PATIENCE_S, until - time.monotonic()))


@contextmanager
def less_patience(seconds: float) -> Iterator[None]:
    """Wait no longer than that (and no less than LEAST_S) meanwhile; the request's own patience goes on afterwards."""
    kept = give_up_at.set(time.monotonic() + min(seconds, patience()))
    try:
        yield
    finally:
        give_up_at.reset(kept)


@contextmanager
def not_waiting() -> Iterator[None]:
    """Do what takes long and asks no database, such as hashing a password: that is no wait for it."""
    began = time.monotonic()
    yield
    until = give_up_at.get()
    if until is not None:
        give_up_at.set(until + time.monotonic() - began)
