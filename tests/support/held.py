"""A request whose body is held back: the server has begun with it, and waits for the rest."""

from __future__ import annotations

import http.client
import socket
from typing import Self
from urllib.parse import urlencode

from tests.support.patience import PATIENCE_S
from tests.support.server import Server

BEGUN = b"HTTP/1.1 100 Continue\r\n\r\n"


class Held:
    """One request on a connection of its own; its body ends where the test says so."""

    def __init__(
        self, server: Server, method: str, path: str, headers: dict[str, str], fields: dict[str, str], *, whole: bool
    ) -> None:
        body = urlencode(fields).encode()
        self._rest = b"" if whole else body[-1:]
        self._is_begun = whole
        lines = headers | {
            "Host": f"{server.host}:{server.port}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        if not whole:
            lines["Expect"] = "100-continue"  # RFC 9110 10.1.1: gunicorn says so when it calls the application
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._socket = socket.create_connection((server.host, server.port), timeout=PATIENCE_S)
        self._socket.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body[: len(body) - len(self._rest)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def begun(self) -> None:
        """Return when the application has been called."""
        read = b""
        while not self._is_begun and len(read) < len(BEGUN):
            more = self._socket.recv(len(BEGUN) - len(read))
            assert more, "closed before the body was sent"
            read += more
        assert read in {b"", BEGUN}, read
        self._is_begun = True

    def finish(self) -> tuple[int, dict[str, str], str]:
        """Send the rest; return status, headers and text of the answer."""
        self._socket.sendall(self._rest)
        answer = http.client.HTTPResponse(self._socket)
        answer.begin()
        with answer:
            return answer.status, dict(answer.getheaders()), answer.read().decode()
