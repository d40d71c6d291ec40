"""Many owners at once on real workers: nothing is lost, and what is sent several times has one effect."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from proofs.workers import Asked, Owner, workers
from tests.support.client import BASE
from tests.support.patience import PATIENCE_S
from tests.support.quick import Snapshot, check_history, put_list, read_list
from tests.support.server import Server
from tests.support.world import HOME, World
from webapp.storage import allowlists

OWNERS, WORKERS = 32, 6
CUT_OFF = 0.4
LONGEST_S = 0.02
TOGETHER = 500
POSTED = f'"method": "POST", "path": "{BASE}/networks"'


@dataclass(frozen=True)
class Copy:
    """One of the times that a form is sent; `leave_after` so long its sender is gone, where it is not None."""

    owner: Owner
    server: Server
    fields: dict[str, str]
    leave_after: float | None

    def __call__(self) -> int | None:
        """Send it; return the status, where the answer was waited for."""
        if self.leave_after is None:
            return self.owner.post(self.server, "/networks", self.fields)
        self.owner.post_and_leave(self.server, "/networks", self.fields, self.leave_after)
        return None


def crowd(changes: int, seed: int, kind: str) -> Report:
    """Let 32 owners make random changes of one list."""
    claim = "Events are exactly the accepted changes and lead from list to list; nobody is shown an error."
    name = f"A crowd of {OWNERS} owners on {WORKERS} workers, {kind}"
    report = Report(name, claim, seed, changes, "changes tried")
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, f"{HOME}/32", active=True)
        before = read_list(app, world.halden)
        with workers(url, str(app.secret_key), WORKERS) as asked, ThreadPoolExecutor(OWNERS) as pool:
            chances = [random.Random(seed + number) for number in range(OWNERS)]
            owners = [Owner(app, world, chance.choice(("dana", "mara"))) for chance in chances]
            parts = [
                (app, world, asked, owner, chance, changes // OWNERS)
                for owner, chance in zip(owners, chances, strict=True)
            ]
            statuses = [status for part in pool.map(lambda part: act(*part), parts) for status in part]
        accepted = statuses.count(303)
        try:
            events = check_history(app, world.halden, before)
        except AssertionError as error:
            events = -1
            report.violated(f"history: {error}")
        if events != accepted:
            report.violated(f"{accepted} accepted, {events} events")
        if wrong := set(statuses) - {303, 404, 409, 422}:
            report.violated(f"answers {wrong}")
        if f"{HOME}/32" not in read_list(app, world.halden).texts:
            report.violated("the owners are outside")
    report.figures["accepted"] = f"{accepted:,}, each with its event; the others were refused as stale, gone or listed"
    return report


def act(app: Flask, world: World, asked: list[Asked], owner: Owner, chance: random.Random, changes: int) -> list[int]:
    """Be one owner: add, edit and delete whatever is there."""
    statuses = []
    for _ in range(changes):
        with app.app_context():
            entry = chance.choice(allowlists.load(world.halden).entries)
        text = f"10.0.{chance.randrange(4)}.{chance.randrange(256)}/32"
        kind, server = chance.random(), chance.choice(asked).server
        if kind < 0.5:
            statuses.append(owner.post(server, "/networks", {"network": text}))
        elif kind < 0.7:
            # The comment is always another: an edit to what is there already is answered “done”, too, and is no event.
            fields = {"version": entry.version, "network": text, "comment": str(chance.random())}
            statuses.append(owner.post(server, f"/networks/{entry.id}", fields))
        else:
            statuses.append(owner.post(server, f"/networks/{entry.id}/delete", {"version": entry.version}))
    return statuses


def repeated(operations: int, seed: int, kind: str) -> Report:
    """Send the same form one to five times at once, to different workers; some senders don't wait for the answer."""
    claim = "A form that is sent several times has exactly one effect, and each answer says that it is done."
    report = Report(f"Repeated posts, {WORKERS} workers, {kind}", claim, seed, operations, "operations")
    with ExitStack() as stack:
        stack.enter_context(report.timed())
        url = stack.enter_context(database(kind))
        app, world = stack.enter_context(portal(url))
        asked = stack.enter_context(workers(url, str(app.secret_key), WORKERS))
        pool = stack.enter_context(ThreadPoolExecutor(5))
        repeating = Repeating(report, app, world, asked, random.Random(seed))
        for first in range(0, operations, TOGETHER):
            repeating.some(pool, range(first, min(first + TOGETHER, operations)))
    report.figures["posts"] = f"{repeating.sent:,}, never all of an operation cut off"
    report.figures["cut off before their answer was read"] = f"{repeating.cut:,}"
    return report


class Repeating:
    """An owner who sends each form several times."""

    def __init__(self, report: Report, app: Flask, world: World, asked: list[Asked], chance: random.Random) -> None:
        self.report, self.app, self.world, self.asked, self.chance = report, app, world, asked, chance
        self.owner = Owner(app, world)
        self.sent = self.cut = 0

    def some(self, pool: ThreadPoolExecutor, numbers: range) -> None:
        """Send the forms of these numbers to a new list, wait for all posts to be worked off, and count the effects."""
        put_list(self.app, self.world.halden, f"{HOME}/32", active=True)
        before = read_list(self.app, self.world.halden)
        texts = {f"{HOME}/32"}
        for number in numbers:
            text = f"10.0.{number // 250}.{number % 250}/32"
            texts.add(text)
            statuses = list(pool.map(lambda copy: copy(), self.copies(number, text)))
            if set(statuses) - {None} != {303}:
                self.report.violated(f"operation {number}: {statuses}")
        # One that was cut off may still be under way, and could have a second effect.
        if not self.worked_off():
            self.report.violated(f"{self.sent:,} posts were sent, and not as many worked off")
        self.check(before, texts, len(numbers))

    def copies(self, number: int, text: str) -> list[Copy]:
        """Return what sends one form, each time to some worker; one at least waits for the answer."""
        fields = {"network": text, "operation": f"operation-{number}"}
        times = self.chance.randrange(1, 6)
        waits = self.chance.randrange(times)
        made = []
        for one in range(times):
            server = self.chance.choice(self.asked).server
            cut = one != waits and self.chance.random() < CUT_OFF
            self.cut += cut
            made.append(Copy(self.owner, server, fields, self.chance.uniform(0, LONGEST_S) if cut else None))
        self.sent += times
        return made

    def worked_off(self) -> bool:
        """Wait until the servers' logs have a line for each post."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if sum(one.server.log().count(POSTED) for one in self.asked) == self.sent:
                return True
            time.sleep(0.05)
        return False

    def check(self, before: Snapshot, texts: set[str], operations: int) -> None:
        """See that there is one effect of each operation."""
        present = read_list(self.app, self.world.halden)
        if sorted(present.texts) != sorted(texts):
            self.report.violated(f"not the networks that were sent: {set(present.texts) ^ texts}")
        try:
            events = check_history(self.app, self.world.halden, before)
        except AssertionError as error:
            self.report.violated(f"history: {error}")
        else:
            if events != operations:
                self.report.violated(f"{events} events of {operations} operations")
