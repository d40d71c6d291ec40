"""Members sign in and out without pause, from an address that each act puts out; the owner acts nevertheless (R8c)."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from proofs.workers import workers
from tests.support.client import BASE, COOKIE, HTMX
from tests.support.crowd import add_members
from tests.support.patience import PATIENCE_S
from tests.support.quick import cookie_of, csrf_token, engine_of, put_list, start_session
from tests.support.server import Server
from tests.support.world import ELSEWHERE, HOME, PASSWORD, World, password_hash
from webapp.config import Config, app_object
from webapp.storage.models import PortalSessionRow

WORKERS, MEMBERS, HELD = 3, 4, 3
OTHER = "198.51.100.0/24"
KINDS = ("activate", "delete", "edit")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NAMED = re.compile(r'name="preview" value="([^"]*)"')
VERSION = re.compile(r'name="version" value="([^"]*)"')
Fields = dict[str, str]
UNTHROTTLED = {"SIGN_IN_LIMIT_SUCCESS": "1000000"}


class Visitor:
    """A browser at an address that asks whichever server it likes; it keeps the one cookie."""

    def __init__(self, servers: Sequence[Server], chance: random.Random, address: str, cookie: str = "") -> None:
        self.servers, self.chance, self.address, self.cookie = servers, chance, address, cookie

    def ask(self, method: str, path: str, fields: Fields | None = None, *, htmx: bool = False) -> tuple[int, str]:
        """Ask; return status and text."""
        server = self.chance.choice(self.servers)
        headers = {"Cookie": f"{COOKIE}={self.cookie}", "X-Forwarded-For": self.address} | (HTMX if htmx else {})
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for name, morsel in SimpleCookie(answer.getheader("Set-Cookie", "")).items():
            self.cookie = morsel.value if name == COOKIE else self.cookie
        return answer.status, text

    def send(self, path: str, **fields: str) -> int:
        """Get the page with the form, and post that."""
        found = TOKEN.search(self.ask("GET", path)[1])
        return self.ask("POST", path, fields | {"csrf_token": found[1] if found else ""})[0]


@dataclass
class Comers:
    """The members who come and go, and how often each has signed in."""

    emails: dict[int, str]
    signed_in: Counter[int] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    done: threading.Event = field(default_factory=threading.Event)

    def come_and_go(self, servers: Sequence[Server], user_id: int, seed: int) -> None:
        """Be one of them: sign in, and out of any browser, until it is done."""
        chance, held = random.Random(seed + user_id), list[Visitor]()
        while not self.done.is_set():
            if held and (len(held) >= HELD or chance.random() < 0.5):
                held.pop(chance.randrange(len(held))).send("/logout")
                continue
            visitor = Visitor(servers, chance, ELSEWHERE)
            status = visitor.send("/login", email=self.emails[user_id], password=PASSWORD)
            self.answers[status] += 1
            if status == 303:
                self.signed_in[user_id] += 1
                held.append(visitor) if chance.random() < 0.9 else None  # A browser may be closed without a word.

    def wait_for(self, people: int) -> None:
        """Wait until so many of them have signed in from now on."""
        before, until = self.signed_in.copy(), time.monotonic() + PATIENCE_S
        while sum((self.signed_in - before)[user_id] > 0 for user_id in self.emails) < people:
            if time.monotonic() > until:
                raise TimeoutError(f"they could not sign in: {self.answers}")
            time.sleep(0.005)


@contextmanager
def comers(app: Flask, world: World, servers: Sequence[Server], count: int, seed: int) -> Iterator[Comers]:
    """So many members who come and go until the end."""
    ids = add_members(app, world.halden, count, hashed=password_hash())
    coming = Comers({user_id: f"crowd{number}@crowd.example" for number, user_id in enumerate(ids)})
    with ThreadPoolExecutor(count) as pool:
        threads = [pool.submit(coming.come_and_go, servers, user_id, seed) for user_id in ids]
        try:
            yield coming
        finally:
            coming.done.set()
    for thread in threads:
        thread.result()


class Acting:
    """The owner, who answers each question with yes, and what came of it."""

    def __init__(self, report: Report, app: Flask, world: World, servers: Sequence[Server], coming: Comers) -> None:
        self.report, self.app, self.world, self.coming = report, app, world, coming
        cookie = cookie_of(app, start_session(app, world.halden, world.users["dana"], HOME))
        self.dana = Visitor(servers, random.Random(report.seed), HOME, cookie)
        self.token = csrf_token(app)
        self.named_all, self.named_fewer, self.refused, self.most = 0, 0, 0, 0

    def act(self, number: int) -> None:
        """Ask for a change that puts them all out, and say yes as often as the question comes back."""
        kind = KINDS[number % len(KINDS)]
        while True:
            path, fields = self.form(kind)
            # Every other time as soon as one of them is there: the question names a few.
            self.coming.wait_for(1 if number % 2 else len(self.coming.emails))
            method, first = ("GET", None) if kind == "activate" else ("POST", fields | {"csrf_token": self.token})
            status, text = self.dana.ask(method, path, first, htmx=True)
            if status != 200 or NAMED.search(text):
                break  # At a moment when nobody is there it is done unasked.
        for yes in range(len(self.coming.emails) + 1):
            if yes and status == 200:
                self.most = max(self.most, yes)
                return
            self.coming.wait_for(1)
            status, text = self.says_yes(number, path, fields, text)
        if status != 200:
            self.report.violated(f"act {number}, {kind}: not done after so many yeses: {status}")

    def form(self, kind: str) -> tuple[str, dict[str, str]]:
        """Put the list that the act changes; return where the act's form goes, and what it holds."""
        if kind == "activate":
            put_list(self.app, self.world.halden, f"{HOME}/32")
            return f"{BASE}/activate", {}
        row = put_list(self.app, self.world.halden, f"{HOME}/32", OTHER, active=True)[OTHER]
        edit = {"network": "192.0.2.0/24"} if kind == "edit" else {}
        return f"{BASE}/networks/{row.id}" + ("" if edit else "/delete"), {"version": row.version} | edit

    def says_yes(self, number: int, path: str, fields: dict[str, str], asked: str) -> tuple[int, str]:
        """Send the form of the question; where it has named them all, that must be enough."""
        preview, version = NAMED.search(asked), VERSION.search(asked)
        if not (preview and version):
            raise AssertionError(asked)
        yes = {"preview": preview[1], "version": version[1], "confirm_signouts": "1", "csrf_token": self.token}
        status, text = self.dana.ask("POST", path, fields | yes, htmx=True)
        named = {int(one) for one in preview[1].partition(".")[0].split(",") if one.isdigit()}
        if named.issuperset(self.coming.emails):
            self.named_all += 1
            if status != 200:
                self.report.violated(f"act {number} named all, and was answered {status}")
        else:
            self.named_fewer += 1
            self.refused += status != 200
        return status, text


def sessions_of_each(app: Flask, people: Sequence[int]) -> list[int]:
    """Return how many sessions each of the people has, the most first."""
    row = PortalSessionRow
    query = sa.select(sa.func.count()).where(row.user_id.in_(people)).group_by(row.user_id)
    with engine_of(app).connect() as connection:
        return sorted(connection.execute(query).scalars(), reverse=True)


def acting(report: Report, app: Flask, world: World, servers: Sequence[Server], members: int = MEMBERS) -> None:
    """Let the owner act while the members come and go."""
    with comers(app, world, servers, members, report.seed) as coming:
        owner = Acting(report, app, world, servers, coming)
        for number in range(report.rounds):
            owner.act(number)
    most = sessions_of_each(app, list(coming.emails))
    config = app_object(Config, app)
    if most and most[0] > config.max_sessions_per_user:
        report.violated(f"sessions of each: {most}")
    report.figures["yeses that named all"] = f"{owner.named_all:,}, all of them done unless reported below"
    report.figures["yeses that named fewer"] = f"{owner.named_fewer:,}, {owner.refused:,} of them asked again"
    report.figures["yeses that an act took at most"] = str(owner.most)
    report.figures["sign-ins meanwhile"] = f"{coming.signed_in.total():,}; blocked: {coming.answers[403]:,}"


def run(acts: int, seed: int, kind: str) -> Report:
    """Run so many acts against three workers."""
    claim = "Whoever signs in and out without pause keeps the owner from nothing: a yes that names all people is done."
    report = Report(f"Starving the owner, {MEMBERS} members, {WORKERS} workers, {kind}", claim, seed, acts, "acts")
    report.not_measured = "sign-ins at the shipped limit of successes, which is set high here"
    with ExitStack() as stack:
        stack.enter_context(report.timed())
        url = stack.enter_context(database(kind))
        app, world = stack.enter_context(portal(url))
        asked = stack.enter_context(workers(url, str(app.secret_key), WORKERS, UNTHROTTLED))
        acting(report, app, world, [one.server for one in asked])
    return report
