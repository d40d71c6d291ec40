"""An open-loop load generator: requests leave when they are due, whether or not the ones before were answered.

A request's latency counts from when it was due, so that a server that queues cannot look fast (coordinated omission).
"""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field

from bench.report import percentile

SENDERS = 24


@dataclass
class Load:
    """What came of it: latencies in milliseconds, and answers that were not 200."""

    latencies: list[float] = field(default_factory=list)
    wrong: int = 0
    seconds: float = 0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: int) -> float:
        """Return a percentile of the latencies."""
        return percentile(self.latencies, percent)


def offer(host: str, port: int, path: str, headers: dict[str, str], per_second: int, seconds: float) -> Load:
    """Offer so many requests a second for so long, over connections that are kept."""
    load, lock = Load(), threading.Lock()
    total, began = int(per_second * seconds), time.perf_counter() + 0.2
    due = iter(range(total))

    def send() -> None:
        connection = http.client.HTTPConnection(host, port, timeout=30)
        while True:
            with lock:
                number = next(due, None)
            if number is None:
                break
            moment = began + number / per_second
            time.sleep(max(0.0, moment - time.perf_counter()))
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            taken = (time.perf_counter() - moment) * 1000
            with lock:
                load.latencies.append(taken)
                load.wrong += answer.status != 200
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - began
    return load


def saturate(host: str, port: int, path: str, headers: dict[str, str], seconds: float) -> float:
    """Return how many answers a second four connections get that always ask."""
    answers, until = [0] * 4, time.perf_counter() + seconds

    def ask(place: int) -> None:
        connection = http.client.HTTPConnection(host, port, timeout=30)
        while time.perf_counter() < until:
            connection.request("GET", path, headers=headers)
            connection.getresponse().read()
            answers[place] += 1
        connection.close()

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(answers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answers) / seconds
