"""Pages and partials of an account with 1,000 networks and 200 people signed in."""

from __future__ import annotations

import gzip
import statistics
import time

from flask import Flask

from bench.report import Figure, percentile, times
from tests.support.client import BASE
from tests.support.quick import QuickBrowser, put_list, read_list, start_session
from tests.support.world import HOME, World
from webapp.storage import allowlists

ROUNDS = 60
OWN = "203.0.113.0/24"
VISIT = ("/login", "/static/app.css", "/static/htmx.js", "/static/portal.js", "/static/icon.svg")


def crowded(app: Flask, world: World, networks: int = 1_000, people: int = 200) -> QuickBrowser:
    """Fill Halden's list, sign people in, and return Dana's browser."""
    texts = (f"10.{number // 256}.{number % 256}.0/24" for number in range(networks - 1))
    put_list(app, world.halden, OWN, *texts, active=True)
    for number in range(people):
        start_session(app, world.halden, world.users["sanne"], f"10.0.{number % 250}.7")
    return QuickBrowser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))


def figures(app: Flask, world: World) -> list[Figure]:
    """Measure."""
    dana = crowded(app, world)
    page = dana.get(BASE).get_data()
    taken = times(lambda: dana.get(BASE), ROUNDS, time.process_time)
    found = times(lambda: dana.get(f"{BASE}?q=10.1", htmx=True), ROUNDS)
    question = times(lambda: dana.get(f"{BASE}/activate", htmx=True), ROUNDS)
    return [
        Figure("page, server time (median CPU)", statistics.median(taken), "ms", 30),
        Figure("page, size with gzip", len(gzip.compress(page)) / 1024, "KB", 15),
        Figure("search over HTMX (median)", statistics.median(found), "ms"),
        Figure("question before activating (median)", statistics.median(question), "ms"),
        *changes(app, world, dana),
        Figure("everything a first visit transfers, with gzip", first_visit(app) / 1024, "KB", 60),
    ]


def changes(app: Flask, world: World, dana: QuickBrowser) -> list[Figure]:
    """Measure one change of each kind over HTMX: size, and the 95th percentile of the time."""
    sizes: dict[str, int] = {}
    spare = read_list(app, world.halden).networks[0][0]
    dana.post(f"{BASE}/networks/{spare}/delete", form_of(app, world, spare) | {"confirm_signouts": "1"}, htmx=True)

    taken: dict[str, list[float]] = {"add": [], "edit": [], "delete": []}

    def post(kind: str, path: str, fields: dict[str, str]) -> None:
        start = time.perf_counter()
        answer = dana.post(f"{BASE}/networks{path}", fields, htmx=True)
        taken[kind].append((time.perf_counter() - start) * 1000)
        sizes[kind] = len(gzip.compress(answer.get_data()))

    for number in range(ROUNDS):
        post("add", "", {"network": f"192.0.2.{number}/32", "comment": "bench"})
        row = read_list(app, world.halden).networks[0][0]
        post("edit", f"/{row}", form_of(app, world, row) | {"comment": f"bench {number}"})
        post("delete", f"/{row}/delete", form_of(app, world, row))
    return [
        figure
        for kind in taken
        for figure in (
            Figure(f"{kind} over HTMX, 95th percentile", percentile(taken[kind], 95), "ms", 25),
            Figure(f"{kind} over HTMX, answer with gzip", sizes[kind] / 1024, "KB", 4),
        )
    ]


def form_of(app: Flask, world: World, row: int) -> dict[str, str]:
    """Return what the form of a row holds."""
    with app.app_context():
        entry = allowlists.load(world.halden).get(row)
    return {"network": entry.network.text, "comment": entry.comment, "version": entry.version}


def first_visit(app: Flask) -> int:
    """Return how many bytes the sign-in page and its files are."""
    visitor = QuickBrowser(app, HOME)
    return sum(len(gzip.compress(visitor.get(path).get_data())) for path in VISIT)
