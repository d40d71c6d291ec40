"""R8a: a page belongs to a person and an account. Whatever is added later is swept, too."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.support.client import Answer, Browser, Portal
from tests.support.quick import engine_of, put_list
from tests.support.routes import paths
from tests.support.world import HOME, OFFICE
from webapp.guard.open_routes import FORWARD_AUTH, OPEN_ENDPOINTS
from webapp.guard.page_identity import HEADER
from webapp.storage.models import Base

HALDENS, NORTHWINDS = "203.0.113.0/24", "192.0.2.0/25"
TYPED = {"network": "198.51.100.9", "comment": "typed on the old page", "version": "v", "add_current": "1"}


class Request(NamedTuple):
    """One request of an old page."""

    method: str
    path: str
    htmx: bool


@pytest.fixture
def ola(portal: Portal) -> Browser:
    """A browser in which Ola of Northwind is signed in by now; both accounts have a list."""
    portal.set_list(HALDENS)
    portal.set_list(NORTHWINDS, comment="only for Northwind", account=portal.world.northwind)
    return portal.signed_in("ola")


def asked(app: Flask) -> list[Request]:
    """Every route that asks for the identity, by every method it takes, with and without htmx."""
    return [
        Request(method, path, htmx)
        for path, endpoint, methods in sorted(paths(app))
        if endpoint not in OPEN_ENDPOINTS | {FORWARD_AUTH}
        for method in sorted(methods & {"GET", "POST"})
        for htmx in (False, True)
        if htmx or method == "POST"
    ]


def send(browser: Browser, request: Request, identity: str) -> Answer:
    """Send what an old page would: the identity as a form's field or as htmx's header, with a right token."""
    headers = {HEADER: identity} if request.htmx else {}
    if request.method == "GET":
        return browser.get(request.path, htmx=request.htmx, headers=headers)
    fields = TYPED | ({} if request.htmx else {"page": identity})
    browser.identity = ""
    return browser.post(request.path, fields, htmx=request.htmx, headers=headers)


def stored(app: Flask) -> dict[str, list[Any]]:
    """Return all rows of all tables."""
    with engine_of(app).connect() as connection:
        return {
            table.name: list(connection.execute(sa.select(table).order_by(*table.primary_key)))
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("person", ["dana", "sanne", "mara"])
def test_an_old_page_changes_and_shows_nothing_in_another_sign_in(portal: Portal, ola: Browser, person: str) -> None:
    identity = portal.signed_in(person).identity
    before = stored(portal.app)
    requests = asked(portal.app)
    assert len(requests) > 25
    for request in requests:
        answer = send(ola, request, identity)
        assert answer.status == 409, request
        assert not any(secret in answer.text for secret in (NORTHWINDS, "only for Northwind", "data-version")), request
        if request.htmx:
            assert (answer.headers["HX-Redirect"], answer.text) == ("/", ""), request
        else:
            assert answer.refused == "other_identity", request
        assert stored(portal.app) == before, request


def test_another_person_of_the_same_account_is_another_identity(portal: Portal) -> None:
    portal.set_list(HALDENS)
    identity, mara = portal.signed_in("dana").identity, portal.signed_in("mara")
    before = stored(portal.app)
    answers = [send(mara, request, identity) for request in asked(portal.app)]
    assert {answer.status for answer in answers} == {409}
    assert not any(HALDENS in answer.text for answer in answers)
    assert stored(portal.app) == before


def test_the_same_person_after_signing_in_again_is_the_same_identity(portal: Portal) -> None:
    first, again = portal.signed_in(), portal.signed_in()
    assert first.identity == again.identity
    assert len(first.identity) > 20
    assert len({portal.signed_in(person).identity for person in ("dana", "mara", "sanne", "ola")}) == 4


def test_a_blocked_person_is_told_of_the_list_before_the_identity(portal: Portal, ola: Browser) -> None:
    put_list(portal.app, portal.world.northwind, f"{OFFICE}/32", active=True)
    answer = ola.post("/account/settings/ip-allowlist/activate", {"page": "another"})
    assert (answer.status, len(answer.all("[data-page=blocked]"))) == (403, 1)


def test_the_page_that_follows_says_once_who_is_signed_in(portal: Portal, ola: Browser) -> None:
    for _ in range(30):  # several tabs, their heartbeats
        assert ola.get("/session", htmx=True, headers={HEADER: "another"}).headers["HX-Redirect"] == "/"
    notice = ola.get("/").one("[data-refused=other_identity]").get_text(" ", strip=True)
    assert "You’re signed in as Ola Berg, in Northwind Labs." in notice
    assert "nothing was done" in notice
    assert ola.get("/").refused is None


def test_without_htmx_the_answer_names_person_and_account_and_shows_what_was_typed(ola: Browser) -> None:
    answer = ola.post("/account/settings/ip-allowlist/networks", TYPED | {"page": "another"})
    text = answer.one("main").get_text(" ", strip=True)
    assert not answer.all("button, input")
    for said in ("Ola Berg", "Northwind Labs", "Nothing was done", "198.51.100.9", "typed on the old page"):
        assert said in text


def test_a_form_without_identity_gets_no_fresh_token_when_its_own_is_stale(ola: Browser, htmx: bool) -> None:
    identity, ola.identity = ola.identity, ""
    for path in ("networks", "networks/current", "activate", "deactivate", "networks/restore", "sessions/end"):
        url = f"/account/settings/ip-allowlist/{path}"
        answer = ola.post(url, TYPED, csrf="old", htmx=htmx)
        assert (answer.status, answer.refused) == (400, "csrf"), path
        assert not answer.all("button, input"), path
        assert "198.51.100.9" in answer.one("[data-refused]").get_text(), path
        again = ola.post(url, TYPED | {"page": identity}, csrf="old", htmx=htmx)
        assert (again.status, again.refused) == (400, "csrf"), path
        assert again.all("[name=csrf_token]"), path


def test_the_identity_is_opaque_and_a_guess_is_refused(portal: Portal) -> None:
    dana = portal.signed_in()
    for guess in ("", "0", f"{portal.world.users['dana']}", dana.identity[:-1], dana.identity + "=", "\u00e9"):
        answer = dana.post("/account/settings/ip-allowlist/networks", {"network": HOME, "page": guess})
        assert (answer.status, answer.refused) == (409, "other_identity"), guess
    both = {"network": HOME, "page": [dana.identity, "another"]}
    assert dana.post("/account/settings/ip-allowlist/networks", both).status == 409
    assert portal.networks() == []
