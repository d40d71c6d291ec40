"""Requests that are all under way at the same moment, each over a TLS connection of its own."""

from __future__ import annotations

import resource
import ssl
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.support.nginx import HOST, Edge

OPENERS = 20
FILES = 8192  # both ends of each connection may belong to the test's own process


class Shot(NamedTuple):
    """One request: who sends it, from where, for what path, with which cookie."""

    who: str
    source: str
    path: str
    cookie: str = ""

    def as_bytes(self) -> bytes:
        """Return it as it is sent; the answer ends with the connection."""
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return f"GET {self.path} HTTP/1.1\r\nHost: {HOST}\r\n{cookie}Connection: close\r\n\r\n".encode()


@dataclass
class Salvo:
    """Connections that wait for their requests."""

    shots: Sequence[Shot]
    connections: list[ssl.SSLSocket] = field(default_factory=list)

    def fire(self) -> None:
        """Send all of them; no answer is read meanwhile."""
        for shot, connection in zip(self.shots, self.connections, strict=True):
            connection.sendall(shot.as_bytes())

    def answers(self) -> list[tuple[str, int]]:
        """Return who got which status."""
        return [(shot.who, status(one)) for shot, one in zip(self.shots, self.connections, strict=True)]


@contextmanager
def loaded(edge: Edge, shots: Sequence[Shot]) -> Iterator[Salvo]:
    """Open a connection for each request, from where it is sent, and shake hands; send nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, FILES)), hard))
    with ExitStack() as held:
        with ThreadPoolExecutor(OPENERS) as crowd:
            opened = list(crowd.map(lambda shot: held.enter_context(closing(edge.connection(shot.source))), shots))
        yield Salvo(shots, [one.sock for one in opened])


def status(connection: ssl.SSLSocket) -> int:
    """Read an answer to its end; return its status."""
    answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer.split(b" ", 2)[1])
