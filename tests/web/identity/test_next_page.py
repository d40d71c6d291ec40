"""After a lost session the sign-in page leads back to the page, never to a form's own URL."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from tests.support.client import BASE, Answer, Portal
from tests.support.routes import paths
from webapp.guard import open_routes

HERE = "http://localhost"
NETWORKS = f"{BASE}/networks"


def next_of(answer: Answer) -> str:
    """Return where the sign-in page would lead."""
    url = urlsplit(answer.headers.get("HX-Redirect") or answer.location or "")
    assert url.path == "/login"
    return parse_qs(url.query).get("next", [""])[0]


def forms(app: Flask) -> Iterator[str]:
    """Yield the URL of every form behind the sign-in."""
    for path, endpoint, methods in paths(app, {"entry_id": 7, "event_id": 7, "filename": "app.css"}):
        if "POST" in methods and endpoint not in open_routes.OPEN_ENDPOINTS:
            yield path


def test_every_form_leads_to_a_page_of_its_section(portal: Portal, htmx: bool) -> None:
    sent = list(forms(portal.app))
    assert {NETWORKS, f"{NETWORKS}/7/delete", f"{BASE}/activate", f"{BASE}/sessions/end"} <= set(sent)
    dana = portal.signed_in_by_page()
    for url in sent:
        named = {"HX-Current-URL" if htmx else "Referer": HERE + url}
        for headers in (named,) if htmx else (named, {}):
            page = next_of(portal.browser().post(url, htmx=htmx, headers=headers))
            assert page != "/", (url, headers)
            assert url.startswith(page), (url, headers)
            assert dana.get(page).status in {200, 404}, (url, headers)


@pytest.mark.parametrize(
    ("url", "referrer", "page"),
    [
        (NETWORKS, f"{BASE}?q=berlin&page=2", f"{BASE}?q=berlin&page=2"),
        (NETWORKS, NETWORKS, BASE),
        (NETWORKS, "", BASE),
        (f"{NETWORKS}/7", f"{NETWORKS}/7/edit", f"{NETWORKS}/7/edit"),
        (f"{NETWORKS}/7/delete", "", f"{NETWORKS}/7"),
        (f"{BASE}/activate", f"{BASE}/activate", f"{BASE}/activate"),
        (f"{BASE}/activate", "", BASE),
        ("/nowhere", "", "/"),
    ],
)
def test_a_post_without_javascript_leads_back_to_where_its_form_stands(
    portal: Portal, url: str, referrer: str, page: str
) -> None:
    headers = {"Referer": HERE + referrer} if referrer else {}
    answer = portal.browser().post(url, {"network": "192.0.2.1"}, headers=headers)
    assert (answer.status, next_of(answer)) == (303, page)


@pytest.mark.parametrize(
    "url", ["http://evil.example/account", "http://localhost.evil.example/", "//evil.example", "http://[", "x", "/"]
)
def test_a_page_elsewhere_is_none_of_ours(portal: Portal, url: str, htmx: bool) -> None:
    answer = portal.browser().post(NETWORKS, htmx=htmx, headers={"HX-Current-URL" if htmx else "Referer": url})
    assert next_of(answer) == ("" if htmx else BASE)


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "/%5Cevil.example", "/a b", "/\x7f"])
def test_a_forged_path_of_ours_leads_nowhere_else(portal: Portal, path: str) -> None:
    assert next_of(portal.browser().post(NETWORKS, htmx=True, headers={"HX-Current-URL": HERE + path})) == "/"


def test_the_heartbeat_is_no_page(portal: Portal) -> None:
    assert next_of(portal.browser().get("/session?version=1", headers={"Referer": HERE + BASE})) == BASE
    assert next_of(portal.browser().get("/session?version=1")) == "/"
    headers = {"HX-Current-URL": f"{HERE}{BASE}?page=2"}
    assert next_of(portal.browser().get("/session", htmx=True, headers=headers)) == f"{BASE}?page=2"


def test_behind_a_proxy_that_ends_tls_the_page_is_found_as_well(portal: Portal) -> None:
    headers = {"HX-Current-URL": f"https://localhost{BASE}"}
    assert next_of(portal.browser().get("/session", htmx=True, headers=headers)) == BASE
