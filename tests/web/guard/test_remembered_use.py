"""From where a session is used is remembered at sign-in, on another day and from another address; never otherwise."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from tests.conftest import Clock
from tests.support.client import BASE, Portal
from tests.support.quick import engine_of
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, HOME, OFFICE
from tests.web.guard.test_last_seen import writers_locked_out
from webapp.storage.models import PortalUse


def used(portal: Portal) -> list[tuple[str, int]]:
    """Return from where the portal was used, and on how many days, the latest first."""
    query = sa.select(PortalUse.addresses, PortalUse.days).order_by(PortalUse.last_at.desc())
    with engine_of(portal.app).connect() as connection:
        return [(row.addresses, row.days) for row in connection.execute(query)]


def test_a_sign_in_is_a_use(portal: Portal, time: Clock) -> None:
    portal.signed_in_by_page("dana")
    assert used(portal) == [(HOME, 1)]


def test_an_open_session_is_remembered_from_where_it_goes(portal: Portal, time: Clock) -> None:
    dana = portal.signed_in_by_page("dana")
    for address in (OFFICE, OFFICE, "2001:db8:7::1", None, "2001:db8:7::2", OFFICE):
        time.advance(timedelta(seconds=1))
        dana.address = address
        assert dana.page().status == 200
    assert used(portal) == [(OFFICE, 1), ("2001:db8:7::2 2001:db8:7::1", 1), (HOME, 1)]


def test_an_open_session_counts_each_day_once(portal: Portal, time: Clock) -> None:
    dana = portal.signed_in_by_page("dana")
    for _ in range(11):  # past midnight
        time.advance(timedelta(hours=1))
        assert dana.page().status == 200
    assert used(portal) == [(HOME, 2)]


def test_only_a_new_day_or_address_costs_a_statement_more(portal: Portal, time: Clock) -> None:
    dana = portal.signed_in_by_page("dana")
    asked = []
    for seconds, address in ((0, HOME), (90, HOME), (1, OFFICE), (1, OFFICE)):
        time.advance(timedelta(seconds=seconds))
        dana.address = address
        with statements(portal.app) as log:
            dana.get("/")
        asked.append((any("portal_session SET" in one for one in log), any("portal_use" in one for one in log)))
    assert asked == [(False, False), (True, False), (True, True), (False, False)]


def test_an_open_page_that_only_asks_whether_it_may_stay_is_no_use(portal: Portal, time: Clock) -> None:
    dana = portal.signed_in_by_page("dana")
    dana.address = OFFICE
    dana.get("/session", htmx=True)
    assert used(portal) == [(HOME, 1)]


def test_whoever_is_not_let_in_has_not_used_the_portal(portal: Portal, time: Clock) -> None:
    portal.set_list(f"{HOME}/32", active=True)
    dana = portal.signed_in_by_page("dana")
    dana.address = ELSEWHERE
    assert dana.page().status == 403
    assert used(portal) == [(HOME, 1)]


def test_a_page_is_shown_though_its_use_cannot_be_kept_and_the_next_one_keeps_it(portal: Portal, time: Clock) -> None:
    dana = portal.signed_in_by_page("dana")
    dana.address = OFFICE
    with writers_locked_out(portal.app):
        assert dana.get(BASE).status == 200
    assert used(portal) == [(HOME, 1)]
    assert dana.get(BASE).status == 200
    assert sorted(used(portal)) == sorted([(OFFICE, 1), (HOME, 1)])


def test_using_the_portal_from_somewhere_makes_no_known_client_of_it(portal: Portal, time: Clock) -> None:
    dana = portal.signed_in_by_page("dana")
    dana.address = OFFICE
    dana.page()
    stranger = portal.browser(OFFICE)
    with statements(portal.app) as log:
        stranger.post("/login", {"email": "dana@halden.example", "password": "wrong, and long enough"})
    assert not any("portal_use" in statement for statement in log)
