"""Without its cookie no form can be fresh: whoever refuses it is told so; other programs' cookies are left alone."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.client import BASE, COOKIE, HTMX, Answer, Browser, Portal
from tests.support.quick import cookie_of, csrf_token
from tests.support.routes import paths
from tests.support.world import HOME, PASSWORD, email_of

FORM = {"email": email_of("dana"), "password": PASSWORD, "next": "/account/settings"}
UNREADABLE = ["", "x", "eyJjc3JmX3Rva2VuIjoieCJ9.aaaaaa.bbbbbb"]


@pytest.fixture
def refusing(portal: Portal) -> Browser:
    """A browser that keeps no cookie."""
    browser = portal.browser()
    browser.client = portal.app.test_client(use_cookies=False)
    return browser


def check_told(answer: Answer) -> None:
    """The sign-in page says that cookies are needed, and keeps what was typed."""
    assert (answer.status, answer.refused) == (400, "csrf")
    said = answer.one("#sign-in-error").get_text()
    assert "cookie" in said
    assert "out of date" not in said
    assert (answer.value("email"), answer.value("next")) == (FORM["email"], FORM["next"])
    assert PASSWORD not in answer.text


def test_whoever_refuses_cookies_is_told_so_each_time(refusing: Browser) -> None:
    token = refusing.get("/login").value("csrf_token")
    for _ in range(3):
        answer = refusing.post("/login", FORM, csrf=token)
        check_told(answer)
        token = answer.value("csrf_token")


@pytest.mark.parametrize("value", UNREADABLE)
def test_whose_cookie_another_program_has_replaced_is_told_so_and_gets_a_good_one(portal: Portal, value: str) -> None:
    browser = portal.browser()
    token = browser.csrf_token()
    browser.client.set_cookie(COOKIE, value)
    answer = browser.post("/login", FORM, csrf=token)
    check_told(answer)
    assert browser.post("/login", FORM, csrf=answer.value("csrf_token")).status == 303


def test_a_form_that_is_out_of_date_is_still_called_that(portal: Portal) -> None:
    browser = portal.browser()
    browser.csrf_token()
    assert "out of date" in browser.post("/login", FORM, csrf="old").one("#sign-in-error").get_text()


def test_another_flask_program_on_the_same_host_is_in_nobodys_way(portal: Portal) -> None:
    other = Flask("another")
    other.secret_key = "another key"
    browser = portal.browser()
    browser.client.set_cookie("session", cookie_of(other, "somebody of the other program"))
    before = browser.client.get_cookie("session")
    assert browser.post("/login", FORM).status == 303
    assert browser.get("/").status == 200
    assert browser.client.get_cookie("session") == before


# --- every form -----------------------------------------------------------------------------------------------------


def posts(app: Flask) -> list[tuple[str, bool]]:
    """Every route that answers POST, without and with htmx."""
    return [(path, htmx) for path, _, methods in paths(app) if "POST" in methods for htmx in (False, True)]


def is_way_out(answer: TestResponse) -> bool:
    """Whether the answer leads to the sign-in page, or says that the cookie is missing."""
    if answer.status_code in {303, 401, 200} or "HX-Redirect" in answer.headers:
        return (answer.location or answer.headers.get("HX-Redirect", "")).startswith("/login")
    return answer.status_code == 400 and "cookie" in answer.text and "out of date" not in answer.text


def test_no_form_without_its_cookie_is_called_out_of_date(app: Flask) -> None:
    assert len(posts(app)) >= 20
    client = app.test_client(use_cookies=False)
    for path, htmx in posts(app):
        headers = {"X-Forwarded-For": HOME} | (HTMX if htmx else {})
        answer = client.post(path, data={"csrf_token": csrf_token(app)}, headers=headers)
        assert is_way_out(answer), (path, htmx, answer.status_code)


def test_a_session_without_a_secret_of_its_own_is_out_of_date(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    answer = browser.post(f"{BASE}/networks", {"network": "192.0.2.1"}, csrf="of the page before")
    assert answer.refused == "csrf"
    assert "cookie" not in answer.text
