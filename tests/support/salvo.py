"""Requests that are all under way at the same moment, each over a TLS connection of its own."""

from __future__ import annotations

import resource
import ssl
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.support.nginx import HOST, Edge
from tests.support.protected import Protected

STAYING, LEAVING = "127.0.1.{}", "127.0.2.{}"
ADDRESSES = 200  # of each office: nginx lets one address have so many requests under way, and no more
_OFFICES = {"staying": STAYING, "leaving": LEAVING}
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


class Burst(NamedTuple):
    """Who got which status before and after a change was answered, and what the application served of those put out."""

    earlier: Counter[tuple[str, int]]
    later: Counter[tuple[str, int]]
    served: list[str]


def change_under_way(behind: Protected, many: int) -> Burst:
    """Put one of two offices out while half of the requests are under way; send the others when that is answered."""
    behind.put_list("127.0.1.0/24", "127.0.2.0/24")
    behind.application.asked.clear()
    offices = [(who, where, [behind.cookie("sanne") for _ in range(20)]) for who, where in _OFFICES.items()]

    def wave(name: str) -> list[Shot]:
        return [
            Shot(who, where.format(1 + number % ADDRESSES), f"/{name}/{who}/{number}", cookies[number % 20])
            for number in range(many // 4)
            for who, where, cookies in offices
        ]

    with loaded(behind.edge, wave("first")) as first, loaded(behind.edge, wave("second")) as second:
        first.fire()
        behind.put_list("127.0.1.0/24")
        second.fire()
        earlier, later = Counter(first.answers()), Counter(second.answers())
    return Burst(earlier, later, [path for path in behind.application.asked if path.startswith("/second/leaving")])
