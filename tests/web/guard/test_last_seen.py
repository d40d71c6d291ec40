"""The one write that a GET makes on its way may fail, a page may not; a block is stored, or nobody is answered."""

from __future__ import annotations

import sqlite3
import time as real_time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.browser.matrix import ON_SQLITE
from tests.conftest import Clock, until_heard
from tests.support.client import BASE, HTMX, Browser, Portal
from tests.support.quick import engine_of, events_of, on_each_statement, writing
from tests.support.routes import paths as routes
from tests.support.world import ELSEWHERE, HOME, OFFICE
from webapp.runtime import clock
from webapp.storage import events, request_session, write
from webapp.storage.models import Base, BlockedAttempt, PortalSessionRow

ON_POSTGRES = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
AT_ONCE_S = 3.5  # on a busy machine; the write itself gives up after 0.1 s, and whoever waits for it waits 4 s
DUE = timedelta(minutes=2)
Seen = tuple[Any, ...]
Hindrance = Callable[[Flask], AbstractContextManager[None]]


@contextmanager
def writers_locked_out(app: Flask) -> Iterator[None]:
    """Somebody else holds SQLite's lock for writing, or every table of PostgreSQL against writers."""
    engine = engine_of(app)
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(engine.url.database or "", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with writing(app) as connection:
        connection.exec_driver_sql(f"LOCK TABLE {tables} IN SHARE MODE")
        yield


@contextmanager
def sessions_held(app: Flask) -> Iterator[None]:
    """Somebody else holds the rows of the portal sessions."""
    with writing(app) as connection:
        connection.execute(sa.select(PortalSessionRow.id_hash).with_for_update())
        yield


@contextmanager
def read_only(app: Flask) -> Iterator[None]:
    """SQLite refuses every write."""

    def forbid(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    engine = engine_of(app)
    sa.event.listen(engine, "checkout", forbid)
    try:
        yield
    finally:
        sa.event.remove(engine, "checkout", forbid)
        engine.dispose()


def seen(app: Flask) -> Seen:
    """When and from where the only portal session was last seen."""
    query = sa.select(PortalSessionRow.last_seen_at, PortalSessionRow.address)
    with engine_of(app).connect() as connection:
        return tuple(connection.execute(query).one())


def due(portal: Portal, time: Clock) -> Browser:
    """Return a browser of Dana's whose next page is to be kept as last seen."""
    dana = portal.signed_in_by_page("dana")
    time.advance(DUE)
    return dana


# --- a page is shown whatever becomes of the write ------------------------------------------------------------------


def check_pages_all_the_same(portal: Portal, time: Clock, hindrance: Hindrance) -> None:
    """Pages are shown at once, after a minute and after a change of address; nobody else is refused for it."""
    dana = due(portal, time)
    before = seen(portal.app)
    with hindrance(portal.app):
        for dana.address in (HOME, OFFICE, None):
            began = real_time.monotonic()
            assert dana.page().status == 200
            assert real_time.monotonic() - began < AT_ONCE_S
        portal.app.extensions["circuit_breaker"].require_closed()
        assert seen(portal.app) == before
    assert dana.page().status == 200
    assert seen(portal.app) == (time.now(), None)


def test_pages_are_shown_while_all_writers_are_locked_out(portal: Portal, time: Clock) -> None:
    check_pages_all_the_same(portal, time, writers_locked_out)


@ON_POSTGRES
def test_pages_are_shown_while_somebody_else_holds_the_session_row(portal: Portal, time: Clock) -> None:
    check_pages_all_the_same(portal, time, sessions_held)


@ON_SQLITE
def test_pages_are_shown_while_sqlite_can_only_be_read(portal: Portal, time: Clock) -> None:
    check_pages_all_the_same(portal, time, read_only)


@ON_SQLITE
def test_a_page_does_not_wait_for_its_turn_to_write(portal: Portal, time: Clock) -> None:
    dana = due(portal, time)
    with portal.app.extensions["sqlite_write_lock"]:
        began = real_time.monotonic()
        assert dana.page().status == 200
        assert real_time.monotonic() - began < AT_ONCE_S


def test_a_page_is_shown_though_the_circuit_breaker_opens_before_the_write(
    portal: Portal, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dana, before = due(portal, time), seen(portal.app)
    breaker, load = portal.app.extensions["circuit_breaker"], request_session.load

    def load_and_open(session_id: str) -> request_session.PortalSession | None:
        found = load(session_id)
        monkeypatch.setattr(breaker, "_is_open", True)
        return found

    monkeypatch.setattr(request_session, "load", load_and_open)
    assert dana.get("/").status == 200
    assert seen(portal.app) == before


def test_what_is_not_kept_prolongs_nothing(portal: Portal, time: Clock) -> None:
    dana = portal.signed_in_by_page("dana")
    time.advance(timedelta(minutes=119))
    with writers_locked_out(portal.app):
        assert dana.page().status == 200
        time.advance(timedelta(minutes=1))
        assert dana.page().location == f"/login?next={BASE}"


def test_a_block_is_stored_or_nobody_is_answered(portal: Portal, time: Clock) -> None:
    dana = due(portal, time)
    portal.set_list(f"{HOME}/32", active=True)
    dana.address = ELSEWHERE
    with writers_locked_out(portal.app):
        assert dana.page().status == 503
    with engine_of(portal.app).connect() as connection:
        assert connection.execute(sa.select(BlockedAttempt.id)).all() == []
    until_heard(portal.app)
    assert (dana.page().status, dana.page().status) == (403, 303)


# --- every GET ------------------------------------------------------------------------------------------------------


def gets(portal: Portal) -> list[str]:
    """The path of every route that answers GET, each with something to show."""
    with portal.app.app_context():
        write(lambda session: events.note(session, portal.world.halden, "user_create", {}, clock.now()))
    event_id = events_of(portal.app, portal.world.halden)[-1].id
    known = {"entry_id": portal.id_of(f"{HOME}/32"), "event_id": event_id, "filename": "app.css"}
    return [path for path, _, methods in routes(portal.app, known) if "GET" in methods]


def statuses(dana: Browser, paths: list[str]) -> dict[tuple[str, bool], int]:
    """The status of every path, without and with htmx."""
    headers = {"X-Forwarded-For": dana.address or ""}
    return {
        (path, htmx): dana.client.get(path, headers=headers | (HTMX if htmx else {}), buffered=True).status_code
        for path in paths
        for htmx in (False, True)
    }


@pytest.mark.parametrize("active", [False, True])
def test_every_get_of_an_owner_is_answered_as_usual_while_writers_are_locked_out(
    portal: Portal, time: Clock, active: bool
) -> None:
    portal.set_list(f"{HOME}/32", active=active)
    dana, paths = due(portal, time), gets(portal)
    assert len(paths) > 15
    usual = statuses(dana, paths)
    time.advance(DUE)
    with writers_locked_out(portal.app):
        assert statuses(dana, paths) == usual
    assert 503 not in usual.values()


def test_a_get_of_an_owner_writes_nothing_but_when_she_was_seen(portal: Portal, time: Clock) -> None:
    portal.set_list(f"{HOME}/32", active=True)
    dana, paths = due(portal, time), gets(portal)
    written: set[str] = set()

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip("( ").upper().startswith(("SELECT", "BEGIN", "PRAGMA", "SET LOCAL", "WITH")):
            written.add(" ".join(statement.split()[:2]))

    with on_each_statement(portal.app, look):
        statuses(dana, paths)
    assert written == {"UPDATE portal_session"}
