"""Where a request ends: one whose length can be read in two ways is refused, and nothing behind it is answered.

RFC 9112 6.3 and 11.2, ASVS 4.2.1. Asked of gunicorn itself, as it is shipped; the edge is one more in front of it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from tests.conftest import migrate
from tests.support.patience import PATIENCE_S
from tests.support.server import Server

SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: portal.example.com\r\n\r\n"
AMBIGUOUS = {
    "both lengths": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 4\r\n\r\n",
    "length with a sign": b"Content-Length: +0\r\n\r\n",
    "length in a list": b"Content-Length: 0, 4\r\n\r\n",
    "unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "folded line": b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "chunk of a strange size": b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """gunicorn with the settings that are shipped."""
    url = f"sqlite:///{tmp_path_factory.mktemp('boundaries')}/portal.sqlite3"
    migrate(url)
    with Server({"DATABASE_URL": url, "SECRET_KEY": "a key that is only for tests, and long"}, shipped=True) as running:
        yield running


def answers(server: Server, sent: bytes) -> bytes:
    """Return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65_536):
            received += part
        return received


def test_two_requests_in_one_go_are_answered_one_after_the_other(server: Server) -> None:
    assert answers(server, SMUGGLED * 2).count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("kind", AMBIGUOUS)
def test_a_request_of_doubtful_length_is_refused_and_nothing_behind_it_answered(server: Server, kind: str) -> None:
    received = answers(server, b"POST /login HTTP/1.1\r\nHost: portal.example.com\r\n" + AMBIGUOUS[kind] + SMUGGLED)
    assert set(re.findall(rb"HTTP/1.1 (\d+)", received)) <= {b"400", b"501"}, received
    assert received
