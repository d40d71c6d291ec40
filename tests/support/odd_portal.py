"""A machine in the portal's place that answers as it likes: what a proxy makes of a portal that fails."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from tests.support.patience import PATIENCE_S

Manner = Callable[["OddPortal", socket.socket], object]  # what it returns says whether the connection goes on
IDENTITY = b"X-Portal-User: 1\r\nX-Portal-Email: dana@example.com\r\nX-Portal-Account: 1\r\nX-Portal-Role: owner\r\n"


class OddPortal:
    """`with OddPortal(hangs) as portal: ...; portal.manner = right`"""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.used = 0
        self.opened = 0
        self.stopping = threading.Event()
        self._count = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=4096)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def silent(self) -> int:
        """Return how many connections have not asked for anything."""
        with self._count:
            return self.opened - self.used

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with self._count:
                    self.opened += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE_S)
            goes_on, used = True, False
            while goes_on and connection.recv(65536):
                with self._count:
                    self.used += not used
                used = True
                goes_on = bool(self.manner(self, connection))


def sends(answer: bytes, *, goes_on: bool = False) -> Manner:
    """Return the manner of a machine that sends so much; then the connection ends, unless it goes on."""

    def manner(_: OddPortal, connection: socket.socket) -> bool:
        connection.sendall(answer)
        return goes_on

    return manner


def says(status: int, headers: bytes = b"") -> Manner:
    """Return the manner of a machine that answers as HTTP has it."""
    length = b"" if status == 204 else b"Content-Length: 0\r\n"
    return sends(b"HTTP/1.1 %d Said\r\n%s%s\r\n" % (status, length, headers), goes_on=True)


def hangs(portal: OddPortal, _: socket.socket) -> None:
    """Accept, and never answer."""
    portal.stopping.wait(PATIENCE_S)


right = says(204, IDENTITY)


def serves_few(most: int) -> Manner:
    """Return the manner of a machine that answers rightly, so many requests at a time, and each takes it a moment."""
    threads = threading.Semaphore(most)

    def manner(portal: OddPortal, connection: socket.socket) -> bool:
        with threads:
            portal.stopping.wait(0.001)
            return bool(right(portal, connection))

    return manner
