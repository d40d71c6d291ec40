"""Faults of the proxies between a person and the portal: nobody is ever taken for a proxy, or a proxy for somebody."""

from __future__ import annotations

import http.client
import random
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from tests.support.client import BASE
from tests.support.nginx import HOST, Nginx
from tests.support.quick import cookie_of, put_list, start_session
from tests.support.server import Server
from tests.support.world import World

LISTED, ELSEWHERE = "127.0.0.2", "127.0.0.3"
OUTER, EDGE = "127.0.0.20", "127.0.0.21"
PROXIES = f"{OUTER},{EDGE}"
NO_ANSWER = "no answer"
NOBODY = "nobody"
TOLD = re.compile(r'data-(?:current-)?address="([^"]*)"')
LOAD = 4

# What operators change in the file that is shipped.
FROM_EDGE = {"proxy_http_version 1.1;": f"proxy_http_version 1.1; proxy_bind {EDGE};"}
FROM_OUTER = {
    "proxy_http_version 1.1;": f"proxy_http_version 1.1; proxy_bind {OUTER};",
    "proxy_pass http://portal;": f"proxy_pass https://portal; proxy_ssl_server_name on; proxy_ssl_name {HOST};",
}
OVERWRITES = "proxy_set_header X-Forwarded-For $remote_addr;"
SENDS_NONE = {OVERWRITES: 'proxy_set_header X-Forwarded-For "";'}
APPENDS = {OVERWRITES: "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"}
BELIEVES = f"server_tokens off; set_real_ip_from {OUTER}; real_ip_header "
READS_HEADER = {"server_tokens off;\n    access_log": BELIEVES + "X-Forwarded-For; access_log"}
READS_PROTOCOL = {
    "server_tokens off;\n    access_log": BELIEVES + "proxy_protocol; access_log",
    "443 ssl http2": "443 ssl http2 proxy_protocol",
}

Connect = Callable[[str], http.client.HTTPConnection]


@dataclass(frozen=True)
class Case:
    """A fault, or what it is compared with; `expected`: whom LISTED and ELSEWHERE are taken for.

    `proxies`: what the list names beside LISTED, as somebody may do who was shut out by such a fault.
    """

    name: str
    connect: Connect
    expected: tuple[str, str]
    proxies: tuple[str, ...] = (f"{OUTER}/32", f"{EDGE}/32", "127.0.0.1/32")


def run(reloads: int, seed: int) -> Report:
    """Ask through each faulty set-up, then reload nginx so many times under load."""
    claim = (
        "Where proxies lose or garble the client's address, nobody is let in, though the list names the proxies, too; "
        "no request fails while nginx is reloaded."
    )
    by_rule = "a proxy that TRUSTED_PROXIES does not name is a client like any other: a list that names it lets it in"
    report = Report("Proxy faults", claim, seed, reloads, "reloads under load", by_rule)
    with report.timed(), ExitStack() as running:
        url = running.enter_context(database("SQLite"))
        app, world = running.enter_context(portal(url))
        people = People(report, app, world)
        machines = Machines(running, {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key)})
        for case in cases(running, machines):
            people.ask(case, max(1, reloads // 2))
        edge = running.enter_context(Nginx(machines.trusting(PROXIES), changes=FROM_EDGE))
        reload_under_load(people, edge, reloads, random.Random(seed))
    return report


class Machines:
    """The portal's machines, one for each list of trusted proxies."""

    def __init__(self, running: ExitStack, env: dict[str, str]) -> None:
        self.running, self.env = running, env
        self.started: dict[str, Server] = {}

    def trusting(self, proxies: str) -> list[str]:
        """Return where the edge finds those that trust these proxies."""
        if proxies not in self.started:
            env = self.env | {"TRUSTED_PROXIES": proxies, "PUBLIC_URL": f"https://{HOST}"}
            self.started[proxies] = self.running.enter_context(Server(env, shipped=True))
        return [f"127.0.0.1:{self.started[proxies].port}"] * 3


def cases(running: ExitStack, machines: Machines) -> Iterator[Case]:
    """Set up one case after the other."""

    def edge(changes: dict[str, str], trusted: str = PROXIES) -> Nginx:
        return running.enter_context(Nginx(machines.trusting(trusted), changes=FROM_EDGE | changes))

    def through(inner: Nginx) -> Connect:
        upstreams = [f"127.0.0.1:{inner.https}"] * 3
        return running.enter_context(Nginx(upstreams, changes=FROM_OUTER)).connection

    right, nobody, nothing = (LISTED, ELSEWHERE), (NOBODY, NOBODY), (NO_ANSWER, NO_ANSWER)
    shipped, protocol = edge({}), edge(READS_PROTOCOL)
    yield Case("as shipped", shipped.connection, right)
    yield Case("no header", edge(SENDS_NONE).connection, nobody)
    yield Case("two proxies, the inner one overwrites", through(shipped), nobody)
    yield Case("two proxies, the inner one appends", through(edge(APPENDS)), right)
    yield Case("two proxies, the inner one reads the header", through(edge(READS_HEADER)), right)
    yield Case("the trusted list holds the clients, too", edge({}, "127.0.0.0/24").connection, nobody)
    yield Case("the trusted list names another machine", edge({}, "192.0.2.10").connection, (EDGE, EDGE), ())
    yield Case("PROXY protocol on, and spoken", speaking(protocol, OUTER, "TCP4 {} 127.0.0.1 1 443"), right)
    yield Case("PROXY protocol on, not spoken", protocol.connection, nothing)
    yield Case("PROXY protocol on, the balancer's own check", speaking(protocol, OUTER, "UNKNOWN"), nobody)
    yield Case(
        "PROXY protocol on, spoken by a client", speaking(protocol, None, f"TCP4 {LISTED} 127.0.0.1 1 443"), right
    )
    yield Case("PROXY protocol off, but spoken", speaking(shipped, OUTER, "TCP4 {} 127.0.0.1 1 443"), nothing)


def speaking(edge: Nginx, balancer: str | None, line: str) -> Connect:
    """Return how a balancer passes a client's connection on; without one it is the client who speaks like it."""

    def connect(source: str) -> http.client.HTTPConnection:
        context = ssl.create_default_context(cafile=str(edge.folder / "fullchain.pem"))
        raw = socket.create_connection(("127.0.0.1", edge.https), 5, source_address=(balancer or source, 0))
        raw.sendall(f"PROXY {line.format(source)}\r\n".encode())
        connection = http.client.HTTPSConnection(HOST, edge.https, timeout=15, context=context)
        try:
            connection.sock = context.wrap_socket(raw, server_hostname=HOST)
        except BaseException:
            raw.close()
            raise
        return connection

    return connect


class People:
    """Those who ask, each time signed in anew, and what they are told."""

    def __init__(self, report: Report, app: Flask, world: World) -> None:
        self.report, self.app, self.world = report, app, world

    def put_list(self, proxies: tuple[str, ...]) -> None:
        """Let LISTED in, and these proxies."""
        put_list(self.app, self.world.halden, f"{LISTED}/32", *proxies, active=True)

    def cookie(self) -> str:
        """Sign Dana in."""
        return cookie_of(self.app, start_session(self.app, self.world.halden, self.world.users["dana"], None))

    def ask(self, case: Case, times: int) -> None:
        """Ask from both addresses, and compare what comes back."""
        self.put_list(case.proxies)
        told = Counter[str]()
        for source, expected in zip((LISTED, ELSEWHERE), case.expected, strict=True):
            wanted = (200 if expected == LISTED else 403 if expected != NO_ANSWER else 0, expected)
            for _ in range(times):
                found = answer(case.connect, source, self.cookie())
                told[f"{source}: {found[0] or 'closed'}, {found[1]}"] += 1
                if found != wanted:
                    self.report.violated(f"{case.name}: {source} got {found} instead of {wanted}")
        self.report.figures[case.name] = "; ".join(f"{text} ({count})" for text, count in told.items())


def answer(connect: Connect, source: str, cookie: str) -> tuple[int, str]:
    """Ask for the section; return the status, and whom the portal took the client for."""
    try:
        connection = connect(source)
    except OSError:
        return 0, NO_ANSWER
    try:
        connection.request("GET", BASE, headers={"Host": HOST, "Cookie": f"__Host-session={cookie}"})
        got = connection.getresponse()
        found = TOLD.search(got.read().decode())
    except (OSError, http.client.HTTPException):
        return 0, NO_ANSWER
    finally:
        connection.close()
    return got.status, (found[1] if found else "") or NOBODY


def reload_under_load(people: People, edge: Nginx, reloads: int, chance: random.Random) -> None:
    """Reload nginx at random moments while people ask, each over a new connection."""
    people.put_list(())
    cookie, stop = people.cookie(), threading.Event()

    def load() -> list[tuple[int, str]]:
        found = []
        while not stop.is_set():
            found.append(answer(edge.connection, LISTED, cookie))
        return found

    with ThreadPoolExecutor(LOAD) as pool:
        clients = [pool.submit(load) for _ in range(LOAD)]
        for _ in range(reloads):
            time.sleep(chance.uniform(0.1, 0.3))
            edge.reload()
        stop.set()
    found = Counter(one for client in clients for one in client.result())
    failed = sum(count for one, count in found.items() if one != (200, LISTED))
    people.report.figures["requests while nginx was reloaded"] = f"{found.total():,}, {failed} failed"
    if failed or found.total() < reloads:
        people.report.violated(f"while nginx was reloaded: {found}")
