"""The portal as it is shipped, the edge before it, and people who ask it at a steady rate."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from flask import Flask

from proofs.databases import database, portal
from tests.support.nginx import HOST, Nginx
from tests.support.quick import cookie_of, start_session
from tests.support.server import Server
from tests.support.world import World

PEOPLE_AT = "127.0.0.2"
NO_ANSWER = 0


@dataclass(frozen=True)
class Deployed:
    """The edge, the machines behind it, and the database they share."""

    url: str
    edge: Nginx
    machines: list[Server]
    app: Flask
    world: World

    def cookie(self, person: str) -> str:
        """Sign a person of Halden in."""
        return cookie_of(self.app, start_session(self.app, self.world.halden, self.world.users[person], PEOPLE_AT))


@contextmanager
def deployed(machines: int, workers: int) -> Iterator[Deployed]:
    """So many machines (three at most) with so many workers on one PostgreSQL, behind the edge."""
    with ExitStack() as running:
        url = running.enter_context(database("PostgreSQL"))
        app, world = running.enter_context(portal(url))
        env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
        env["PUBLIC_URL"] = f"https://{HOST}"
        servers = [running.enter_context(Server(env, workers=workers, shipped=True)) for _ in range(machines)]
        upstreams = [f"127.0.0.1:{servers[number % machines].port}" for number in range(3)]
        yield Deployed(url, running.enter_context(Nginx(upstreams)), servers, app, world)


class Person:
    """Somebody at an address, who keeps the connection as browsers do."""

    def __init__(self, edge: Nginx, address: str = PEOPLE_AT) -> None:
        self.edge, self.address = edge, address
        self.lost: list[tuple[float, str]] = []  # when an answer did not come, or not whole, and what was seen of it
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, cookie: str) -> int:
        """GET a path; return the status."""
        if self._connection is None or self._connection.sock is None:
            self._connection = self.edge.connection(self.address)
        try:
            headers = {"Host": HOST, "Cookie": f"__Host-session={cookie}"}
            self._connection.request("GET", path, headers=headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.lost.append((time.monotonic(), type(error).__name__))
            self.leave()
            return NO_ANSWER
        return answer.status

    def leave(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Heard:
    """The answers, and how long they took, counted from when each request was due (open loop: queueing shows)."""

    statuses: Counter[int]
    took: list[float]

    def percentile(self, part: float) -> str:
        """Return what so large a part of the answers took at most."""
        return f"{sorted(self.took)[int((len(self.took) - 1) * part)] * 1000:.0f} ms"


def ask_steadily(people: list[Person], rate: float, seconds: float, ask: Callable[[Person, int], int]) -> Heard:
    """Let people ask together at a rate; `ask` sends the request of a number and returns the answer's status."""
    began, numbers, heard = time.monotonic(), itertools.count(), Heard(Counter(), [])
    lock = threading.Lock()

    def be(person: Person) -> None:
        while (number := next(numbers)) < rate * seconds:
            due = began + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            status = ask(person, number)
            with lock:
                heard.statuses[status] += 1
                heard.took.append(time.monotonic() - due)
        person.leave()

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(be, people))
    return heard
