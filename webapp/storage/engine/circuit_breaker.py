"""Circuit breaker: while the database does not answer, requests are refused at once instead of waiting for it (R12)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PROBE_EVERY_S = 0.25


class Unavailable(Exception):
    """The database cannot be read or changed now: the answer is 503 (R12)."""


class CircuitBreaker:
    """Whether the database has stopped answering this process: closed while it answers, open while it does not.

    The first requests wait until their deadline. Without the breaker those that queue behind them for a thread would
    wait as long again, one after the other. Once it is open all are refused at once, while one thread probes the
    database until it answers.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        """`ask` sends the database a statement, and raises when there is no answer."""
        self._ask = ask
        self._lock = threading.Lock()
        self._is_open = False

    def require_closed(self) -> None:
        """Return where the database answers, as far as this process knows.

        Raises:
            Unavailable: the breaker is open.
        """
        if self._is_open:
            raise Unavailable("the database does not answer")

    def open(self) -> None:
        """Refuse every request until the database answers a probe."""
        with self._lock:
            if self._is_open:
                return
            try:
                threading.Thread(target=self._probe, name="circuit-breaker", daemon=True).start()
            except RuntimeError:
                return  # No thread can be started: a breaker without a probe would stay open for ever.
            self._is_open = True

    def _probe(self) -> None:
        while not self._answers():
            time.sleep(PROBE_EVERY_S)
        with self._lock:
            self._is_open = False

    def _answers(self) -> bool:
        try:
            self._ask()
        except Exception:
            return False
        return True
