"""Pages of a long history: whatever is asked, found through an index, and soon."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from proofs.databases import database
from proofs.report import Report
from tests.conftest import dispose
from tests.support.past import plans, record_past, walked
from tests.support.quick import engine_of, new_app
from tests.support.world import World, seed
from webapp.domain.history_query import OPERATOR_ID, Cursor, Filter
from webapp.domain.network import Network
from webapp.storage import history

BUDGET_MS, AGAIN = 30, 20
ENOUGH = 20_000  # events: of fewer, a database may rather read all
START = datetime(2020, 1, 1, tzinfo=UTC)
NETWORKS = ("10.3.7.9/32", "10.3.7.0/24", "10.3.0.0/16", "10.0.0.0/8", "0.0.0.0/0", "2001:db8:3:7::/64", "::/0")


def run(rounds: int, chance: int, kind: str) -> Report:
    """Ask for the first page and one in the middle by each filter, alone and with days, of one account's events."""
    claim = (
        f"A page of history, the first or one in the middle, takes at most {BUDGET_MS} ms by each filter, alone and "
        "with days, and walks no table."
    )
    report = Report(f"A long history, {kind}", claim, chance, rounds, "events", "two filters that exclude each other")
    slowest = 0.0
    with report.timed(), database(kind) as url:
        app = new_app(url)
        with app.app_context():
            world = seed()
        record_past(app, world, rounds, START)
        with engine_of(app).execution_options(writes=True).begin() as connection:
            connection.execute(sa.text("ANALYZE"))
        middle = Cursor(START + timedelta(hours=rounds // 2), rounds // 2)
        for which in _filters(world, rounds):
            took = max(_median_ms(app, world, which, after) for after in (None, middle))
            slowest = max(slowest, took)
            steps = [step for plan in plans(app, which, world.halden) for step in walked(plan)]
            if rounds >= ENOUGH and (took > BUDGET_MS or steps):
                report.violated(f"{which}: {took:.0f} ms {steps}")
        dispose(app)
    report.figures["the slowest filter, median"] = f"{slowest:.1f} ms"
    return report


def _filters(world: World, rounds: int) -> list[Filter]:
    alone = [Filter(), Filter(who=world.users["dana"]), Filter(who=OPERATOR_ID), Filter(kinds=("edit",))]
    alone += [Filter(kinds=("add", "delete", "activate")), Filter(kinds=("import",))]
    alone += [Filter(network=Network.from_canonical(text)) for text in NETWORKS]
    since, until = (START + timedelta(hours=rounds * part) for part in (0.3, 0.6))
    return alone + [replace(one, since=since, until=until) for one in alone]


def _median_ms(app: Flask, world: World, which: Filter, after: Cursor | None) -> float:
    took = []
    for _ in range(AGAIN):
        with app.app_context():
            began = time.perf_counter()
            history.page(world.halden, which, after)
            took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[AGAIN // 2]
