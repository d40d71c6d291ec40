"""A form that is too large, at a real gunicorn: refused by what it says of its length, and while it comes in."""

from __future__ import annotations

import http.client
from contextlib import suppress

from tests.support.patience import PATIENCE_S
from tests.support.server import Server

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_form_is_refused_by_its_length_and_while_it_comes_in_pieces(sqlite_url: str) -> None:
    with Server({"DATABASE_URL": sqlite_url, "SECRET_KEY": "a key for tests, and long enough"}) as server:
        for pieces, status in ((1, 400), (20, 413), (1_000, 413)):
            for chunked in (True, False):
                connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)
                body = iter([b"email=" + b"1" * 1_000] * pieces) if chunked else (b"email=" + b"1" * 1_000) * pieces
                headers = FORM | ({"Transfer-Encoding": "chunked"} if chunked else {})
                with suppress(ConnectionError):  # what is too large is refused and closed before all of it is sent
                    connection.request("POST", "/login", body, headers, encode_chunked=chunked)
                answer = connection.getresponse()
                assert (answer.status, b"<title>" in answer.read()) == (status, True), (pieces, chunked)
                connection.close()
