"""Whatever stands in path, query, fields, cookies or headers: never a 500, and only headers that can be sent."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import dispose, empty
from tests.support.client import BASE, COOKIE, HTMX, Browser, Portal
from tests.support.quick import start_session
from tests.support.routes import paths
from tests.support.world import HOME, PASSWORD, email_of
from webapp import create_app
from webapp.config import Config

# As a server passes them on: each byte as one character (PEP 3333).
RAW: tuple[str, ...] = (
    "/中".encode().decode("latin-1"),
    "/\xff\xfe",
    "/\0",
    "/\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"),
    "/a\r\nSet-Cookie: a=b",
    "/%",
    "/%zz%00%ff%0d%0aX:y",
    "//evil.example/\u0085",
    "/[::1",
    "http://[",
    "/" + "é" * 300,
)
FIELDS: tuple[str, ...] = (
    "email",
    "password",
    "next",
    "network",
    "comment",
    "version",
    "token",
    "key",
    "use",
    "wide",
    "preview",
)
FIELDS += ("operation", "scope", "current", "then", "page", "address", "confirm_wide", "add_current", "return")
QUERY = ("next", "q", "filter", "sort", "page", "keep", "address", "version", "all", "network", "comment", "reference")
HEADERS: tuple[str, ...] = (
    "HTTP_REFERER",
    "HTTP_HX_CURRENT_URL",
    "HTTP_HX_TARGET",
    "HTTP_X_PAGE_IDENTITY",
    "HTTP_USER_AGENT",
)
HEADERS += ("HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_ORIGIN", "HTTP_RANGE")


def check(answer: TestResponse, what: object) -> None:
    """The sender's mistake at most, and every header can be sent."""
    assert answer.status_code < 500, what
    for name, value in answer.headers:
        assert value.isascii(), (what, name, value)
        assert value.isprintable(), (what, name, value)
    answer.close()


def hostile(text: str, path: str, token: str) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """Every place where the text can stand: which, what the server passes on, and the form's fields."""
    sent = text.encode("latin-1", "ignore").decode("utf-8", "replace")
    good = {"csrf_token": token}
    return [
        ("path", {"PATH_INFO": path + text}, {}),
        ("query", {"QUERY_STRING": "&".join(f"{name}={quote_plus(sent)}" for name in QUERY)}, {}),
        ("raw query", {"QUERY_STRING": "&".join(f"{name}={text}" for name in QUERY)}, {}),
        ("fields", {}, dict.fromkeys(FIELDS, sent) | good),
        ("page", {}, {"page": sent} | good),
        ("token", {}, {"csrf_token": sent, "email": sent, "network": sent}),
        ("host", {"HTTP_HOST": text}, good),
        ("cookies", {"HTTP_COOKIE": f"{COOKIE}={text}; demo_address={text}"}, good),
        *((name, {name: text}, good) for name in HEADERS),
    ]


def sweep(browser: Browser, routes: list[tuple[str, str]], every: int) -> int:
    """Send every so-manieth text in every place to every route, each beginning with another one, half by htmx."""
    start, count = itertools.cycle(range(every)), 0
    for method, path in routes:
        for text in RAW[next(start) :: every]:
            for place, environ, fields in hostile(text, path, browser.csrf_token()):
                count += 1
                client = {"X-Forwarded-For": browser.address} if browser.address else {}
                answer = browser.client.open(
                    path,
                    method=method,
                    data=fields if method == "POST" else None,
                    headers=client | (HTMX if (count + len(RAW)) % 2 else {}),
                    environ_overrides=environ,
                )
                check(answer, (method, path, text, place, count))
    return count


def test_nothing_that_is_sent_breaks_a_route(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    session = start_session(portal.app, portal.world.halden, portal.world.users["dana"], HOME)
    dana = Browser(portal.app, HOME, session)
    routes = [
        (method, path)
        for path, endpoint, methods in sorted(paths(portal.app))
        for method in sorted(methods & {"GET", "POST"})
        if endpoint not in {"sign_in.submit", "sign_out.submit"}
    ]
    assert sweep(dana, routes, 8) > 400
    assert sweep(Browser(portal.app, HOME), [("POST", "/logout"), ("GET", BASE), ("POST", "/login")], 4) > 100


def test_nothing_that_is_sent_breaks_the_way_back_after_signing_in(portal: Portal) -> None:
    for text in RAW:
        sent = text.encode("latin-1", "ignore").decode("utf-8", "replace")
        for htmx in ({}, HTMX):
            browser = Browser(portal.app, HOME)
            fields = {"email": email_of("dana"), "password": PASSWORD, "next": sent, "csrf_token": browser.csrf_token()}
            answer = browser.client.post("/login", data=fields, headers={"X-Forwarded-For": HOME} | htmx)
            check(answer, (text, htmx))
            assert answer.status_code in {200, 303}


@pytest.fixture
def demo(sqlite_url: str) -> Iterator[Flask]:
    """The demo, with its bar."""
    app = create_app(Config(secret_key="a key for tests, and long enough", database_url=sqlite_url, demo=True))
    empty(app)
    yield app
    dispose(app)


def test_nothing_that_is_sent_breaks_the_demo(demo: Flask) -> None:
    assert sweep(Browser(demo, None), [("POST", "/demo/address"), ("GET", "/login")], 1) > 300
    for text in RAW:
        for htmx in ({}, HTMX):
            browser = Browser(demo, None)
            fields = {"csrf_token": browser.csrf_token(), "address": "192.0.2.1", "next": text}
            check(browser.client.post("/demo/address", data=fields, headers=htmx), (text, htmx))
