"""Claims of clients through the real nginx and the real gunicorn: none is believed."""

from __future__ import annotations

import http.client
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

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


@contextmanager
def edge() -> Iterator[tuple[Nginx, Server]]:
    """nginx as shipped in front of a portal that tells what it took the client for."""
    with ExitStack() as running:
        machine = running.enter_context(
            Server({}, workers=2, app="proofs.whoami:app", shipped=True)
        )
        yield running.enter_context(Nginx([f"127.0.0.1:{machine.port}"] * 3)), machine


def run(requests: int, seed: int) -> Report:
    """Send so many requests with forged headers."""
    claim = "The portal takes a client for the address that its connection to the edge comes from, whatever it claims."
    report = Report(
        "Spoof immunity through nginx", claim, seed, requests, "requests", "the PROXY protocol; two edges in a row"
    )
    with report.timed(), edge() as (nginx, _), ThreadPoolExecutor(THREADS) as crowd:
        parts = [(nginx, report, seed + number, requests // THREADS) for number in range(THREADS)]
        claims = sum(crowd.map(lambda part: claim_much(*part), parts))
    believed = len(report.violations)
    report.figures["forged header lines"] = f"{claims:,}"
    report.figures["believed"] = f"{believed} of {requests:,}"
    return report


def claim_much(nginx: Nginx, report: Report, seed: int, requests: int) -> int:
    """Be one client after the other; return how many header lines were forged."""
    chance, claims, source = random.Random(seed), 0, ""
    connection: http.client.HTTPSConnection | None = None
    for number in range(requests):
        if connection is None or number % 500 == 0:
            source = chance.choice(SOURCES)
            if connection:
                connection.close()
            connection = nginx.connection(source)
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
