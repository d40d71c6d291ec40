"""History: a page of a very long one by each filter, the list as it was after any event, and all of it as a file."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from bench.customers import Customer, customer, owner_of
from bench.report import SEED, Figure, Section, times
from tests.support.client import Browser
from tests.support.long_past import add_long_past
from tests.support.past import record_past
from tests.support.quick import engine_of, start_session, writing
from tests.support.world import HOME, World
from webapp.domain.history_query import OPERATOR, Cursor
from webapp.runtime import clock
from webapp.storage import allowlists, past_lists
from webapp.storage.models import Event, ListSnapshot

EVENTS, SHORTER, NETWORKS, ROUNDS, LOOKS = 1_000_000, 100_000, 1_000, 15, 60
H = "/account/settings/history"
ABOUT = ("10.3.7.9/32", "10.3.7.0/24", "10.3.0.0/16", "0.0.0.0/0", "2001:db8:3:7::/64", "::/0")


def figures(app: Flask, world: World, kind: str) -> Iterator[Section]:
    """Measure."""
    yield pages(app, world, kind)
    yield past(app, kind)


def pages(app: Flask, world: World, kind: str) -> Section:
    """Measure the page by each filter, alone and with days."""
    first = clock.now() - timedelta(minutes=EVENTS)
    record_past(app, world, EVENTS, first, lambda n: first + timedelta(minutes=n))
    analyze(app)
    dana = Browser(app, HOME, start_session(app, world.halden, world.users["dana"], HOME))
    days = [f"{first + timedelta(minutes=EVENTS * part):%Y-%m-%d}" for part in (0.3, 0.6)]
    asked: dict[str, dict[str, str]] = {"all": {}, "a page in the middle": {"page": behind(first)}}
    asked |= {f"who={who}": {"who": str(who)} for who in (world.users["dana"], OPERATOR)}
    asked |= {f"what={what}": {"what": what} for what in ("edit", "networks", "import")}
    asked |= {f"network={network}": {"network": network} for network in ABOUT}
    dated = {f"{name}, with days": one | {"from": days[0], "to": days[1]} for name, one in asked.items()}
    return Section(
        f"History's page at {EVENTS:,} events of one account, {kind}",
        f"50 events a page, by who, what and network, alone and with days; {ROUNDS} rounds each, the median of the "
        "whole answer over htmx, by the clock.",
        "The HTTP server, the browser; two filters that exclude each other.",
        [Figure(name, page_ms(dana, one), "ms", 30) for name, one in (asked | dated).items()],
    )


def behind(first: datetime) -> str:
    """Return the cursor of the page that begins in the middle."""
    return Cursor(first + timedelta(minutes=EVENTS // 2), EVENTS // 2).text


def page_ms(browser: Browser, asked: dict[str, str]) -> float:
    """Return how long the page takes, in milliseconds."""
    url = f"{H}?{urlencode(asked)}"
    assert browser.fetch(url, htmx=True).status_code == 200, url
    return statistics.median(times(lambda: browser.fetch(url, htmx=True), ROUNDS))


def past(app: Flask, kind: str) -> Section:
    """Measure the list as it was, and the file of everything."""
    account = customer(app, NETWORKS, active=False)
    with app.app_context(), writing(app) as connection:
        present = allowlists.load(account.account_id)
        people = [(account.users[0], "Person 000"), (None, "operator")]
        add_long_past(connection, account.account_id, present, people, SHORTER, clock.now())
    analyze(app)
    taken = as_of_ms(app, account)
    return Section(
        f"The list as of any event, {NETWORKS:,} networks and {SHORTER:,} events, {kind}",
        f"{LOOKS} events by chance, and those that are furthest from what is known; the shortest of 3 times each. "
        "The page of one has before, after and the list as it was; the file has every event.",
        "The HTTP server, the browser.",
        [
            Figure("the list as of an event, median", statistics.median(taken), "ms"),
            Figure("the list as of an event, the slowest", max(taken), "ms", 100),
            Figure("page of the furthest event", event_page_ms(app, account), "ms"),
            Figure("all of it as CSV", file_s(app, account), "s"),
        ],
    )


def as_of_ms(app: Flask, account: Customer) -> list[float]:
    """Return how long it takes to tell the list as of some events, in milliseconds."""
    asked = random.Random(SEED).sample(ids_of(app, account), LOOKS) + furthest(app, account)
    with app.app_context():
        return [min(times(lambda i=i: past_lists.as_of(account.account_id, i), 3)) for i in asked]  # type: ignore[misc]


def ids_of(app: Flask, account: Customer) -> list[int]:
    """Return the ids of the account's events."""
    with engine_of(app).connect() as connection:
        return list(connection.scalars(sa.select(Event.id).where(Event.account_id == account.account_id)))


def furthest(app: Flask, account: Customer) -> list[int]:
    """Return the events right behind snapshots: between them and the next, or the present list, is the longest way."""
    of_account = ListSnapshot.account_id == account.account_id
    with engine_of(app).connect() as connection:
        kept = list(connection.scalars(sa.select(ListSnapshot.event_id).where(of_account).order_by("event_id")))
    return [1 + kept[0], 1 + kept[len(kept) // 2], 1 + kept[-2]]


def event_page_ms(app: Flask, account: Customer) -> float:
    """Return how long the page of one event takes, in milliseconds."""
    owner, url = owner_of(app, account), f"{H}/{furthest(app, account)[0]}"
    return statistics.median(times(lambda: owner.fetch(url), ROUNDS))


def file_s(app: Flask, account: Customer) -> float:
    """Return how long it takes to download all events, in seconds."""
    owner, start = owner_of(app, account), time.perf_counter()
    answer = owner.fetch(f"{H}/export?format=csv")
    assert answer.get_data().count(b"\n") > SHORTER, answer.status
    return time.perf_counter() - start


def analyze(app: Flask) -> None:
    """Let the database know what it has, as autovacuum does."""
    with writing(app) as connection:
        connection.execute(sa.text("ANALYZE"))
