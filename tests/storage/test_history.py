"""A page of history: the same events, in the same order, as whoever reads all of them would pick (R15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.past import Past, plans, record_past, walked
from tests.support.quick import engine_of
from tests.support.statements import statements
from tests.support.world import World
from webapp.domain.history_query import OPERATOR_ID, Cursor, Filter
from webapp.domain.network import Network
from webapp.storage import history, history_search
from webapp.storage.history import PastEvent

MORNING = datetime(2026, 1, 1, tzinfo=UTC)
NETWORKS = ["0.0.0.0/0", "10.0.0.0/8", "10.3.0.0/16", "10.3.7.0/24", "10.3.7.9/32", "10.99.0.0/24", "192.0.2.0/24"]
NETWORKS += ["::/0", "2001:db8::/32", "2001:db8:3::/48", "2001:db8:3:7::/64", "2001:db8:3:7::9/128"]


@pytest.fixture
def past(app: Flask, world: World) -> Past:
    """A hundred and fifty events, by two people and the operator, an hour apart."""
    return record_past(app, world, 150, MORNING)


def wanted(past: Past, which: Filter) -> list[int]:
    """Return the ids of the events, chosen one by one."""

    def is_wanted(row: Any) -> bool:
        who = row.user_id or OPERATOR_ID
        texts = [one["network"] for side in (row.before, row.after) for one in side["networks"]]
        return (
            (which.who is None or who == which.who)
            and (not which.kinds or row.kind in which.kinds)
            and (which.since is None or row.at >= which.since)
            and (which.until is None or row.at < which.until)
            and (which.network is None or any(are_nested(which.network.text, text) for text in texts))
        )

    return [row.id for row in sorted(past.rows, key=lambda row: (row.at, row.id), reverse=True) if is_wanted(row)]


def are_nested(one: str, other: str) -> bool:
    """Whether one of the networks contains the other, by the standard library."""
    first, second = ip_network(one), ip_network(other)
    return first.version == second.version and first.overlaps(second)


def all_pages(app: Flask, account_id: int, which: Filter) -> list[PastEvent]:
    """Return the events of all pages, each of forty."""
    found: list[PastEvent] = []
    with app.app_context():
        page = history.page(account_id, which, size=40)
        found += page.events
        while page.next:
            page = history.page(account_id, which, page.next, size=40)
            found += page.events
    return found


@pytest.mark.parametrize("text", ["", *NETWORKS])
@pytest.mark.parametrize("few", [history_search.FEW, 3], ids=["few", "many"])
def test_a_page_has_what_every_event_one_by_one_would_give(
    app: Flask, world: World, past: Past, text: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_search, "FEW", few)
    monkeypatch.setattr(history_search, "RECENT", 10)
    monkeypatch.setattr(history_search, "MORE", 40)
    network = Network.from_canonical(text) if text else None
    for who in (None, world.users["dana"], OPERATOR_ID):
        for kinds in ((), ("add", "delete", "session_end")):
            for days in ((None, None), (MORNING + timedelta(days=2), MORNING + timedelta(days=4))):
                which = Filter(who, kinds, network, *days)
                assert [one.id for one in all_pages(app, world.halden, which)] == wanted(past, which), which


def test_another_accounts_events_are_never_shown(app: Flask, world: World, past: Past) -> None:
    with app.app_context():
        assert history.page(world.northwind, Filter()).events == ()
        assert history.page(world.northwind, Filter(network=Network.from_canonical("0.0.0.0/0"))).events == ()
        assert history.event(world.northwind, past.rows[0].id) is None
        assert history.event(world.halden, past.rows[0].id) is not None


def test_moments_that_go_backwards_lose_and_repeat_nothing(app: Flask, world: World) -> None:
    past = record_past(app, world, 60, MORNING, lambda n: MORNING + timedelta(hours=n * 7 % 9))
    assert [one.id for one in all_pages(app, world.halden, Filter())] == wanted(past, Filter())


@pytest.mark.parametrize("hours", [30, 100])
def test_a_page_ends_at_its_cursor_or_before_the_last_day(app: Flask, world: World, past: Past, hours: int) -> None:
    which, behind = Filter(until=MORNING + timedelta(hours=60)), past.rows[hours]
    with app.app_context():
        found = history.page(world.halden, which, Cursor(behind.at, behind.id), size=150).events
    assert [one.id for one in found] == [row.id for row in reversed(past.rows[: min(hours, 60)])]


def test_a_last_day_behind_which_a_page_begins_is_not_asked_for(app: Flask, world: World, past: Past) -> None:
    behind, asked = past.rows[70], list[list[str]]()
    for which in (Filter(), Filter(until=MORNING + timedelta(hours=140))):
        with statements(app) as log, app.app_context():
            history.page(world.halden, which, Cursor(behind.at, behind.id))
        asked.append(log)
    assert asked[0] == asked[1]


@pytest.mark.parametrize("after", [None, Cursor(MORNING + timedelta(hours=3), 7)])
def test_a_page_is_planned_for_its_days_and_its_place(app: Flask, world: World, after: Cursor | None) -> None:
    which = Filter(since=MORNING, until=MORNING + timedelta(days=1), network=Network.from_canonical("10.3.0.0/16"))
    sent, engine = list[str](), engine_of(app)

    def note(_connection: Any, _cursor: Any, _statement: str, values: Any, *_more: Any) -> None:
        sent.append(str(values))

    sa.event.listen(engine, "before_cursor_execute", note)
    with app.app_context():
        history.page(world.halden, which, after)
    sa.event.remove(engine, "before_cursor_execute", note)
    assert sent
    assert not [values for values in sent if "datetime" in values or "2026-01" in values]


def test_every_filter_is_answered_through_an_index(app: Flask, world: World) -> None:
    record_past(app, world, 20_000, MORNING)
    with engine_of(app).execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    since, until = MORNING + timedelta(days=20), MORNING + timedelta(days=40)
    inside = Network.from_canonical("10.3.0.0/16")
    for which in (Filter(), Filter(who=world.users["dana"]), Filter(kinds=("edit", "add")), Filter(network=inside)):
        for plan in plans(app, which, world.halden) + plans(
            app, replace(which, since=since, until=until), world.halden
        ):
            assert "INDEX" in plan.upper() or "PRIMARY KEY" in plan, (which, plan)
            assert not walked(plan), (which, plan)
