"""The demo: sample accounts and a bar that sets the address, for this machine only; `webapp/demo/`."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.support.client import BASE, HTMX, Answer, Browser, Portal
from tests.support.quick import csrf_token, writing_engine
from webapp.demo import bar, sample_data
from webapp.identity.sign_in import limits
from webapp.storage.models import Account, Base, NetworkRow, PortalSessionRow, User

HOME, ELSEWHERE = bar.PLACES["Home"], bar.PLACES["Elsewhere"]
OWNER, MEMBER = "dana@halden.example", "sanne@halden.example"


def test_nobody_signs_in_too_often_in_the_demo(demo_app: Flask) -> None:
    with demo_app.app_context():
        assert limits().success is None


@pytest.fixture
def pristine(demo_app: Flask) -> Flask:
    """The demo as seeded: Halden's list is inactive, and nobody is signed in."""
    with Session(writing_engine(demo_app)) as session, session.begin():
        session.execute(sa.update(Account).values(allowlist_active=False))
        session.execute(sa.delete(PortalSessionRow))
    return demo_app


def signed_in(app: Flask, email: str) -> Browser:
    """Return a browser in which somebody of the demo has signed in."""
    browser = Browser(app, None)
    answer = browser.post("/login", {"email": email, "password": sample_data.PASSWORD})
    assert answer.status == 303, answer.text
    return browser


def appear_from(browser: Browser, address: str, back: str = "/") -> Answer:
    """Use the bar."""
    return browser.post("/demo/address", {"address": address, "next": back})


def shown_address(browser: Browser) -> str:
    """The address that the bar says one appears from."""
    return browser.get("/login").one("aside.demo form span .ip").get_text()


# --- the seed -------------------------------------------------------------------------------------------------------


def test_seeding_twice_makes_everything_once(demo_app: Flask) -> None:
    with Session(demo_app.extensions["engine"]) as session:
        counts = [
            session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Account, User, NetworkRow)
        ]
    assert counts == [2, 6, 5]


def test_what_seeding_prints_signs_everybody_in(pristine: Flask) -> None:
    printed = pristine.test_cli_runner().invoke(args=["demo", "seed"]).stdout
    emails = [word for word in printed.split() if "@" in word]
    assert len(emails) == 6
    for email in emails:
        signed_in(pristine, email)


def test_the_sign_in_page_tells_the_demo_sign_ins(pristine: Flask) -> None:
    text = Browser(pristine, None).get("/login").one(".demo-people").get_text()
    assert sample_data.PASSWORD in text
    assert OWNER in text


# --- the bar --------------------------------------------------------------------------------------------------------


def test_the_bar_sets_the_address_of_this_browser_only(pristine: Flask) -> None:
    browser, other = Browser(pristine, None), Browser(pristine, None)
    assert shown_address(browser) == HOME
    assert appear_from(browser, ELSEWHERE).status == 303
    assert shown_address(browser) == ELSEWHERE
    assert shown_address(other) == HOME


@pytest.mark.parametrize(
    ("typed", "shown"),
    [(" 192.0.2.20 ", "192.0.2.20"), ("2001:DB8::0:1", "2001:db8::1"), ("::ffff:192.0.2.20", "192.0.2.20")],
)
def test_any_address_can_be_typed(pristine: Flask, typed: str, shown: str) -> None:
    browser = Browser(pristine, None)
    appear_from(browser, typed)
    assert shown_address(browser) == shown


@pytest.mark.parametrize("typed", ["", "nonsense", "192.0.2.0/24", "\0", "x" * 5000])
def test_what_is_no_address_changes_nothing(pristine: Flask, typed: str) -> None:
    browser = Browser(pristine, None)
    appear_from(browser, ELSEWHERE)
    assert appear_from(browser, typed).status == 303
    assert shown_address(browser) == ELSEWHERE


@pytest.mark.parametrize("planted", ["nonsense", "", "192.0.2.0/24", "x" * 3000])
def test_a_cookie_that_is_no_address_means_the_first_place(pristine: Flask, planted: str) -> None:
    browser = Browser(pristine, None)
    browser.client.set_cookie(bar.COOKIE, planted)
    assert shown_address(browser) == HOME


def test_the_bar_leads_back_to_the_page_and_nowhere_else(pristine: Flask) -> None:
    browser = signed_in(pristine, OWNER)
    assert browser.page().value("next") == BASE
    assert appear_from(browser, HOME, BASE).location == BASE
    for hostile in ("//evil.example", "/\\evil.example", "https:evil.example"):
        assert appear_from(browser, HOME, hostile).location == "/"


def test_the_bar_needs_a_csrf_token_and_a_post(pristine: Flask) -> None:
    browser = signed_in(pristine, OWNER)
    answer = browser.post("/demo/address", {"address": ELSEWHERE}, csrf="stale")
    assert answer.status in {303, 400}
    assert browser.get("/demo/address").status in {404, 405}
    assert shown_address(browser) == HOME


def test_the_bar_says_that_it_needs_cookies(pristine: Flask) -> None:
    browser = Browser(pristine, None)
    browser.client = pristine.test_client(use_cookies=False)
    answer = browser.post("/demo/address", {"address": ELSEWHERE}, csrf=csrf_token(pristine))
    assert (answer.status, answer.refused) == (400, "csrf")
    assert "cookie" in answer.text


def test_the_bar_can_be_used_by_the_blocked(pristine: Flask) -> None:
    browser = signed_in(pristine, OWNER)
    browser.post(BASE + "/activate", {"version": browser.revision(), "add_current": "1", "current": HOME})
    appear_from(browser, ELSEWHERE)
    blocked = browser.get("/")
    assert (blocked.status, blocked.one("[data-page=blocked]")["data-address"]) == (403, ELSEWHERE)
    assert blocked.all("aside.demo")
    assert appear_from(browser, HOME).status == 303
    assert shown_address(browser) == HOME


def test_a_member_is_signed_out_when_the_owner_activates(pristine: Flask) -> None:
    owner, member = signed_in(pristine, OWNER), signed_in(pristine, MEMBER)
    appear_from(member, ELSEWHERE)
    assert member.get("/").status == 200
    answer = owner.post(BASE + "/activate", {"version": owner.revision(), "add_current": "1", "current": HOME})
    assert answer.status == 303
    heartbeat = member.get("/session", htmx=True)
    assert (heartbeat.status, heartbeat.headers["HX-Redirect"]) == (403, "/blocked")
    page = member.get("/blocked").one("[data-page=blocked]")
    assert page["data-address"] == ELSEWHERE
    assert owner.page().one("#ip-allowlist")["data-state"] == "active"


# --- the locks ------------------------------------------------------------------------------------------------------

PATHS = ["/", "/login", "/healthz", "/nope", "/static/app.css", "/api/v1/account", "/demo/address"]


def ask(app: Flask, path: str, peer: str = "127.0.0.1", **headers: str) -> Answer:
    """GET from a peer with some headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    environ = {"REMOTE_ADDR": peer}
    return Answer(app.test_client().get(path, headers=named, environ_base=environ, buffered=True))


@pytest.mark.parametrize("peer", ["203.0.113.9", "10.0.0.1", "2001:db8::1", "", "unix:", "nonsense", "128.0.0.1"])
@pytest.mark.parametrize("path", PATHS)
def test_another_machine_is_refused(demo_app: Flask, path: str, peer: str) -> None:
    answer = ask(demo_app, path, peer)
    assert answer.status == 403
    assert sample_data.PASSWORD not in answer.text
    assert "Set-Cookie" not in answer.headers or "demo_address" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "host",
    [
        "portal.example.com",
        "192.168.1.10:8000",
        "localhost.evil.example",
        "evil.example:127",
        "127.0.0.1.nip.io",
        "[::2]",
    ],
)
@pytest.mark.parametrize("path", ["/login", "/"])
def test_another_host_name_is_refused(demo_app: Flask, path: str, host: str) -> None:
    answer = ask(demo_app, path, Host=host)
    assert answer.status == 403
    assert sample_data.PASSWORD not in answer.text


@pytest.mark.parametrize("host", ["bad host!", "a@b", "[", "localhost:x"])
def test_a_host_that_is_none_is_refused(demo_app: Flask, host: str) -> None:
    answer = ask(demo_app, "/login", Host=host)
    assert answer.status in {400, 403}
    assert sample_data.PASSWORD not in answer.text


@pytest.mark.parametrize(
    "name",
    ["X_Forwarded_For", "X_Forwarded_Host", "X_Forwarded_Proto", "X_Real_IP", "Forwarded", "Via", "x_forwarded_for"],
)
@pytest.mark.parametrize("value", ["127.0.0.1", "", "for=127.0.0.1"])
def test_whatever_came_through_a_proxy_is_refused(demo_app: Flask, name: str, value: str) -> None:
    for path in ("/login", "/healthz"):
        assert ask(demo_app, path, **{name: value}).status == 403


def test_a_post_of_another_machine_sets_nothing(demo_app: Flask) -> None:
    client = demo_app.test_client()
    for headers in ({}, HTMX):
        fields = {"address": ELSEWHERE}
        answer = client.post("/demo/address", data=fields, headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert answer.status_code == 403
        assert client.get_cookie(bar.COOKIE) is None


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("127.0.0.1", "localhost:8000"),
        ("127.0.0.1", "127.0.0.1:8000"),
        ("::1", "[::1]:8000"),
        ("127.0.0.1", "localhost"),
    ],
)
def test_this_machine_is_answered(demo_app: Flask, peer: str, host: str) -> None:
    assert ask(demo_app, "/login", peer, Host=host).status == 200


# --- without DEMO ---------------------------------------------------------------------------------------------------


def test_without_demo_there_is_no_bar_no_route_and_no_command(portal: Portal) -> None:
    assert not [rule for rule in portal.app.url_map.iter_rules() if "demo" in rule.rule or "demo" in rule.endpoint]
    browser = portal.signed_in_by_page("dana")
    assert browser.post("/demo/address", {"address": ELSEWHERE}).status == 404
    for page in (browser.get("/"), portal.browser().get("/login")):
        assert "demo" not in page.text.lower()
    assert portal.app.test_cli_runner().invoke(args=["demo", "seed"]).exit_code != 0


def test_without_demo_its_cookie_is_nothing(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    browser = portal.browser("198.51.100.201")
    browser.client.set_cookie(bar.COOKIE, "203.0.113.42")
    assert browser.sign_in("dana").status == 403


def test_the_demo_keeps_its_passwords_as_hashes_too(demo_app: Flask) -> None:
    with Session(demo_app.extensions["engine"]) as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(sa.select(table)):
                assert not any(sample_data.PASSWORD in str(value) for value in row)
