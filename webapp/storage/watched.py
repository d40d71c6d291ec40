"""PostgreSQL connections that give up: a frozen server still acknowledges, so no setting of its own ends the wait."""

from __future__ import annotations

import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")
PATIENCE_S = 4.5  # Longer than statement_timeout: a server that works says no itself.


class Watched(psycopg.Connection[Any]):
    """A connection in which nothing takes longer than PATIENCE_S; what does, ends it (R12)."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for the server, but not for ever.

        Raises:
            OperationalError: the server has not answered in time; the connection is closed.
        """
        patience = PATIENCE_S if timeout is None else timeout
        until = time.monotonic() + patience
        try:
            return super().wait(gen, interval, patience)
        except psycopg.Error as error:
            if time.monotonic() < until:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer from the server within {patience} s") from error
