"""Many networks at once: a text read, planned and applied, 1,000 lines against 1,000 networks."""

from __future__ import annotations

import gzip
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from ipaddress import IPv4Address
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from bench.customers import Customer, customer, other_networks, owner_of
from bench.report import Figure, Section, times
from tests.support.client import BASE, Browser
from tests.support.hostile_imports import TEXTS
from tests.support.quick import put_list, writing
from tests.support.statements import statements
from webapp.domain.allowlist import Allowlist
from webapp.domain.applying import Seen, applied, digest
from webapp.domain.desired import Line
from webapp.domain.plan import Mode, plan
from webapp.domain.reading.read import read
from webapp.runtime import clock
from webapp.storage import allowlists
from webapp.storage.events import Actor
from webapp.storage.models import SignIn

LINES, ROUNDS, HOSTILE_ROUNDS, SIGN_INS = 1_000, 15, 3, 10_000
APPLIED_MS = {"SQLite": 400, "PostgreSQL": 600}
PRESENT = other_networks(LINES)
OTHERS = [f"172.{16 + number // 256}.{number % 256}.0/24" for number in range(LINES)]


def text_of(networks: Sequence[str], comment: str) -> str:
    """Return a text with one network a line."""
    return "".join(f"{network} # {comment} {number}\n" for number, network in enumerate(networks))


def figures(app: Flask, kind: str) -> Section:
    """Measure."""
    account = customer(app, 1, active=False)
    signed_in_from(app, account, SIGN_INS)
    half = text_of([*PRESENT[: LINES // 2], *OTHERS[: LINES // 2]], "moved")
    lines = read(half).lines
    put_list(app, account.account_id, *PRESENT)
    with app.app_context():
        present = allowlists.load(account.account_id)
    return Section(
        f"{LINES:,} networks at once, {kind}",
        f"A text of {LINES:,} lines with comments; {ROUNDS} rounds each, the median. Applied is one transaction, from "
        f"the lock to the commit, of an account with {SIGN_INS:,} past sign-ins.",
        "The HTTP server, the browser. PostgreSQL's fsync is off, SQLite's is on.",
        [
            Figure("text read, CPU", median_cpu(lambda: read(half)), "ms"),
            Figure("plan of half kept, half new, half removed, CPU", median_cpu(lambda: planned(present, lines)), "ms"),
            *plan_page(app, account, half),
            *changes(app, account, APPLIED_MS[kind]),
            *hostile(app, account),
        ],
    )


def plan_page(app: Flask, account: Customer, text: str) -> list[Figure]:
    """Measure the page of a plan, whose list is the one that was planned against."""
    owner = owner_of(app, account)
    fields = {"text": text, "mode": "replace"}
    answer = owner.send(f"{BASE}/import", fields)
    assert answer.status_code == 200, answer.status_code
    taken = times(lambda: owner.send(f"{BASE}/import", fields), ROUNDS)
    return [
        Figure("page of the plan, median", statistics.median(taken), "ms", 150),
        Figure("page of the plan, size with gzip", len(gzip.compress(answer.get_data())) / 1024, "KB", 60),
    ]


def hostile(app: Flask, account: Customer) -> list[Figure]:
    """Measure the CPU of the answer to each hostile text, the least of a few: the largest of these."""
    owner, found = owner_of(app, account), dict[str, float]()
    for name, text in TEXTS.items():
        body = urlencode({"csrf_token": owner.csrf_token(), "text": text, "mode": "replace"})
        found[name] = min(times(partial(sent, owner, body), HOSTILE_ROUNDS, time.process_time))
    slowest = max(found, key=lambda name: found[name])
    return [Figure(f"{len(TEXTS)} hostile texts, CPU: {slowest}", found[slowest], "ms", 300)]


def sent(owner: Browser, body: str) -> None:
    """Send a form that is written already: the client's part in it is not measured."""
    headers = {"X-Forwarded-For": str(owner.address)}
    form = "application/x-www-form-urlencoded"
    answer = owner.client.post(f"{BASE}/import", data=body, headers=headers, content_type=form, buffered=True)
    assert answer.status_code in {200, 422}, answer.status_code


def median_cpu(work: Callable[[], object]) -> float:
    """Return the median CPU time, in milliseconds."""
    return statistics.median(times(work, ROUNDS, time.process_time))


def planned(present: Allowlist, lines: Sequence[Line]) -> str:
    """Plan, with what names the plan."""
    return digest(plan(present, lines, "replace"))


def changes(app: Flask, account: Customer, budget_ms: float) -> list[Figure]:
    """Measure what is applied, of each kind of line."""
    change = partial(median_applied, app, account)
    few, many = (asked(app, account, OTHERS[:count]) for count in (1, LINES))
    return [
        Figure(f"{LINES:,} added, applied", change([], text_of(OTHERS, "new"), "add"), "ms", budget_ms),
        Figure(f"{LINES:,} comments changed, applied", change(PRESENT, text_of(PRESENT, "x"), "replace"), "ms"),
        Figure(f"{LINES:,} replaced by others, applied", change(PRESENT, text_of(OTHERS, "new"), "replace"), "ms"),
        Figure("one of them added, applied", change(PRESENT[1:], text_of(PRESENT[:1], "new"), "add"), "ms"),
        Figure(f"SQL statements for {LINES:,} added", many, "", few),
    ]


def median_applied(app: Flask, account: Customer, present: Sequence[str], text: str, mode: Mode) -> float:
    """Return how long a text takes to be applied to that list, by the clock, in milliseconds."""
    taken, lines = [], read(text).lines
    for _ in range(ROUNDS):
        put_list(app, account.account_id, *present)
        start = time.perf_counter()
        apply(app, account, lines, mode)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def apply(app: Flask, account: Customer, lines: Sequence[Line], mode: Mode) -> None:
    """Apply the plan of these lines, as the account's owner."""
    owner = Actor("Person 000", account.users[0])
    with app.app_context():
        allowlists.changing(
            account.account_id, owner, "import", lambda p: applied(plan(p, lines, mode), Seen()), now=clock.now
        )


def asked(app: Flask, account: Customer, networks: Sequence[str]) -> int:
    """Return how many statements it takes to add these networks to an empty list."""
    put_list(app, account.account_id)
    with statements(app) as log:
        apply(app, account, read(text_of(networks, "new")).lines, "add")
    return len(log)


def signed_in_from(app: Flask, account: Customer, count: int) -> None:
    """Put so many past sign-ins on record, each from another address."""
    own = {"account_id": account.account_id, "user_id": account.users[0]}
    now, first = clock.now(), int(IPv4Address("172.16.0.0"))
    rows = [
        own | {"address": text, "client": text, "last_at": now - timedelta(minutes=number)}
        for number in range(count)
        for text in [str(IPv4Address(first + 7 * number))]
    ]
    with writing(app) as connection:
        connection.execute(sa.insert(SignIn), rows)
