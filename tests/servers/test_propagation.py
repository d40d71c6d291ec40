"""The next request obeys, on every worker: three real gunicorn workers, killed in between (promise 1)."""

from __future__ import annotations

import http.client
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask

from tests.support.client import COOKIE
from tests.support.patience import PATIENCE_S
from tests.support.quick import cookie_of, put_list, start_session, writing
from tests.support.server import Server
from tests.support.world import HOME, World

ROUNDS = 10  # `make proofs` makes 3,000
WORKERS = 3


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    """The servers by database, started when the first test asks."""
    running: dict[str, Server] = {}
    yield running
    for server in running.values():
        server.close()


@pytest.fixture
def server(servers: dict[str, Server], app: Flask, database_url: str) -> Server:
    """Three workers on the test's database; the client is who the header says."""
    if database_url not in servers:
        env = {"DATABASE_URL": database_url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
        servers[database_url] = Server(env, workers=WORKERS, arguments=("--keep-alive", "60"))
    return servers[database_url]


def ask(connection: http.client.HTTPConnection, cookie: str) -> int:
    """GET the overview and return the status."""
    connection.request("GET", "/", headers={"Cookie": f"{COOKIE}={cookie}", "X-Forwarded-For": HOME})
    answer = connection.getresponse()
    answer.read()
    return answer.status


@contextmanager
def connections_to_all(server: Server) -> Iterator[list[http.client.HTTPConnection]]:
    """Give an open connection of each worker. Chance decides who accepts: the others stay open until the end."""
    held = {worker: sockets(worker) for worker in server.worker_pids()}
    opened: list[http.client.HTTPConnection] = []
    asked: dict[int, http.client.HTTPConnection] = {}
    while len(asked) < len(held):
        assert len(opened) < 500, "some worker accepts nothing"
        opened.append(http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S))
        ask(opened[-1], "")
        before, held = held, {worker: sockets(worker) for worker in held}
        for worker in (worker for worker in held if held[worker] > before[worker]):
            asked.setdefault(worker, opened[-1])
    assert len(set(map(id, asked.values()))) == WORKERS
    try:
        yield list(asked.values())
    finally:
        for connection in opened:
            connection.close()


def sockets(pid: int) -> int:
    """Return how many sockets a process holds; what it closes meanwhile does not count."""
    found = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += str(link.readlink()).startswith("socket:")
    return found


def cookie(app: Flask, world: World) -> str:
    """Return the cookie of Sanne, signed in a moment ago."""
    return cookie_of(app, start_session(app, world.halden, world.users["sanne"], HOME))


def test_every_worker_obeys_a_change_at_once(app: Flask, world: World, server: Server) -> None:
    with connections_to_all(server) as asked:
        for _ in range(ROUNDS):
            put_list(app, world.halden, "203.0.113.0/24", active=True)
            present = cookie(app, world)
            assert {ask(connection, present) for connection in asked} == {200}
            cookies = [cookie(app, world) for _ in asked]
            put_list(app, world.halden, "192.0.2.0/24", active=True)
            assert {ask(*pair) for pair in zip(asked, cookies, strict=True)} == {403}
            put_list(app, world.halden, "192.0.2.0/24", "203.0.113.42/32", active=True)
            assert {ask(*pair) for pair in zip(asked, cookies, strict=True)} == {303}, "dead for good"


def test_every_worker_obeys_a_change_by_sql_at_once(app: Flask, world: World, server: Server) -> None:
    repairs = {
        200: "INSERT INTO network (account_id, network, comment, version, added_at, added_by) SELECT account_id, "
        "'203.0.113.0/24', comment, version, added_at, added_by FROM network WHERE network = '192.0.2.0/24'",
        403: "DELETE FROM network WHERE network = '203.0.113.0/24'",
    }
    put_list(app, world.halden, "192.0.2.0/24", active=True)
    with connections_to_all(server) as asked:
        for _ in range(ROUNDS):
            for expected, sql in repairs.items():
                with writing(app) as operator:
                    operator.exec_driver_sql(sql)
                assert {ask(connection, cookie(app, world)) for connection in asked} == {expected}


def test_a_killed_worker_leaves_no_one_in_and_no_one_out(app: Flask, world: World, server: Server) -> None:
    for active, expected in ((True, 403), (False, 200), (True, 403)):
        put_list(app, world.halden, "192.0.2.0/24", active=active)
        for worker in server.worker_pids()[:2]:
            os.kill(worker, signal.SIGKILL)
        for _ in range(10):
            connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)
            try:
                assert ask(connection, cookie(app, world)) == expected
            except (ConnectionError, http.client.HTTPException):
                pass  # This connection had been the dead worker's.
            finally:
                connection.close()
