"""A person is signed in in 20 browsers at most: the oldest session ends, and its browser is told why."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import Clock, dispose
from tests.support.client import COOKIE, Browser, Portal
from tests.support.crowd import sign_in_all
from tests.support.quick import cookie_of, engine_of, new_app, start_session, writing
from tests.support.world import HOME
from webapp.config import Config, ConfigError
from webapp.domain.session_end import REPLACED, SENTENCES, Limits
from webapp.runtime import clock
from webapp.storage import sessions, write
from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.models import Membership, PortalSessionRow, SessionTombstone
from webapp.storage.sessions import Bounds

MOST = 20


def count(portal: Portal, person: str, table: type[PortalSessionRow | SessionTombstone] = PortalSessionRow) -> int:
    """Return how many sessions, or tombstones, somebody has."""
    query = sa.select(sa.func.count()).select_from(table).where(table.user_id == portal.world.users[person])
    with engine_of(portal.app).connect() as connection:
        return connection.execute(query).scalar_one()


def held(portal: Portal, person: str = "sanne") -> Browser:
    """Return a browser with a session of somebody's that began now."""
    browser = portal.browser()
    session_id = start_session(portal.app, portal.world.halden, portal.world.users[person], HOME)
    browser.client.set_cookie(COOKIE, cookie_of(portal.app, session_id))
    return browser


def told(browser: Browser) -> str:
    """Return what the browser's next page says, which must be the sign-in page."""
    assert browser.get("/").location == "/login?next=/"
    assert browser.get("/", htmx=True).status == 401
    return browser.get("/login").one(".note[role=status]").get_text(strip=True)


def test_the_oldest_ends_and_is_told_why(portal: Portal, time: Clock) -> None:
    browsers = []
    for _ in range(MOST):
        browsers.append(held(portal))
        time.advance(timedelta(seconds=1))
    assert browsers[0].get("/").status == 200  # seen last, and still the oldest
    newest = portal.signed_in_by_page("sanne")
    assert told(browsers[0]) == SENTENCES[REPLACED]
    assert [browser.get("/").status for browser in (*browsers[1:], newest)] == [200] * MOST
    assert (count(portal, "sanne"), count(portal, "sanne", SessionTombstone)) == (MOST, 1)


def test_nobody_else_is_signed_out_by_it(portal: Portal) -> None:
    dana = held(portal, "dana")
    sign_in_all(portal.app, portal.world.halden, [portal.world.users["sanne"]], HOME, times=MOST)
    portal.signed_in_by_page("sanne")
    assert dana.get("/").status == 200
    assert count(portal, "sanne") == MOST


def test_a_person_has_so_many_over_all_accounts(portal: Portal, time: Clock) -> None:
    sanne, northwind = portal.world.users["sanne"], portal.world.northwind
    with writing(portal.app) as connection:
        connection.execute(sa.insert(Membership).values(account_id=northwind, user_id=sanne, role="member"))
    sign_in_all(portal.app, northwind, [sanne], HOME, times=12)
    time.advance(timedelta(seconds=1))
    sign_in_all(portal.app, portal.world.halden, [sanne], HOME, times=8)
    portal.signed_in_by_page("sanne")
    assert (count(portal, "sanne"), count(portal, "sanne", SessionTombstone)) == (MOST, 1)


def test_those_of_before_the_bound_end_at_the_next_sign_in(portal: Portal) -> None:
    sign_in_all(portal.app, portal.world.halden, [portal.world.users["sanne"]], HOME, times=300)
    portal.signed_in_by_page("sanne")
    assert (count(portal, "sanne"), count(portal, "sanne", SessionTombstone)) == (MOST, 281)


def test_what_a_limit_has_ended_says_so_still(portal: Portal, time: Clock) -> None:
    idle = held(portal)
    time.advance(timedelta(hours=3))
    sign_in_all(portal.app, portal.world.halden, [portal.world.users["sanne"]], HOME, times=MOST)
    portal.signed_in_by_page("sanne")
    assert told(idle) == "You were signed out after 2 hours without activity."


@pytest.fixture
def others(database_url: str) -> Iterator[list[Flask]]:
    """More processes of the portal."""
    apps = [new_app(database_url) for _ in range(3)]
    yield apps
    for app in apps:
        dispose(app)


def test_parallel_sign_ins_of_one_person_are_no_way_around_it(portal: Portal, others: list[Flask]) -> None:
    user_id, bounds = portal.world.users["sanne"], Bounds(Limits(timedelta(hours=2), timedelta(hours=12)), 3)

    def start(app: Flask) -> None:
        with app.app_context(), suppress(Unavailable):
            fields = {"user_id": user_id, "account_id": portal.world.halden, "address": HOME}
            write(lambda session: sessions.start(session, now=clock.now(), bounds=bounds, **fields))  # type: ignore[arg-type]

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(start, [*others, portal.app] * 12))
    assert count(portal, "sanne") == 3
    assert count(portal, "sanne", SessionTombstone) >= 12


@pytest.mark.parametrize("text", ["0", "-1", "many", "2.5"])
def test_a_bound_that_is_none_stops_the_process(text: str) -> None:
    env = {"SECRET_KEY": "a key for tests that is long enough"}
    assert Config.from_env(env | {"MAX_SESSIONS_PER_USER": "7"}).max_sessions_per_user == 7
    with pytest.raises(ConfigError, match="MAX_SESSIONS_PER_USER must be a whole number above 0"):
        Config.from_env(env | {"MAX_SESSIONS_PER_USER": text})
