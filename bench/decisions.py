"""What a request pays for the list: the decision alone, and a page with the list active against inactive."""

from __future__ import annotations

import random
import statistics
import time
from functools import partial
from ipaddress import IPv4Address

from flask import Flask

from bench.customers import customer, owner_of
from bench.report import SEED, Figure, Section, in_turns, ratio, times
from tests.support.client import Browser
from tests.support.quick import engine_of, new_app
from tests.support.statements import statements
from tests.support.world import HOME
from webapp.config import Config, app_object
from webapp.domain.coverage import Coverage
from webapp.domain.network import Network
from webapp.guard.allowlist import require_listed_address

NETWORKS, ASKED, RUNS = 10_000, 200_000, 5
TURNS, REQUESTS = 40, 25


class Counting(Coverage):
    """Our compiled list, counting what it has to decide."""

    decisions = 0

    def _decide(self, text: str, packed: bytes) -> bool:
        self.decisions += 1
        return super()._decide(text, packed)


def matcher() -> Section:
    """Measure decisions from text at 10,000 networks, and of an address that was decided before."""
    chance = random.Random(SEED)
    texts = {f"{IPv4Address(chance.getrandbits(32) & 0xFFFFFF00)}/24" for _ in range(NETWORKS)}
    networks = [Network.from_canonical(text) for text in sorted(texts)]
    addresses = [str(IPv4Address(chance.getrandbits(32))) for _ in range(ASKED)]
    addresses[::2] = [
        str(IPv4Address(int.from_bytes(network.first) + chance.getrandbits(8)))
        for network in chance.choices(networks, k=ASKED // 2)
    ]
    first, again = [], []
    for _ in range(RUNS):
        coverage = Coverage(networks)
        first.append(mean_us(coverage, addresses))
        again.append(mean_us(coverage, [HOME] * ASKED))
    counting = Counting(networks)
    mean_us(counting, [HOME] * 1_000)
    return Section(
        "The decision",
        f"{RUNS} runs over {ASKED:,} addresses as text, half of them listed; the median of the runs' mean CPU times.",
        "IPv6 (below, beside the peers); the compiling of a list.",
        [
            Figure(f"decision from text at {NETWORKS:,} networks", statistics.median(first), "us", 1),
            Figure("an address decided before under this version", statistics.median(again), "us"),
            Figure("decisions for 1,000 questions about one address", counting.decisions, "", 1),
        ],
    )


def mean_us(coverage: Coverage, addresses: list[str]) -> float:
    """Return the mean CPU time of one question, in microseconds."""
    start = time.process_time()
    for address in addresses:
        coverage.covers_text(address)
    return (time.process_time() - start) / len(addresses) * 1e6


def requests(app: Flask, kind: str) -> Section:
    """Measure the CPU of the overview in turns: list active, inactive, small, nobody asking it; count statements."""
    many, inactive, ten = (customer(app, n, active=on) for n, on in ((1_000, True), (1_000, False), (10, True)))
    owner = owner_of(app, many)
    unasked = new_app(app_object(Config, app).database_url)
    unasked.before_request_funcs[None].remove(require_listed_address)
    browsers = {
        "active": owner,
        "inactive": owner_of(app, inactive),
        "ten": owner_of(app, ten),
        "no hook": owner_of(unasked, many),
    }
    taken = in_turns(TURNS, {name: partial(median_cpu, browser) for name, browser in browsers.items()})
    with statements(app) as warm:
        owner.fetch("/")
    engine_of(unasked).dispose()
    server = " PostgreSQL's own CPU." if kind == "PostgreSQL" else ""
    return Section(
        f"A signed-in request, CPU, {kind}",
        f"{TURNS} turns of {REQUESTS} requests for the overview each, Flask's test client; ratios are medians of the "
        "turns' ratios (in brackets the middle half of them).",
        "The HTTP server and the request's log line (below, as it is served); the first request after a "
        f"change.{server}",
        [
            Figure("page, list active with 1,000 networks", statistics.median(taken["active"]), "ms"),
            ratio("list active / inactive, 1,000 networks", taken["active"], taken["inactive"], 1.05),
            ratio("1,000 networks / 10 networks", taken["active"], taken["ten"], 1.15),
            ratio("list active / hook absent", taken["active"], taken["no hook"]),
            Figure("SQL statements for session and allowlist, warm", len(warm), "", 1),
        ],
    )


def median_cpu(browser: Browser) -> float:
    """Return the CPU time of the overview in this process, in milliseconds."""
    return statistics.median(times(lambda: browser.fetch("/"), REQUESTS, time.process_time))
