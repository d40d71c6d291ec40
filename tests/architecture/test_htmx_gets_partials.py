"""No answer to htmx holds a page: swapped into a part of one, it would stand inside it. Later routes are swept, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.client import BASE, Answer, Browser, Portal
from tests.support.routes import paths
from tests.support.world import ELSEWHERE

OF_A_PAGE = re.compile(r"<html|<h1|<title|id=.?(?:live|connection|heartbeat|main)\b", re.IGNORECASE)
UNKNOWN = ("/nowhere", f"{BASE}/nowhere", f"{BASE}/networks/x", "/logout/x")


def answers(portal: Portal, browser: Browser) -> Iterator[tuple[str, Answer]]:
    """Ask every route by every method, with htmx: with a right token, a stale one and far too much text."""
    routes = [(path, methods) for path, _, methods in sorted(paths(portal.app)) if not path.startswith("/static")]
    for path, methods in [*routes, *((path, {"GET", "POST"}) for path in UNKNOWN)]:
        if path.startswith("/api/"):
            continue
        if "GET" in methods:
            yield f"GET {path}", browser.get(path, htmx=True)
        if path == "/logout":
            continue
        for name, csrf, text in (("POST", None, "x"), ("stale POST", "old", "x"), ("long POST", None, "x" * 3_000_000)):
            yield f"{name} {path}", browser.post(path, {"network": text, "email": text}, csrf=csrf, htmx=True)


def assert_partials(found: Iterator[tuple[str, Answer]]) -> None:
    """Assert that no answer holds what only a page has, and that none is a redirect that htmx would follow."""
    count = 0
    for name, answer in found:
        count += 1
        assert not OF_A_PAGE.search(answer.text), (name, answer.status, answer.text[:300])
        assert not 300 <= answer.status < 400, name
    assert count > 40


@pytest.mark.parametrize("person", ["dana", "sanne"])
def test_no_answer_to_htmx_holds_a_page(portal: Portal, person: str) -> None:
    portal.set_list("203.0.113.0/24")
    assert_partials(answers(portal, portal.signed_in(person)))


def test_no_answer_to_the_htmx_of_somebody_who_is_not_in_holds_a_page(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    blocked = portal.browser(ELSEWHERE)
    blocked.sign_in("sanne")
    assert blocked.get("/blocked").status == 403
    assert_partials(answers(portal, blocked))


@pytest.mark.parametrize("path", ["/", "/account/settings", "/login", "/login?next=/account", "/logout"])
def test_a_page_without_partial_is_loaded_by_the_browser(portal: Portal, path: str) -> None:
    dana = portal.signed_in()
    answer = dana.get(path, htmx=True)
    assert (answer.status, answer.headers["HX-Redirect"], answer.text) == (204, path, "")
    restored = dana.get(path, htmx=True, headers={"HX-History-Restore-Request": "true"})
    assert restored.status == 200
    assert restored.text.startswith("<!doctype html>")


@pytest.mark.parametrize("path", ["networks", "networks/1/delete", "activate", "sessions/end"])
@pytest.mark.parametrize("csrf", [None, "old"])
def test_a_member_in_an_owners_old_tab_gets_no_page_into_it(portal: Portal, path: str, csrf: str | None) -> None:
    answer = portal.signed_in("sanne").post(f"{BASE}/{path}", {"network": "x"}, csrf=csrf, htmx=True)
    assert answer.status == (403 if csrf is None else 400)
    assert not OF_A_PAGE.search(answer.text)
    assert answer.refused == ("csrf" if csrf else None)
