"""PORTAL_HOME: where sign-in leads, and where the overview is when `/` is somebody else's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import dispose
from tests.support.client import Answer, Portal
from tests.support.every_answer import every_answer
from tests.support.quick import new_app
from tests.support.world import PASSWORD, email_of
from webapp.guard.page_identity import HEADER

NAMES_ROOT = ('href="/"', 'action="/"', 'value="/"', 'hx-get="/"')


@pytest.fixture(params=["/shop?from=portal", "/"])
def home(request: pytest.FixtureRequest) -> str:
    """A page of an application beside the portal, and its first one."""
    return str(request.param)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: nothing of this is asked of a database."""
    return sqlite_url


@pytest.fixture
def elsewhere(portal: Portal, database_url: str, home: str) -> Iterator[Portal]:
    """The portal beside an application at `/`."""
    app = new_app(database_url, home=home)
    yield Portal(app, portal.world)
    dispose(app)


def led_to(answer: Answer) -> str | None:
    """Where the answer leads, by itself or through htmx."""
    return answer.location or answer.headers.get("HX-Redirect")


@pytest.mark.parametrize("next_path", ["", "//evil.example", "https://evil.example"])
def test_sign_in_leads_home(elsewhere: Portal, home: str, htmx: bool, next_path: str) -> None:
    fields = {"email": email_of("dana"), "password": PASSWORD, "next": next_path}
    assert led_to(elsewhere.browser().post("/login", fields, htmx=htmx)) == home
    assert elsewhere.browser().get("/login").value("next") == home


def test_whoever_was_going_somewhere_gets_there(elsewhere: Portal) -> None:
    fields = {"email": email_of("dana"), "password": PASSWORD, "next": "/shop/basket?a=1"}
    assert led_to(elsewhere.browser().post("/login", fields)) == "/shop/basket?a=1"


def test_the_overview_is_at_account(elsewhere: Portal, home: str) -> None:
    dana = elsewhere.signed_in()
    page = dana.get("/account")
    assert (page.status, page.one("h1").get_text()) == (200, "Overview")
    assert page.one("nav.side [aria-current]")["href"] == "/account"
    root = dana.get("/")
    assert root.status == 200 if home == "/" else root.location == home


def test_the_overview_is_at_account_and_first_of_all_at_the_root_by_default(portal: Portal) -> None:
    dana = portal.signed_in()
    assert [dana.get(path).one("nav.side [aria-current]")["href"] for path in ("/", "/account")] == ["/", "/"]


@pytest.mark.parametrize("home", ["/shop"], indirect=True)
def test_no_answer_leads_to_the_root(elsewhere: Portal) -> None:
    names = []
    for name, answer in every_answer(elsewhere):
        names.append(name)
        assert not any(text in answer.text for text in NAMES_ROOT), name
        assert led_to(answer) != "/", name
    assert len(names) > 150


def test_a_page_of_another_person_leads_to_the_overview(elsewhere: Portal) -> None:
    answer = elsewhere.signed_in().get("/session", htmx=True, headers={HEADER: "another"})
    assert (answer.status, led_to(answer)) == (409, "/account")
    assert elsewhere.signed_in().post("/logout", {"page": "another"}).one("p a")["href"] == "/account"
