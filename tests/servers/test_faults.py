"""Faults of the database under a real server: 503 with Retry-After within 6 s, no page, and soon full service again."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.postgres import Cluster, find_programs
from tests.support.quick import cookie_of, csrf_token, new_app, put_list, read_list, start_session
from tests.support.server import Server
from tests.support.world import HOME, World, seed

KEY = "a key for tests"
Answered = tuple[int, float, http.client.HTTPMessage, str]
WITHIN_S, AGAIN_S = 6.0, 5.0
LISTED = "203.0.113.0/24"


@dataclass
class Portal:
    """A server, its database, and people at it."""

    server: Server
    app: Flask
    world: World
    cluster: Cluster | None = None

    def cookie(self, person: str = "dana") -> str:
        """Return the cookie of somebody who is signed in."""
        return cookie_of(self.app, start_session(self.app, self.world.halden, self.world.users[person], HOME))

    def ask(self, cookie: str, address: str = HOME, *, change: str = "") -> Answered:
        """GET the overview, or POST a network; return status, seconds, headers and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Cookie": f"session={cookie}", "X-Forwarded-For": address}
        began = time.monotonic()
        if change:
            body = f"csrf_token={csrf_token(self.app)}&network={change}"
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/account/settings/ip-allowlist/networks", body, headers)
        else:
            connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, time.monotonic() - began, answer.headers, text


@contextmanager
def portal(url: str, cluster: Cluster | None = None) -> Iterator[Portal]:
    """A portal on a new database, with an active list."""
    migrate(url)
    app = new_app(url)
    app.secret_key = KEY
    with app.app_context():
        world = seed()
    put_list(app, world.halden, LISTED, active=True)
    env = {"DATABASE_URL": url, "SECRET_KEY": KEY, "TRUSTED_PROXIES": "127.0.0.1"}
    with Server(env, workers=2) as server:
        yield Portal(server, app, world, cluster)
    dispose(app)


@pytest.fixture(scope="module")
def on_postgres() -> Iterator[Portal]:
    """A portal on a PostgreSQL of its own, which the tests stop and freeze."""
    if find_programs() is None:
        pytest.skip("PostgreSQL is missing (package postgresql)")
    with Cluster() as cluster, portal(cluster.create_database("faults"), cluster) as running:
        yield running


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal on SQLite."""
    with portal(f"sqlite:///{tmp_path_factory.mktemp('faults')}/portal.sqlite3") as running:
        yield running


def check_refused(portal: Portal, cookie: str, change: str = "") -> float:
    """Nobody gets a page: 503 with Retry-After, in time. Return the seconds that it took."""
    status, seconds, headers, text = portal.ask(cookie, change=change)
    assert status == 503, text
    assert seconds < WITHIN_S, seconds
    assert int(headers["Retry-After"]) > 0
    assert headers["Cache-Control"] == "no-store"
    assert "Halden" not in text
    return seconds


def check_back(portal: Portal, cookie: str) -> None:
    """Full service on every worker soon after the fault has ended, and the list still decides."""
    dispose(portal.app)  # the connections of the test's own pool have been cut, too
    until = time.monotonic() + AGAIN_S
    good = 0
    while good < 8:
        assert time.monotonic() < until, f"only {good} good answers in a row"
        good = good + 1 if portal.ask(cookie)[0] == 200 else 0
    assert portal.ask(portal.cookie("sanne"), "192.0.2.1")[0] == 403


@contextmanager
def stopped(portal: Portal) -> Iterator[None]:
    """PostgreSQL is stopped."""
    assert portal.cluster
    portal.cluster.stop()
    yield
    portal.cluster.start()


@contextmanager
def frozen(portal: Portal) -> Iterator[None]:
    """PostgreSQL is alive to the kernel, and silent."""
    assert portal.cluster
    master = portal.cluster.pid
    family = [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split())]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in family:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def crowded(portal: Portal) -> Iterator[None]:
    """Others hold every connection that PostgreSQL has, and the portal's have been cut."""
    assert portal.cluster
    url = portal.cluster.url("postgres").replace("+psycopg", "")
    with ExitStack() as others:
        operator = others.enter_context(psycopg.connect(url, autocommit=True))
        for _ in range(2):
            with suppress(psycopg.OperationalError):
                while True:
                    others.enter_context(psycopg.connect(url))
            operator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'faults'")
            time.sleep(0.2)
        yield


@contextmanager
def locked(portal: Portal) -> Iterator[None]:
    """Another process holds SQLite's lock for writing."""
    with closing(sqlite3.connect(portal.app.extensions["engine"].url.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(portal: Portal) -> Iterator[None]:
    """No file can grow any more."""
    workers = portal.server.worker_pids()
    for worker in workers:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    yield
    for worker in workers:
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


Fault = Callable[[Portal], AbstractContextManager[None]]


def once(portal: Portal, fault: Fault, *, reads: bool = False) -> float:
    """Let the fault happen and end; return how long the slowest refusal took. `reads`: reading goes on meanwhile."""
    owner, outsider = portal.cookie(), portal.cookie("sanne")
    before = read_list(portal.app, portal.world.halden)
    check_back(portal, owner)
    with fault(portal):
        if reads:
            assert portal.ask(owner)[0] == 200
            taken = []
        else:
            with ThreadPoolExecutor(3) as crowd:
                taken = list(crowd.map(lambda cookie: check_refused(portal, cookie), (owner, outsider, owner)))
        taken.append(check_refused(portal, owner, "192.0.2.0/24"))
    check_back(portal, owner)
    assert read_list(portal.app, portal.world.halden) == before
    return max(taken)


@pytest.mark.postgres
@pytest.mark.parametrize("fault", [stopped, frozen, crowded])
def test_without_postgresql_nobody_gets_a_page_and_soon_after_everybody_does(on_postgres: Portal, fault: Fault) -> None:
    once(on_postgres, fault)


@pytest.mark.parametrize("fault", [locked, full])
def test_where_sqlite_cannot_write_changes_are_refused_and_nothing_is_half_done(
    on_sqlite: Portal, fault: Fault
) -> None:
    once(on_sqlite, fault, reads=True)


def test_after_a_full_disk_changes_are_made_again(on_sqlite: Portal) -> None:
    once(on_sqlite, full, reads=True)
    assert on_sqlite.ask(on_sqlite.cookie(), change="192.0.2.0/24")[0] == 303
