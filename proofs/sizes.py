"""Every page and partial of an account with very many of one thing: linear, bounded, found by index."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from proofs.databases import database
from proofs.report import Report
from tests.conftest import dispose
from tests.support.client import BASE, Browser
from tests.support.large import OTHERS, THINGS, Large, crowd, large
from tests.support.quick import engine_of, new_app, on_each_statement, read_list, start_session, writing
from tests.support.world import ELSEWHERE, HOME, PASSWORD
from webapp.domain.token_scopes import HISTORY, READ
from webapp.runtime import clock
from webapp.storage import allowlists, api_tokens, write
from webapp.storage.models import Base, Event

Ask = Callable[[], TestResponse]
SLOW_MS, ENOUGH_MS, TEN_TIMES, GROWS_BY = 500, 5, 20, 200 * 1024
AGAIN = 6  # times as many rounds
SMALL_TABLES = frozenset({"account", "api_token", "alembic_version"})  # what only operators add to
QUERIES = {
    "allowlist.show": ("?q=10&sort=network", "?filter=never_used&page=2", "?filter=unused_90_days&sort=oldest_use"),
    "allowlist.signed_in": ("?all=1",),
    "allowlist.check": ("?address=10.0.0.1", "?address=2001:db8::7", "?address={reference}"),
    "session_check.show": ("?version=old",),
    "history.show": (
        "?network=10.0.0.0/8",
        "?what=networks&who={member}",
        "?from=2020-01-01&to=2100-01-01",
        "?view=access",
        "?view=access&network=10.0.0.0/8",
        "?view=access&what=blocked",
    ),
}
WHOLE = frozenset({"history.export"})  # as long as what there is, by design: `bench/history.py` says how long it takes


@dataclass
class Measured:
    """One page at one size: milliseconds of each time, its status, size and statements."""

    taken: list[float] = field(default_factory=list)
    status: int = 0
    size: int = 0
    statements: int = 10**6

    @property
    def ms(self) -> float:
        """The shortest time: what else runs here only ever adds to it."""
        return min(self.taken)


def pages(app: Flask, account: Large) -> dict[str, Ask]:
    """Return what asks for each page and partial, over all GET rules, and for each question; nothing changes by it."""
    owner, member = (
        Browser(app, HOME, start_session(app, account.account_id, user, HOME))
        for user in (account.owner, account.member)
    )
    row = next(one for one in read_list(app, account.account_id).networks if one[1] == OTHERS)
    asked: dict[str, Ask] = {"GET B as a member": lambda: member.fetch(BASE)}
    adapter = app.url_map.bind("localhost")
    known = {"entry_id": row[0], "event_id": first_event(app, account), "filename": "app.css"}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("api.") or rule.endpoint in WHOLE:
            continue
        path = adapter.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        for query in ("", *QUERIES.get(rule.endpoint, ())):
            url = path + query.format(reference=account.reference, member=account.member)
            name = f"GET {rule.rule}{query}".replace(BASE, "B")
            asked[name] = lambda url=url: owner.fetch(url)  # type: ignore[misc]
            asked[f"{name} (htmx)"] = lambda url=url: owner.fetch(url, htmx=True)  # type: ignore[misc]
    return asked | questions(app, account, owner, row[0]) | api(app, account)


def first_event(app: Flask, account: Large) -> int:
    """Return the id of the account's first event: the list as it was then is the furthest away."""
    query = sa.select(sa.func.min(Event.id)).where(Event.account_id == account.account_id)
    with engine_of(app).connect() as connection:
        return connection.execute(query).scalar_one()


def questions(app: Flask, account: Large, owner: Browser, row: int) -> dict[str, Ask]:
    """Return what posts forms that are answered by a question or a list."""
    with app.app_context():
        entry = allowlists.load(account.account_id).get(row)
    fields = {"version": entry.version, "network": "192.0.2.0/24"}
    forms: dict[str, tuple[str, dict[str, str]]] = {
        "activate, stale": ("/activate", {"version": "old"}),
        "delete, signs others out": (f"/networks/{row}/delete", fields),
        "edit, signs others out": (f"/networks/{row}", fields),
        "add, on the list already": ("/networks", {"network": OTHERS}),
        "restore, nothing": ("/networks/restore", {"token": "x"}),
        "end of a session that is none": ("/sessions/end", {"key": "0" * 16}),
    }
    return {
        f"POST {name}": lambda path=path, values=values: owner.send(BASE + path, values, htmx=True)  # type: ignore[misc]
        for name, (path, values) in forms.items()
    }


def api(app: Flask, account: Large) -> dict[str, Ask]:
    """Return what asks the public API."""
    may: dict[str, Any] = {"scopes": (READ, HISTORY), "owner_id": account.owner}
    with app.app_context():
        token = write(lambda session: api_tokens.create(session, account.account_id, "sizes", clock.now(), **may))
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    paths = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    return {f"GET {path}": lambda path=path: client.get(path, headers=headers) for path in paths}  # type: ignore[misc]


@contextmanager
def asked_of(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Yield a list that fills with what the app asks its database, and with which values."""
    log: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_others: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            log.append((statement, values))

    with on_each_statement(app, note):
        yield log


def measure(app: Flask, accounts: list[Large], rounds: int) -> dict[str, list[Measured]]:
    """Ask for each page of each account in turn, so many times.

    More often what seems to be more than linear: another program may have had the machine.
    """
    asks = [pages(app, account) for account in accounts]
    found = {name: [Measured() for _ in accounts] for name in asks[0]}
    for name, one in found.items():
        taken, at_most = 0, rounds
        while taken < at_most:
            for ask, measured in zip((pages_[name] for pages_ in asks), one, strict=True):
                with asked_of(app) as log:
                    began = time.perf_counter()
                    answer = ask()
                    measured.taken.append((time.perf_counter() - began) * 1000)
                measured.status, measured.size = answer.status_code, len(answer.get_data())
                answer.close()
                measured.statements = min(measured.statements, len(log))
            taken += 1
            if taken == rounds and len(one) == 3 and is_more_than_linear(*one):
                at_most = AGAIN * rounds
    return found


def is_more_than_linear(least: Measured, tenth: Measured, full: Measured) -> bool:
    """Whether ten times as much takes longer than ten times as long, with a margin."""
    return full.ms > SLOW_MS and full.ms - least.ms > TEN_TIMES * max(tenth.ms - least.ms, ENOUGH_MS)


def run(rounds: int, chance: int, kind: str, *, things: Collection[str] = tuple(THINGS), times: int = 3) -> Report:
    """Fill accounts with so many of each thing, others with a tenth and a thousandth; ask for everything there is."""
    claim = (
        "A page takes at most as many times as long as it has more to show, in as many statements; what it shows is "
        "bounded; and nothing of another account is read for it."
    )
    report = Report(f"Hostile sizes, {kind}", claim, chance, rounds, "of each thing", "a network; the browser")
    with report.timed(), database(kind) as url:
        app = new_app(url)
        people = crowd(app, rounds + 3)
        full = {thing: large(app, thing, rounds, people) for thing in THINGS}
        small = {thing: [large(app, thing, max(3, rounds // part), people) for part in (1000, 10)] for thing in things}
        least = large(app, "networks", 1, people)
        shown = list(pages(app, least).values())
        check_plans(report, app, shown)  # as SQLite plans for good: nobody tells it what it has
        analyze(app)
        check_plans(report, app, [*shown, *comings(app, least)])
        for thing in random.Random(chance).sample(list(things), len(things)):
            judge(report, thing, measure(app, [*small[thing], full[thing]], times))
        dispose(app)
    return report


def judge(report: Report, thing: str, found: dict[str, list[Measured]]) -> None:
    """Compare the sizes, page by page."""
    for name, (least, tenth, full) in found.items():
        shown = f"{name}, {thing}: {', '.join(f'{one.ms:.1f} ms' for one in (least, tenth, full))}"
        if full.status >= 500 or full.status != tenth.status:
            report.violated(f"answered {full.status}: {shown}")
        if full.statements > tenth.statements + 1:  # one more may count what is not shown
            report.violated(f"{full.statements} statements instead of {tenth.statements}: {shown}")
        if full.size > tenth.size + GROWS_BY:
            report.violated(f"{full.size:,} bytes: {shown}")
        if is_more_than_linear(least, tenth, full):
            report.violated(f"more than linear: {shown}")
    worst = max(found, key=lambda name: found[name][-1].ms / found[name][0].ms)
    slowest = max(found, key=lambda name: found[name][-1].ms)
    report.figures[thing] = "; ".join(
        f"{what} {name}, {found[name][0].ms:.1f} to {found[name][-1].ms:.1f} ms"
        for what, name in (("largest ratio:", worst), ("slowest:", slowest))
    )


def analyze(app: Flask) -> None:
    """Let the database know what it has, as autovacuum does."""
    with writing(app) as connection:
        for table in Base.metadata.tables.values():
            connection.execute(sa.text(f'ANALYZE "{table.name}"'))


def comings(app: Flask, account: Large) -> list[Ask]:
    """Return what signs somebody in, and what blocks somebody and tells why; both remove what is old on the way."""
    blocked = Browser(app, ELSEWHERE, start_session(app, account.account_id, account.member, HOME))
    visitor, fields = Browser(app, HOME), {"email": account.owner_email, "password": PASSWORD}
    return [
        lambda: visitor.send("/login", fields | {"password": "wrong"}),
        lambda: visitor.send("/login", fields),
        lambda: blocked.fetch("/"),
        lambda: blocked.fetch("/blocked"),
    ]


def check_plans(report: Report, app: Flask, asks: list[Ask]) -> None:
    """Ask the database how it finds what a small account's pages need, with very much in others."""
    with asked_of(app) as log:
        for ask in asks:
            ask().close()
    statements = {text: values for text, values in log if text.startswith(("SELECT", "WITH", "UPDATE", "DELETE"))}
    for statement, values in statements.items():
        for scan in scans(app, statement, values):
            report.violated(f"{scan}: {' '.join(statement.split())}")
    report.figures["statements whose plans were looked at"] = str(len(statements))


def scans(app: Flask, statement: str, values: Any) -> list[str]:
    """Return where the statement reads a table from one end to the other, or what is of any account.

    Tables that only operators add to are excepted; what is too old is removed whosever it is.
    """
    removes = "DELETE FROM" in statement
    with engine_of(app).connect() as connection:
        if connection.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [row.detail for row in plan]
            tables = Base.metadata.tables.keys() - SMALL_TABLES
            through = [step for step in steps if step.startswith("SCAN") and step.split()[1] in tables]
            return through + [one for one in steps if one.startswith("SEARCH") and "=?" not in one and not removes]
        plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
        large_ones = set(connection.exec_driver_sql("SELECT relname FROM pg_class WHERE reltuples >= 1000").scalars())
    nodes = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") in large_ones]
    return [f"{node['Node Type']} on {node['Relation Name']}" for node in nodes if not _is_sought(node, removes)]


def _is_sought(node: dict[str, Any], removes: bool) -> bool:
    """Whether an index leads to the rows; ModifyTable is about rows that others have found."""
    sought = (one.get("Index Cond", "") for one in (node, *node.get("Plans", ())))
    return node["Node Type"] == "ModifyTable" or any(" = " in one or (removes and one) for one in sought)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
