"""Nobody acts after having been put out: forms held open by their body, or by the lock, on three real workers (R8b)."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from tests.support.client import COOKIE, HTMX
from tests.support.held import Held
from tests.support.put_out import FORMS, SHOWN, WAYS, Form, Scene, Way, answered_as, url_of
from tests.support.quick import cookie_of, csrf_token, engine_of, writing
from tests.support.server import ROOT, Server
from tests.support.world import HOME, World
from webapp.storage.models import Account

WORKERS, THREADS, READERS = 3, 128, 8
SOON_S, LONG_S = 0.1, 1.0
MOST_BY_LOCK = 30  # Each holds a connection to the database, and a worker has 15.
MOST_UNAVAILABLE = 0.01
HTMX_SHARE = 0.5
SERVED_FROM = ROOT
UNAVAILABLE = "503"
READ: dict[str, Form] = {"read": (True, lambda scene: ("", {"q": ""}))}
_WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


def run(posts: int, seed: int, kind: str) -> Report:
    """Hold forms of every kind open, put their author out in every way, and let them go."""
    claim = "Whoever is put out while a form of theirs is on its way changes nothing by it, and is not shown the list."
    name = f"Forms that outlive their author, {WORKERS} workers, {kind}"
    report = Report(name, claim, seed, posts, "forms held open", "the edge: forms went straight to gunicorn")
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        env = {"DATABASE_URL": url, "SECRET_KEY": str(app.secret_key), "TRUSTED_PROXIES": "127.0.0.1"}
        with Server(env, workers=WORKERS, threads=THREADS, cwd=SERVED_FROM) as server:
            outliving = Outliving(report, app, world, server, random.Random(seed))
            outliving.control()
            batches = list(itertools.product(WAYS, (True, False)))
            for number, (way, active) in enumerate(batches):
                share = posts * (number + 1) // len(batches) - posts * number // len(batches)
                by_lock = min(share // 2, MOST_BY_LOCK)
                outliving.batch(way, by_lock, active=active, by_body=False)
                outliving.batch(way, share - by_lock, active=active, by_body=True)
    outliving.check_answers()
    report.figures |= outliving.figures(kind)
    return report


@dataclass
class Outliving:
    """What is sent to the workers, and what comes of it."""

    report: Report
    app: Flask
    world: World
    server: Server
    chance: random.Random
    answers: Counter[str] = field(default_factory=Counter)
    effects: int = 0
    by_lock: int = 0
    waited: int = 0

    def figures(self, kind: str) -> dict[str, str]:
        """Return what was counted."""
        waited = f", of which {self.waited:,} were seen waiting for it" if kind == "PostgreSQL" else ""
        return {
            "effects": f"{self.effects:,}",
            "held by": f"the rest of the body: {self.report.rounds - self.by_lock:,}, "
            f"the lock on the list: {self.by_lock:,}{waited}",
            "kinds": f"{', '.join((*FORMS, *SHOWN))}, and a GET with a body",
            "put out by": ", ".join(WAYS),
            "answers": ", ".join(f"{answer}: {count:,}" for answer, count in sorted(self.answers.items())),
        }

    def control(self) -> None:
        """See that each form has its effect where its author stays in: or else nothing is proven."""
        for name, (active, _) in FORMS.items():
            scene = Scene.of(self.app, self.world, active=active)
            before = scene.facts()
            with self.send(scene, name, whole=False) as form:
                form.begun()
                form.finish()
            if scene.facts() == before:
                self.report.violated(f"{name}: no effect of somebody who stays in, so that nothing is proven")

    def batch(self, way: str, count: int, *, active: bool, by_body: bool) -> None:
        """Hold so many forms open at once, put their author out, and let them go."""
        scene = Scene.of(self.app, self.world, active=active)
        before = scene.facts()[1:]
        known = kinds(active=active, by_body=by_body)
        names = list(itertools.islice(itertools.cycle(self.chance.sample(known, len(known))), count))
        with ExitStack() as stack, ThreadPoolExecutor(READERS) as pool:
            hold = self.held_by_body if by_body else self.held_by_lock
            sent = hold(stack, scene, names, WAYS[way][1])
            for name, answer in zip(names, pool.map(Held.finish, sent), strict=True):
                self.note(f"{name}, {way}", answered_as(*answer), WAYS[way][0])
        after = scene.facts()[1:]
        if after != before:
            self.effects += sum(abs(new - old) for new, old in zip(after, before, strict=True))
            self.report.violated(f"{way}: (events, sessions of others) {before} became {after}")

    def note(self, what: str, answer: str, expected: str) -> None:
        """Count an answer; one that says that something was done, or shows the list, must not be."""
        self.answers[answer] += 1
        if answer not in {expected, UNAVAILABLE}:
            self.report.violated(f"{what}: answered {answer}, not {expected}")

    def check_answers(self) -> None:
        """See that nearly all were answered: a database that is too slow to say who may enter keeps everybody out."""
        if self.answers[UNAVAILABLE] > MOST_UNAVAILABLE * self.report.rounds:
            self.report.violated(f"{self.answers[UNAVAILABLE]} answers were 503, so that little is proven")

    def held_by_body(self, stack: ExitStack, scene: Scene, names: list[str], way: Way) -> list[Held]:
        """Send all but the end of each body; put Dana out once the application has begun with all of them."""
        sent = [stack.enter_context(self.send(scene, name, whole=False)) for name in names]
        for form in sent:
            form.begun()
        time.sleep(SOON_S)
        with writing(self.app) as connection:
            way(connection, self.world)
        return sent

    def held_by_lock(self, stack: ExitStack, scene: Scene, names: list[str], way: Way) -> list[Held]:
        """Put Dana out while her forms wait for the lock; it is let go when that is committed."""
        self.by_lock += len(names)
        cookies = [scene.dana() for _ in names]  # SQLite is locked for this program, too
        with writing(self.app) as connection:
            connection.execute(sa.update(Account).values(name=Account.name))
            pairs = zip(names, cookies, strict=True)
            sent = [stack.enter_context(self.send(scene, name, dana, whole=True)) for name, dana in pairs]
            self.waited += self.waiting(len(sent))
            way(connection, self.world)
        return sent

    def waiting(self, count: int) -> int:
        """Wait until all wait for the lock, but not for long; return how many do (SQLite does not say)."""
        seen, until = 0, time.monotonic() + LONG_S
        while seen < count and time.monotonic() < until:
            time.sleep(SOON_S)
            if engine_of(self.app).dialect.name == "sqlite":
                return 0
            with engine_of(self.app).connect() as connection:
                seen = connection.scalar(_WAITING) or 0
        return seen

    def send(self, scene: Scene, name: str, dana: str = "", *, whole: bool) -> Held:
        """Let Dana send a form, or all but its end, in a portal session of its own."""
        path, fields = (FORMS | SHOWN | READ)[name][1](scene)
        cookie = cookie_of(self.app, dana or scene.dana())
        headers = {"Cookie": f"{COOKIE}={cookie}", "X-Forwarded-For": HOME}
        headers |= HTMX if self.chance.random() < HTMX_SHARE else {}
        fields = {"csrf_token": csrf_token(self.app)} | fields
        return Held(self.server, "GET" if name in READ else "POST", url_of(path), headers, fields, whole=whole)


def kinds(*, active: bool, by_body: bool) -> list[str]:
    """Return what is sent to such a list: what waits for the lock, or everything."""
    known = FORMS | (SHOWN | READ if by_body else {"refused": SHOWN["refused"]})
    return [name for name, (state, _) in known.items() if state == active]
