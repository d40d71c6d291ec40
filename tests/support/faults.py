"""Faults of the database under a real server with many people at it, and what must hold meanwhile and afterwards."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.client import BASE, COOKIE
from tests.support.patience import PATIENCE_S
from tests.support.postgres import Cluster
from tests.support.quick import check_history, cookie_of, csrf_token, new_app, put_list, read_list, start_session
from tests.support.server import Server
from tests.support.world import HOME, World, seed

WITHIN_S, AGAIN_S = 6.0, 30.0  # the promise, from asking to answer; how long full service may take on a busy machine
LISTED, UNLISTED = "203.0.113.0/24", "192.0.2.1"
CROWD = 40  # five times the threads of both workers: most of them wait for one
DISK_MB = 150
DATABASE = "faults"


@dataclass(frozen=True)
class Answered:
    """An answer, and how long it took from the moment of asking."""

    status: int
    seconds: float
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True)
class Portal:
    """A server, its database, and people at it."""

    server: Server
    app: Flask
    world: World
    cluster: Cluster | None = None

    def cookie(self, person: str = "dana") -> str:
        """Return the cookie of somebody who is signed in."""
        return cookie_of(self.app, start_session(self.app, self.world.halden, self.world.users[person], HOME))

    def ask(self, cookie: str, address: str | None = HOME, *, change: str = "") -> Answered:
        """GET the overview, or POST a network. Without an address there is no trustworthy one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
        headers = {"Cookie": f"{COOKIE}={cookie}"} | ({"X-Forwarded-For": address} if address else {})
        began = time.monotonic()
        with closing(connection):
            if change:
                body = f"csrf_token={csrf_token(self.app)}&network={change}"
                headers |= {"Content-Type": "application/x-www-form-urlencoded"}
                connection.request("POST", f"{BASE}/networks", body, headers)
            else:
                connection.request("GET", "/", headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        return Answered(answer.status, time.monotonic() - began, answer.headers, text)


@contextmanager
def portal(url: str, cluster: Cluster | None = None) -> Iterator[Portal]:
    """A portal on a new database, with an active list."""
    migrate(url)
    app = new_app(url)
    with app.app_context():
        world = seed()
    env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
    with Server(env, workers=2) as server:
        yield Portal(server, app, world, cluster)
    dispose(app)


@contextmanager
def portal_on_postgres(*, disk_mb: int = 0) -> Iterator[Portal]:
    """A portal on a PostgreSQL of its own, which may be stopped, frozen, and given a full disk."""
    with Cluster(disk_mb=disk_mb) as cluster, portal(cluster.create_database(DATABASE), cluster) as running:
        yield running


@contextmanager
def portal_on_sqlite(folder: Path) -> Iterator[Portal]:
    """A portal on SQLite."""
    with portal(f"sqlite:///{folder}/portal.sqlite3") as running:
        yield running


# --- what can go wrong ----------------------------------------------------------------------------------------------


def cluster_of(portal: Portal) -> Cluster:
    """Return the portal's PostgreSQL."""
    assert portal.cluster
    return portal.cluster


def operator(portal: Portal) -> psycopg.Connection[tuple[object, ...]]:
    """Return a connection of PostgreSQL's operator."""
    url = cluster_of(portal).url("postgres").replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True, connect_timeout=20)


CUT = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{DATABASE}'"  # noqa: S608 - no input


@contextmanager
def stopped(portal: Portal) -> Iterator[None]:
    """PostgreSQL is stopped."""
    cluster_of(portal).stop()
    try:
        yield
    finally:
        cluster_of(portal).start()


@contextmanager
def frozen(portal: Portal) -> Iterator[None]:
    """PostgreSQL is alive to the kernel, and silent."""
    master = cluster_of(portal).pid
    family = [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split())]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in family:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def crowded(portal: Portal) -> Iterator[None]:
    """Others hold every connection that PostgreSQL has, and the portal's have been cut."""
    url = cluster_of(portal).url("postgres").replace("+psycopg", "")
    with ExitStack() as others, operator(portal) as master:
        for _ in range(2):
            with suppress(psycopg.OperationalError):
                while True:
                    others.enter_context(psycopg.connect(url))
            master.execute(CUT)
            time.sleep(0.2)
        yield


@contextmanager
def cut(portal: Portal) -> Iterator[None]:
    """Somebody ends the portal's connections again and again."""
    over = threading.Event()

    def cut_until_over() -> None:
        with operator(portal) as master:
            while not over.wait(0.02):
                master.execute(CUT)

    thread = threading.Thread(target=cut_until_over)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def full_disk(portal: Portal) -> Iterator[None]:
    """PostgreSQL's disk is full, for its log of changes, too: the server may end itself, as it does then."""
    cluster = cluster_of(portal)
    filler = cluster.folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    with suppress(psycopg.Error), operator(portal) as master:
        master.execute("SELECT pg_switch_wal()")
    try:
        yield
    finally:
        filler.unlink()
        cluster.start()


@contextmanager
def locked(portal: Portal) -> Iterator[None]:
    """Another process holds SQLite's lock for writing."""
    with closing(sqlite3.connect(portal.app.extensions["engine"].url.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def no_file_grows(portal: Portal) -> Iterator[None]:
    """No file of the portal's can grow any more: to SQLite that is a full disk."""
    workers = portal.server.worker_pids()
    for worker in workers:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for worker in workers:
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@dataclass(frozen=True)
class Fault:
    """A fault, and what an owner at a listed address may be answered meanwhile: to a page, to a change."""

    happens: Callable[[Portal], AbstractContextManager[None]]
    pages: frozenset[int]
    changes: frozenset[int]


REFUSED = frozenset({503})
ON_POSTGRES = {
    "stopped": Fault(stopped, REFUSED, REFUSED),
    "frozen": Fault(frozen, REFUSED, REFUSED),
    "out of connections": Fault(crowded, REFUSED, REFUSED),
    "connections cut": Fault(cut, frozenset({200, 503}), frozenset({303, 503})),
    "disk full": Fault(full_disk, frozenset({200, 503}), frozenset({303, 503})),
}
ON_SQLITE = {
    "locked by another process": Fault(locked, frozenset({200}), REFUSED),
    "disk full": Fault(no_file_grows, frozenset({200}), REFUSED),
}


# --- what must hold -------------------------------------------------------------------------------------------------


def once(portal: Portal, fault: Fault) -> float:
    """Let the fault happen under a crowd, and end; return how long the slowest refusal took, in seconds."""
    dispose(portal.app)  # the fault before may have cut the connections of the test's own pool
    put_list(portal.app, portal.world.halden, LISTED, active=True)
    before = read_list(portal.app, portal.world.halden)
    owner, outsiders = portal.cookie(), [portal.cookie("sanne") for _ in range(4)]
    check_back(portal, owner)
    networks = [f"198.51.100.{number}/32" for number in range(CROWD // 2)]
    with fault.happens(portal), ThreadPoolExecutor(CROWD) as crowd:
        pages = [crowd.submit(portal.ask, owner) for _ in range(CROWD // 2 - len(outsiders))]
        outside = [
            crowd.submit(portal.ask, cookie, address)
            for cookie, address in zip(outsiders, (UNLISTED, UNLISTED, None, None), strict=True)
        ]
        changes = [crowd.submit(portal.ask, owner, change=network) for network in networks]
        slowest = max(
            check_answers([page.result() for page in pages], fault.pages),
            check_answers([page.result() for page in outside], frozenset({403, 503})),
            check_answers([change.result() for change in changes], fault.changes),
        )
    check_back(portal, owner)
    done = {network for network, change in zip(networks, changes, strict=True) if change.result().status == 303}
    check_list(portal, before.texts, done, networks if 303 in fault.changes else [])
    check_history(portal.app, portal.world.halden, before)
    return slowest


def check_answers(answers: list[Answered], allowed: frozenset[int]) -> float:
    """Check that each answer is one that may be given, in time; return how long the slowest refusal took."""
    for answer in answers:
        assert answer.status in allowed, (answer.status, answer.text)
        if answer.status != 503:
            continue
        assert answer.seconds < WITHIN_S, answer.seconds
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Halden" not in answer.text
    return max((answer.seconds for answer in answers if answer.status == 503), default=0.0)


def check_back(portal: Portal, cookie: str) -> None:
    """Full service on every worker soon after the fault has ended, and the list still decides."""
    dispose(portal.app)  # the connections of the test's own pool have been cut, too
    until = time.monotonic() + AGAIN_S
    good = 0
    while good < 8:
        assert time.monotonic() < until, f"only {good} good answers in a row"
        good = good + 1 if portal.ask(cookie).status == 200 else 0
    for address in (UNLISTED, None):
        outsider = portal.cookie("sanne")
        while (status := portal.ask(outsider, address).status) == 503:  # their session is ended: that is written
            assert time.monotonic() < until, "reading works, writing does not"
        assert status == 403, status


def check_list(portal: Portal, before: list[str], done: set[str], tried: list[str]) -> None:
    """Check that what was answered as done is there, and nothing that nobody has tried."""
    after = read_list(portal.app, portal.world.halden)
    assert after.active
    assert {*before, *done} <= {*after.texts} <= {*before, *done, *tried}
