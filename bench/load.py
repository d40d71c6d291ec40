"""An open-loop load generator: requests leave when they are due, whether or not the ones before were answered.

A request's latency counts from when it was due, so that a server that queues cannot look fast (coordinated omission).
"""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

from bench.report import percentile
from tests.support.client import COOKIE

KEPT = 50  # requests over one connection, as the edge does it (deploy/nginx/portal.conf)
SENDERS, CLOSED = 24, 16  # the kernel deals connections out by chance: few of them leave a worker without any
LATE_MS = 5
NO_CONTENT = 204  # has no body, and no length of one
GOOD = frozenset({200, NO_CONTENT})
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass
class Load:
    """What came of it: latencies in milliseconds, requests that left late, and answers that were not good."""

    latencies: list[float] = field(default_factory=list)
    late: int = 0
    wrong: int = 0
    seconds: float = 0
    cpu: float = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Return a percentile of the latencies."""
        return percentile(self.latencies, percent)


def request_of(path: str, cookie: str, address: str) -> bytes:
    """Return a request of a browser with that session cookie, as the proxy passes it on."""
    lines = f"GET {path} HTTP/1.1", "Host: localhost", f"Cookie: {COOKIE}={cookie}", f"X-Forwarded-For: {address}"
    return "\r\n".join([*lines, "", ""]).encode()


class Connection:
    """A connection that is kept. It reads no more of an answer than it must: what it costs, the server lacks."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def status(self, request: bytes) -> int:
        """Send the request, and return its status once all of the answer is here."""
        self._socket.sendall(request)
        answer = self._received()
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._received()
        status, length = int(answer[9:12]), LENGTH.search(answer, 0, end)
        if status == NO_CONTENT:
            return status
        assert length is not None, answer[:end]
        missing = int(length[1]) - (len(answer) - end - 4)
        while missing > 0:
            missing -= len(self._received())
        return status

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def _received(self) -> bytes:
        part = self._socket.recv(65_536)
        if not part:
            raise ConnectionError("the server has closed the connection")
        return part


def moments(per_second: int, seconds: float, chance: random.Random) -> list[float]:
    """Return when requests of people who do not know of each other are due: so many, at random."""
    return sorted(chance.uniform(0, seconds) for _ in range(int(per_second * seconds)))


def offer(host: str, port: int, requests: Sequence[bytes], due: Sequence[float]) -> Load:
    """Offer the requests in turn at the moments when they are due, each connection for KEPT of them."""
    load, lock, numbers = Load(), threading.Lock(), count()
    cpu, began = time.process_time(), time.perf_counter() + 0.1

    def send() -> None:
        connection, left = Connection(host, port), KEPT
        while (number := next(numbers)) < len(due):
            if not left:
                connection.close()
                connection, left = Connection(host, port), KEPT
            left -= 1
            moment = began + due[number]
            time.sleep(max(0.0, moment - time.perf_counter()))
            late = (time.perf_counter() - moment) * 1000 > LATE_MS
            status = connection.status(requests[number % len(requests)])
            taken = (time.perf_counter() - moment) * 1000
            with lock:
                load.latencies.append(taken)
                load.late += late
                load.wrong += status not in GOOD
        connection.close()

    in_threads([send] * SENDERS)
    load.seconds, load.cpu = time.perf_counter() - began, time.process_time() - cpu
    return load


def saturate(host: str, port: int, request: bytes, seconds: float) -> int:
    """Return how many answers a few connections get in so many seconds that ask again at once."""
    answers, until = [0] * CLOSED, time.perf_counter() + seconds

    def ask(place: int) -> None:
        connection = Connection(host, port)
        while time.perf_counter() < until:
            assert connection.status(request) in GOOD
            answers[place] += 1
        connection.close()

    in_threads([lambda p=place: ask(p) for place in range(CLOSED)])  # type: ignore[misc]
    return sum(answers)


def in_threads(work: Sequence[Callable[[], None]]) -> None:
    """Do all at once; raise what one of them raises."""
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(one) for one in work]:
            done.result()
