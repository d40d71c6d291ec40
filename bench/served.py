"""The portal as it is served: throughput, latencies under an open-loop load, and how soon every worker obeys."""

from __future__ import annotations

import os
import random
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask

from bench.customers import Customer, customer, other_networks, seen_in_turn
from bench.load import CLOSED, LATE_MS, SENDERS, Connection, Load, moments, offer, request_of, saturate
from bench.report import SEED, Figure, Section, in_turns, percentile, ratio
from tests.support.client import BASE, Browser
from tests.support.quick import cookie_of, put_list, start_session
from tests.support.server import Server
from tests.support.world import HOME, World
from webapp.storage import allowlists

TURNS, SECONDS, WARM_S = 15, 1.0, 0.2
OPEN_S, CONTROL_S, PEOPLE = 30, 10, 60
CHANGES, WORKERS = 60, 3
OWNER_AT = "198.51.100.7"
RATES = {"SQLite": 300, "PostgreSQL": 200}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Servers:
    """The portal, the portal without its hook, and a bare view: each with two workers on the same database."""

    portal: Server
    unguarded: Server
    bare: Server


def figures(app: Flask, world: World, url: str, kind: str) -> list[Section]:
    """Measure on real servers."""
    env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
    with ExitStack() as running:
        servers = Servers(
            *(
                running.enter_context(Server(env, workers=2, app=name, arguments=("--keep-alive", "60")))
                for name in ("wsgi:app", "bench.plain:unguarded()", "bench.plain:bare()")
            )
        )
        many = customer(app, 1_000, active=True, people=PEOPLE)
        return [
            throughput(app, servers, many, kind),
            open_loop(app, servers, many, kind),
            propagation(app, world, env, kind),
        ]


def signed_in(app: Flask, account: Customer) -> bytes:
    """Return the request of an owner for the overview."""
    return request_of("/", cookie_of(app, start_session(app, account.account_id, account.users[0], HOME)), HOME)


def throughput(app: Flask, servers: Servers, many: Customer, kind: str) -> Section:
    """Let four connections ask each server as fast as it answers, in turns."""
    inactive, ten = customer(app, 1_000, active=False), customer(app, 10, active=True)
    asked = {
        "active": (servers.portal, signed_in(app, many)),
        "inactive": (servers.portal, signed_in(app, inactive)),
        "ten": (servers.portal, signed_in(app, ten)),
        "no hook": (servers.unguarded, signed_in(app, many)),
        "bare": (servers.bare, signed_in(app, many)),
    }
    got, cpu = saturated(asked)
    return Section(
        f"As it is served: throughput, {kind}",
        f"gunicorn, two workers of four threads; {TURNS} turns of {SECONDS} s each, {CLOSED} connections that ask "
        "again at once; ratios are medians of the turns' ratios (in brackets the middle half of them). CPU is that of "
        "the workers.",
        "A network, nginx, TLS, several machines. Servers, database and senders share this machine's cores, so the "
        "senders hold back the bare view most. The CPU of PostgreSQL's own processes is in no CPU figure; its fsync is "
        "off (as in the tests), which reading does not notice.",
        [
            Figure("page, list active with 1,000 networks", statistics.median(got["active"]), "req/s"),
            Figure("the same, workers' CPU for a request", statistics.median(cpu["active"]), "ms"),
            Figure("the bare view", statistics.median(got["bare"]), "req/s"),
            ratio("requests/s, inactive / active", got["inactive"], got["active"], 1.15),
            ratio("requests/s, hook absent / active", got["no hook"], got["active"], 1.15),
            ratio("requests/s, 10 networks / 1,000 networks", got["ten"], got["active"], 1.15),
            ratio("requests/s, bare Flask view with one SELECT / active", got["bare"], got["active"]),
            ratio("CPU, active / inactive", cpu["active"], cpu["inactive"]),
            ratio("CPU, active / hook absent", cpu["active"], cpu["no hook"]),
            ratio("CPU, 1,000 networks / 10 networks", cpu["active"], cpu["ten"], 1.15),
            ratio("CPU, active / bare Flask view with one SELECT", cpu["active"], cpu["bare"]),
        ],
    )


def saturated(asked: dict[str, tuple[Server, bytes]]) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Ask each server as fast as it answers, in turns; return answers a second, and its workers' CPU in ms for one."""
    cpu: dict[str, list[float]] = {name: [] for name in asked}

    def answers_per_second(name: str) -> float:
        server, request = asked[name]
        saturate(server.host, server.port, request, WARM_S)
        before = sum(cpu_seconds(server))
        answers = saturate(server.host, server.port, request, SECONDS)
        cpu[name].append((sum(cpu_seconds(server)) - before) / answers * 1000)
        return answers / SECONDS

    return in_turns(TURNS, {name: partial(answers_per_second, name) for name in asked}), cpu


def cpu_seconds(server: Server) -> list[float]:
    """Return the CPU time that each of the server's workers has used so far."""
    texts = (Path(f"/proc/{pid}/stat").read_text(encoding="ascii") for pid in server.worker_pids())
    return [sum(map(int, text.rpartition(")")[2].split()[11:13])) / TICKS for text in texts]


def open_loop(app: Flask, servers: Servers, many: Customer, kind: str) -> Section:
    """Offer the budget's load to the portal; and to the bare view, to see what the generator itself is good for."""
    rate, chance = RATES[kind], random.Random(SEED)
    places = [f"10.0.{number}.7" for number in range(PEOPLE)]
    ids = [start_session(app, many.account_id, user, at) for user, at in zip(many.users, places, strict=True)]
    requests = [request_of("/", cookie_of(app, one), at) for one, at in zip(ids, places, strict=True)]

    def offered(server: Server, seconds: float) -> Load:
        seen_in_turn(app, ids)
        offer(server.host, server.port, requests, moments(rate, WARM_S, chance))
        return offer(server.host, server.port, requests, moments(rate, seconds, chance))

    control, before = offered(servers.bare, CONTROL_S), cpu_seconds(servers.portal)
    load = offered(servers.portal, OPEN_S)
    used = [after - first for after, first in zip(cpu_seconds(servers.portal), before, strict=True)]
    return Section(
        f"As it is served: an open loop of {rate} requests/s, {kind}",
        f"Two workers; {len(load.latencies):,} requests due at random moments within {OPEN_S} s, by {PEOPLE} people at "
        "as many listed addresses, 1,000 networks, list active; each session is touched (written) once a minute. "
        f"{SENDERS} senders; latency counts from when a request was due. Late: left more than {LATE_MS} ms after it "
        f"was due. Bare view: the same load on it for {CONTROL_S} s, which shows what the generator is good for. "
        "The kernel deals the kept connections out by chance: the workers need not have the same to do.",
        "A network, nginx, TLS. The generator and the database share the servers' cores. PostgreSQL's fsync is off; "
        "SQLite's is on.",
        [
            Figure("offered / answered in the same time", rate / load.rate, "x", 1.02),
            Figure("answers that were not 200", load.wrong + control.wrong, "", 0),
            Figure("median", load.percentile(50), "ms"),
            Figure("99th percentile", load.percentile(99), "ms", 50),
            Figure("99.9th percentile", load.percentile(99.9), "ms"),
            Figure("maximum", max(load.latencies), "ms"),
            Figure("left late", load.late / len(load.latencies) * 100, "%"),
            Figure("busier worker's part of the workers' CPU", max(used) / sum(used) * 100, "%"),
            Figure("generator's CPU", load.cpu / load.seconds * 100, "%", None, "of one core"),
            Figure("bare view: median", control.percentile(50), "ms"),
            Figure("bare view: 99th percentile", control.percentile(99), "ms"),
            Figure("bare view: left late", control.late / len(control.latencies) * 100, "%"),
        ],
    )


def propagation(app: Flask, world: World, env: dict[str, str], kind: str) -> Section:
    """Add and delete a network as an owner; ask each worker as soon as that was answered, all at once."""
    put_list(app, world.halden, *other_networks(998), f"{OWNER_AT}/32", active=True)
    owner = Browser(app, OWNER_AT, start_session(app, world.halden, world.users["dana"], OWNER_AT))
    taken: list[float] = []
    disobeyed = 0

    def ask(worker: Connection, request: bytes, began: float) -> tuple[int, float]:
        return worker.status(request), (time.perf_counter() - began) * 1000

    with ExitStack() as running, ThreadPoolExecutor(WORKERS) as pool:
        # A server for each worker, so that each can be asked by name.
        servers = [running.enter_context(Server(env, arguments=("--keep-alive", "600"))) for _ in range(WORKERS)]
        asked = [running.enter_context(closing(Connection(server.host, server.port))) for server in servers]
        for number in range(CHANGES):
            cookies = [
                cookie_of(app, start_session(app, world.halden, world.users["sanne"], HOME)) for _ in range(WORKERS)
            ]
            requests = [request_of("/", text, HOME) for text in cookies]
            change(app, world, owner, lets_in=number % 2 == 0)
            answers = list(pool.map(ask, asked, requests, [time.perf_counter()] * WORKERS))
            disobeyed += sum(status != (403 if number % 2 else 200) for status, _ in answers)
            taken.append(max(milliseconds for _, milliseconds in answers))
    return Section(
        f"From a change to every worker's first obeying answer, {kind}",
        f"{CHANGES} changes of a list of about 1,000 networks by an owner's form, in turn letting an address in and "
        f"keeping it out; {WORKERS} workers asked at once when the form was answered. Each compiles the list anew.",
        "Several machines: no clock is involved, so none would matter.",
        [
            Figure("first answers by the list as it was before", disobeyed, "", 0, f"of {CHANGES * WORKERS}"),
            Figure("until the last worker had answered, median", statistics.median(taken), "ms"),
            Figure("the same, 95th percentile", percentile(taken, 95), "ms"),
        ],
    )


def change(app: Flask, world: World, owner: Browser, *, lets_in: bool) -> None:
    """Add the network of HOME, or delete it again."""
    if lets_in:
        answer = owner.send(f"{BASE}/networks", {"network": f"{HOME}/32"})
    else:
        with app.app_context():
            entry = allowlists.load(world.halden).entries[0]
        fields = {"version": entry.version, "confirm_signouts": "1"}
        answer = owner.send(f"{BASE}/networks/{entry.id}/delete", fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
