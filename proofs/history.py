"""Pages of a long history, of events and of access: whatever is asked, found through an index, and soon."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from proofs.databases import database
from proofs.report import Report
from tests.conftest import dispose
from tests.support.crowd import add_members
from tests.support.past import plans, record_access, record_past, walked
from tests.support.quick import engine_of, new_app
from tests.support.world import World, seed
from webapp.domain.history_query import ACCESS_KINDS, OPERATOR_ID, Cursor, Filter
from webapp.domain.network import Network
from webapp.storage import access, history

BUDGET_MS, AGAIN = 30, 20
ENOUGH = 20_000  # rows: of fewer, a database may rather read all
PEOPLE = 300
START = datetime(2020, 1, 1, tzinfo=UTC)
NETWORKS = ("10.3.7.9/32", "10.3.7.0/24", "10.3.0.0/16", "10.0.0.0/8", "0.0.0.0/0", "2001:db8:3:7::/64", "::/0")


@dataclass(frozen=True)
class View:
    """One of history's views: how a page of it is found, and the filters it has beside networks."""

    page: Callable[..., Any]
    filters: tuple[Filter, ...]


def run(rounds: int, chance: int, kind: str) -> Report:
    """Ask for the first page and one in the middle by each filter, alone and with days, of one account's events."""
    report = _report(f"A long history, {kind}", chance, rounds, "events")
    with report.timed(), database(kind) as url:
        app, world = _portal(url)
        record_past(app, world, rounds, START)
        kinds = (("edit",), ("add", "delete", "activate"), ("import",))
        whom = (Filter(who=world.users["dana"]), Filter(who=OPERATOR_ID))
        _ask(report, app, world, View(history.page, whom + tuple(Filter(kinds=some) for some in kinds)))
        dispose(app)
    return report


def run_access(rounds: int, chance: int, kind: str) -> Report:
    """Ask the same of the view of access: sign-ins and blocked attempts of one account's people."""
    report = _report(f"Long access, {kind}", chance, rounds, "sign-ins and blocked attempts")
    with report.timed(), database(kind) as url:
        app, world = _portal(url)
        people = add_members(app, world.halden, PEOPLE)
        record_access(app, world, people, rounds, START)
        whom = (Filter(who=people[3]), Filter(who=world.users["dana"]), Filter(who=people[3], kinds=ACCESS_KINDS[1:]))
        _ask(report, app, world, View(access.page, whom + tuple(Filter(kinds=(one,)) for one in ACCESS_KINDS)))
        dispose(app)
    return report


def _report(name: str, chance: int, rounds: int, unit: str) -> Report:
    claim = (
        f"A page of history, the first or one in the middle, takes at most {BUDGET_MS} ms by each filter, alone and "
        "with days, and walks no table."
    )
    return Report(name, claim, chance, rounds, unit, "two filters that exclude each other")


def _portal(url: str) -> tuple[Flask, World]:
    app = new_app(url)
    with app.app_context():
        return app, seed()


def _ask(report: Report, app: Flask, world: World, view: View) -> None:
    with engine_of(app).execution_options(writes=True).begin() as connection:
        connection.execute(sa.text("ANALYZE"))
    rounds, slowest = report.rounds, 0.0
    middle = Cursor(START + timedelta(hours=rounds // 2), rounds // 2)
    for which in _filters(view, rounds):
        took = max(_median_ms(app, world, view, which, after) for after in (None, middle))
        slowest = max(slowest, took)
        steps = [step for plan in plans(app, which, world.halden, view.page) for step in walked(plan)]
        if rounds >= ENOUGH and (took > BUDGET_MS or steps):
            report.violated(f"{which}: {took:.0f} ms {steps}")
    report.figures["the slowest filter, median"] = f"{slowest:.1f} ms"


def _filters(view: View, rounds: int) -> list[Filter]:
    alone = [Filter(), *view.filters, *(Filter(network=Network.from_canonical(text)) for text in NETWORKS)]
    since, until = (START + timedelta(hours=rounds * part) for part in (0.3, 0.6))
    return alone + [replace(one, since=since, until=until) for one in alone]


def _median_ms(app: Flask, world: World, view: View, which: Filter, after: Cursor | None) -> float:
    took = []
    for _ in range(AGAIN):
        with app.app_context():
            began = time.perf_counter()
            view.page(world.halden, which, after)
            took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[AGAIN // 2]
