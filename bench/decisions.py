"""What a request pays for the list: the decision alone, and a page with the list active against inactive."""

from __future__ import annotations

import random
import statistics
import time
from ipaddress import IPv4Address

from flask import Flask

from bench.report import Figure, times
from tests.support.quick import QuickBrowser, engine_of, new_app, put_list, start_session
from tests.support.statements import statements
from tests.support.world import HOME, World
from webapp.domain.coverage import Coverage
from webapp.domain.network import Network
from webapp.enforcement import require_listed_address

NETWORKS, ASKED, ROUNDS = 10_000, 200_000, 15
SEED = 20_261_124


def matcher() -> list[Figure]:
    """Measure decisions from text at 10,000 networks, and of an address that was decided before."""
    chance = random.Random(SEED)
    texts = {f"{IPv4Address(chance.getrandbits(32) & 0xFFFFFF00)}/24" for _ in range(NETWORKS)}
    networks = [Network.from_canonical(text) for text in texts]
    addresses = [str(IPv4Address(chance.getrandbits(32))) for _ in range(ASKED)]
    first, again = [], []
    for _ in range(5):
        coverage = Coverage(networks)
        start = time.perf_counter()
        for address in addresses:
            coverage.covers_text(address)
        first.append((time.perf_counter() - start) / ASKED * 1e6)
        coverage.covers_text(HOME)
        start = time.perf_counter()
        for _ in range(ASKED):
            coverage.covers_text(HOME)
        again.append((time.perf_counter() - start) / ASKED * 1e6)
    return [
        Figure("decision from text at 10,000 networks (median of 5 runs)", statistics.median(first), "us", 1),
        Figure("an address decided before", statistics.median(again), "us"),
    ]


def requests(app: Flask, world: World) -> list[Figure]:
    """Measure the CPU of the overview in turns: list active, inactive, and nobody asking the list; count statements."""
    session_id = start_session(app, world.halden, world.users["dana"], HOME)
    dana = QuickBrowser(app, HOME, session_id)
    unasked = new_app(app.extensions["config"].database_url)
    unasked.before_request_funcs[None].remove(require_listed_address)
    without = QuickBrowser(unasked, HOME, session_id)
    texts = [f"10.{number // 256}.{number % 256}.0/24" for number in range(999)]
    taken: dict[str, list[float]] = {"active": [], "inactive": [], "no hook": []}
    for _ in range(ROUNDS):
        for name, browser in (("active", dana), ("inactive", dana), ("no hook", without)):
            put_list(app, world.halden, "203.0.113.0/24", *texts, active=name != "inactive")
            taken[name].append(statistics.median(times(lambda b=browser: b.get("/"), 60, time.process_time)))  # type: ignore[misc]
    put_list(app, world.halden, "203.0.113.0/24", *texts, active=True)
    dana.get("/")
    with statements(app) as warm:
        dana.get("/")
    engine_of(unasked).dispose()

    def ratio(name: str) -> float:
        return statistics.median(one / other for one, other in zip(taken["active"], taken[name], strict=True))

    return [
        Figure("page with the list active, CPU with the test client", statistics.median(taken["active"]), "ms"),
        Figure("active / inactive, 1,000 networks, CPU (median of ratios)", ratio("inactive"), "x", 1.05),
        Figure("active / nobody asks the list, CPU (median of ratios)", ratio("no hook"), "x"),
        Figure("SQL statements for session and allowlist, warm", len(warm), "", 1),
    ]
