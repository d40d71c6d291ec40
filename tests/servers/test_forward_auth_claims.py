"""What a client claims of its address, through nginx and Caddy: every case of the vectors that can come that way."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPResponse
from typing import Any

import pytest

from tests.servers.vector_app import VECTORS, claims
from tests.support.nginx import HOST
from tests.support.protected import ELSEWHERE, LISTED, Protected

LINE = 8_000  # nginx has no room for a longer one
SPELLINGS = "".join(f"{name}: {ELSEWHERE}\r\n" for name in ("X_Real_IP", "X-Real_IP", "X_real-ip", "X-Forwarded_For"))
ADDRESSES = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def why_not(vector: dict[str, Any]) -> str:
    """Return why no client of a proxy can be in this case, or nothing."""
    if vector["remote_addr"] in {"", "unix:"}:
        return "a client comes over TCP, not over a Unix socket"
    if "proxy_protocol" in vector:
        return "the files as shipped do not speak the PROXY protocol"
    return ""


SENT = [vector for vector in VECTORS if not why_not(vector)]


def test_no_case_is_dropped_silently() -> None:
    """A new vector is sent, unless one of the reasons above is its own; a new reason is counted here."""
    assert len(VECTORS) == 80
    assert sum("Unix" in why_not(vector) for vector in VECTORS) == 4
    assert sum("PROXY" in why_not(vector) for vector in VECTORS) == 1
    assert len(SENT) == 75


@pytest.mark.parametrize("vector", SENT, ids=lambda vector: vector["id"])
def test_no_claim_about_the_address_is_believed(behind: Protected, vector: dict[str, Any]) -> None:
    status, body = send(behind, vector, LISTED, SPELLINGS)
    if is_too_long(vector) and status == 400:
        assert not body.startswith(b"{")
    else:
        said = json.loads(body)
        assert status == 200
        assert {name: said[name] for name in ADDRESSES if said.get(name)} == {"HTTP_X_FORWARDED_FOR": LISTED}
    asked = len(behind.application.asked)
    for last in (f"X-Forwarded-For: {LISTED}\r\n", f"X_Forwarded_For: {LISTED}\r\nForwarded: for={LISTED}\r\n"):
        status, _ = send(behind, vector, ELSEWHERE, last)
        assert status == 403 or (is_too_long(vector) and status == 400)
    assert len(behind.application.asked) == asked


def is_too_long(vector: dict[str, Any]) -> bool:
    """Whether a line of it is longer than a proxy need take."""
    return any(len(line) > LINE for line in vector["xff"])


def send(behind: Protected, vector: dict[str, Any], source: str, more: str) -> tuple[int, bytes]:
    """Send the vector's own bytes, and more lines after them; return status and body."""
    head = f"GET /x HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nCookie: {behind.cookie()}\r\n".encode()
    with closing(behind.edge.connection(source)) as connection:
        connection.sock.sendall(head + claims(vector) + more.encode() + b"\r\n")
        answer = HTTPResponse(connection.sock)
        answer.begin()
        return answer.status, answer.read()
