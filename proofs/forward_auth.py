"""Forged identities, through the real nginx and the real Caddy, to an application that tells whom it was told of."""

from __future__ import annotations

import http.client
import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from proofs.report import Report
from tests.support.nginx import HOST
from tests.support.protected import LISTED, Protected, protected
from tests.support.salvo import change_under_way

FORGED = "forged"
WORDS = ("User", "Email", "Account", "Role")
JOINTS = ("-", "_")
THREADS = 4
KEPT = 100  # requests over one connection
AT_ONCE = 1_000


def run(requests: int, seed: int, kind: str) -> Report:
    """Send so many requests with forged headers, half of them signed in."""
    claim = "The application is told who is signed in, and of nobody where nobody is, whatever headers say."
    report = Report(
        f"Forged identities through {kind}", claim, seed, requests, "requests", "HTTP/2; header values of several lines"
    )
    with report.timed(), protected(kind, workers=2) as behind, ThreadPoolExecutor(THREADS) as crowd:
        cookie = behind.cookie()
        parts = [(behind, report, seed + number, requests // THREADS, cookie) for number in range(THREADS)]
        claims = sum(crowd.map(lambda part: claim_much(*part), parts))
        reached = len(behind.application.asked)
    report.figures["forged header lines"] = f"{claims:,}"
    report.figures["reached the application"] = f"{reached:,}, each by somebody who is signed in"
    report.figures["believed"] = f"{len(report.violations)} of {requests:,}"
    return report


def spelled(chance: random.Random) -> str:
    """Return the name of an identity header, in one of its many spellings."""
    name = chance.choice(JOINTS).join(("X", "Portal")) + chance.choice(JOINTS) + chance.choice(WORDS)
    return "".join(chance.choice((letter.upper(), letter.lower())) for letter in name)


def claim_much(behind: Protected, report: Report, seed: int, requests: int, cookie: str) -> int:
    """Ask and ask; return how many header lines were forged."""
    chance, claims = random.Random(seed), 0
    connection: http.client.HTTPSConnection | None = None
    for number in range(requests):
        if connection is None or number % KEPT == 0:
            if connection:
                connection.close()
            connection = behind.edge.connection(LISTED)
        is_in, lines = chance.random() < 0.5, chance.randrange(1, 6)
        connection.putrequest("GET", "/x", skip_host=True)
        connection.putheader("Host", HOST)
        if is_in:
            connection.putheader("Cookie", cookie)
        for _ in range(lines):
            connection.putheader(spelled(chance), FORGED)
        claims += lines
        connection.endheaders()
        answer = connection.getresponse()
        check(report, is_in, answer.status, answer.read().decode())
    if connection:
        connection.close()
    return claims


def check(report: Report, is_in: bool, status: int, body: str) -> None:
    """Compare the answer with who has asked."""
    if status != (200 if is_in else 401) or FORGED in body:
        report.violated(f"{'signed in' if is_in else 'nobody'}: {status} {body[:200]}")
    elif is_in and json.loads(body)["HTTP_X_PORTAL_EMAIL"] != "dana@example.com":
        report.violated(f"somebody else: {body[:200]}")


def bursts(rounds: int, seed: int, kind: str) -> Report:
    """Put an office out so many times, each time in the middle of a thousand requests that are all under way."""
    claim = "Of a thousand requests at once, nobody who was put out gets a page once the change is answered."
    report = Report(f"Bursts through {kind}", claim, seed, rounds, f"changes, each amid {AT_ONCE:,} open connections")
    earlier, later = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    with report.timed(), protected(kind, workers=2) as behind:
        for _ in range(rounds):
            burst = change_under_way(behind, AT_ONCE)
            earlier += burst.earlier
            later += burst.later
            for path in burst.served:
                report.violated(f"served: {path}")
    for who, status in later:
        if status not in ({200, 503} if who == "staying" else {401, 403, 503}):
            report.violated(f"{who}: {status}, {later[who, status]} times")
    for name, found in (("under way at the change", earlier), ("sent when it was answered", later)):
        report.figures[name] = "; ".join(f"{who} {status}: {times:,}" for (who, status), times in sorted(found.items()))
    return report
