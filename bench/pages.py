"""Pages and partials of an account with 1,000 networks and 200 people signed in."""

from __future__ import annotations

import gzip
import re
import statistics
import time
from collections.abc import Callable

from flask import Flask

from bench.customers import Customer, customer, owner_of
from bench.report import Figure, Section, percentile, times
from tests.support.client import BASE, Browser
from tests.support.quick import read_list, start_session
from tests.support.world import HOME
from webapp.storage import allowlists

ROUNDS, NETWORKS, PEOPLE = 60, 1_000, 200
FILES = re.compile(r'<(?:link|script|img)\b[^>]*?\b(?:href|src)="(/[^"]+)"')
UNDO = re.compile(r'name="token" value="([^"]+)"')
PARTIALS = {
    "search": "?q=10.1",
    "question before activating": "/activate",
    "who is signed in now": "/sessions",
    "blocked attempts": "/blocked",
    "check of an address": "/check?address=10.1.2.3",
}


def crowded(app: Flask) -> tuple[Customer, Browser]:
    """Add an account with a full list and a crowd that is signed in; return it with its owner's browser."""
    account = customer(app, NETWORKS, active=True, people=PEOPLE)
    for number, user in enumerate(account.users[1:]):
        start_session(app, account.account_id, user, f"10.0.{number}.7")
    return account, owner_of(app, account)


def figures(app: Flask, kind: str) -> Section:
    """Measure."""
    account, owner = crowded(app)
    page = owner.fetch(BASE).get_data()
    taken = times(lambda: owner.fetch(BASE), ROUNDS)
    cpu = times(lambda: owner.fetch(BASE), ROUNDS, time.process_time)
    partials = {name: times(lambda p=path: owner.fetch(BASE + p, htmx=True), ROUNDS) for name, path in PARTIALS.items()}  # type: ignore[misc]
    heartbeat = times(lambda: owner.fetch("/session"), ROUNDS)
    return Section(
        f"An account with {NETWORKS:,} networks and {PEOPLE} people signed in, {kind}",
        f"{ROUNDS} rounds each, one after the other, Flask's test client, by the clock where nothing else is said.",
        "The HTTP server, nginx's own gzip (here: Python's, level 9), headers, the browser. PostgreSQL's fsync is off, "
        "SQLite's is on.",
        [
            Figure("page, 50 networks shown: server time, median", statistics.median(taken), "ms", 30),
            Figure("page, CPU of the portal, median", statistics.median(cpu), "ms"),
            Figure("page, size with gzip", len(gzip.compress(page)) / 1024, "KB", 15),
            *(Figure(f"{name}, median", statistics.median(found), "ms") for name, found in partials.items()),
            Figure("heartbeat of an open page, median", statistics.median(heartbeat), "ms"),
            *changes(app, account, owner),
            Figure("everything a first visit transfers, with gzip", first_visit(app) / 1024, "KB", 60),
        ],
    )


def changes(app: Flask, account: Customer, owner: Browser) -> list[Figure]:
    """Measure one change of each kind over HTMX: the largest answer, and the 95th percentile of the time."""
    sizes: dict[str, int] = {}
    taken: dict[str, list[float]] = {}

    def post(kind: str, path: str, fields: dict[str, str]) -> str:
        start = time.perf_counter()
        answer = owner.send(BASE + path, fields, htmx=True)
        taken.setdefault(kind, []).append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, (kind, answer.status_code)
        sizes[kind] = max(sizes.get(kind, 0), len(gzip.compress(answer.get_data())))
        return answer.get_data(as_text=True)

    spare = read_list(app, account.account_id).networks[0][0]  # The list is full: one goes before one can come.
    fields = form_of(app, account, spare) | {"confirm_signouts": "1"}
    assert owner.send(f"{BASE}/networks/{spare}/delete", fields, htmx=True).status_code == 200
    for number in range(ROUNDS):
        rounds_of_a_network(post, app, account, number)
        post("deactivate", "/deactivate", {})
        post("activate", "/activate", {"version": read_list(app, account.account_id).revision})
    return [
        figure
        for kind in taken
        for figure in (
            Figure(f"{kind} over HTMX, median", statistics.median(taken[kind]), "ms"),
            Figure(f"{kind} over HTMX, 95th percentile", percentile(taken[kind], 95), "ms", 25),
            Figure(f"{kind} over HTMX, answer with gzip", sizes[kind] / 1024, "KB", 4),
        )
    ]


def rounds_of_a_network(
    post: Callable[[str, str, dict[str, str]], str], app: Flask, account: Customer, number: int
) -> None:
    """Add a network, edit it, delete it, undo that, and delete it again (outside the list of kinds)."""
    post("add", "/networks", {"network": f"192.0.2.{number}/32", "comment": "bench"})
    row = read_list(app, account.account_id).networks[0][0]
    post("edit", f"/networks/{row}", form_of(app, account, row) | {"comment": f"bench {number}"})
    deleted = post("delete", f"/networks/{row}/delete", form_of(app, account, row))
    token = UNDO.search(deleted)
    assert token is not None, deleted
    post("undo of a delete", "/networks/restore", {"token": token[1]})
    row = read_list(app, account.account_id).networks[0][0]
    post("delete", f"/networks/{row}/delete", form_of(app, account, row))


def form_of(app: Flask, account: Customer, row: int) -> dict[str, str]:
    """Return what the form of a row holds."""
    with app.app_context():
        entry = allowlists.load(account.account_id).get(row)
    return {"network": entry.network.text, "comment": entry.comment, "version": entry.version}


def first_visit(app: Flask) -> int:
    """Return how many bytes the sign-in page and the files that it names are."""
    visitor = Browser(app, HOME)
    page = visitor.fetch("/login").get_data(as_text=True)
    found = [visitor.fetch(path) for path in ["/login", *FILES.findall(page)]]
    assert len(found) > 3, page
    assert all(answer.status_code == 200 for answer in found)
    return sum(len(gzip.compress(answer.get_data())) for answer in found)
