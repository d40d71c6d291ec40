"""Forward auth: a proxy is told in a status and four headers whether the browser before it may be here (R8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.conftest import Clock
from tests.support.client import COOKIE, HTMX, Browser, Portal
from tests.support.quick import cookie_of, engine_of, start_session, writing
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, HOME, IPV6
from tests.web.test_unavailable import outage
from webapp.guard import portal_session
from webapp.identity import forward_auth
from webapp.storage.models import BlockedAttempt, PortalSessionRow, User

CHECK, OTHER_PAGE = "/auth/check", {"page": "somebody else's"}
METHODS = ["GET", "HEAD"]


def asked(portal: Portal, address: str | None = HOME, person: str = "sanne", method: str = "GET", **more: Any) -> Any:
    """Ask as a proxy does for that person's browser."""
    session_id = start_session(portal.app, portal.world.halden, portal.world.users[person], HOME)
    return ask(portal, session_id, address, method, **more)


def ask(portal: Portal, session_id: str | None, address: str | None, method: str = "GET", **more: Any) -> Any:
    client = portal.app.test_client()
    client.set_cookie(COOKIE, cookie_of(portal.app, session_id))
    headers = more.pop("headers", {}) | ({"X-Forwarded-For": address} if address else {})
    return client.open(CHECK, method=method, headers=headers, **more)


def identity(answer: Any) -> dict[str, str]:
    return {name: text for name, text in answer.headers.items() if name.startswith("X-Portal-")}


@pytest.mark.parametrize("method", METHODS)
def test_whoever_is_let_in_is_named(portal: Portal, method: str) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    answer = asked(portal, method=method)
    user, account = portal.world.users["sanne"], portal.world.halden
    assert (answer.status_code, answer.data, answer.headers["Cache-Control"]) == (204, b"", "no-store")
    assert identity(answer) == {
        "X-Portal-User": str(user),
        "X-Portal-Email": "sanne@example.com",
        "X-Portal-Account": str(account),
        "X-Portal-Role": "member",
    }
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", METHODS)
def test_without_a_session_it_is_401_with_nothing_else(portal: Portal, method: str) -> None:
    for session_id in (None, "unknown"):
        answer = ask(portal, session_id, HOME, method)
        assert (answer.status_code, answer.data, identity(answer)) == (401, b"", {})
        assert not {"Location", "HX-Redirect", "Set-Cookie", "Content-Type"} & set(answer.headers.keys())


@pytest.mark.parametrize("method", METHODS)
def test_whoever_the_list_does_not_let_in_is_put_out_and_finds_the_reason_on_the_blocked_page(
    portal: Portal, method: str
) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    client = portal.app.test_client()
    session_id = start_session(portal.app, portal.world.halden, portal.world.users["sanne"], HOME)
    client.set_cookie(COOKIE, cookie_of(portal.app, session_id))
    answer = client.open(CHECK, method=method, headers={"X-Forwarded-For": ELSEWHERE})
    assert (answer.status_code, answer.data, identity(answer)) == (403, b"", {})
    assert "Location" not in answer.headers
    with engine_of(portal.app).connect() as connection:
        [reference] = connection.scalars(sa.select(BlockedAttempt.reference))
        assert not list(connection.scalars(sa.select(PortalSessionRow.id_hash)))
    page = client.get("/blocked", headers={"X-Forwarded-For": ELSEWHERE})
    assert (page.status_code, reference in page.text) == (403, True)
    assert ask(portal, session_id, HOME).status_code == 401


def test_without_a_trustworthy_address_an_active_list_lets_nobody_in(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    assert asked(portal, None, headers={"X-Forwarded-For": "unknown"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        HTMX,
        HTMX | {"HX-Current-URL": "http://localhost/", "HX-Target": "page"},
        {"X-Page-Identity": "somebody else's"},
        {"X-Forwarded-Method": "DELETE", "X-Forwarded-Uri": "/account/settings", "X-Original-URL": "/login"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"X-Portal-User": "1", "X-Portal-Role": "owner", "X-HTTP-Method-Override": "DELETE"},
    ],
)
def test_nothing_else_of_the_request_decides(portal: Portal, headers: dict[str, str]) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    page: Any = {"query_string": OTHER_PAGE, "data": OTHER_PAGE}
    for address, status in ((HOME, 204), (ELSEWHERE, 403)):
        answer = asked(portal, address, headers=headers, **page)
        assert (answer.status_code, answer.data) == (status, b"")
    nobody = ask(portal, None, HOME, headers=headers, **page)
    assert (nobody.status_code, nobody.data) == (401, b"")


def test_the_next_request_obeys_a_changed_list(portal: Portal) -> None:
    session_id = start_session(portal.app, portal.world.halden, portal.world.users["sanne"], HOME)
    assert ask(portal, session_id, HOME).status_code == 204
    portal.set_list("198.51.100.0/24", active=True)
    assert [ask(portal, session_id, HOME).status_code for _ in range(2)] == [403, 401]


def test_it_is_one_statement_and_counts_as_use_once_a_minute(portal: Portal, time: Clock) -> None:
    session_id = start_session(portal.app, portal.world.halden, portal.world.users["sanne"], HOME)
    for later, expected in ((timedelta(), []), (timedelta(minutes=2), ["UPDATE"]), (timedelta(seconds=30), [])):
        time.advance(later)
        with statements(portal.app) as log:
            assert ask(portal, session_id, HOME).status_code == 204
        first, *more = [line.split()[0] for line in log if not line.startswith(("PRAGMA", "SET"))]
        assert (first, more) == ("SELECT", expected), log


def test_addresses_in_turns_are_one_write_a_minute_too(portal: Portal, time: Clock) -> None:
    session_id = start_session(portal.app, portal.world.halden, portal.world.users["sanne"], HOME)
    written = []
    for number in range(12):
        time.advance(timedelta(seconds=10))
        with statements(portal.app) as asked:
            assert ask(portal, session_id, (ELSEWHERE, IPV6)[number % 2]).status_code == 204
        written.append(any("UPDATE portal_session" in statement for statement in asked))
    assert written == [number % 6 == 5 for number in range(12)]


def test_a_session_that_is_used_only_behind_the_proxy_stays_open(portal: Portal, time: Clock) -> None:
    session_id = start_session(portal.app, portal.world.halden, portal.world.users["sanne"], HOME)
    with portal.app.app_context():
        idle = portal_session.limits().idle
    for _ in range(3):
        time.advance(idle * 2 / 3)
        assert ask(portal, session_id, HOME).status_code == 204
    time.advance(idle * 2)
    assert ask(portal, session_id, HOME).status_code == 401


def test_while_the_database_does_not_answer_it_is_503_and_empty(portal: Portal) -> None:
    session_id = start_session(portal.app, portal.world.halden, portal.world.users["sanne"], HOME)
    with outage(portal):
        answer = ask(portal, session_id, HOME)
    assert (answer.status_code, answer.data, identity(answer)) == (503, b"", {})


def test_what_no_header_can_carry_is_percent_encoded(portal: Portal) -> None:
    with writing(portal.app) as connection:
        connection.execute(sa.update(User).values(email=sa.func.replace(User.email, "sanne", "sänne%\t")))
    answer = asked(portal)
    assert answer.headers["X-Portal-Email"] == "s%C3%A4nne%25%09@example.com"
    assert forward_auth.as_header("a b\r\nX-Portal-Role: owner") == "a%20b%0D%0AX-Portal-Role:%20owner"


def test_a_disabled_person_is_nobody(portal: Portal) -> None:
    session_id = start_session(portal.app, portal.world.halden, portal.world.users["sanne"], HOME)
    with writing(portal.app) as connection:
        connection.execute(sa.update(User).values(disabled_at=sa.func.current_timestamp()))
    assert ask(portal, session_id, HOME).status_code == 401
    assert Browser(portal.app, HOME, session_id).get("/").status == 303
