"""What a page does by accident breaks no promise: its hooks and handlers see only what the guard has let in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import dispose, empty
from tests.support.client import Portal
from tests.support.quick import new_app
from tests.support.world import ELSEWHERE, HOME
from webapp.guard.open_routes import open_route


@pytest.fixture(scope="module")
def careless(sqlite_url: str) -> Iterator[Flask]:
    """A portal with the careless pages; those of `public` are open."""
    app = new_app(sqlite_url, tuple(f"tests.pages.careless:{name}" for name in ("pages", "owners", "lists", "public")))
    open_route(app, "public.status", "public.not_for_everybody")
    yield app
    dispose(app)


@pytest.fixture
def app(careless: Flask) -> Flask:
    """That portal, on an empty database."""
    empty(careless)
    return careless


@pytest.mark.parametrize("path", ["/careless/x", "/careless/nothing", "/careless/static_of_careless/x"])
def test_a_stranger_is_sent_to_sign_in_and_no_hook_is_asked(portal: Portal, path: str) -> None:
    answer = portal.browser().get(path)
    assert (answer.status, "X-Begun" in answer.headers) == (303, False)
    assert (answer.location or "").startswith("/login?next=/careless/")


@pytest.mark.parametrize("path", ["/careless/x", "/careless/nothing", "/careless/fails"])
def test_whom_the_list_does_not_let_in_is_signed_out(portal: Portal, path: str, htmx: bool) -> None:
    sanne = portal.signed_in("sanne", ELSEWHERE)
    portal.set_list(f"{HOME}/32", active=True)
    answer = sanne.get(path, htmx=htmx)
    assert (answer.status, "X-Begun" in answer.headers) == (403, False)
    sanne.address = HOME
    assert sanne.get(path).status == 303


def test_a_form_without_a_token_or_of_another_person_is_refused_by_the_portal(portal: Portal) -> None:
    dana = portal.signed_in()
    assert dana.post("/careless/x", csrf="old").refused == "csrf"
    assert dana.post("/careless/x", {"page": "another"}).refused == "other_identity"
    assert dana.post("/careless/x", {"text": "x" * 30_000}).status == 413


def test_the_portals_headers_stand_whatever_a_page_sets(portal: Portal) -> None:
    answer = portal.signed_in().get("/careless/x")
    assert answer.headers["X-Begun"] == "Dana Kessler"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_somebody_who_is_let_in_gets_the_pages_own_hooks_and_handlers(portal: Portal) -> None:
    dana = portal.signed_in()
    assert dana.get("/careless/fails").text == "handled: KeyError"


def test_what_a_page_keeps_in_the_cookie_signs_nobody_in_or_out(portal: Portal) -> None:
    dana = portal.signed_in()
    dana.get("/careless/x")
    assert dana.get("/").status == 200
    dana.post("/logout")
    assert dana.get("/careless/x").status == 303


def test_an_open_page_answers_everybody_and_ends_no_session(portal: Portal) -> None:
    portal.set_list(f"{HOME}/32", active=True)
    sanne = portal.signed_in("sanne", ELSEWHERE)
    for browser in (portal.browser(ELSEWHERE), sanne):
        assert browser.get("/public/status").text == "all is well"
    sanne.address = HOME
    assert sanne.get("/").status == 200


@pytest.mark.parametrize("what", ["user", "layout"])
def test_an_open_page_can_not_show_who_is_signed_in(portal: Portal, what: str) -> None:
    portal.set_list(f"{HOME}/32", active=True)
    for browser in (portal.browser(ELSEWHERE), portal.signed_in("sanne", ELSEWHERE), portal.signed_in()):
        answer = browser.fetch(f"/public/{what}")
        assert answer.status_code == 500
        assert not any(name in answer.get_data(as_text=True) for name in ("Sanne", "Dana", "Halden"))


def test_a_hook_that_fails_at_the_end_takes_no_header_from_the_error(portal: Portal) -> None:
    answer = portal.signed_in().fetch("/careless/late")
    assert answer.status_code == 500
    assert (answer.headers["Cache-Control"], "Content-Security-Policy" in answer.headers) == ("no-store", True)


def test_a_url_that_a_page_completes_is_made_for_each_person_anew(portal: Portal) -> None:
    for person, account in (("dana", portal.world.halden), ("ola", portal.world.northwind)):
        assert portal.signed_in(person).get("/lists/1").text == f"/lists/{account}"


def test_members_get_403_where_a_page_is_for_owners(portal: Portal, htmx: bool) -> None:
    assert portal.signed_in().get("/owners", htmx=htmx).text == "for owners"
    assert portal.signed_in("sanne").get("/owners", htmx=htmx).status == 403


def test_no_spelling_of_a_page_is_redirected(portal: Portal) -> None:
    dana = portal.signed_in()
    for path in ("/owners/slash", "/owners/slash/"):
        assert dana.get(path).text == "slash"
