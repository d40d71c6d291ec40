"""Signing in: password first, then the list, then the session (R9); `webapp/identity/sign_in.py`."""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.support.client import COOKIE, Answer, Browser, Portal
from tests.support.quick import engine_of, writing_engine
from tests.support.world import ELSEWHERE, HOME, OFFICE, PASSWORD, email_of
from webapp.storage.models import BlockedAttempt, Membership, PortalSessionRow, SignIn
from webapp.storage.sessions import hash_of

DANA = email_of("dana")
WRONG = "not the password"
COST = 1024 * 8  # of the tests' hashes

# The usual urljoin/netloc check lets the first four through (reference/security.md 3.5).
HOSTILE_NEXT = [
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "//evil.example",
    "//evil.example/%2f..",
    "/\\/evil.example",
    "\\/evil.example",
    "https://evil.example",
    "http:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/settings\r\nSet-Cookie: a=b",
    "/\0",
    "/a b",
    "/a\x7f",
    "evil.example",
    "@evil.example",
]


def sessions_of(portal: Portal) -> list[tuple[int, int, str | None]]:
    """Account, user and address of every portal session row."""
    query = sa.select(PortalSessionRow.account_id, PortalSessionRow.user_id, PortalSessionRow.address)
    with Session(portal.app.extensions["engine"]) as session:
        return [(row[0], row[1], row[2]) for row in session.execute(query)]


def count(portal: Portal, table: type[Any]) -> int:
    """How many rows a table has."""
    with Session(portal.app.extensions["engine"]) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def content(browser: Browser) -> dict[str, Any]:
    """What the signed cookie says, read as anybody who holds it could."""
    payload = browser.cookie.removeprefix(".").split(".")[0]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    text = zlib.decompress(raw) if browser.cookie.startswith(".") else raw
    decoded: dict[str, Any] = json.loads(text)
    return decoded


def without_one_time_text(answer: Answer, *typed: str) -> str:
    """The page without its CSRF token and what was typed: what must be the same for everybody."""
    text = re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)
    for word in typed:
        text = text.replace(word, "TYPED")
    return text


@pytest.fixture
def scrypt_calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The cost of every scrypt that runs: what makes a sign-in slow, counted rather than timed."""
    calls: list[int] = []
    real: Callable[..., bytes] = hashlib.scrypt

    def counting(password: bytes, **options: Any) -> bytes:
        calls.append(options["n"] * options["r"] * options["p"])
        return real(password, **options)

    monkeypatch.setattr(hashlib, "scrypt", counting)
    return calls


def join_northwind(portal: Portal, person: str, role: str = "member") -> None:
    """Make the person a member of Northwind as well."""
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.add(Membership(account_id=portal.world.northwind, user_id=portal.world.users[person], role=role))


# --- in -------------------------------------------------------------------------------------------------------------


def test_the_page_asks_for_email_and_password(portal: Portal) -> None:
    page = portal.browser().get("/login")
    assert page.status == 200
    assert page.one("input[name=email]")["autocomplete"] == "username"
    assert page.one("input[name=password]")["type"] == "password"
    assert page.value("next") == "/"
    assert not page.all("[data-error]")


def test_the_right_password_opens_the_portal(portal: Portal) -> None:
    browser = portal.browser()
    answer = browser.sign_in("dana")
    assert (answer.status, answer.location) == (303, "/")
    assert sessions_of(portal) == [(portal.world.halden, portal.world.users["dana"], HOME)]
    assert "Halden Freight" in browser.get("/").text


def test_a_sign_in_is_recorded_with_its_address(portal: Portal) -> None:
    portal.signed_in_by_page("dana", OFFICE)
    with Session(portal.app.extensions["engine"]) as session:
        row = session.scalars(sa.select(SignIn)).one()
    assert (row.account_id, row.user_id, row.address) == (portal.world.halden, portal.world.users["dana"], OFFICE)


@pytest.mark.parametrize("typed", ["DANA@EXAMPLE.COM", "Dana@Example.com", "  dana@example.com "])
def test_the_email_may_be_written_in_any_case_and_with_blanks_around(portal: Portal, typed: str) -> None:
    assert portal.browser().post("/login", {"email": typed, "password": PASSWORD}).status == 303


@pytest.mark.parametrize("password", [PASSWORD.upper(), PASSWORD + " ", " " + PASSWORD, PASSWORD[:-1], PASSWORD + "\0"])
def test_the_password_is_used_exactly_as_received(portal: Portal, password: str) -> None:
    assert portal.browser().sign_in("dana", password=password).status == 401
    assert sessions_of(portal) == []


@pytest.mark.parametrize(
    ("user_agent", "kept"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on Windows"),
        ("curl/8.14.1", None),
        ("x" * 8000 + " (Macintosh) Firefox/1 \x01\x7f", "Firefox on macOS"),
    ],
)
def test_of_the_browser_only_words_of_ours_are_kept(portal: Portal, user_agent: str, kept: str | None) -> None:
    form = {"email": email_of("dana"), "password": PASSWORD}
    assert portal.browser().post("/login", form, headers={"User-Agent": user_agent}).status == 303
    with engine_of(portal.app).connect() as connection:
        assert connection.execute(sa.select(PortalSessionRow.browser)).scalars().all() == [kept]


def test_the_session_id_is_new_at_every_sign_in(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    first = content(browser)["_user_id"]
    browser.sign_in("dana")
    second = content(browser)["_user_id"]
    assert first != second
    assert min(len(first), len(second)) >= 43  # 256 bits as base64


def test_nothing_of_the_anonymous_cookie_survives(portal: Portal) -> None:
    browser = portal.browser()
    token = browser.csrf_token()
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["_user_id"] = "fixed by somebody else"
    browser.post("/login", {"email": DANA, "password": PASSWORD}, csrf=token)
    kept = content(browser)
    assert "planted" not in kept
    assert kept["_user_id"] != "fixed by somebody else"
    assert "csrf_token" not in kept  # the anonymous token is of no use to whoever planted it


def test_a_new_sign_in_ends_the_session_that_the_browser_had(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    old = browser.cookie
    assert browser.sign_in("ola").status == 303
    assert sessions_of(portal) == [(portal.world.northwind, portal.world.users["ola"], HOME)]
    thief = portal.browser()
    thief.client.set_cookie(COOKIE, old)
    assert thief.get("/").location == "/login?next=/"


def test_another_browsers_session_is_left_alone(portal: Portal) -> None:
    first = portal.signed_in_by_page("dana")
    portal.signed_in_by_page("dana", OFFICE)
    assert first.get("/").status == 200
    assert len(sessions_of(portal)) == 2


def test_a_wrong_password_does_not_end_the_session_that_the_browser_has(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    assert browser.sign_in("dana", password=WRONG).status == 401
    assert browser.get("/").status == 200


# --- wrong ----------------------------------------------------------------------------------------------------------


def test_a_wrong_password_keeps_the_email_and_never_echoes_the_password(portal: Portal) -> None:
    answer = portal.browser().sign_in("dana", password="my secret guess", next="/account/settings")
    assert (answer.status, answer.errors) == (401, ["wrong"])
    assert answer.value("email") == DANA
    assert answer.value("next") == "/account/settings"
    assert "my secret guess" not in answer.text
    assert "value" not in answer.one("input[name=password]").attrs
    assert sessions_of(portal) == []


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(portal: Portal) -> None:
    browser = portal.browser()
    wrong = browser.sign_in("dana", password=WRONG)
    unknown = browser.sign_in("nobody", password=WRONG)
    assert wrong.status == unknown.status == 401
    assert without_one_time_text(wrong, DANA) == without_one_time_text(unknown, email_of("nobody"))
    one, other = dict(wrong.headers), dict(unknown.headers)
    assert {name for name in one if one[name] != other.get(name)} <= {"Content-Length", "Set-Cookie"}


@pytest.mark.parametrize("person", ["dana", "nobody"])
def test_an_unknown_user_costs_as_much_time_as_a_wrong_password(
    portal: Portal, scrypt_calls: list[int], person: str
) -> None:
    browser = portal.browser()
    token = browser.csrf_token()
    browser.post("/login", {"email": email_of(person), "password": WRONG}, csrf=token)
    assert scrypt_calls == [COST]


@pytest.mark.parametrize("person", ["dana", "nobody"])
def test_a_huge_password_costs_no_more_than_another(portal: Portal, scrypt_calls: list[int], person: str) -> None:
    answer = portal.browser().sign_in(person, password="x" * 15_000)
    assert (answer.status, scrypt_calls) == (401, [COST])


def test_a_user_without_any_account_is_told_what_an_unknown_one_is_told(
    portal: Portal, scrypt_calls: list[int]
) -> None:
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.delete(Membership).where(Membership.user_id == portal.world.users["dana"]))
    answer = portal.browser().sign_in("dana")
    assert (answer.status, answer.errors, scrypt_calls) == (401, ["wrong"], [COST])


# --- blocked --------------------------------------------------------------------------------------------------------


def test_the_right_password_from_elsewhere_gets_the_blocked_page_and_no_session(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    browser = portal.browser(ELSEWHERE)
    answer = browser.sign_in("sanne")
    assert answer.status == 403
    assert answer.one("[data-page=blocked]")["data-address"] == ELSEWHERE
    assert sessions_of(portal) == []
    assert count(portal, BlockedAttempt) == 1
    assert count(portal, SignIn) == 0
    assert browser.get("/").location == "/login?next=/"


def test_a_wrong_password_from_elsewhere_does_not_learn_that_there_is_a_list(portal: Portal) -> None:
    listed = portal.browser(ELSEWHERE).sign_in("dana", password=WRONG)
    portal.set_list("203.0.113.0/24", active=True)
    answer = portal.browser(ELSEWHERE).sign_in("dana", password=WRONG)
    assert answer.status == 401
    assert without_one_time_text(answer) == without_one_time_text(listed)
    assert count(portal, BlockedAttempt) == 0


def test_a_blocked_sign_in_ends_the_session_that_the_browser_had(portal: Portal) -> None:
    browser = portal.signed_in_by_page("ola", ELSEWHERE)
    portal.set_list("203.0.113.0/24", active=True)
    assert browser.sign_in("dana").status == 403
    assert sessions_of(portal) == []


def test_after_a_blocked_sign_in_the_same_browser_can_sign_in_from_a_listed_network(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    browser = portal.browser(ELSEWHERE)
    assert browser.sign_in("dana").status == 403
    browser.address = HOME
    assert browser.sign_in("dana").status == 303
    assert "blocked" not in content(browser)


def test_nobody_signs_in_to_an_active_list_without_a_trustworthy_address(portal: Portal) -> None:
    portal.set_list("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", active=True)
    assert portal.browser(None).sign_in("dana").status == 403
    assert sessions_of(portal) == []


# --- several accounts -----------------------------------------------------------------------------------------------


def test_the_first_account_is_opened(portal: Portal) -> None:
    join_northwind(portal, "dana")
    portal.signed_in_by_page("dana")
    assert [row[0] for row in sessions_of(portal)] == [portal.world.halden]


def test_the_first_account_that_lets_the_address_in_is_opened(portal: Portal) -> None:
    join_northwind(portal, "dana")
    portal.set_list("198.51.100.0/24", active=True)
    browser = portal.signed_in_by_page("dana", HOME)
    assert [row[0] for row in sessions_of(portal)] == [portal.world.northwind]
    assert "Northwind Labs" in browser.get("/").text
    assert count(portal, BlockedAttempt) == 0


def test_blocked_by_all_accounts_the_first_one_is_named(portal: Portal) -> None:
    join_northwind(portal, "dana")
    portal.set_list("198.51.100.0/24", active=True)
    portal.set_list("198.51.100.0/24", active=True, account=portal.world.northwind)
    answer = portal.browser(HOME).sign_in("dana")
    assert answer.status == 403
    assert "Halden Freight" in answer.text
    assert "Northwind" not in answer.text


def test_another_accounts_list_does_not_matter(portal: Portal) -> None:
    portal.set_list("198.51.100.0/24", active=True, account=portal.world.northwind)
    assert portal.browser(HOME).sign_in("dana").status == 303
    assert portal.browser(HOME).sign_in("ola").status == 403


# --- next -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/account/settings", "/account/settings/ip-allowlist?q=a&page=2", "/?x=%2F%2Fy"])
def test_sign_in_leads_where_the_person_was_going(portal: Portal, path: str) -> None:
    assert portal.browser().sign_in("dana", next=path).location == path


def test_the_way_through_the_sign_in_page_keeps_next(portal: Portal) -> None:
    browser = portal.browser()
    sent = browser.get("/account/settings/ip-allowlist?q=rotterdam").location
    assert sent
    assert browser.get(sent).value("next") == "/account/settings/ip-allowlist?q=rotterdam"


def test_a_hostile_next_leads_to_the_first_page(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    token = browser.csrf_token()
    for hostile in HOSTILE_NEXT:
        page = browser.client.get("/login", query_string={"next": hostile}, headers={"X-Forwarded-For": HOME})
        assert Answer(page).value("next") == "/", repr(hostile)
        answer = browser.post("/login", {"email": DANA, "password": WRONG, "next": hostile}, csrf=token)
        if answer.status == 429:
            continue  # the throttle keeps `next` as the page does
        assert answer.value("next") == "/", repr(hostile)


@pytest.mark.parametrize("hostile", HOSTILE_NEXT[:5])
def test_no_redirect_leaves_the_site(portal: Portal, hostile: str) -> None:
    assert portal.browser().sign_in("dana", next=hostile).location == "/"


@pytest.mark.parametrize(
    "page", ["http://localhost//evil.example", "http://localhost@evil.example/", "http://evil.example/", "//evil", "\\"]
)
def test_a_forged_current_url_of_htmx_leads_nowhere_else(portal: Portal, page: str) -> None:
    answer = portal.browser().get("/account/settings", htmx=True, headers={"HX-Current-URL": page})
    assert answer.status == 401
    assert answer.headers["HX-Redirect"] in {"/login", "/login?next=/"}


# --- hostile forms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"email": DANA},
        {"password": PASSWORD},
        {"email": "", "password": ""},
        {"email": DANA + "\0", "password": PASSWORD},
        {"email": "\0", "password": "\0"},
        {"email": "‮\ud7ff\uffff'\";--", "password": "ü\U0001f600"},
        {"email": "İSTANBUL@example.com", "password": PASSWORD},
        {"email": "%@example.com", "password": PASSWORD},
        {"email": DANA, "password": [WRONG, PASSWORD]},
        {"email": ["nobody@example.com", DANA], "password": PASSWORD},
        {"email": ["nobody@example.com", DANA], "password": [WRONG, PASSWORD], "next": ["/", "//evil"]},
    ],
    ids=lambda fields: ascii({name: str(value)[:12] for name, value in fields.items()}),
)
def test_a_strange_form_lets_nobody_in_and_breaks_nothing(portal: Portal, fields: dict[str, Any]) -> None:
    browser = portal.browser()
    token = browser.csrf_token()
    response = browser.client.post("/login", data=fields | {"csrf_token": token}, headers={"X-Forwarded-For": HOME})
    assert response.status_code in {401, 422}
    assert sessions_of(portal) == []


def test_an_email_of_15_kb_breaks_nothing(portal: Portal) -> None:
    browser = portal.browser()
    fields = {"email": "e" * 15_000, "password": PASSWORD, "csrf_token": browser.csrf_token()}
    response = browser.client.post("/login", data=fields, headers={"X-Forwarded-For": HOME})
    assert response.status_code in {401, 422}


def test_a_body_beyond_the_limit_is_413(portal: Portal) -> None:
    browser = portal.browser()
    assert browser.post("/login", {"email": DANA, "password": "x" * 17_000}).status == 413


# --- CSRF -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "stale", "IjEyMyI.aaaaaa.bbbbbb"])
def test_without_a_good_token_the_form_comes_back_with_the_email_and_a_fresh_one(portal: Portal, token: str) -> None:
    browser = portal.browser()
    fields = {"email": DANA, "password": PASSWORD, "next": "/account/settings"}
    refused = browser.post("/login", fields, csrf=token)
    assert (refused.status, refused.refused) == (400, "csrf")
    assert (refused.value("email"), refused.value("next")) == (DANA, "/account/settings")
    assert PASSWORD not in refused.text
    assert sessions_of(portal) == []
    again = browser.post("/login", fields, csrf=refused.value("csrf_token"))
    assert (again.status, again.location) == (303, "/account/settings")


def test_a_token_of_another_browser_is_not_good(portal: Portal) -> None:
    assert portal.browser().post("/login", {"email": DANA, "password": PASSWORD}, csrf="").status == 400
    foreign = portal.browser().csrf_token()
    browser = portal.browser()
    browser.get("/login")
    assert browser.post("/login", {"email": DANA, "password": PASSWORD}, csrf=foreign).status == 400


def test_a_form_that_is_too_old_is_no_failed_sign_in(portal: Portal, scrypt_calls: list[int]) -> None:
    browser = portal.browser()
    for _ in range(12):
        browser.post("/login", {"email": DANA, "password": WRONG}, csrf="stale")
    assert scrypt_calls == []
    assert browser.sign_in("dana").status == 303


# --- the id ---------------------------------------------------------------------------------------------------------


def test_the_database_holds_the_hash_of_the_id_that_the_cookie_carries(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    with Session(portal.app.extensions["engine"]) as session:
        assert session.scalars(sa.select(PortalSessionRow.id_hash)).one() == hash_of(content(browser)["_user_id"])
