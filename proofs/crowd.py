"""Many owners at once on real workers: nothing is lost, and what is sent several times has one effect."""

from __future__ import annotations

import http.client
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from flask import Flask

from proofs.databases import database, portal
from proofs.report import Report
from proofs.workers import Asked, workers
from tests.support.client import BASE
from tests.support.quick import check_history, cookie_of, csrf_token, put_list, read_list, start_session
from tests.support.world import HOME, World
from webapp.storage import allowlists

OWNERS, WORKERS = 32, 6
Post = Callable[[str, dict[str, str]], int]


def poster(app: Flask, world: World, asked: list[Asked], chance: random.Random) -> Post:
    """Return what posts a form as an owner, to any of the workers."""
    session_id = start_session(app, world.halden, world.users[chance.choice(("dana", "mara"))], HOME)
    headers = {
        "Cookie": f"session={cookie_of(app, session_id)}",
        "X-Forwarded-For": HOME,
        "Content-Type": "application/x-www-form-urlencoded",
    }

    def post(path: str, fields: dict[str, str]) -> int:
        server = chance.choice(asked).server
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        connection.request("POST", BASE + path, urlencode(fields | {"csrf_token": csrf_token(app)}), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    return post


def crowd(changes: int, seed: int, kind: str) -> Report:
    """Let 32 owners make random changes of one list."""
    claim = "Events are exactly the accepted changes and lead from list to list; nobody is shown an error."
    name = f"A crowd of {OWNERS} owners on {WORKERS} workers, {kind}"
    report = Report(name, claim, seed, changes, "changes tried")
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, f"{HOME}/32", active=True)
        before = read_list(app, world.halden)
        with workers(url, str(app.secret_key), WORKERS) as asked, ThreadPoolExecutor(OWNERS) as pool:
            parts = [(app, world, asked, random.Random(seed + number), changes // OWNERS) for number in range(OWNERS)]
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


def act(app: Flask, world: World, asked: list[Asked], chance: random.Random, changes: int) -> list[int]:
    """Be one owner: add, edit and delete whatever is there."""
    post, statuses = poster(app, world, asked, chance), []
    for _ in range(changes):
        with app.app_context():
            entry = chance.choice(allowlists.load(world.halden).entries)
        text = f"10.0.{chance.randrange(4)}.{chance.randrange(256)}/32"
        kind = chance.random()
        if kind < 0.5:
            statuses.append(post("/networks", {"network": text}))
        elif kind < 0.7:
            statuses.append(post(f"/networks/{entry.id}", {"version": entry.version, "network": text}))
        else:
            statuses.append(post(f"/networks/{entry.id}/delete", {"version": entry.version}))
    return statuses


def repeated(operations: int, seed: int, kind: str) -> Report:
    """Send the same form one to five times at once, to different workers."""
    claim = "A form that is sent several times has exactly one effect, and each answer says that it is done."
    report = Report(f"Repeated posts, {WORKERS} workers, {kind}", claim, seed, operations, "operations")
    chance, sent = random.Random(seed), 0
    with report.timed(), database(kind) as url, portal(url) as (app, world):
        put_list(app, world.halden, f"{HOME}/32", active=True)
        with workers(url, str(app.secret_key), WORKERS) as asked, ThreadPoolExecutor(5) as pool:
            post, before = poster(app, world, asked, chance), read_list(app, world.halden)
            for number in range(operations):
                if number % 500 == 0:
                    put_list(app, world.halden, f"{HOME}/32", active=True)
                    before = read_list(app, world.halden)
                times = chance.randrange(1, 6)
                fields = {"network": f"10.0.{number // 250}.{number % 250}/32", "operation": f"{seed}-{number}"}
                statuses = list(pool.map(lambda _, f=fields: post("/networks", f), range(times)))
                sent += times
                if set(statuses) != {303}:
                    report.violated(f"operation {number}: {statuses}")
                if (number + 1) % 500 == 0 or number + 1 == operations:
                    wanted = number % 500 + 1
                    if check_history(app, world.halden, before) != wanted:
                        report.violated(f"not {wanted} events after operation {number}")
    report.figures["posts"] = f"{sent:,}"
    return report
