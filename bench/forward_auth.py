"""What a proxy's question costs, beside a bare Flask view with one SELECT: each of its requests waits for it."""

from __future__ import annotations

import random
import statistics
from contextlib import ExitStack

from flask import Flask

from bench.customers import customer, seen_in_turn
from bench.load import CLOSED, LATE_MS, SENDERS, Load, moments, offer, request_of
from bench.report import SEED, Figure, Section, ratio
from bench.served import SECONDS, TURNS, WARM_S, saturated
from tests.support.quick import cookie_of, start_session
from tests.support.server import Server

CHECK = "/auth/check"
RATE, OPEN_S, CONTROL_S, PEOPLE = 500, 30, 10, 60
WORKERS = 2


def figures(app: Flask, url: str, kind: str) -> list[Section]:
    """Measure on real servers."""
    env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
    with ExitStack() as running:
        portal, bare = (
            running.enter_context(Server(env, workers=WORKERS, app=name, arguments=("--keep-alive", "60")))
            for name in ("wsgi:app", "bench.plain:bare()")
        )
        many = customer(app, 1_000, active=True, people=PEOPLE)
        places = [f"10.0.{number}.7" for number in range(PEOPLE)]
        ids = [start_session(app, many.account_id, user, at) for user, at in zip(many.users, places, strict=True)]
        asked = [(cookie_of(app, one), at) for one, at in zip(ids, places, strict=True)]
        return [throughput(portal, bare, asked, kind), open_loop(app, portal, bare, ids, asked, kind)]


def throughput(portal: Server, bare: Server, asked: list[tuple[str, str]], kind: str) -> Section:
    """Let a few connections ask each server as fast as it answers, in turns."""
    requests = {"check": (portal, request_of(CHECK, *asked[0])), "bare": (bare, request_of("/", *asked[0]))}
    got, cpu = saturated(requests)
    return Section(
        f"Forward auth: throughput of {CHECK}, {kind}",
        f"gunicorn, two workers of four threads; {TURNS} turns of {SECONDS} s each, {CLOSED} connections that ask "
        "again at once; ratios are medians of the turns' ratios. An active list of 1,000 networks.",
        "The proxy. Servers, database and senders share this machine's cores, so the senders hold back the bare view "
        "most. The CPU of PostgreSQL's own processes is in no CPU figure.",
        [
            Figure("checks", statistics.median(got["check"]), "req/s"),
            Figure("the bare view", statistics.median(got["bare"]), "req/s"),
            ratio("requests/s, bare Flask view with one SELECT / check", got["bare"], got["check"]),
            Figure("workers' CPU for a check", statistics.median(cpu["check"]), "ms"),
            ratio("CPU, check / bare Flask view with one SELECT", cpu["check"], cpu["bare"]),
        ],
    )


def open_loop(
    app: Flask, portal: Server, bare: Server, ids: list[str], asked: list[tuple[str, str]], kind: str
) -> Section:
    """Offer the budget's load to the portal; and to the bare view, to see what the generator itself is good for."""
    chance = random.Random(SEED)

    def offered(server: Server, path: str, seconds: float) -> Load:
        requests = [request_of(path, *one) for one in asked]
        seen_in_turn(app, ids)
        offer(server.host, server.port, requests, moments(RATE, WARM_S, chance))
        return offer(server.host, server.port, requests, moments(RATE, seconds, chance))

    control, load = offered(bare, "/", CONTROL_S), offered(portal, CHECK, OPEN_S)
    return Section(
        f"Forward auth: an open loop of {RATE} checks/s, {kind}",
        f"Two workers; {len(load.latencies):,} checks due at random moments within {OPEN_S} s, of {PEOPLE} people at "
        "as many listed addresses, 1,000 networks, list active; each session is touched (written) once a minute. "
        f"{SENDERS} senders; latency counts from when a check was due. Late: left more than {LATE_MS} ms after it was "
        f"due. Bare view: the same load on it for {CONTROL_S} s, which shows what the generator is good for.",
        "The proxy. The generator and the database share the servers' cores. PostgreSQL's fsync is off, SQLite's on.",
        [
            Figure("offered / answered in the same time", RATE / load.rate, "x", 1.02),
            Figure("answers that were not 204", load.wrong + control.wrong, "", 0),
            Figure("median", load.percentile(50), "ms"),
            Figure("99th percentile", load.percentile(99), "ms", 50),
            Figure("99.9th percentile", load.percentile(99.9), "ms"),
            Figure("maximum", max(load.latencies), "ms"),
            Figure("left late", load.late / len(load.latencies) * 100, "%"),
            Figure("generator's CPU", load.cpu / load.seconds * 100, "%", None, "of one core"),
            Figure("bare view: 99th percentile", control.percentile(99), "ms"),
            Figure("bare view: left late", control.late / len(control.latencies) * 100, "%"),
        ],
    )
