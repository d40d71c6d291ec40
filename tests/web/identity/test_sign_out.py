"""Signing out works from any page, however old, and says who is signed out (R8, R8a)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import Clock
from tests.support.client import Answer, Browser, Portal
from tests.support.world import ELSEWHERE


def is_signed_in(browser: Browser) -> bool:
    """Whether the browser's session still opens a page."""
    return browser.get("/").status == 200


def assert_asks(answer: Answer, name: str, account: str) -> dict[str, str]:
    """Assert that the page names who would be signed out, with one form; return the form's fields."""
    main = answer.one("main")
    assert name in main.get_text()
    assert account in main.get_text()
    (form,) = main.select("form")
    assert form["action"] == "/logout"
    return {str(field["name"]): str(field["value"]) for field in form.select("input")}


def test_one_click_signs_out(portal: Portal) -> None:
    dana = portal.signed_in_by_page()
    answer = dana.post("/logout")
    assert (answer.status, answer.location) == (303, "/login")
    assert not is_signed_in(dana)


@pytest.mark.parametrize("csrf", ["", "old"])
def test_a_stale_token_is_asked_again_with_a_fresh_one(portal: Portal, csrf: str) -> None:
    dana = portal.signed_in_by_page()
    answer = dana.post("/logout", csrf=csrf)
    assert (answer.status, answer.refused) == (400, "csrf")
    fields = assert_asks(answer, "Dana Kessler", "Halden Freight")
    assert is_signed_in(dana)
    assert dana.post("/logout", fields, csrf=fields["csrf_token"]).location == "/login"
    assert not is_signed_in(dana)


def test_the_old_page_of_another_person_is_told_who_is_signed_in(portal: Portal) -> None:
    old, ola = portal.signed_in_by_page().identity, portal.signed_in_by_page("ola")
    answer = ola.post("/logout", {"page": old})
    assert (answer.status, answer.refused) == (409, "other_identity")
    fields = assert_asks(answer, "Ola Berg", "Northwind Labs")
    assert is_signed_in(ola)
    assert ola.post("/logout", fields, csrf=fields["csrf_token"]).location == "/login"


@pytest.mark.parametrize(
    ("page", "csrf", "status"), [("another", None, 409), ("another", "old", 409), (None, "old", 400)]
)
def test_htmx_is_led_to_the_question(portal: Portal, page: str | None, csrf: str | None, status: int) -> None:
    ola = portal.signed_in_by_page("ola")
    answer = ola.post("/logout", {"page": page or ola.identity}, csrf=csrf, htmx=True)
    assert (answer.status, answer.headers["HX-Redirect"]) == (status, "/logout")
    assert_asks(ola.get("/logout"), "Ola Berg", "Northwind Labs")
    assert is_signed_in(ola)


@pytest.mark.parametrize("csrf", [None, "", "old"])
def test_where_nobody_is_signed_in_any_old_page_leads_to_sign_in(
    portal: Portal, time: Clock, csrf: str | None, htmx: bool
) -> None:
    for browser in (portal.browser(), portal.signed_in_by_page(), portal.browser(ELSEWHERE)):
        if browser.address == ELSEWHERE:
            portal.set_list("203.0.113.0/24", active=True)
            assert browser.sign_in("sanne").status == 403
        time.advance(timedelta(hours=3))
        answer = browser.post("/logout", {"page": "old"}, csrf=csrf, htmx=htmx)
        led_to = answer.headers.get("HX-Redirect") if htmx else answer.location
        assert (answer.status, led_to) == (200 if htmx else 303, "/login")
        assert browser.get("/logout").location == "/login"


def test_without_a_right_token_the_cookie_is_left_alone(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    blocked = portal.browser(ELSEWHERE)
    blocked.sign_in("sanne")
    assert "Set-Cookie" not in blocked.post("/logout", csrf="old").headers
    assert blocked.get("/blocked").status == 403
    assert "Set-Cookie" not in portal.browser().post("/logout", csrf="").headers
