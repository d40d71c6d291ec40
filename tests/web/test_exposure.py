"""What nobody gets to see: files beside the static ones, methods nobody needs, the inside of a failure."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from tests.support.client import BASE, Portal
from tests.support.world import HOME

NGINX = Path(__file__).parents[2] / "deploy" / "nginx" / "portal.conf"
STATIC = (
    "/static/",
    "/static/css/base.css",
    "/static/../webapp/config.py",
    "/static/%2e%2e/wsgi.py",
    "/static/..%2f..%2fetc%2fpasswd",
)
ELSEWHERE = ("/.git/config", "/.env", "/instance/portal.sqlite3", "/webapp/config.py", "/static", "/console")
BODIES = {
    "/login": "text/html; charset=utf-8",
    "/nope": "text/html; charset=utf-8",
    "/healthz": "text/plain; charset=utf-8",
    "/static/app.css": "text/css; charset=utf-8",
    "/static/portal.js": "text/javascript; charset=utf-8",
    "/static/htmx.js": "text/javascript; charset=utf-8",
    "/static/icon.svg": "image/svg+xml; charset=utf-8",
    "/api/v1/account": "application/json",
}


def test_no_file_but_the_static_ones_is_served_and_no_folder_listed(portal: Portal) -> None:
    dana = portal.signed_in()
    assert {path: dana.get(path).status for path in STATIC + ELSEWHERE} == dict.fromkeys(STATIC + ELSEWHERE, 404)
    visitor = portal.browser()
    assert {visitor.get(path).status for path in STATIC + ELSEWHERE} == {303, 404}  # 303: to the sign-in page


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_a_method_that_nobody_needs_is_refused(portal: Portal, method: str) -> None:
    dana = portal.signed_in()
    for path in ("/", "/login", BASE, "/api/v1/account"):
        answer = dana.client.open(path, method=method, headers={"X-Forwarded-For": HOME, "X-Secret": "echo me"})
        assert answer.status_code == 405, path
        assert "echo me" not in answer.get_data(as_text=True)


def test_every_body_names_its_type_and_its_characters(portal: Portal) -> None:
    dana = portal.signed_in()
    assert {path: dana.get(path).headers["Content-Type"] for path in BODIES} == BODIES


def test_a_bug_is_logged_and_answered_without_its_text(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, htmx: bool
) -> None:
    def bug() -> str:
        raise RuntimeError("SELECT secret FROM inside")

    dana = portal.signed_in()
    monkeypatch.setitem(portal.app.view_functions, "overview.show", bug)
    headers = {"X-Forwarded-For": HOME} | ({"HX-Request": "true"} if htmx else {})
    with caplog.at_level(logging.ERROR):
        answer = dana.client.get("/", headers=headers)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store")
    assert not re.search("secret|inside|RuntimeError|Traceback|overview", text)
    assert "SELECT secret FROM inside" in caplog.text
    assert len(answer.headers["X-Request-ID"]) == 16


def test_the_edge_asks_the_portal_and_nothing_else() -> None:
    text = NGINX.read_text()
    targets = re.findall(r"\b(?:proxy|fastcgi|uwsgi|grpc|scgi)_pass\s+(\S+);", text)
    assert len(targets) >= 2
    assert set(targets) == {"http://portal"}
    assert not re.search(r"^\s*(root|alias|autoindex|resolver|proxy_pass .*\$)\b", text, re.MULTILINE)
