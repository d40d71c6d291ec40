"""What every answer bears: security headers, no caching, cookie and host; `webapp/web/headers.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.conftest import dispose
from tests.support.client import BASE, HTMX, Portal
from tests.support.quick import writing_engine
from tests.support.world import ELSEWHERE, HOME, PASSWORD, World, email_of
from webapp import create_app
from webapp.config import Config, ConfigError
from webapp.storage.models import NetworkRow

Ask = Callable[[Portal], TestResponse]
PUBLIC = "https://portal.example.com"
FROM_HOME = {"X-Forwarded-For": HOME}
SIGN_IN = {"email": email_of("dana"), "password": PASSWORD}
KEY = "a key for tests, and long enough"
CACHED = {"static", "static not modified", "htmx"}
FORGETTING = {"signed out", "htmx signed out by oneself", "blocked", "htmx blocked"}


def get(path: str, person: str | None = "dana", **headers: str) -> Ask:
    """A GET, signed in as the person or not at all."""

    def ask(portal: Portal) -> TestResponse:
        browser = portal.signed_in(person) if person else portal.browser()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return browser.client.get(path, headers=FROM_HOME | named, buffered=True)

    return ask


def post(path: str, fields: dict[str, str], person: str | None = "dana", **headers: str) -> Ask:
    """A POST with a good token (or the one among the fields)."""

    def ask(portal: Portal) -> TestResponse:
        browser = portal.signed_in(person) if person else portal.browser()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = {"csrf_token": browser.csrf_token()} | fields
        return browser.client.post(path, data=data, headers=FROM_HOME | named, buffered=True)

    return ask


def blocked(**headers: str) -> Ask:
    """A request from an address that is not listed any more."""

    def ask(portal: Portal) -> TestResponse:
        browser = portal.signed_in("sanne", ELSEWHERE)
        portal.set_list("203.0.113.0/24", active=True)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return browser.client.get("/", headers={"X-Forwarded-For": ELSEWHERE} | named)

    return ask


def throttled(portal: Portal) -> TestResponse:
    """The guess too many."""
    browser = portal.browser()
    data = {"email": email_of("dana"), "password": "wrong", "csrf_token": browser.csrf_token()}
    answers = [browser.client.post("/login", data=data, headers=FROM_HOME) for _ in range(11)]
    return answers[-1]


def unreadable(portal: Portal) -> TestResponse:
    """A stored list that is none."""
    browser = portal.signed_in("dana")
    portal.set_list("203.0.113.0/24", active=True)
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.update(NetworkRow).values(network="garbage/24"))
    return browser.client.get("/", headers=FROM_HOME)


def api(portal: Portal) -> TestResponse:
    """The API's answer to a good token."""
    headers = {"Authorization": f"Bearer {portal.world.api_token}"}
    return portal.app.test_client().get("/api/v1/account", headers=headers)


def not_modified(portal: Portal) -> TestResponse:
    """The browser has the file already."""
    tag = str(get("/static/app.css", None)(portal).headers["ETag"])
    return get("/static/app.css", None, If_None_Match=tag)(portal)


KINDS: dict[str, tuple[int, Ask]] = {
    "sign-in page": (200, get("/login", None)),
    "page": (200, get("/")),
    "partial": (200, get(BASE, HX_Request="true")),
    "heartbeat": (204, get("/session")),
    "redirect": (303, get("/", None)),
    "signed out": (303, post("/logout", {})),
    "htmx signed out by oneself": (200, post("/logout", {}, HX_Request="true")),
    "signed in": (303, post("/login", SIGN_IN, None)),
    "csrf": (400, post(BASE + "/networks", {"network": "192.0.2.1", "comment": "", "csrf_token": "stale"})),
    "wrong password": (401, post("/login", SIGN_IN | {"password": "wrong"}, None)),
    "htmx signed out": (401, get("/", None, HX_Request="true")),
    "api without token": (401, get("/api/v1/account", None)),
    "blocked": (403, blocked()),
    "htmx blocked": (403, blocked(HX_Request="true")),
    "member": (403, post(BASE + "/activate", {"version": ""}, "sanne")),
    "nothing there": (404, get("/nope")),
    "no such file": (404, get("/static/nope.css", None)),
    "method": (405, post("/", {})),
    "refused": (409, post(BASE + "/activate", {"version": "stale"})),
    "too much": (413, post("/login", {"email": "e" * 17_000}, None)),
    "field": (422, post(BASE + "/networks", {"network": "nonsense", "comment": ""})),
    "throttled": (429, throttled),
    "unreadable list": (503, unreadable),
    "api": (200, api),
    "health": (200, get("/healthz", None)),
    "static": (200, get("/static/app.css", None)),
    "static not modified": (304, not_modified),
    "htmx": (200, get("/static/htmx.js", None)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_bears_the_headers(portal: Portal, kind: str) -> None:
    status, ask = KINDS[kind]
    response = ask(portal)
    assert response.status_code == status
    check_security_headers(response)
    if kind not in CACHED:
        assert response.headers["Cache-Control"] == "no-store"
        assert "HX-Request" in response.headers["Vary"]
    assert response.headers.get("Clear-Site-Data") == ('"cache"' if kind in FORGETTING else None)
    check_no_secrets(portal, response)


def check_security_headers(response: TestResponse) -> None:
    """The same on every answer."""
    policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert not any(word in str(policy) for word in ("unsafe", "http:", "https:", "*", "data:"))
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Permissions-Policy" in response.headers
    assert "Strict-Transport-Security" not in response.headers  # no https PUBLIC_URL here
    assert "Access-Control-Allow-Origin" not in response.headers


def check_no_secrets(portal: Portal, response: TestResponse) -> None:
    """Nothing of the inside in an answer."""
    text = response.get_data(as_text=True) + str(response.headers)
    url = portal.app.extensions["engine"].url
    secrets = [PASSWORD, "scrypt:", portal.app.config["SECRET_KEY"], portal.world.api_token, "Traceback", "sqlalchemy"]
    for secret in [*secrets, str(url.database) if url.get_backend_name() == "sqlite" else "psycopg"]:
        assert secret not in text, secret


def test_a_page_has_no_inline_script_style_or_handler_and_nothing_from_elsewhere(portal: Portal) -> None:
    browser = portal.signed_in("dana")
    portal.set_list("203.0.113.0/24")
    for page in (portal.browser().get("/login"), browser.get("/"), browser.get("/account/settings"), browser.page()):
        assert not page.all("style, script:not([src]), [style], base, iframe, object")
        for tag in page.all("*"):
            assert not any(name.startswith(("on", "hx-on")) for name in tag.attrs), tag
        for link in page.all("[src], link[href], form[action]"):
            target = str(link.get("src") or link.get("href") or link.get("action"))
            assert target.startswith("/"), link
            assert not target.startswith("//"), link


# --- PUBLIC_URL -----------------------------------------------------------------------------------------------------


@pytest.fixture
def https(database_url: str, world: World) -> Iterator[Flask]:
    """The same portal, as people reach it by https."""
    app = create_app(Config(secret_key=KEY, database_url=database_url, public_url=PUBLIC))
    yield app
    dispose(app)


def test_with_https_the_cookie_is_secure_and_bound_to_the_host(https: Flask) -> None:
    client = https.test_client()
    token = csrf_token(client.get("/login", base_url=PUBLIC))
    answer = client.post(
        "/login", data=SIGN_IN | {"csrf_token": token}, base_url=PUBLIC, headers={"Referer": PUBLIC + "/login"}
    )
    assert answer.status_code == 303
    name, *attributes = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    assert name.startswith("__Host-session=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]  # no Domain: __Host- forbids it
    assert client.get("/", base_url=PUBLIC).status_code == 200


def csrf_token(response: TestResponse) -> str:
    """The CSRF token of a page that no Browser has asked for."""
    return response.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]


@pytest.mark.parametrize("path", ["/login", "/", "/nope", "/healthz", "/api/v1/account", "/static/htmx.js"])
def test_with_https_every_answer_bears_hsts(https: Flask, path: str) -> None:
    response = https.test_client().get(path, base_url=PUBLIC, buffered=True)
    directives = [part.strip() for part in response.headers["Strict-Transport-Security"].split(";")]
    assert int(directives[0].removeprefix("max-age=")) >= 31_536_000
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize(
    "host",
    ["evil.example", "portal.example.com.evil.example", "sub.portal.example.com", "127.0.0.1:8000", "localhost", "a@b"],
)
@pytest.mark.parametrize("path", ["/login", "/", "/healthz", "/api/v1/account", "/static/app.css", "/nope"])
def test_with_https_only_that_host_is_answered(https: Flask, path: str, host: str) -> None:
    response = https.test_client().get(path, base_url=PUBLIC, headers={"Host": host}, buffered=True)
    assert response.status_code == 400
    assert "Set-Cookie" not in response.headers
    assert "Strict-Transport-Security" in response.headers
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["a..b", "..", ".", "a" * 64 + ".example"])
@pytest.mark.parametrize("path", ["/login", "/", "/healthz", "/api/v1/account", "/static/app.css", "/nope"])
def test_a_host_that_is_no_name_is_refused(portal: Portal, path: str, host: str) -> None:
    response = portal.app.test_client().get(path, headers={"Host": host}, buffered=True)
    assert response.status_code == 400
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["//login", "/account//settings", "/account/settings/", "/api//v1/account"])
def test_no_answer_leads_to_the_host_that_the_request_names(portal: Portal, path: str) -> None:
    response = portal.app.test_client().get(path, headers={"Host": "evil.example"}, buffered=True)
    assert "evil.example" not in response.headers.get("Location", "")
    assert response.status_code != 308


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_post_to_another_host_is_refused_before_anything_else(https: Flask, headers: dict[str, str]) -> None:
    named = headers | {"Host": "evil.example"}
    response = https.test_client().post("/login", data=SIGN_IN, base_url=PUBLIC, headers=named)
    assert response.status_code == 400
    assert "evil.example" not in response.get_data(as_text=True)


def test_a_forwarded_host_does_not_count(https: Flask) -> None:
    forwarded = {"X-Forwarded-Host": "portal.example.com", "Forwarded": "host=portal.example.com"}
    client = https.test_client()
    assert client.get("/login", base_url="https://evil.example", headers=forwarded).status_code == 400
    assert client.get("/login", base_url=PUBLIC, headers={"X-Forwarded-Host": "evil.example"}).status_code == 200


@pytest.mark.parametrize("public_url", ["", "http://portal.example.com"])
def test_without_https_any_host_is_answered_without_hsts_and_the_cookie_is_plain(
    database_url: str, public_url: str
) -> None:
    app = create_app(Config(secret_key=KEY, database_url=database_url, public_url=public_url))
    response = app.test_client().get("/login", base_url="http://anything.example")
    dispose(app)
    assert response.status_code == 200
    assert "Strict-Transport-Security" not in response.headers
    assert response.headers["Set-Cookie"].startswith("portal_session=")
    assert "Secure" not in response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("public_url", "asked"),
    [
        ("https://portal.example.com:8443", "https://portal.example.com:8443"),
        ("https://Portal.Example.com", "https://portal.example.com"),
        ("https://portal.example.com", "https://PORTAL.example.com"),
        ("HTTPS://portal.example.com", "https://portal.example.com"),
        ("https://203.0.113.9", "https://203.0.113.9"),
    ],
)
def test_the_public_host_itself_is_answered_however_it_is_written(
    database_url: str, public_url: str, asked: str
) -> None:
    app = create_app(Config.from_env({"SECRET_KEY": KEY, "DATABASE_URL": database_url, "PUBLIC_URL": public_url}))
    response = app.test_client().get("/login", base_url=asked)
    dispose(app)
    assert response.status_code == 200
    assert "Secure" in response.headers["Set-Cookie"]


def test_an_ipv6_public_host_is_answered_or_refused_at_start(database_url: str) -> None:
    public_url = "https://[2001:db8::1]:8443"
    try:
        app = create_app(Config(secret_key=KEY, database_url=database_url, public_url=public_url))
    except ConfigError:
        return
    response = app.test_client().get("/login", base_url=public_url)
    dispose(app)
    assert response.status_code == 200


def test_files_are_linked_with_their_version_and_kept_for_a_year(portal: Portal) -> None:
    page = portal.browser().get("/login")
    urls = [str(tag.get("href") or tag.get("src")) for tag in page.all("link[href], script[src]")]
    assert len(urls) == 6
    for url in urls:
        kept = portal.browser().get(url)
        assert kept.status == 200
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?v=%00"])
def test_a_file_of_another_version_is_asked_for_again(portal: Portal, query: str) -> None:
    for name in ("app.css", "htmx.js"):
        assert portal.browser().get(f"/static/{name}{query}").headers["Cache-Control"] == "no-cache"
