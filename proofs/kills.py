"""kill -9 of gunicorn's workers under load: whoever was answered has changed the list, nothing is ever half done.

The workers are preloaded, as production's are not: so one that was killed is back within milliseconds, and a thousand
can be killed. What a worker does with a request is the same.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from proofs.workers import Owner
from tests.support.quick import Snapshot, check_history, events_of, put_list, read_list
from tests.support.server import Server
from tests.support.world import HOME, World

WORKERS = 3
CLIENTS = 4
LONGEST_S = 0.08
SOON_S = 2.0
BACK_S = 10.0
CUT = 0  # instead of a status: the connection ended before the answer
NO_ANSWER = -1


@dataclass(frozen=True)
class Sent:
    """An addition that a client has sent, and the status of its answer."""

    network: str
    operation: str
    status: int


def run(kills: int, seed: int, kind: str) -> Report:
    """Kill so many workers while clients change the list."""
    claim = (
        "After kill -9 of a worker the list is whole, holds every change that was answered, and can be changed again "
        "at once; a change that was cut off can be sent again, and has one effect."
    )
    not_measured = "power failure of the disk, kill -9 of PostgreSQL itself (in these tests it runs with fsync=off)"
    name = f"kill -9 of one of {WORKERS} workers while {CLIENTS} clients change the list, {kind}"
    report = Report(name, claim, seed, kills, "kills", not_measured)
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
        with Server(env, workers=WORKERS, arguments=("--preload",)) as server, ThreadPoolExecutor(CLIENTS) as pool:
            killing = Killing(report, app, world, server, random.Random(seed))
            for number in range(kills):
                killing.once(number, pool)
    killing.tell()
    return report


class Killing:
    """A server whose workers are killed, and what came of it."""

    def __init__(self, report: Report, app: Flask, world: World, server: Server, chance: random.Random) -> None:
        self.report, self.app, self.world, self.server, self.chance = report, app, world, server, chance
        self.owners = [Owner(app, world, ("dana", "mara")[client % 2]) for client in range(CLIENTS)]
        self.acknowledged = self.done_already = self.not_done = 0
        self.slowest = 0.0

    def once(self, number: int, pool: ThreadPoolExecutor) -> None:
        """Kill one worker under load, and check what is left."""
        put_list(self.app, self.world.halden, f"{HOME}/32", active=True)
        before = read_list(self.app, self.world.halden)
        victim, killed_at, sent = self.load_and_kill(number, pool)
        answered = [one for one in sent if one.status == 303]
        cut = [one for one in sent if one.status == CUT]
        self.acknowledged += len(answered)
        if unwanted := {one.status for one in sent} - {303, CUT}:
            self.report.violated(f"kill {number}: answers {unwanted}")
        if lost := {one.network for one in answered} - set(read_list(self.app, self.world.halden).texts):
            self.report.violated(f"kill {number}: lost {lost}")
        self.changes_again(number, killed_at)
        # The change has had the list's lock: what the dead worker had begun is committed by now, or never will be.
        self.send_again(number, cut)
        self.check(number, before, {"192.0.2.1/32", *(one.network for one in answered + cut)})
        if not self.replaced(victim):
            self.report.violated(f"kill {number}: the workers were not all back within {BACK_S:.0f} s")

    def check(self, number: int, before: Snapshot, added: set[str]) -> None:
        """See that the list is whole: each of these networks is there, each with its event, and nothing else."""
        present = read_list(self.app, self.world.halden)
        if sorted(present.texts) != sorted([*before.texts, *added]):
            self.report.violated(f"kill {number}: too many or too few: {set(present.texts) ^ {*before.texts, *added}}")
        try:
            events = check_history(self.app, self.world.halden, before)
        except AssertionError as error:
            self.report.violated(f"kill {number}: torn: {error}")
        else:
            if events != len(added):
                self.report.violated(f"kill {number}: {events} events of {len(added)} changes")

    def load_and_kill(self, number: int, pool: ThreadPoolExecutor) -> tuple[int, float, list[Sent]]:
        """Let the clients change the list, kill a worker at a random moment; return it, when, and what they sent."""
        workers, stop = sorted(self.server.worker_pids()), threading.Event()
        clients = [pool.submit(self.change, number, client, stop) for client in range(CLIENTS)]
        time.sleep(self.chance.uniform(0, LONGEST_S))
        victim, killed_at = self.chance.choice(workers), time.monotonic()
        os.kill(victim, signal.SIGKILL)
        stop.set()
        return victim, killed_at, [one for client in clients for one in client.result()]

    def change(self, number: int, client: int, stop: threading.Event) -> list[Sent]:
        """Be a client: add network after network, until told to stop or cut off."""
        sent: list[Sent] = []
        while not stop.is_set() and (not sent or sent[-1].status != CUT):
            network, operation = f"10.{client}.{number % 256}.{len(sent)}/32", f"{number}-{client}-{len(sent)}"
            sent.append(Sent(network, operation, self.add(client, network, operation)))
        return sent

    def add(self, client: int, network: str, operation: str) -> int:
        """Add a network as one of the owners; return the answer's status, CUT or NO_ANSWER."""
        try:
            return self.owners[client].post(self.server, "/networks", {"network": network, "operation": operation})
        except TimeoutError:
            return NO_ANSWER
        except (ConnectionError, http.client.HTTPException):
            return CUT

    def changes_again(self, number: int, killed_at: float) -> None:
        """See that the list can be changed at once, by whichever workers are left."""
        status = self.add(0, "192.0.2.1/32", f"{number}-next")
        taken = time.monotonic() - killed_at
        self.slowest = max(self.slowest, taken)
        if status != 303 or taken > SOON_S:
            self.report.violated(f"kill {number}: the next change: {status} after {taken:.1f} s")

    def send_again(self, number: int, cut: list[Sent]) -> None:
        """Send again what was cut off, as its sender would, and see that it has one effect, whatever it had before."""
        made = [event.operation for event in events_of(self.app, self.world.halden)]
        for one in cut:
            had = made.count(one.operation)
            self.done_already += had
            self.not_done += not had
            client = int(one.operation.split("-")[1])
            if (status := self.add(client, one.network, one.operation)) != 303:
                self.report.violated(f"kill {number}: sent again, answered {status}; it had {had} effects before")
        made = [event.operation for event in events_of(self.app, self.world.halden)]
        if several := {one.operation: made.count(one.operation) for one in cut if made.count(one.operation) != 1}:
            self.report.violated(f"kill {number}: effects of what was sent again: {several}")

    def replaced(self, victim: int) -> bool:
        """Wait until the victim is gone, and there are as many workers as before."""
        until = time.monotonic() + BACK_S
        while time.monotonic() < until:
            workers = self.server.worker_pids()
            if victim not in workers and len(workers) == WORKERS:
                return True
            time.sleep(0.002)
        return False

    def tell(self) -> None:
        """Write down what was seen; a proof in which next to nothing was cut off proves nothing."""
        cut = self.done_already + self.not_done
        if not self.acknowledged or cut < self.report.rounds // 10:
            self.report.violated(f"only {self.acknowledged} changes were acknowledged and {cut} cut off")
        self.report.figures["acknowledged changes, all kept"] = f"{self.acknowledged:,}"
        self.report.figures["cut off by a kill, and sent again"] = (
            f"{cut:,}; {self.done_already:,} had had their effect already, {self.not_done:,} had not"
        )
        self.report.figures["slowest next change, counted from the kill"] = f"{self.slowest * 1000:.0f} ms"
