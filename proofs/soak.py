"""A soak with churn: people ask, an owner changes the list, workers are killed; nothing grows, nobody is failed."""

from __future__ import annotations

import os
import random
import signal
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from proofs.deployed import NO_ANSWER, PEOPLE_AT, Deployed, Heard, Person, ask_steadily, deployed
from proofs.report import Report
from tests.support.client import BASE
from tests.support.nginx import HOST
from tests.support.quick import check_history, csrf_token, engine_of, put_list, read_list
from webapp.storage import allowlists

ASKED_A_SECOND = 100
PEOPLE = 8
PAGES = ("/", BASE, "/account/settings", "/session", f"{BASE}?page=2", f"{BASE}/check?address=192.0.2.1", "/healthz")
KEPT = 40
KILL_EVERY_S = 60
SAMPLES = 90  # in the whole soak
LONG_S = 600  # from then on its first third has warmed everything up
MOST_GROWTH = 0.05
TRIES = 10
KILLED_S = 2.0  # Within that after a kill an answer may end in the middle: what has begun is asked of nobody else.
CROWD = 96  # people at once, four for each thread of the workers: pools are as full as they ever get


def run(seconds: int, seed: int, machines: int = 3, workers: int = 2) -> Report:
    """Let it run so long: 100 requests and a change a second, a kill a minute; nobody kills on the first machine."""
    claim = (
        f"With {ASKED_A_SECOND} requests and a change a second, and workers killed, every request is answered but for "
        "those whose answer a killed worker had begun, every change is made once; memory, descriptors and connections "
        "of what lives on stay within what the first third has seen. A crowd fills the pools at the beginning, and "
        "again after each kill."
    )
    name = f"Soak with churn, {machines} machines with {workers} workers"
    report = Report(name, claim, seed, seconds, "seconds", "the load generator runs on the same cores")
    with report.timed(), deployed(machines, workers) as portal, ThreadPoolExecutor(4) as pool:
        put_list(portal.app, portal.world.halden, f"{PEOPLE_AT}/32", active=True)
        before = read_list(portal.app, portal.world.halden)
        stop = threading.Event()
        churn = Churn(report, portal, random.Random(seed), stop, seconds)
        churn.fill_pools()
        running = [pool.submit(work) for work in (churn.change, churn.kill, churn.measure)]
        people = [Person(portal.edge) for _ in range(PEOPLE)]
        heard = people_ask(portal, people, seconds)
        stop.set()
        for one in running:
            one.result()
        events = check_history(portal.app, portal.world.halden, before)
    churn.tell(heard, [lost for person in people for lost in person.lost], events)
    return report


def people_ask(portal: Deployed, people: list[Person], seconds: int) -> Heard:
    """Ask for pages at a steady rate."""
    cookie = portal.cookie("dana")
    return ask_steadily(
        people, ASKED_A_SECOND, seconds, lambda person, number: person.get(PAGES[number % len(PAGES)], cookie)
    )


class Churn:
    """What happens meanwhile, and what is measured."""

    def __init__(
        self, report: Report, portal: Deployed, chance: random.Random, stop: threading.Event, seconds: int
    ) -> None:
        self.report, self.portal, self.chance, self.stop, self.seconds = report, portal, chance, stop, seconds
        self.made = self.again = 0
        self.killed: list[float] = []
        self.crowds: Counter[int] = Counter()
        self.series: dict[str, list[float]] = {}
        self.token = csrf_token(portal.app)
        self.headers = {
            "Cookie": f"__Host-session={portal.cookie('mara')}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"https://{HOST}/",
        }

    def change(self) -> None:
        """Add a network each second; delete the oldest where there are enough."""
        number = 0
        while not self.stop.wait(1):
            number += 1
            with self.portal.app.app_context():
                entries = allowlists.load(self.portal.world.halden).entries
            spare = [entry for entry in entries if entry.network.text != f"{PEOPLE_AT}/32"]
            if len(spare) < KEPT:
                network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}/32"
                self.post("/networks", {"network": network, "operation": f"soak-{number}"})
            else:
                old = min(spare, key=lambda entry: entry.id or 0)
                self.post(f"/networks/{old.id}/delete", {"version": old.version, "operation": f"soak-{number}"})

    def post(self, path: str, fields: dict[str, str]) -> None:
        """Post a form, again where a killed worker took it along, as its sender would."""
        body = urlencode(fields | {"csrf_token": self.token})
        status = NO_ANSWER
        for _ in range(TRIES):
            try:
                status = self.portal.edge.ask(
                    "POST", BASE + path, source=PEOPLE_AT, headers=self.headers, body=body
                ).status
            except OSError:
                status = NO_ANSWER
            if status == 303:
                self.made += 1
                return
            self.again += 1
            time.sleep(0.2)
        self.report.violated(f"{path} was answered {status}")

    def fill_pools(self) -> None:
        """Let a crowd ask at once: whatever opens a connection under load has opened it then."""
        cookie = self.portal.cookie("dana")

        def ask(person: Person) -> int:
            statuses = [person.get(BASE, cookie) for _ in range(3)]
            person.leave()
            return min(statuses)

        with ThreadPoolExecutor(CROWD) as crowd:
            self.crowds.update(crowd.map(ask, [Person(self.portal.edge) for _ in range(CROWD)]))

    def kill(self) -> None:
        """Kill a worker of one of the other machines now and then."""
        others, wait = self.portal.machines[1:], min(KILL_EVERY_S, self.seconds / 3)
        while others and not self.stop.wait(wait):
            wait = KILL_EVERY_S
            if pids := self.chance.choice(others).worker_pids():
                os.kill(self.chance.choice(pids), signal.SIGKILL)
                self.killed.append(time.monotonic())
                self.stop.wait(5)  # by then there is a new worker
                self.fill_pools()

    def measure(self) -> None:
        """Note memory, descriptors and connections again and again."""
        while not self.stop.wait(self.seconds / SAMPLES):
            pids = self.portal.machines[0].worker_pids()
            self.note("memory of a worker that lives on, MiB", max(map(memory, pids)))
            self.note("its descriptors", max(map(descriptors, pids)))
            self.note("connections of PostgreSQL", self.connections())
            edge = self.portal.edge.worker_pids()
            self.note("memory of an edge process, MiB", max(map(memory, edge)))
            self.note("its descriptors, at the edge", sum(map(descriptors, edge)))

    def note(self, what: str, value: float) -> None:
        """Add one value to a series."""
        self.series.setdefault(what, []).append(value)

    def connections(self) -> int:
        """Return how many connections the machines have."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with engine_of(self.portal.app).connect() as connection:
            return int(connection.scalar(sa.text(query)) or 0)

    def tell(self, heard: Heard, lost: list[tuple[float, str]], events: int) -> None:
        """Write down what was seen."""
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(heard.statuses.items()))
        figures = self.report.figures
        figures["requests"] = f"{statuses}; p50 {heard.percentile(0.5)}, p99 {heard.percentile(0.99)}"
        figures["changes"] = f"{self.made:,}, {self.again} sent again after a kill; workers killed: {len(self.killed)}"
        figures["answers cut off by a kill"] = ", ".join(error for _, error in lost) or "none"
        if wrong := {s: n for s, n in heard.statuses.items() if s not in {NO_ANSWER, 200, 204}}:
            self.report.violated(f"answers {wrong}")
        if set(self.crowds) != {200}:
            self.report.violated(f"answers to the crowds {dict(self.crowds)}")
        for at, error in lost:
            if not any(0 <= at - kill <= KILLED_S for kill in self.killed):
                self.report.violated(f"{error} where no worker was killed")
        figures["crowds"] = ", ".join(f"{status}: {count:,}" for status, count in sorted(self.crowds.items()))
        if events != self.made:
            self.report.violated(f"{self.made} changes were answered, {events} made")
        for what, values in self.series.items():
            self.tell_series(what, values)

    def tell_series(self, what: str, values: list[float]) -> None:
        """Compare what the last third has as a rule with what the first has had."""
        third = max(1, len(values) // 3)
        early, late = values[:third], values[-third:]
        first, last = max(early), statistics.median(late)
        growth = last / first - 1
        self.report.figures[what] = (
            f"{values[0]:.0f} at the beginning, at most {first:.1f} in the first third and {max(values):.1f} in all, "
            f"{last:.1f} in the last third ({growth:+.1%})"
        )
        never_falls_back = not what.startswith("memory") and min(late) > statistics.median(early)
        if self.seconds >= LONG_S and (growth > MOST_GROWTH or never_falls_back):
            self.report.violated(f"{what} grew by {growth:.1%}")


def memory(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def descriptors(pid: int) -> int:
    """Return how many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
