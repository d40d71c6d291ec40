"""The portal as it is served: throughput, latencies under an open-loop load, and how soon every worker obeys."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack

import sqlalchemy as sa
from flask import Flask

from bench.load import offer, saturate
from bench.report import Figure, percentile
from proofs.workers import cookie, workers
from tests.support.quick import QuickBrowser, cookie_of, put_list, start_session, writing
from tests.support.server import Server
from tests.support.world import HOME, World

OWN = "203.0.113.0/24"
SECONDS, TURNS, CHANGES = 3.0, 3, 60
RATES = {"sqlite": 300, "postgresql": 200}


def headers_of(app: Flask, world: World) -> dict[str, str]:
    """Return the headers of somebody who is signed in at home."""
    session_id = start_session(app, world.halden, world.users["dana"], HOME)
    return {"Cookie": f"session={cookie_of(app, session_id)}", "X-Forwarded-For": HOME}


def fill(app: Flask, world: World, networks: int, *, active: bool) -> None:
    """Give Halden so many networks."""
    texts = (f"10.{number // 256}.{number % 256}.0/24" for number in range(networks - 1))
    put_list(app, world.halden, OWN, *texts, active=active)


def figures(app: Flask, world: World, url: str) -> list[Figure]:
    """Measure on servers with two workers each, in turns."""
    env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
    keep = ("--keep-alive", "60")
    rate = RATES[app.extensions["engine"].dialect.name]
    with ExitStack() as running:
        portal, unguarded, bare = (
            running.enter_context(Server(env, workers=2, app=name, arguments=keep))
            for name in ("wsgi:app", "bench.plain:unguarded()", "bench.plain:bare()")
        )
        headers = headers_of(app, world)
        got: dict[str, list[float]] = {}
        for _ in range(TURNS):
            for name, server, networks, active in (
                ("active, 10 networks", portal, 10, True),
                ("active", portal, 1_000, True),
                ("inactive", portal, 1_000, False),
                ("no hook", unguarded, 1_000, True),
                ("bare", bare, 1_000, True),
            ):
                fill(app, world, networks, active=active)
                saturate(server.host, server.port, "/", headers, 0.3)
                got.setdefault(name, []).append(saturate(server.host, server.port, "/", headers, SECONDS))
        fill(app, world, 1_000, active=True)
        load = offer(portal.host, portal.port, "/", headers, rate, 10)
        obeyed = propagation(app, world, url)
    typical = {name: statistics.median(values) for name, values in got.items()}
    return [
        Figure("signed-in page, list active with 1,000 networks", typical["active"], "req/s"),
        Figure("the same with the list inactive / active", typical["inactive"] / typical["active"], "x", 1.15),
        Figure("the same without the hook / active", typical["no hook"] / typical["active"], "x", 1.15),
        Figure("10 networks / 1,000 networks", typical["active, 10 networks"] / typical["active"], "x", 1.15),
        Figure("a bare Flask view with one SELECT / active", typical["bare"] / typical["active"], "x"),
        Figure(f"open loop, {rate} requests/s: answered", load.rate, "req/s"),
        Figure("open loop: not 200", load.wrong, "", 0),
        Figure("open loop: median", load.percentile(50), "ms"),
        Figure("open loop: 99th percentile", load.percentile(99), "ms", 50),
        Figure("from a change until each of three workers has obeyed, median", statistics.median(obeyed), "ms"),
        Figure("the same, 99th percentile", percentile(obeyed, 99), "ms"),
    ]


def propagation(app: Flask, world: World, url: str) -> list[float]:
    """Return how long after each change each of three workers had first answered by it, in milliseconds."""
    taken: list[float] = []
    with workers(url, str(app.secret_key), 3) as asked:
        for number in range(CHANGES):
            lets_in = number % 2 == 0
            cookies = [cookie(app, world) for _ in asked]
            put_list(app, world.halden, OWN if lets_in else "192.0.2.0/24", active=True)
            began = time.perf_counter()
            for one, text in zip(asked, cookies, strict=True):
                assert one.status(text, HOME) == (200 if lets_in else 403)
                taken.append((time.perf_counter() - began) * 1000)
    return taken


def many_accounts(app: Flask, world: World, count: int = 1_000_000) -> list[Figure]:
    """Measure a request with few accounts in PostgreSQL, and with a million."""
    fill(app, world, 10, active=True)
    dana = QuickBrowser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))

    def typical() -> float:
        taken = []
        for _ in range(400):
            began = time.perf_counter()
            assert dana.get("/").status_code == 200
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    few = typical()
    with writing(app) as connection:
        connection.execute(
            sa.text(
                "INSERT INTO account (name, allowlist_active, allowlist_revision, allowlist_previous, created_at) "
                "SELECT 'Account ' || n, true, md5(n::text)::varchar(16), '', now() FROM generate_series(1, :count) n"
            ),
            {"count": count},
        )
    with app.extensions["engine"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE account"))
    many = min(typical() for _ in range(3))
    return [
        Figure("a request with 10 accounts (median)", few, "ms"),
        Figure(f"with {count:,} accounts / with 10", many / few, "x", 1.15),
    ]
