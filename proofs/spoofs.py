"""Claims of clients, through the real nginx and straight to the real gunicorn: none is believed."""

from __future__ import annotations

import http.client
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from proofs.report import Report
from tests.support.nginx import HOST, Nginx
from tests.support.server import Server

SOURCES = tuple(f"127.0.0.{number}" for number in range(2, 10))
CLAIMED = (
    "203.0.113.42",
    "127.0.0.1",
    "10.0.0.1",
    "2001:db8::1",
    "::1",
    "::ffff:203.0.113.42",
    "unknown",
    "",
    "127.0.0.2, 127.0.0.1",
)
NAMES = (
    "X-Forwarded-For",
    "x-forwarded-for",
    "X-FORWARDED-FOR",
    "X_Forwarded_For",
    "X-Real-IP",
    "Forwarded",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Client-IP",
    "X-Forwarded",
    "Client-IP",
    "X-Cluster-Client-IP",
    "X-Forwarded-Host",
    "Via",
)
THREADS = 4


Connect = Callable[[str], http.client.HTTPConnection]


@contextmanager
def machine() -> Iterator[Server]:
    """A machine as shipped, whose portal tells what it took the client for."""
    with Server({}, workers=2, app="proofs.whoami:app", shipped=True) as server:
        yield server


@contextmanager
def through_edge() -> Iterator[Connect]:
    """Connections from an address to nginx as shipped, in front of the machine."""
    with machine() as server, Nginx([f"127.0.0.1:{server.port}"] * 3) as edge:
        yield edge.connection


@contextmanager
def straight() -> Iterator[Connect]:
    """Connections from an address to the machine itself, past the edge, whose own address is another."""
    with machine() as server:
        yield lambda source: http.client.HTTPConnection(server.host, server.port, 15, (source, 0))


WAYS = {"through nginx": through_edge, "straight to gunicorn": straight}


def run(requests: int, seed: int, way: str) -> Report:
    """Send so many requests with forged headers."""
    claim = "The portal takes a client for the address that its connection comes from, whatever it claims."
    report = Report(
        f"Spoof immunity {way}", claim, seed, requests, "requests", "the PROXY protocol; two edges in a row"
    )
    with report.timed(), WAYS[way]() as connect, ThreadPoolExecutor(THREADS) as crowd:
        parts = [(connect, report, seed + number, requests // THREADS) for number in range(THREADS)]
        claims = sum(crowd.map(lambda part: claim_much(*part), parts))
    report.figures["forged header lines"] = f"{claims:,}"
    report.figures["believed"] = f"{len(report.violations)} of {requests:,}"
    return report


def claim_much(connect: Connect, report: Report, seed: int, requests: int) -> int:
    """Be one client after the other; return how many header lines were forged."""
    chance, claims, source = random.Random(seed), 0, ""
    connection: http.client.HTTPConnection | None = None
    for number in range(requests):
        if connection is None or number % 500 == 0:
            source = chance.choice(SOURCES)
            if connection:
                connection.close()
            connection = connect(source)
        connection.putrequest("GET", "/whoami", skip_host=True)
        connection.putheader("Host", HOST)
        for _ in range(chance.randrange(1, 5)):
            text = chance.choice((", ", ",", " , ")).join(chance.choice(CLAIMED) for _ in range(chance.randrange(1, 4)))
            connection.putheader(chance.choice(NAMES), f"for={text}" if chance.random() < 0.1 else text)
            claims += 1
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status != 200 or body != source:
            report.violated(f"{source} was taken for {body[:80]!r} ({answer.status})")
    if connection:
        connection.close()
    return claims
