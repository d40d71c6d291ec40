"""The two forms that take a text of networks: up to 1 MB, read only once their sender is let in."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest

from tests.support.client import Answer, Browser, Portal
from tests.support.imports import APPLY, PLAN
from tests.support.statements import before_writing
from tests.support.world import ELSEWHERE, HOME
from tests.web.test_large_forms import MULTIPART, PART, URLENCODED, send
from webapp.config import MAX_LARGE_BODY
from webapp.storage.engine.deadlines import REQUEST_BUDGET_S, time_left

SLOW_S = 2
END = b"\r\n--x--\r\n"


# What would be expensive to read.
EXPENSIVE = {
    "invalid bytes": (b"text=" + b"%ff" * 349_000, URLENCODED, 400),
    "many fields": (b"a&" * 524_000, URLENCODED, 400),
    "many parts": (PART * 18_000 + END, MULTIPART, 413),
    "almost a boundary": (PART + b"\r\n--" * 262_000 + END, MULTIPART, 422),
    "one line": (b"text=" + b"%C3%A9" * 174_000, URLENCODED, 422),
}


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readline = readinto = read  # type: ignore[assignment]


def sends(browser: Browser, path: str, body: io.BytesIO, **headers: str) -> Answer:
    """POST a body of 100,000 bytes, of which the server knows nothing but its length."""
    headers = {"X-CSRFToken": browser.csrf_token(), "X-Forwarded-For": str(browser.address)} | headers
    stream = {"wsgi.input": body, "CONTENT_LENGTH": "100000"}
    response = browser.client.post(path, content_type=URLENCODED, headers=headers, environ_overrides=stream)
    return Answer(response)


@pytest.mark.parametrize("path", [PLAN, APPLY])
def test_it_is_not_read_of_somebody_who_is_not_let_in(portal: Portal, path: str) -> None:
    assert sends(portal.browser(), path, Unread()).status == 303
    portal.set_list(f"{HOME}/32", active=True)
    dana = portal.signed_in()
    dana.address = ELSEWHERE
    assert sends(dana, path, Unread()).status == 403
    assert sends(dana, path, Unread()).status == 303  # and the session is over


@pytest.mark.parametrize("htmx", ["true", ""])
def test_it_is_not_read_for_a_page_of_somebody_else(portal: Portal, htmx: str) -> None:
    header = {"X-Page-Identity": portal.signed_in("sanne").identity, "HX-Request": htmx}
    answer = sends(portal.signed_in(), PLAN, Unread(), **header)
    assert answer.status == 409
    assert answer.headers.get("HX-Redirect") == ("/" if htmx else None)


def test_somebody_who_is_put_out_while_it_comes_in_sees_no_plan(portal: Portal) -> None:
    dana = portal.signed_in()

    class Slow(io.BytesIO):
        def readinto(self, buffer: Any) -> int:
            portal.set_list("192.0.2.0/24")
            portal.force_active()
            return super().readinto(buffer)

    assert sends(dana, PLAN, Slow(b"text=10.0.0.0%2F8".ljust(100_000, b"+"))).status == 403


class Slow(io.BytesIO):
    """A body that is long in coming."""

    def readinto(self, buffer: Any) -> int:
        """Read, after a while for the first bytes."""
        time.sleep(SLOW_S if self.tell() == 0 else 0)
        return super().readinto(buffer)


def test_the_time_that_it_takes_to_come_in_is_not_the_databases(portal: Portal) -> None:
    dana, left = portal.signed_in(), list[float]()
    with before_writing(portal.app, lambda: left.append(time_left())):
        assert sends(dana, APPLY, Slow(b"text=10.0.0.0%2F8".ljust(100_000, b"+"))).status == 409
    assert left[0] > REQUEST_BUDGET_S - SLOW_S / 2


@pytest.mark.parametrize("path", [PLAN, APPLY])
def test_as_much_as_a_text_can_take_is_read_and_no_more(portal: Portal, path: str) -> None:
    dana = portal.signed_in()
    assert dana.post(path, {"text": "\n" * 200_000 + "192.0.2.1"}).status == (200 if path == PLAN else 409)
    answer = dana.post(path, {"text": "1" * MAX_LARGE_BODY})
    assert (answer.status, answer.one("[data-page=error]")["data-status"]) == (413, "413")


def test_what_is_let_in_costs_little(portal: Portal) -> None:
    """Werkzeug's own reader took a second for some of it."""
    dana = portal.signed_in()
    for kind, (body, content_type, status) in EXPENSIVE.items():
        assert MAX_LARGE_BODY * 0.9 < len(body) <= MAX_LARGE_BODY, kind
        began = time.process_time()
        assert send(dana, PLAN, body, content_type).status_code == status, kind
        assert time.process_time() - began < 0.6, kind
