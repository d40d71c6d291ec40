"""16 KB for every form: refused before it costs anything, after who may not be here; `webapp/web/incoming.py`."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.support.client import BASE, HTMX, Answer, Browser, Portal
from tests.support.quick import start_session
from tests.support.routes import paths
from tests.support.world import ELSEWHERE, HOME
from webapp.config import MAX_BODY, MAX_PARTS
from webapp.guard import large_forms

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
TYPED = b"network=192.0.2.77&email=typed%40example.com&comment="
PART = b'--x\r\nContent-Disposition: form-data; name="comment"\r\n\r\n'
SECRETS = ("192.0.2.77", "typed@example.com", "csrf_token", "203.0.113.0/24", "Dana")
# What is expensive to read, as large as it is let in.
EXPENSIVE = {
    "invalid bytes": (b"email=" + b"%ff" * 5_450, URLENCODED),
    "many fields": (b"a&" * 8_190, URLENCODED),
    "many parts": (PART * 295 + b"\r\n--x--\r\n", MULTIPART),
    "many headers of a part": (b"--x\r\n" + b"a: b\r\n" * 2_700 + b"\r\n\r\n--x--\r\n", MULTIPART),
    "almost a boundary": (PART + b"\r\n--" * 4_000 + b"\r\n--x--\r\n", MULTIPART),
}


@pytest.fixture
def dana(portal: Portal) -> Browser:
    """Dana, signed in at home, with a list that is in effect there."""
    portal.set_list("203.0.113.0/24", active=True)
    return Browser(portal.app, HOME, start_session(portal.app, portal.world.halden, portal.world.users["dana"], HOME))


def too_large(content_type: str) -> bytes:
    """A form one byte above the limit, with something typed at its beginning."""
    head, tail = (TYPED, b"") if content_type == URLENCODED else (PART, b"\r\n--x--\r\n")
    return head + b"1" * (MAX_BODY + 1 - len(head) - len(tail)) + tail


def send(browser: Browser, path: str, body: bytes, content_type: str, **options: Any) -> TestResponse:
    """POST a body with a good token."""
    headers = {"X-CSRFToken": browser.csrf_token(), "X-Forwarded-For": str(browser.address)}
    headers |= HTMX if options.pop("htmx", False) else {}
    return browser.client.post(path, data=body, content_type=content_type, headers=headers, buffered=True, **options)


def send_chunked(browser: Browser, path: str, body: bytes, content_type: str, **options: Any) -> TestResponse:
    """POST a body that says nothing of its length, as a server passes on what comes in chunks."""
    unknown = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    return send(browser, path, b"", content_type, environ_overrides=unknown, **options)


def test_no_route_takes_a_larger_form(portal: Portal, dana: Browser, htmx: bool) -> None:
    posts = [
        path
        for path, endpoint, methods in paths(portal.app)
        if "POST" in methods and "api" not in endpoint and endpoint not in large_forms.ENDPOINTS
    ]
    before = portal.list()
    assert len(posts) >= 10
    for path in posts:
        for content_type in (URLENCODED, MULTIPART):
            for way in (send, send_chunked):
                answer = Answer(way(dana, path, too_large(content_type), content_type, htmx=htmx))
                assert (answer.status, answer.one("[data-page=error]")["data-status"]) == (413, "413"), path
                assert "too much text" in answer.text
                assert answer.text.startswith("<!doctype html>") is not htmx
                assert not any(secret in answer.text for secret in SECRETS)
    assert portal.list() == before


def test_who_may_not_be_here_is_told_that_first(portal: Portal, dana: Browser) -> None:
    stranger = Browser(portal.app, HOME)
    answer = send(stranger, f"{BASE}/networks", too_large(URLENCODED), URLENCODED)
    assert (answer.status_code, answer.location) == (303, f"/login?next={BASE}")
    dana.address = ELSEWHERE
    answer = send(dana, f"{BASE}/networks", too_large(URLENCODED), URLENCODED)
    assert (answer.status_code, 'data-page="blocked"' in answer.text) == (403, True)


def test_a_body_where_none_belongs_is_not_read(portal: Portal, dana: Browser) -> None:
    token = {"Authorization": f"Bearer {portal.world.api_token}"}
    options: dict[str, Any] = {"data": b"%ff" * 1_000_000, "content_type": URLENCODED}
    for path, headers in (("/api/v1/ip-allowlist", token), ("/login", {}), ("/healthz", {}), ("/static/app.css", {})):
        assert dana.client.get(path, headers=headers, buffered=True, **options).status_code == 200
    assert dana.client.post("/api/v1/account", headers=token, **options).status_code == 405
    assert dana.client.get(BASE, headers={"X-Forwarded-For": HOME}, **options).status_code == 413


def test_what_is_let_in_costs_little(portal: Portal) -> None:
    """Two megabytes of it kept a processor busy for more than a second, before any password or token."""
    client = portal.app.test_client()
    for kind, (body, content_type) in EXPENSIVE.items():
        assert MAX_BODY - 1_000 < len(body) <= MAX_BODY, kind
        costs = []
        for _ in range(3):
            began = time.process_time()
            assert client.post("/login", data=body, content_type=content_type).status_code in {400, 413}, kind
            costs.append(time.process_time() - began)
        assert min(costs) < 0.1, kind


def test_a_form_of_many_parts_is_refused_and_one_inside_another_is_no_form(portal: Portal, dana: Browser) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    for parts, status in ((MAX_PARTS - 2, 303), (MAX_PARTS + 1, 413)):
        fields = [(b"network", f"192.0.2.{parts}".encode()), *((b"f%d" % n, b"") for n in range(parts))]
        body = b"".join(part % field for field in fields) + b"--x--\r\n"
        assert send(dana, f"{BASE}/networks", body, MULTIPART).status_code == status, parts
    inner = b"--y\r\n" + (part % (b"network", b"10.0.0.0/8")).replace(b"--x\r\n", b"") + b"--y--"
    head = b"--x\r\nContent-Disposition: form-data; name=a\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n"
    assert send(dana, f"{BASE}/networks", head + inner + b"\r\n--x--\r\n", MULTIPART).status_code == 422
    assert portal.networks() == ["192.0.2.98/32", "203.0.113.0/24"]


def test_the_largest_honest_form_is_let_in(portal: Portal) -> None:
    """Every character takes up to twelve bytes; what is too long comes back as it was typed."""
    browser, comment = portal.signed_in(), "\U0001f3ed" * 1_000
    answer = browser.post(f"{BASE}/networks", {"network": "192.0.2.1", "comment": comment}, htmx=True)
    assert (answer.status, answer.errors, answer.value("comment")) == (422, ["comment_too_long"], comment)
