"""Real gunicorn workers: every one obeys every change at once, and a cookie that was ended is dead everywhere."""

from __future__ import annotations

import http.client
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from flask import Flask

from proofs.databases import back_up, database, portal, restore
from proofs.report import Report
from tests.support.client import BASE, COOKIE
from tests.support.patience import PATIENCE_S
from tests.support.quick import cookie_of, csrf_token, put_list, read_list, start_session
from tests.support.server import Server
from tests.support.world import ELSEWHERE, HOME, World
from webapp.storage import allowlists

WORKERS = 6
OWNER_AT = "198.51.100.7"
STRANGERS = 50
NOTHING: Mapping[str, str] = MappingProxyType({})


class Asked:
    """One worker of its own server, over one connection."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)

    def status(self, cookie: str, address: str) -> int:
        """Ask for the overview."""
        return self.answer(cookie, address)[0]

    def answer(self, cookie: str, address: str) -> tuple[int, str]:
        """Ask for the overview; return the status, and where to it leads."""
        self.connection.request("GET", "/", headers={"Cookie": f"{COOKIE}={cookie}", "X-Forwarded-For": address})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location", "")


class Owner:
    """An owner who signed in a moment ago, and posts forms over HTTP to whichever server is named."""

    def __init__(self, app: Flask, world: World, person: str = "dana", address: str = HOME) -> None:
        session_id = start_session(app, world.halden, world.users[person], address)
        self.token = csrf_token(app)
        self.headers = {
            "Cookie": f"{COOKIE}={cookie_of(app, session_id)}",
            "X-Forwarded-For": address,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def post(self, server: Server, path: str, fields: dict[str, str]) -> int:
        """Post a form, and return the status of the answer."""
        connection = self._sent(server, path, fields)
        try:
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def post_and_leave(self, server: Server, path: str, fields: dict[str, str], after_s: float) -> None:
        """Post a form, and be gone before the answer, or at least without reading it."""
        connection = self._sent(server, path, fields)
        time.sleep(after_s)
        connection.close()

    def _sent(self, server: Server, path: str, fields: dict[str, str]) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)
        try:
            connection.request("POST", BASE + path, urlencode(fields | {"csrf_token": self.token}), self.headers)
        except BaseException:
            connection.close()  # a worker that is killed may cut it before all is sent
            raise
        return connection


@contextmanager
def workers(url: str, secret_key: str, count: int, settings: Mapping[str, str] = NOTHING) -> Iterator[list[Asked]]:
    """So many servers with one worker each, so that each can be asked by name."""
    env = {"DATABASE_URL": url, "SECRET_KEY": secret_key, "TRUSTED_PROXIES": "127.0.0.1", **settings}
    with ExitStack() as running:
        servers = [running.enter_context(Server(env, arguments=("--keep-alive", "600"))) for _ in range(count)]
        asked = [Asked(server) for server in servers]
        yield asked
        for one in asked:
            one.connection.close()


def propagation(changes: int, seed: int, kind: str) -> Report:
    """Change the list through one worker after the other; at once ask all, letting an address in and keeping it out."""
    claim = "A request that starts after a change was answered is judged by the changed list, on every worker."
    name = f"Propagation to {WORKERS} workers, {kind}"
    report = Report(name, claim, seed, changes, "changes", "workers on other machines' clocks: no clock is involved")
    chance, stale = random.Random(seed), 0
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, f"{OWNER_AT}/32", active=True)
        owner = Owner(app, world, address=OWNER_AT)
        with workers(url, str(app.secret_key), WORKERS) as asked, ThreadPoolExecutor(WORKERS) as pool:
            cookies: list[str] = []
            for number in range(changes):
                lets_in = number % 2 == 0
                if lets_in:  # Those who were let in are still signed in when they are to be kept out.
                    cookies = [cookie(app, world) for _ in asked]
                # Each worker in turn, and each in both directions.
                turn = (number + number // WORKERS) % WORKERS
                answered = change(app, world, owner, asked[turn].server, lets_in=lets_in)
                first = chance.randrange(WORKERS)
                order = asked[first:] + asked[:first]
                found = list(pool.map(lambda one, text: one.status(text, HOME), order, cookies))
                wanted = 200 if lets_in else 403
                stale += sum(status != wanted for status in found)
                if answered != 303 or set(found) != {wanted}:
                    report.violated(f"change {number}: answered {answered}, then {found} instead of {wanted}")
    report.figures["stale decisions"] = f"{stale} of {changes * WORKERS:,}, half of them in each direction"
    report.figures["changes were made through"] = "each worker in turn; all are asked at once, from a random one on"
    return report


def cookie(app: Flask, world: World, address: str = HOME) -> str:
    """Return the cookie of Sanne, signed in a moment ago."""
    return cookie_of(app, start_session(app, world.halden, world.users["sanne"], address))


def change(app: Flask, world: World, owner: Owner, server: Server, *, lets_in: bool) -> int:
    """Add or delete the network of HOME, as an owner does on the page; return the answer's status."""
    if lets_in:
        return owner.post(server, "/networks", {"network": f"{HOME}/32"})
    with app.app_context():
        entry = next(one for one in allowlists.load(world.halden).entries if one.network.text == f"{HOME}/32")
    return owner.post(server, f"/networks/{entry.id}/delete", {"version": entry.version, "confirm_signouts": "1"})


def replay(sessions: int, seed: int, kind: str) -> Report:
    """End sessions by a block, then replay their cookies on every worker, from listed and unlisted addresses."""
    claim = "A cookie whose session was ended by a block opens nothing, on no worker, from no address."
    name = f"Replay after a forced sign-out, {WORKERS} workers, {kind}"
    report = Report(name, claim, seed, sessions, "sessions")
    accepted = 0
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, "192.0.2.0/24", active=True)
        with workers(url, str(app.secret_key), WORKERS) as asked:
            for number in range(sessions):
                text = cookie(app, world)
                if asked[number % WORKERS].status(text, HOME) != 403:
                    report.violated(f"session {number} was not blocked")
                found = [one.status(text, address) for one in asked for address in ("192.0.2.7", HOME)]
                accepted += sum(status != 303 for status in found)
                if set(found) != {303}:
                    report.violated(f"session {number}: {found}")
    report.figures["accepted"] = f"{accepted} of {sessions * WORKERS * 2:,} replays"
    return report


def restored(restores: int, seed: int, kind: str) -> Report:
    """Back the list up, change it, and put the backup back, by the commands of docs/operations.md, under load."""
    claim = (
        "A restored backup is obeyed at once, although workers have seen its revision, and so is what follows it; "
        "everybody is signed out by it; while it runs, nobody whom no list covers is let in."
    )
    report = Report(f"Restore under {WORKERS} running workers, {kind}", claim, seed, restores, "restores")
    with ExitStack() as stack:
        stack.enter_context(report.timed())
        url = stack.enter_context(database(kind))
        app, world = stack.enter_context(portal(url))
        asked = stack.enter_context(workers(url, str(app.secret_key), WORKERS))
        file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "backup"
        restoring = Restoring(report, app, world, asked, random.Random(seed), url, file)
        for number in range(restores // 2):
            restoring.twice(number)
    wrong, total = restoring.wrong, restoring.decisions
    report.figures["decisions by another list than the present one"] = f"{wrong} of {total:,}"
    report.figures["cookies from before a restore that still opened something"] = (
        f"{restoring.lived} of {restoring.old:,}"
    )
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(restoring.strangers.items()))
    report.figures["answers to a stranger while it was restored"] = answers
    report.figures["restores that had to be repeated after a deadlock"] = str(restoring.repeated)
    return report


class Restoring:
    """Backups and restores of one database, and what its workers say to them."""

    def __init__(
        self,
        report: Report,
        app: Flask,
        world: World,
        asked: list[Asked],
        chance: random.Random,
        url: str,
        file: Path,
    ) -> None:
        self.report, self.app, self.world, self.asked, self.chance = report, app, world, asked, chance
        self.url, self.file = url, file
        self.wrong = self.decisions = self.lived = self.old = self.repeated = 0
        self.strangers = Counter[int]()
        self.backed_up = read_list(app, world.halden)

    def twice(self, number: int) -> None:
        """Back one list up; restore it over two later ones, so that the workers know the later lists."""
        opens = number % 2 == 0
        networks = (f"{OWNER_AT}/32", f"{HOME}/32")
        put_list(self.app, self.world.halden, *networks[: 2 if opens else 1], active=True)
        self.ask(f"round {number}, before", self.asked, opens)
        old = cookie(self.app, self.world, OWNER_AT)
        self.backed_up = read_list(self.app, self.world.halden)
        back_up(self.url, self.file)
        self.change(f"round {number}, newer", lets_in=not opens)
        old_cookies = [old, cookie(self.app, self.world, OWNER_AT)]

        self.restore(f"round {number}")
        self.all_dead(f"round {number}", old_cookies)
        self.ask(f"round {number}, restored", self.asked, opens)
        self.change(f"round {number}, changed after it", lets_in=not opens)

        self.restore(f"round {number}, again")
        # The others still know the list from before this restore when the next one comes.
        self.ask(f"round {number}, restored again", self.chance.sample(self.asked, WORKERS // 2), opens)
        owner = Owner(self.app, self.world, address=OWNER_AT)
        if owner.post(self.chance.choice(self.asked).server, "/networks", {"network": "192.0.2.1/32"}) != 303:
            self.report.violated(f"round {number}: no change after the restore")
        self.ask(f"round {number}, the next list", self.asked, opens)

    def change(self, when: str, *, lets_in: bool) -> None:
        """Change the list through a worker, and see that all obey."""
        owner = Owner(self.app, self.world, address=OWNER_AT)
        status = change(self.app, self.world, owner, self.chance.choice(self.asked).server, lets_in=lets_in)
        if status != 303:
            self.report.violated(f"{when}: the change was answered {status}")
        self.ask(when, self.asked, lets_in)

    def ask(self, when: str, asked: list[Asked], opens: bool) -> None:
        """Sign in anew for each worker, and see that it decides by the present list."""
        found = [one.status(cookie(self.app, self.world), HOME) for one in asked]
        wanted = 200 if opens else 403
        self.decisions += len(found)
        self.wrong += sum(status != wanted for status in found)
        if set(found) != {wanted}:
            self.report.violated(f"{when}: {found} instead of {wanted}")

    def all_dead(self, when: str, cookies: list[str]) -> None:
        """See that no worker takes the cookies, from an address that both lists cover."""
        found = [one.answer(text, OWNER_AT) for one in self.asked for text in cookies]
        alive = [answer for answer in found if answer[0] != 303 or not answer[1].startswith("/login")]
        self.old += len(found)
        self.lived += len(alive)
        if alive:
            self.report.violated(f"{when}: a cookie from before the restore: {alive}")

    def restore(self, when: str) -> None:
        """Put the backup back while a stranger to all lists knocks at every worker."""
        cookies = [cookie(self.app, self.world, ELSEWHERE) for _ in range(STRANGERS)]
        done = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            knocking = pool.submit(knock, [Asked(one.server) for one in self.asked], cookies, done)
            try:
                self.repeated += restore(self.url, self.file)
            finally:
                done.set()
            found = knocking.result()
        self.strangers += found
        if unwanted := set(found) - {303, 403, 503}:
            self.report.violated(f"{when}: a stranger was answered {unwanted}")
        if read_list(self.app, self.world.halden) != self.backed_up:
            self.report.violated(f"{when}: the list is not what was backed up")


def knock(asked: list[Asked], cookies: list[str], done: threading.Event) -> Counter[int]:
    """Ask every worker in turn, at least twice, each time with the next cookie, until it is done; count the answers."""
    found = Counter[int]()
    for one, text in zip(cycle(asked), cycle(cookies), strict=False):
        found[one.status(text, ELSEWHERE)] += 1
        if done.is_set() and found.total() >= 2 * WORKERS:
            break
    for one in asked:
        one.connection.close()
    return found
