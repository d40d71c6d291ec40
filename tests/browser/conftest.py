"""Browser tests: real Chromium browsers at chosen addresses against a real gunicorn with two workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.pages import AllowlistPage
from tests.browser.visitor import Visitor
from tests.support.client import BASE, Portal
from tests.support.quick import cookie_of, sign_in
from tests.support.server import Server
from tests.support.world import HOME, email_of


@pytest.fixture(params=[True, False], ids=["javascript", "no_javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """With JavaScript and without, one after the other: every journey works both ways."""
    return bool(request.param)


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Server]]:
    """The servers of this worker by database, started when the first test asks."""
    running: dict[str, Server] = {}
    yield running
    for server in running.values():
        server.close()


@pytest.fixture
def server(servers: dict[str, Server], database_url: str) -> Server:
    """gunicorn with two workers behind a trusted proxy: the browser itself, which says where it comes from."""
    if database_url not in servers:
        env = {
            "DATABASE_URL": database_url,
            "SECRET_KEY": "a key for tests, and long enough",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        servers[database_url] = Server(env, workers=2, app="tests.support.quick_wsgi:app")
    return servers[database_url]


class People:
    """The cast at their browsers."""

    def __init__(self, browser: Browser, server: Server, app: Flask, *, javascript: bool) -> None:
        self.browser = browser
        self.server = server
        self.app = app
        self.javascript = javascript
        self.visitors: list[Visitor] = []

    def at(self, address: str, **options: Any) -> Visitor:
        """Return somebody with a new browser at an address; the options are of its context."""
        visitor = Visitor(self.browser, self.server.url, address, javascript=self.javascript, **options)
        self.visitors.append(visitor)
        return visitor

    def signed_in(self, person: str, address: str = HOME, **options: Any) -> Visitor:
        """Return a person who has signed in at an address and sees the IP allowlist: no page was asked to sign in."""
        visitor = self.at(address, **options)
        session_id, *_ = sign_in(self.app, email_of(person), address)
        visitor.has_cookie(cookie_of(self.app, session_id))
        visitor.goes_to(BASE)
        return visitor

    def owner(self, person: str = "dana", address: str = HOME) -> AllowlistPage:
        """Return the page of the IP allowlist as an owner who has signed in sees it."""
        return AllowlistPage(self.signed_in(person, address))


@pytest.fixture
def people(browser: Browser, server: Server, portal: Portal, javascript: bool) -> Iterator[People]:
    """The cast, at browsers that report every error; `portal` has emptied the database before."""
    people = People(browser, server, portal.app, javascript=javascript)
    yield people
    for visitor in people.visitors:
        visitor.close()
