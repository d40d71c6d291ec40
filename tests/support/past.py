"""A long past, straight into the tables as changes of a list would have written it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.support.quick import engine_of, events_of, writing
from tests.support.tampering import unguarded
from tests.support.world import World
from webapp.domain.address import Address, parse_address
from webapp.domain.current_network import current_network
from webapp.domain.history_query import Filter
from webapp.domain.network import Network
from webapp.domain.network_key import key_of
from webapp.storage import history
from webapp.storage.access import BLOCKED, SIGN_IN
from webapp.storage.models import BlockedAttempt, Event, EventNetwork, PortalAccess, table_of

BATCH = 5_000


@dataclass(frozen=True)
class Past:
    """The events of an account, the first first."""

    rows: list[Any]


def record_past(
    app: Flask, world: World, count: int, start: datetime, at: Callable[[int], datetime] | None = None
) -> Past:
    """Add so many events to Halden, an hour apart: of Dana, Mara and the operator, about networks of both families."""
    moment = at or (lambda n: start + timedelta(hours=n))
    with writing(app) as connection, unguarded(connection):
        first = (connection.scalar(sa.select(sa.func.max(Event.id))) or 0) + 1
        for begin in range(0, count, BATCH):
            some = [_event(world, n, first + n, moment(n)) for n in range(begin, min(count, begin + BATCH))]
            connection.execute(sa.insert(table_of(Event)), some)
            connection.execute(sa.insert(table_of(EventNetwork)), [row for one in some for row in _networks(one)])
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT setval(pg_get_serial_sequence('event', 'id'), max(id)) FROM event")
    return Past(events_of(app, world.halden) if count <= BATCH else [])


def _event(world: World, n: int, event_id: int, at: datetime) -> dict[str, Any]:
    dice = random.Random(n)  # noqa: S311 - the same past each time
    kind = dice.choice(["add", "edit", "edit", "delete", "activate", "session_end"])
    who = dice.choice([(world.users["dana"], "Dana Kessler"), (world.users["mara"], "Mara Osei"), (None, "operator")])
    here = [{"id": n, "network": _network(dice), "comment": "Office"}]
    there = [{"id": n, "network": _network(dice), "comment": "Office"}] if dice.random() < 0.1 else here
    before, after = (here if kind in {"edit", "delete"} else []), (there if kind in {"add", "edit"} else [])
    return {
        "id": event_id,
        "account_id": world.halden,
        "user_id": who[0],
        "actor": who[1],
        "door": "page" if who[0] else "operator",
        "at": at,
        "kind": kind,
        "before": {"active": False, "revision": f"{n}", "networks": before},
        "after": {"active": False, "revision": f"{n + 1}", "networks": after},
    }


def _network(dice: random.Random) -> str:
    a, b = dice.randrange(256), dice.randrange(256)
    wide = ["10.0.0.0/8", f"10.{a}.0.0/16", "2001:db8::/32", f"2001:db8:{a + 1:x}::/48"]
    return dice.choice([f"10.{a}.{b}.0/24"] * 6 + [f"10.{a}.{b}.9/32", f"2001:db8:{a + 1:x}:{b + 1:x}::/64", *wide])


def _networks(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    same = {name: event[name] for name in ("account_id", "user_id", "kind", "at")} | {"event_id": event["id"]}
    for text in {one["network"] for side in ("before", "after") for one in event[side]["networks"]}:
        yield same | {"key": key_of(Network.from_canonical(text))}


def record_access(app: Flask, world: World, people: list[int], count: int, start: datetime) -> None:
    """Add so much access to Halden, an hour apart: sign-ins and blocked attempts by turns, of these people."""
    for begin in range(0, count, BATCH):
        some = range(begin, min(count, begin + BATCH))
        attempts = [_attempt(world, people, n, start) for n in some if n % 2]
        with writing(app) as connection:
            connection.execute(sa.insert(table_of(BlockedAttempt)), attempts)
            connection.execute(sa.insert(table_of(PortalAccess)), [_access(world, people, n, start) for n in some])


def _access(world: World, people: list[int], n: int, start: datetime) -> dict[str, Any]:
    dice = random.Random(n)  # noqa: S311 - the same past each time
    a, b, c = dice.randrange(256), dice.randrange(256), dice.randrange(256)
    address = dice.choice([f"10.{a}.{b}.{c}"] * 2 + [f"2001:db8:{a + 1:x}:{b + 1:x}::{c + 1:x}"])
    kind = BLOCKED if n % 2 else SIGN_IN
    return {
        "account_id": world.halden,
        "user_id": people[n // 2 % len(people)],
        "kind": kind,
        "at": start + timedelta(hours=n),
        "address": address,
        "key": key_of(_around(parse_address(address), kind)),
        "attempt_id": n if n % 2 else None,
    }


def _around(address: Address, kind: str) -> Network:
    return current_network(address) if kind == BLOCKED else Network.around(address, 8 * len(address.packed))


def _attempt(world: World, people: list[int], n: int, start: datetime) -> dict[str, Any]:
    given = _access(world, people, n, start)
    moments = dict.fromkeys(("hour", "first_at", "last_at"), given["at"])
    own = {"id": n, "reference": f"{n:010x}", "count": 1, "last_address": given["address"]}
    return {name: given[name] for name in ("account_id", "user_id", "address")} | moments | own


def plans(
    app: Flask, which: Filter, account_id: int, page: Callable[[int, Filter], object] = history.page
) -> list[str]:
    """Return how the database finds a page of events, or of something else, statement by statement."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        asked.append((statement, values))

    engine = engine_of(app)
    sa.event.listen(engine, "before_cursor_execute", note)
    with app.app_context():
        page(account_id, which)
    sa.event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        return [
            "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values))
            for statement, values in asked
            if statement.startswith("SELECT")
        ]


def walked(plan: str) -> list[str]:
    """Return the steps of a plan that go through the whole table of events, of their networks, or of access."""
    tables = "event|event_network|portal_access"
    return re.findall(rf"^.*(?:SCAN|Seq Scan on) (?:{tables})\b(?! USING).*$", plan, re.MULTILINE)
