"""Silence: while the database does not answer, nobody waits for it (R12)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

AGAIN_AFTER_S = 0.25


class Unavailable(Exception):
    """The database cannot be asked or changed now: 503, never a page (R12)."""


class Silence:
    """Whether the database has stopped answering this process.

    The first requests wait in vain, as long as their patience lasts. Without this, those that queue behind them for a
    thread would wait as long again, one after the other. From then on all are refused at once, while one thread asks
    until there is an answer.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        """`ask` asks the database something, and raises when there is no answer."""
        self._ask = ask
        self._lock = threading.Lock()
        self._silent = False

    def check(self) -> None:
        """Go on only where the database answers, as far as is known.

        Raises:
            Unavailable: it does not.
        """
        if self._silent:
            raise Unavailable("the database does not answer")

    def begin(self) -> None:
        """Somebody has waited in vain: refuse everybody until the database is heard again."""
        with self._lock:
            if self._silent:
                return
            try:
                threading.Thread(target=self._listen, name="silence", daemon=True).start()
            except RuntimeError:
                return  # No thread to be had: a silence that nobody listens in would never end.
            self._silent = True

    def _listen(self) -> None:
        while not self._is_heard():
            time.sleep(AGAIN_AFTER_S)
        with self._lock:
            self._silent = False

    def _is_heard(self) -> bool:
        try:
            self._ask()
        except Exception:
            return False
        return True
