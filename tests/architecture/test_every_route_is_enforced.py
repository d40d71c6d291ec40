"""R8: every route is a portal route unless the one short list names it. Whatever is added later is, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import dispose
from tests.support.client import COOKIE, HTMX, Browser, Portal
from tests.support.quick import cookie_of, engine_of, new_app, put_list, start_session, writing
from tests.support.routes import paths
from tests.support.world import ELSEWHERE, HOME
from webapp.config import Config, app_object
from webapp.guard import open_routes
from webapp.guard.open_routes import OpenRoutes
from webapp.runtime import clock
from webapp.storage.models import PortalSessionRow
from webapp.storage.sessions import hash_of, new_id

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FORWARD_AUTH = "/auth/check"  # asked by a proxy, which shows what the browser sees
UNKNOWN = ("/unknown", "/accounts", "/account/settings/unknown", "/added", "/admin?next=/login", "/apis", "/loginx")
DOCUMENTED_AS_OPEN = {
    *("sign_in.show", "sign_in.submit", "sign_out.show", "sign_out.submit", "blocked.show"),
    *("static", "htmx.script", "health.healthz", "health.readyz"),
    *("api.account", "api.ip_allowlist", "api.history", "api.replace_ip_allowlist", "api.openapi"),
}


class Request(NamedTuple):
    """One request of the sweep."""

    method: str
    path: str
    htmx: bool


@pytest.fixture
def fresh(portal: Portal, database_url: str) -> Iterator[Flask]:
    """A portal of its own, with a route that knows nothing of enforcement; Halden's active list covers HOME only."""
    app = new_app(database_url, app_object(Config, portal.app).pages)
    app.add_url_rule("/added/later", "added", lambda: "secret", methods=METHODS)
    put_list(app, portal.world.halden, HOME + "/32", active=True)
    yield app
    dispose(app)


def closed(app: Flask) -> list[Request]:
    """Every request outside the open list: other routes, other methods of open ones, other spellings, unknown URLs."""
    rules = paths(app)
    unlocked = {(path, m) for path, endpoint, ms in rules if endpoint in DOCUMENTED_AS_OPEN for m in ms}
    spellings = [
        spelling
        for path, _, _ in rules
        for spelling in (path, path.rstrip("/") + "/", "/" + path, "/" + path[1:].replace("/", "//"))
    ]
    asked = [
        Request(method, path, htmx)
        for path in sorted({*spellings, *UNKNOWN})
        for method in METHODS
        for htmx in (False, True)
        if (same := "/" + path.lstrip("/"), method) not in unlocked and not same.startswith(("/api/", "/static/"))
    ]
    assert len(asked) > 500
    return asked


def ask(app: Flask, request: Request, session_id: str | None, address: str = ELSEWHERE) -> TestResponse:
    client = app.test_client()
    client.set_cookie(COOKIE, cookie_of(app, session_id))
    headers = {"X-Forwarded-For": address} | (HTMX if request.htmx else {})
    # The test client would read "//account/settings" as a host and a path; a server's path begins with both slashes.
    path, doubled = ("/", {"PATH_INFO": request.path}) if request.path.startswith("//") else (request.path, {})
    return client.open(path, method=request.method, headers=headers, environ_overrides=doubled, buffered=True)


def sessions_of_dana(app: Flask, portal: Portal, count: int) -> list[str]:
    """Many sign-ins of Dana, in one statement."""
    ids = [new_id() for _ in range(count)]
    now = clock.now()
    same = {"account_id": portal.world.halden, "user_id": portal.world.users["dana"], "address": HOME}
    rows = [{"id_hash": hash_of(i), "created_at": now, "last_seen_at": now} | same for i in ids]
    with writing(app) as connection:
        connection.execute(sa.insert(PortalSessionRow), rows)
    return ids


def count_sessions(app: Flask) -> int:
    with engine_of(app).connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(PortalSessionRow)).scalar_one())


def is_forward_auth(request: Request) -> bool:
    """Whether the request is for the route that proxies ask, in whatever spelling."""
    return "/" + request.path.lstrip("/") == FORWARD_AUTH and request.method in {"GET", "HEAD", "OPTIONS"}


def is_denial(request: Request, answer: TestResponse) -> bool:
    """Whether the answer is the blocked page, or htmx's way there; never a 3xx, nothing of the route."""
    if is_forward_auth(request):
        return (answer.status_code, answer.text, "Location" in answer.headers) == (403, "", False)
    if request.htmx:
        return (answer.status_code, answer.headers.get("HX-Redirect"), answer.text) == (403, "/blocked", "")
    is_page = 'data-page="blocked"' in answer.text or (request.method == "HEAD" and answer.text == "")
    return answer.status_code == 403 and is_page and "Location" not in answer.headers


def is_way_to_sign_in(request: Request, answer: TestResponse) -> bool:
    if is_forward_auth(request):
        return (answer.status_code, answer.text, "Location" in answer.headers) == (401, "", False)
    if request.htmx:
        return (
            answer.status_code == 401
            and answer.headers.get("HX-Redirect", "").startswith("/login")
            and answer.text == ""
        )
    return answer.status_code == 303 and answer.headers["Location"].partition("?")[0] == "/login"


def test_the_open_list_is_exactly_the_documented_one(app: Flask) -> None:
    assert open_routes.OPEN_ENDPOINTS == DOCUMENTED_AS_OPEN
    assert app_object(OpenRoutes, app).endpoints == DOCUMENTED_AS_OPEN
    assert set(app.view_functions) > DOCUMENTED_AS_OPEN


def test_a_request_runs_in_the_documented_order(app: Flask) -> None:
    names = [function.__name__ for function in app.before_request_funcs[None]]
    assert names == [
        "require_public_host",
        "resolve_client",
        "require_access_first",
        "require_portal_session",
        "require_listed_address",
        "require_same_identity",
        "require_own_origin",
        "csrf_protect",
    ]


def test_from_an_uncovered_address_whatever_is_not_open_is_denied(fresh: Flask, portal: Portal) -> None:
    requests = closed(fresh)
    ids = sessions_of_dana(fresh, portal, len(requests))
    answers = [(request, ask(fresh, request, i)) for request, i in zip(requests, ids, strict=True)]
    assert [(request, answer.status) for request, answer in answers if not is_denial(request, answer)] == []
    assert count_sessions(fresh) == 0


def test_without_a_session_whatever_is_not_open_leads_to_the_sign_in_page(fresh: Flask) -> None:
    answers = [(request, ask(fresh, request, None)) for request in closed(fresh)]
    assert [(request, answer.status) for request, answer in answers if not is_way_to_sign_in(request, answer)] == []


def test_a_route_added_later_works_from_a_listed_address_only(fresh: Flask, portal: Portal) -> None:
    (session_id,) = sessions_of_dana(fresh, portal, 1)
    request = Request("GET", "/added/later", False)
    assert ask(fresh, request, session_id, HOME).text == "secret"
    assert is_denial(request, ask(fresh, request, session_id))
    assert is_way_to_sign_in(request, ask(fresh, request, session_id, HOME))


def test_a_blocked_post_without_a_csrf_token_is_told_of_the_list(fresh: Flask, portal: Portal) -> None:
    posts = [
        Request("POST", path, htmx)
        for path, endpoint, methods in paths(fresh)
        for htmx in (False, True)
        if "POST" in methods and endpoint not in DOCUMENTED_AS_OPEN
    ]
    assert len(posts) >= 2 * 8
    for request, session_id in zip(posts, sessions_of_dana(fresh, portal, len(posts)), strict=True):
        assert is_denial(request, ask(fresh, request, session_id))


def test_open_routes_answer_everybody_and_end_no_session(fresh: Flask, portal: Portal) -> None:
    (session_id,) = sessions_of_dana(fresh, portal, 1)
    for path, status in {
        "/login": 200,
        "/healthz": 200,
        "/static/app.css": 200,
        "/static/htmx.js": 200,
        "/static/unknown": 404,
        "/blocked": 303,
        "/login?next=/account": 200,
    }.items():
        for signed_in in (session_id, None):
            assert ask(fresh, Request("GET", path, False), signed_in).status_code == status, path
    assert count_sessions(fresh) == 1


def test_signing_out_works_from_an_uncovered_address(fresh: Flask, portal: Portal) -> None:
    session_id = start_session(fresh, portal.world.halden, portal.world.users["dana"], HOME)
    answer = Browser(fresh, ELSEWHERE, session_id).send("/logout")
    assert (answer.status_code, answer.location) == (303, "/login")
    assert count_sessions(fresh) == 0


def test_the_api_is_never_restricted_and_ends_no_session(fresh: Flask, portal: Portal, htmx: bool) -> None:
    (session_id,) = sessions_of_dana(fresh, portal, 1)
    wrong = {
        "/api/v1/account": 405,
        "/api/v1/ip-allowlist": 405,
        "/api/v1/unknown": 404,
        "/api/": 404,
        "/api/v1/account/": 404,
    }
    for path, status in wrong.items():
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for signed_in in (session_id, None):
                answer = ask(fresh, Request(method, path, htmx), signed_in)
                is_write = (method, path) == ("PUT", "/api/v1/ip-allowlist")
                expected = (401, "application/problem+json") if is_write else (status, "application/json")
                assert (answer.status_code, answer.mimetype) == expected, (method, path)
    assert ask(fresh, Request("GET", "/api/v1/unknown", False), session_id).status_code == 404
    assert ask(fresh, Request("GET", "/api/v1/account", False), session_id).status_code == 401
    token = {"Authorization": f"Bearer {portal.world.api_token}", "X-Forwarded-For": ELSEWHERE}
    assert fresh.test_client().get("/api/v1/account", headers=token).status_code == 200
    assert count_sessions(fresh) == 1


def test_a_crawler_finds_no_rules_and_ends_no_session(portal: Portal) -> None:
    assert portal.browser().get("/robots.txt").status == 404
    dana = portal.signed_in()
    portal.set_list("192.0.2.0/24", active=True)
    assert dana.get("/robots.txt").status == 404
    portal.set_list("203.0.113.0/24", active=True)
    assert dana.get("/").status == 200
