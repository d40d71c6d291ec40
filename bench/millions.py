"""The cost of a request with ten accounts in PostgreSQL, and with a million: two databases of one cluster, in turns."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa
from flask import Flask

from bench.report import SEED, Figure, Section, in_turns, ratio
from tests.conftest import dispose, migrate
from tests.support.client import BASE, Browser
from tests.support.postgres import Cluster
from tests.support.quick import new_app, start_session
from tests.support.world import ELSEWHERE, HOME, PASSWORD, password_hash
from webapp.storage import request_session

FEW, MANY, ASKED, TURNS, STATEMENTS, BUDGET = 10, 1_000_000, 10, 40, 50, 1.15

# Each account: an owner, two networks, a portal session, a sign-in, a change, a blocked attempt, a failed sign-in.
# Ids are given, so that the tables can be filled side by side.
FILL = {
    "account": "(id, name, allowlist_active, allowlist_revision, allowlist_previous, created_at) "
    "SELECT n, 'Account ' || n, true, substr(md5('list' || n), 1, 16), '', now()",
    '"user"': "(id, email, name, password_hash, created_at) "
    "SELECT n, 'owner' || n || '@example.com', 'Owner ' || n, :password, now()",
    "membership": "(account_id, user_id, role) SELECT n, n, 'owner'",
    "network": "(account_id, network, comment, version, added_at, added_by) "
    "SELECT n, network, '', substr(md5(network || n), 1, 16), now(), 'bench'",
    "portal_session": "(id_hash, account_id, user_id, address, created_at, last_seen_at) "
    "SELECT encode(sha256(CAST('session-' || n AS bytea)), 'hex'), n, n, :home, now(), now()",
    "sign_in": "(account_id, user_id, address, client, last_at) SELECT n, n, :home, :client, now()",
    "event": "(account_id, user_id, actor, address, at, kind, before, after) "
    "SELECT n, n, 'Owner ' || n, :home, now(), 'activate', CAST(:list AS json), CAST(:list AS json)",
    "blocked_attempt": "(reference, account_id, user_id, address, hour, count, first_at, last_at) "
    "SELECT 'blk_' || n, n, n, '192.0.2.1', date_trunc('hour', now()), 1, now(), now()",
    "sign_in_failures": "(key, window_start, count) SELECT encode(sha256(CAST('key-' || n AS bytea)), 'hex'), now(), 1",
}
TWO_NETWORKS = "CROSS JOIN (VALUES ('203.0.113.0/24'), ('2001:db8:9::/48')) AS two (network)"


@dataclass(frozen=True)
class Side:
    """A portal on a database with so many accounts, and those of them that are asked for."""

    app: Flask
    accounts: int
    asked: tuple[int, ...]
    chance: random.Random

    @classmethod
    def on(cls, url: str, accounts: int) -> Side:
        """Fill an empty database."""
        migrate(url)
        fill(url, accounts)
        chance = random.Random(SEED)
        return cls(new_app(url), accounts, tuple(chance.sample(range(1, accounts + 1), ASKED)), chance)


def fill(url: str, accounts: int) -> None:
    """Insert the accounts with all that belongs to them."""
    values = {
        "count": accounts,
        "home": HOME,
        "client": f"{HOME}/32",
        "list": '{"active": true, "revision": "", "networks": []}',
        # Sign-in is measured for what the database does: a hash that costs little.
        "password": password_hash(),
    }
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("SET session_replication_role = replica"))  # no look-up for each foreign key
        for table, select in FILL.items():
            two = TWO_NETWORKS if table == "network" else ""
            insert = sa.text(f"INSERT INTO {table} {select} FROM generate_series(1, CAST(:count AS integer)) n {two}")
            connection.execute(insert, {name: value for name, value in values.items() if f":{name}" in insert.text})
        connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()


def overview(side: Side, account: int, _number: int) -> Callable[[], int]:
    """The overview, signed in."""
    browser = Browser(side.app, HOME, f"session-{account}")
    return lambda: browser.fetch("/").status_code - 200


def section(side: Side, account: int, _number: int) -> Callable[[], int]:
    """The page with the list, and who is signed in, and blocked attempts."""
    browser = Browser(side.app, HOME, f"session-{account}")
    return lambda: browser.fetch(BASE).status_code - 200


def add(side: Side, account: int, number: int) -> Callable[[], int]:
    """A change over HTMX."""
    browser = Browser(side.app, HOME, f"session-{account}")
    fields = {"network": f"192.0.2.{number}/32", "comment": "bench"}
    return lambda: browser.send(f"{BASE}/networks", fields, htmx=True).status_code - 200


def sign_in(side: Side, account: int, _number: int) -> Callable[[], int]:
    """Signing in: throttle, user, accounts, list, a new session."""
    browser = Browser(side.app, HOME)
    fields = {"email": f"owner{account}@example.com", "password": PASSWORD}
    return lambda: browser.send("/login", fields).status_code - 303


def blocked(side: Side, account: int, _number: int) -> Callable[[], int]:
    """A session that comes from elsewhere: ended, recorded, and told why."""
    browser = Browser(side.app, ELSEWHERE, start_session(side.app, account, account, HOME))
    return lambda: browser.fetch("/").status_code - 403


KINDS: dict[str, Callable[[Side, int, int], Callable[[], int]]] = {
    "overview": overview,
    "page of the section": section,
    "a network added over HTMX": add,
    "sign-in, without the password's hash": sign_in,
    "a session blocked": blocked,
}


def typical(side: Side, kind: Callable[[Side, int, int], Callable[[], int]], number: int) -> float:
    """Return the median time of that request for each of the accounts asked for, in milliseconds."""
    taken = []
    for account in side.asked:
        ask = kind(side, account, number)
        began = time.perf_counter()
        wrong = ask()
        taken.append((time.perf_counter() - began) * 1000)
        assert wrong == 0, (kind, account, wrong)
    return statistics.median(taken)


def statement(side: Side, any_account: bool) -> float:
    """Return the median time of a session's statement alone: of the accounts asked for, or of any, in milliseconds."""
    taken = []
    with side.app.app_context():
        for number in range(STATEMENTS):
            account = side.chance.randint(1, side.accounts) if any_account else side.asked[number % ASKED]
            began = time.perf_counter()
            found = request_session.load(f"session-{account}")
            taken.append((time.perf_counter() - began) * 1000)
            assert found is not None
    return statistics.median(taken)


def figures(cluster: Cluster) -> Section:
    """Measure."""
    began = time.perf_counter()
    sides = {
        "few": Side.on(cluster.create_database("few"), FEW),
        "many": Side.on(cluster.create_database("many"), MANY),
    }
    filled = time.perf_counter() - began
    found = []
    # What writes comes last: nothing is vacuumed, so that the few rows would drag their old versions along.
    for what, any_account in (("the session's statement alone", False), ("the same, in turn of any account", True)):
        asked = {name: partial(statement, side, any_account) for name, side in sides.items()}
        found += compared(what, asked, None if any_account else BUDGET)
    for what, kind in KINDS.items():
        found += compared(what, {name: request_in_turns(side, kind) for name, side in sides.items()}, BUDGET)
    for side in sides.values():
        dispose(side.app)
    return Section(
        f"{FEW} accounts and {MANY:,} accounts, PostgreSQL",
        f"Two databases of one cluster, filled alike in {filled:.0f} s and analyzed: each account has an owner, two "
        "networks, a session, a sign-in, an event, a blocked attempt and a failed sign-in. "
        f"{TURNS} turns; in each, {ASKED} accounts chosen at random ask once through the test client, by the clock; "
        "ratios are medians of the turns' ratios (in brackets the middle half of them). The budget is a request's; 'in "
        "turn of any account' is the statement with rows that the database has not at hand.",
        "A million people asking at once; rows that are not in memory (the database's own buffers are 32 MB, the rest "
        "is in the system's cache). fsync and autovacuum are off. SQLite.",
        found,
    )


def request_in_turns(side: Side, kind: Callable[[Side, int, int], Callable[[], int]]) -> Callable[[], float]:
    """Return what measures that request once more each time it is called; the first time is to warm up."""
    numbers = iter(range(TURNS + 1))
    typical(side, kind, next(numbers))
    return lambda: typical(side, kind, next(numbers))


def compared(what: str, work: Mapping[str, Callable[[], float]], budget: float | None) -> list[Figure]:
    """Measure both in turns; return what it costs with few, and the ratio."""
    taken = in_turns(TURNS, work)
    return [
        Figure(f"{what}, {FEW} accounts", statistics.median(taken["few"]), "ms"),
        ratio(f"{what}, {MANY:,} / {FEW}", taken["many"], taken["few"], budget),
    ]
