"""Browsers without JavaScript (and htmx requests) against the app, with opinions on every answer."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import BadSignature
from werkzeug.test import TestResponse

from tests.support.quick import cookie_of, csrf_token, put_list, sign_in, signer_of
from tests.support.world import HOME, PASSWORD, World, email_of, force_active, set_list
from webapp.domain.allowlist import Allowlist
from webapp.guard import page_identity
from webapp.storage import allowlists

BASE = "/account/settings/ip-allowlist"
HISTORY = "/account/settings/history"
COOKIE = "portal_session"  # not `session`: that is every Flask application's on the same host
HTMX = {"HX-Request": "true"}
REFUSED = re.compile(r'data-(?:refused|error)="([^"]+)"')


class Answer:
    """An answer: status, headers, and its HTML to ask questions of."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.location = response.headers.get("Location")
        self.text = response.get_data(as_text=True)
        self.json: Any = response.get_json(silent=True)
        check_every_answer(response, self)

    @cached_property
    def html(self) -> BeautifulSoup:
        """The answer as a document; parsed when a test asks, which takes longer than the answer."""
        html = BeautifulSoup(self.text, "lxml", string_containers={})  # Text in a template is text, too.
        for offer in html.select("template#draft-offer"):
            offer.decompose()  # Only a script shows it; the parser takes it for a part of the page.
        return html

    def one(self, selector: str) -> Tag:
        """Return the only element that the selector finds."""
        found = self.html.select(selector)
        assert len(found) == 1, f"{len(found)} × {selector} in:\n{self.text}"
        return found[0]

    def all(self, selector: str) -> list[Tag]:
        """Return the elements that the selector finds."""
        return list(self.html.select(selector))

    @property
    def errors(self) -> list[str]:
        """The classes of the field errors."""
        return [str(tag["data-error"]) for tag in self.all("[data-error]")]

    @property
    def refused(self) -> str | None:
        """The class of the refusal, if there is one."""
        found = self.all("[data-refused]")
        return str(found[0]["data-refused"]) if found else None

    @property
    def changed(self) -> dict[str, Any]:
        """What the answer tells the page of the changed list: the section's hooks, and the revision before."""
        hooks: dict[str, Any] = json.loads(self.headers["HX-Trigger"])["allowlist:changed"]
        return hooks

    def value(self, name: str) -> str:
        """Return what the page's first field of that name holds."""
        fields = self.all(f"[name={name}]")
        assert fields, f"no field {name} in:\n{self.text}"
        return str(fields[0].get("value", ""))


def refusal_of(response: TestResponse) -> str:
    """Return the first `data-refused` or `data-error` of an answer, or nothing."""
    found = REFUSED.search(response.get_data(as_text=True))
    return found[1] if found else ""


def check_every_answer(response: TestResponse, answer: Answer) -> None:
    """What holds for every answer: security headers; for every page: valid HTML, a title, no id twice."""
    assert response.status_code < 500 or response.status_code == 503, answer.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if response.mimetype != "text/html" or not answer.text:
        return
    ids = re.findall(r'\sid="([^"]+)"', answer.text)
    assert len(ids) == len(set(ids)), f"an id twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    if answer.text.startswith("<!doctype html>"):
        check_markup(answer.text)
        assert re.search(r"<title>[^<]*\w[^<]*</title>", answer.text)
        for form in re.findall(r'<form[^>]*method="post".*?</form>', answer.text, re.DOTALL):
            assert 'name="csrf_token"' in form, form


_sound: set[int] = set()


def check_markup(page: str) -> None:
    """Parse the page strictly, unless one with the same tags has been: that takes longer than the answer.

    What plain text stands between the tags, or in an attribute, makes no difference to the parser.
    """
    tags = hash(re.sub(r'"[^"<>&]*"|>[^<>&]*<', lambda found: found[0][0] + found[0][-1], page))
    if tags not in _sound:
        html5lib.HTMLParser(strict=True).parse(page)
        _sound.add(tags)


class Browser:
    """One browser at one address, with its cookies; no JavaScript. With the id of a portal session it is signed in."""

    def __init__(self, app: Flask, address: str | None, session_id: str | None = None) -> None:
        self.app = app
        self.address = address
        self.client: FlaskClient = app.test_client()
        self.identity = ""
        if session_id is not None:
            self.cookie = cookie_of(app, session_id)

    def _headers(self, htmx: bool, extra: dict[str, str] | None) -> dict[str, str]:
        forwarded = {"X-Forwarded-For": self.address} if self.address else {}
        return forwarded | (HTMX if htmx else {}) | (extra or {})

    def get(self, path: str, *, htmx: bool = False, headers: dict[str, str] | None = None) -> Answer:
        """GET a path."""
        return Answer(self.fetch(path, htmx=htmx, headers=headers))

    def post(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        htmx: bool = False,
        csrf: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """POST fields with this browser's CSRF token (or the one given), from a page of its own."""
        return Answer(self.send(path, fields, htmx=htmx, csrf=csrf, headers=headers))

    def fetch(self, path: str, *, htmx: bool = False, headers: dict[str, str] | None = None) -> TestResponse:
        """GET a path; the bare response, of which nothing is checked: for many rounds, and what is measured."""
        return self.client.get(path, headers=self._headers(htmx, headers), buffered=True)

    def send(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        htmx: bool = False,
        csrf: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """POST as `post` does; the bare response."""
        token = self.csrf_token() if csrf is None else csrf
        page = {"page": self.identity} if self.identity else {}
        data = page | as_shown(path, fields or {}, self.address) | {"csrf_token": token}
        return self.client.post(path, data=data, headers=self._headers(htmx, headers), buffered=True)

    def csrf_token(self) -> str:
        """Return a token of this browser's session, as the forms that it would be shown now have.

        Nothing is asked for: where the session has no secret yet, it gets one, as it would by any page with a form.
        """
        signer, session = signer_of(self.app), dict[str, Any]()
        with suppress(BadSignature):
            session = signer.loads(self.cookie)
        if "csrf_token" not in session:
            session["csrf_token"] = secrets.token_hex(20)
            self.cookie = str(signer.dumps(session))
        return csrf_token(self.app, session["csrf_token"])

    def sign_in(self, person: str, *, password: str = PASSWORD, next: str = "") -> Answer:  # noqa: A002
        """Sign in as one of the cast, by the page for it."""
        answer = self.post("/login", {"email": email_of(person), "password": password, "next": next})
        self.identity = self.present_identity()
        return answer

    def present_identity(self) -> str:
        """Return the identity of pages that this browser would be shown now; empty where nobody is signed in."""
        with self.app.test_request_context(headers={"Cookie": f"{COOKIE}={self.cookie}"}):
            return page_identity.present()

    @property
    def cookie(self) -> str:
        """The session cookie's value."""
        cookie = self.client.get_cookie(COOKIE)
        return cookie.value if cookie else ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.set_cookie(COOKIE, value)

    def page(self) -> Answer:
        """Return the page of the section."""
        return self.get(BASE)

    def revision(self) -> str:
        """Return the list's revision as the page shows it."""
        return str(self.page().one("#ip-allowlist")["data-version"])


def as_shown(path: str, fields: dict[str, Any], address: str | None) -> dict[str, Any]:
    """Return the fields with the address that a page shown to `address` would name where it would be added (R5a).

    A `current` among the fields stands as it is; None: the form names no address.
    """
    adds = path.endswith("/networks/current") or fields.get("then") == "add_current" or fields.get("add_current") == "1"
    shown = {"current": address} if adds and address else {}
    return {name: value for name, value in (shown | fields).items() if value is not None}


class Portal:
    """The portal with its cast."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app = app
        self.world = world

    def browser(self, address: str | None = HOME) -> Browser:
        """Return a new browser at an address; None: the proxy names no client."""
        return Browser(self.app, address)

    def signed_in(self, person: str = "dana", address: str | None = HOME) -> Browser:
        """Return a new browser in which the person has signed in a moment ago: the tables say so, no page was asked."""
        session_id, user_id, account_id = sign_in(self.app, email_of(person), address)
        browser = Browser(self.app, address, session_id)
        with self.app.app_context():
            browser.identity = page_identity.of(user_id, account_id)
        return browser

    def signed_in_by_page(self, person: str = "dana", address: str | None = HOME) -> Browser:
        """Return a new browser in which the person has signed in as people do: for tests of what a sign-in does."""
        browser = self.browser(address)
        answer = browser.sign_in(person)
        assert answer.status == 303, answer.text
        return browser

    def set_list(self, *networks: str, active: bool = False, comment: str = "", account: int | None = None) -> None:
        """Replace Halden's list (or another's); the first network is the oldest."""
        with self.app.app_context():
            set_list(account or self.world.halden, *networks, active=active, comment=comment)

    def put_list(self, *networks: str) -> None:
        """Put Halden's list straight into the tables, without an event: for a thousand networks."""
        put_list(self.app, self.world.halden, *networks)

    def force_active(self) -> None:
        """Put Halden's list into effect, whoever is left outside."""
        with self.app.app_context():
            force_active(self.world.halden)

    def list(self, account: int | None = None) -> Allowlist:
        """Return Halden's list (or another's) from the database."""
        with self.app.app_context():
            return allowlists.load(account or self.world.halden)

    def networks(self, account: int | None = None) -> Sequence[str]:
        """Return the networks of Halden's list (or another's), newest first."""
        return [entry.network.text for entry in self.list(account).entries]

    def id_of(self, network: str) -> int:
        """Return the id of a network of Halden's list."""
        found = next(entry.id for entry in self.list().entries if entry.network.text == network)
        assert found is not None
        return found

    def version_of(self, network: str) -> str:
        """Return the row version of a network of Halden's list."""
        return next(entry.version for entry in self.list().entries if entry.network.text == network)
