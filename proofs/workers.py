"""Real gunicorn workers: every one obeys every change at once, and a cookie that was ended is dead everywhere."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa
from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from tests.support.client import BASE
from tests.support.quick import QuickBrowser, cookie_of, put_list, read_list, start_session, writing
from tests.support.server import Server
from tests.support.world import HOME, World
from webapp.storage import allowlists
from webapp.storage.models import Account

WORKERS = 6
OWNER_AT = "198.51.100.7"


class Asked:
    """One worker of its own server, over one connection."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=20)

    def status(self, cookie: str, address: str) -> int:
        """Ask for the overview."""
        self.connection.request("GET", "/", headers={"Cookie": f"session={cookie}", "X-Forwarded-For": address})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


@contextmanager
def workers(url: str, secret_key: str, count: int) -> Iterator[list[Asked]]:
    """So many servers with one worker each, so that each can be asked by name."""
    env = {"DATABASE_URL": url, "SECRET_KEY": secret_key, "TRUSTED_PROXIES": "127.0.0.1"}
    with ExitStack() as running:
        servers = [running.enter_context(Server(env, arguments=("--keep-alive", "600"))) for _ in range(count)]
        asked = [Asked(server) for server in servers]
        yield asked
        for one in asked:
            one.connection.close()


def propagation(changes: int, seed: int, kind: str) -> Report:
    """Change the list; at once ask each worker, in turn letting an address in and keeping it out."""
    claim = "A request that starts after a change was answered is judged by the changed list, on every worker."
    name = f"Propagation to {WORKERS} workers, {kind}"
    report = Report(name, claim, seed, changes, "changes", "workers on other machines' clocks: no clock is involved")
    stale = 0
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, f"{OWNER_AT}/32", active=True)
        dana = QuickBrowser(app, OWNER_AT, start_session(app, world.halden, world.users["dana"], OWNER_AT))
        with workers(url, str(app.secret_key), WORKERS) as asked:
            for number in range(changes):
                lets_in = number % 2 == 0
                cookies = [cookie(app, world) for _ in asked]
                change(app, world, dana, lets_in=lets_in)
                wanted = 200 if lets_in else 403
                found = [one.status(text, HOME) for one, text in zip(asked, cookies, strict=True)]
                stale += sum(status != wanted for status in found)
                if set(found) != {wanted}:
                    report.violated(f"change {number}: {found} instead of {wanted}")
    report.figures["stale decisions"] = f"{stale} of {changes * WORKERS:,}, half of them in each direction"
    return report


def cookie(app: Flask, world: World) -> str:
    """Return the cookie of Sanne, signed in a moment ago."""
    return cookie_of(app, start_session(app, world.halden, world.users["sanne"], HOME))


def change(app: Flask, world: World, dana: QuickBrowser, *, lets_in: bool) -> None:
    """Add or delete the network of HOME, as an owner does on the page."""
    if lets_in:
        answer = dana.post(f"{BASE}/networks", {"network": f"{HOME}/32"})
    else:
        with app.app_context():
            entry = allowlists.load(world.halden).entries[0]
        fields = {"version": entry.version, "confirm_signouts": "1"}
        answer = dana.post(f"{BASE}/networks/{entry.id}/delete", fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)


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


def restored(rounds: int, seed: int, kind: str) -> Report:
    """Put a list back as a backup had it, old revision and all, under running workers that know a newer one."""
    claim = "A restored backup is obeyed at once, although workers have seen its revision, and so is what follows it."
    report = Report(f"Restore under {WORKERS} running workers, {kind}", claim, seed, rounds, "restores")
    wrong = 0
    open_, shut = f"{HOME}/32", "192.0.2.0/24"
    with ExitStack() as stack:
        stack.enter_context(report.timed())
        url = stack.enter_context(database(kind))
        app, world = stack.enter_context(portal(url))
        asked = stack.enter_context(workers(url, str(app.secret_key), WORKERS))
        for number in range(rounds):
            backed_up, newer = (open_, shut) if number % 2 == 0 else (shut, open_)
            revision = write_list(app, world, backed_up)
            steps = [(backed_up, ""), (newer, ""), (backed_up, revision), (newer, "")]
            for network, old_revision in steps:
                write_list(app, world, network, old_revision)
                found = [one.status(cookie(app, world), HOME) for one in asked]
                wanted = 200 if network == open_ else 403
                wrong += sum(status != wanted for status in found)
                if set(found) != {wanted}:
                    report.violated(f"round {number}, {network}: {found} instead of {wanted}")
    report.figures["decisions by another list than the present one"] = f"{wrong} of {rounds * 4 * WORKERS:,}"
    return report


def write_list(app: Flask, world: World, network: str, revision: str = "") -> str:
    """Write the list as a restore does, with a revision of old or a new one; return it."""
    put_list(app, world.halden, network, active=True)
    if revision:
        with writing(app) as connection:
            account = sa.update(Account).where(Account.id == world.halden)
            connection.execute(account.values(allowlist_revision=revision))
    return read_list(app, world.halden).revision
