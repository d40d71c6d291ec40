"""What a page of another origin sends is refused, and nothing of it shown; `webapp/guard/csrf.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.architecture.test_a_page_belongs_to_somebody import stored
from tests.conftest import dispose
from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.routes import paths
from tests.support.world import ELSEWHERE, HOME, PASSWORD, World, email_of
from webapp import create_app
from webapp.config import Config

EVIL = "https://evil.example"
SAID = [{"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
SAID += [{"Origin": "http://localhost:9000", "Sec-Fetch-Site": "same-site"}]
TYPED = {"network": "192.0.2.77", "comment": "sent from elsewhere", "email": "typed@example.com", "next": "/account"}
OWN = ({"Origin": "http://localhost"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"})


def posts(app: Flask) -> list[str]:
    """Every path that takes a POST, but for the API's."""
    return sorted(path for path, endpoint, methods in paths(app) if "POST" in methods and "api." not in endpoint)


def check(answer: Answer, what: object) -> None:
    """Refused as a form without a token is, with nothing of what was sent and no form to send it with."""
    assert (answer.status, answer.refused) == (400, "csrf"), what
    assert not answer.all("form, input, button"), what
    assert not any(text in answer.text for text in TYPED.values() if text != "/account"), what
    assert "Set-Cookie" not in answer.headers, what
    assert "open the portal" in answer.text, what


@pytest.mark.parametrize("person", ["dana", None])
def test_no_route_takes_a_form_of_another_origin(portal: Portal, person: str | None, htmx: bool) -> None:
    portal.set_list("203.0.113.0/24")
    browser = portal.signed_in_by_page(person) if person else portal.browser()
    paths_, token = posts(portal.app) if person else ["/login", "/logout"], browser.csrf_token()
    before = stored(portal.app)
    for path in paths_:
        for said in SAID:
            for csrf in (token, ""):
                answer = browser.post(path, dict(TYPED), htmx=htmx, csrf=csrf, headers=said)
                check(answer, (path, said, htmx, csrf))
    assert len(paths_) >= (10 if person else 2)
    assert stored(portal.app) == before


def test_a_form_of_ours_is_taken_whatever_the_browser_says_of_it(portal: Portal) -> None:
    for number, said in enumerate(OWN):
        browser = portal.browser()
        fields = {"email": email_of("dana"), "password": PASSWORD}
        assert browser.post("/login", fields, headers=said).status == 303
        browser.identity = browser.present_identity()
        added = browser.post(f"{BASE}/networks", {"network": f"192.0.2.{number}"}, headers=said)
        assert added.status == 303, said
        assert browser.post("/logout", headers=said).location == "/login"


def test_whoever_may_not_be_here_is_told_that_first(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    path, said = f"{BASE}/deactivate", {"Origin": EVIL}
    assert portal.browser().post(path, headers=said).status == 303
    other = portal.signed_in_by_page().post(path, {"page": "another"}, headers=said)
    assert (other.status, other.refused) == (409, "other_identity")
    dana = portal.signed_in_by_page()
    dana.address = ELSEWHERE
    assert dana.post(path, headers=said).status == 403


@pytest.fixture
def public(database_url: str, world: World) -> Iterator[Portal]:
    """The portal with a PUBLIC_URL that says more than the Host header."""
    key = "a key for tests, and long enough"
    app = create_app(Config(secret_key=key, database_url=database_url, public_url="http://portal.example.com"))
    yield Portal(app, world)
    dispose(app)


def test_with_a_public_url_scheme_and_port_count_and_the_host_header_does_not(public: Portal) -> None:
    for origin, status in (
        ("http://portal.example.com", 303),
        ("http://portal.example.com:80", 303),
        ("https://portal.example.com", 400),
        ("http://portal.example.com:8080", 400),
        ("http://localhost", 400),
    ):
        fields: dict[str, Any] = {"email": email_of("dana"), "password": PASSWORD}
        answer = Browser(public.app, HOME).post("/login", fields, headers={"Origin": origin})
        assert answer.status == status, origin


def test_the_api_asks_for_its_token_alone(portal: Portal) -> None:
    headers = {"Authorization": f"Bearer {portal.world.api_token}", "Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    assert portal.browser().get("/api/v1/account", headers=headers).status == 200
    assert portal.browser().post("/api/v1/account", headers=headers).status == 405
