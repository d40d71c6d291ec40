"""Blocked: signed in, from an address that is not listed (R8, R10, R11); `webapp/identity/blocked.py`."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.support.client import BASE, COOKIE, Answer, Browser, Portal
from tests.support.quick import writing_engine
from tests.support.world import ELSEWHERE, HOME, IPV6, OFFICE
from webapp.storage.models import BlockedAttempt, Membership, PortalSessionRow

REFERENCE = re.compile(r"blk_[0-9A-Z]{4}-[0-9A-Z]{4}")
EVERYBODY = ("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1")


def attempts(portal: Portal) -> list[BlockedAttempt]:
    """All recorded attempts, the first first."""
    with Session(portal.app.extensions["engine"]) as session:
        return list(session.scalars(sa.select(BlockedAttempt).order_by(BlockedAttempt.id)))


def sessions(portal: Portal) -> int:
    """How many portal sessions there are."""
    with Session(portal.app.extensions["engine"]) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(PortalSessionRow)) or 0


def outside(portal: Portal, person: str = "sanne", address: str | None = ELSEWHERE) -> Browser:
    """Return a signed-in browser that the list, active from now on, does not cover."""
    browser = portal.signed_in_by_page(person, address)
    portal.set_list("203.0.113.0/24", active=True)
    return browser


def with_cookie(portal: Portal, cookie: str, address: str | None) -> Browser:
    """A browser into which somebody has put a cookie."""
    browser = portal.browser(address)
    browser.client.set_cookie(COOKIE, cookie)
    return browser


def reference_of(answer: Answer) -> str:
    """The reference on the blocked page."""
    return str(answer.one("[data-page=blocked]")["data-reference"])


# --- a full page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/account/settings", BASE, BASE + "/networks/1", "/session", "/nope"])
def test_the_page_is_answered_in_place(portal: Portal, path: str) -> None:
    answer = outside(portal).get(path)
    assert (answer.status, answer.location) == (403, None)
    page = answer.one("[data-page=blocked]")
    assert page["data-address"] == ELSEWHERE
    assert REFERENCE.fullmatch(str(page["data-reference"]))
    assert sessions(portal) == 0


def test_the_page_says_address_time_reference_and_what_to_do(portal: Portal, time: Clock) -> None:
    answer = outside(portal).get("/")
    text = answer.one("[data-page=blocked]").get_text(" ", strip=True)
    for said in ("Halden Freight", ELSEWHERE, "25 Sep 2026, 14:32 UTC", reference_of(answer), "VPN", "owner"):
        assert said in text
    assert answer.one("[data-page=blocked] a")["href"] == "/login"


def test_the_page_shows_nothing_of_the_list_or_the_portal(portal: Portal) -> None:
    answer = outside(portal, "dana").get(BASE)
    for secret in ("203.0.113", "Dana", "dana@", "Sign out", "Account settings"):
        assert secret not in answer.text


def test_the_attempt_is_recorded(portal: Portal, time: Clock) -> None:
    answer = outside(portal).get("/")
    (attempt,) = attempts(portal)
    assert (attempt.account_id, attempt.user_id) == (portal.world.halden, portal.world.users["sanne"])
    assert (attempt.address, attempt.count) == (ELSEWHERE, 1)
    assert attempt.reference == reference_of(answer)
    assert attempt.first_at == attempt.last_at == time.now()
    assert attempt.hour == time.now().replace(minute=0)


def test_the_cookie_is_changed_and_the_old_one_dead_from_a_listed_address_too(portal: Portal) -> None:
    browser = outside(portal)
    old = browser.cookie
    answer = browser.get("/")
    assert f"{COOKIE}=" in answer.headers["Set-Cookie"]
    assert browser.cookie != old
    for address in (ELSEWHERE, HOME):
        assert with_cookie(portal, old, address).get("/").location == "/login?next=/"
    portal.set_list()
    assert with_cookie(portal, old, HOME).get("/").status == 303


def test_a_post_of_a_blocked_browser_changes_nothing_and_is_told_why_not_400(portal: Portal) -> None:
    browser = outside(portal, "dana")
    answer = browser.post(BASE + "/networks", {"network": ELSEWHERE, "comment": ""}, csrf="")
    assert answer.status == 403
    assert answer.all("[data-page=blocked]")
    assert portal.networks() == ["203.0.113.0/24"]


def test_a_blocked_owner_cannot_deactivate_the_list(portal: Portal) -> None:
    browser = outside(portal, "dana")
    assert browser.post(BASE + "/deactivate").status == 403
    assert portal.list().active
    assert sessions(portal) == 0


def test_the_blocked_can_sign_in_again_from_a_listed_address(portal: Portal) -> None:
    browser = outside(portal)
    browser.get("/")
    browser.address = HOME
    assert browser.get("/").location == "/login?next=/"
    assert browser.sign_in("sanne").status == 303
    assert browser.get("/blocked").location == "/login"


def test_the_sign_in_page_tells_the_blocked_why_they_are_there(portal: Portal) -> None:
    browser = outside(portal)
    browser.get("/")
    assert browser.get("/login").all('a[href="/blocked"]')
    assert not portal.browser(ELSEWHERE).get("/login").all('a[href="/blocked"]')


def test_each_session_is_judged_at_its_own_next_request(portal: Portal) -> None:
    listed, unlisted = portal.signed_in_by_page("dana", HOME), portal.signed_in_by_page("sanne", ELSEWHERE)
    portal.set_list("203.0.113.0/24", active=True)
    assert sessions(portal) == 2
    assert listed.get("/").status == 200
    assert unlisted.get("/").status == 403
    assert sessions(portal) == 1


def test_who_moves_away_from_a_listed_network_is_blocked(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    browser = portal.signed_in_by_page("dana", HOME)
    browser.address = ELSEWHERE
    assert browser.get("/").status == 403
    browser.address = HOME
    assert browser.get("/").status == 303


@pytest.mark.parametrize("path", ["/login", "/healthz", "/blocked"])
def test_open_routes_do_not_end_the_session(portal: Portal, path: str) -> None:
    outside(portal).get(path)
    assert sessions(portal) == 1
    assert attempts(portal) == []


def test_signing_out_from_a_blocked_address_records_no_attempt(portal: Portal) -> None:
    browser = outside(portal)
    assert browser.post("/logout").status == 303
    assert (sessions(portal), attempts(portal)) == (0, [])


# --- the record -----------------------------------------------------------------------------------------------------


def test_attempts_of_one_hour_are_one_row_with_a_count(portal: Portal, time: Clock) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    first = portal.browser(ELSEWHERE).sign_in("sanne")
    time.advance(timedelta(minutes=27, seconds=59))
    again = portal.browser(ELSEWHERE).sign_in("sanne")
    assert reference_of(first) == reference_of(again)
    (attempt,) = attempts(portal)
    assert attempt.count == 2
    assert attempt.last_at - attempt.first_at == timedelta(minutes=27, seconds=59)


def test_the_next_hour_another_person_and_another_address_are_rows_of_their_own(portal: Portal, time: Clock) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    references = {reference_of(portal.browser(ELSEWHERE).sign_in("sanne"))}
    references.add(reference_of(portal.browser(ELSEWHERE).sign_in("mara")))
    references.add(reference_of(portal.browser(OFFICE).sign_in("sanne")))
    time.advance(timedelta(minutes=28))
    references.add(reference_of(portal.browser(ELSEWHERE).sign_in("sanne")))
    assert [attempt.count for attempt in attempts(portal)] == [1, 1, 1, 1]
    assert references == {attempt.reference for attempt in attempts(portal)}


def test_a_dead_cookie_records_nothing_more(portal: Portal) -> None:
    browser = outside(portal)
    old = browser.cookie
    browser.get("/")
    for _ in range(3):
        with_cookie(portal, old, ELSEWHERE).get("/")
    assert [attempt.count for attempt in attempts(portal)] == [1]


# --- htmx -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", BASE, BASE + "/check?address=192.0.2.1", "/session?version=x", "/nope"])
def test_an_htmx_request_is_redirected_to_the_blocked_page(portal: Portal, path: str) -> None:
    browser = outside(portal, "dana")
    answer = browser.get(path, htmx=True)
    assert (answer.status, answer.text, answer.location) == (403, "", None)
    assert answer.headers["HX-Redirect"] == "/blocked"
    assert sessions(portal) == 0
    page = browser.get("/blocked")
    assert page.status == 403
    assert reference_of(page) == attempts(portal)[0].reference


def test_an_htmx_post_is_redirected_too(portal: Portal) -> None:
    answer = outside(portal, "dana").post(BASE + "/networks/current", {"scope": "address"}, htmx=True)
    assert (answer.status, answer.headers["HX-Redirect"]) == (403, "/blocked")
    assert portal.networks() == ["203.0.113.0/24"]


def test_a_history_restore_of_htmx_gets_the_whole_page(portal: Portal) -> None:
    answer = outside(portal).get("/", htmx=True, headers={"HX-History-Restore-Request": "true"})
    assert answer.status == 403
    assert answer.all("[data-page=blocked]")


# --- /blocked -------------------------------------------------------------------------------------------------------


def test_without_a_reason_the_blocked_page_leads_to_sign_in(portal: Portal) -> None:
    answer = portal.browser().get("/blocked")
    assert (answer.status, answer.location) == (303, "/login")
    assert portal.signed_in_by_page("dana").get("/blocked").location == "/login"


def test_the_query_is_ignored(portal: Portal) -> None:
    browser = outside(portal)
    reference = reference_of(browser.get("/"))
    query = f"?reference={reference}&address=6.6.6.6&blocked={reference}"
    assert portal.browser().get("/blocked" + query).location == "/login"
    page = browser.get("/blocked?reference=blk_0000-0000&address=6.6.6.6")
    assert (reference_of(page), page.one("[data-page=blocked]")["data-address"]) == (reference, ELSEWHERE)
    assert "6.6.6.6" not in page.text


@pytest.mark.parametrize("planted", ["blk_0000-0000", "", None, 7, ["x"], "x" * 2000])
def test_an_invented_reference_leads_to_sign_in(portal: Portal, planted: object) -> None:
    browser = portal.browser()
    with browser.client.session_transaction() as session:
        session["blocked"] = planted
    assert browser.get("/blocked").location == "/login"


def test_the_page_shows_the_address_of_the_attempt_not_of_the_reader(portal: Portal) -> None:
    browser = outside(portal)
    browser.get("/")
    browser.address = HOME
    assert browser.get("/blocked").one("[data-page=blocked]")["data-address"] == ELSEWHERE


# --- no trustworthy address (R11) -----------------------------------------------------------------------------------


@pytest.mark.parametrize("forwarded", [None, "127.0.0.1", "unknown", "203.0.113.42, nonsense", "224.0.0.1"])
def test_without_a_trustworthy_address_nobody_passes_an_active_list(portal: Portal, forwarded: str | None) -> None:
    browser = portal.signed_in_by_page("dana", HOME)
    portal.set_list(*EVERYBODY, active=True)
    browser.address = forwarded
    answer = browser.get("/")
    assert answer.status == 403
    assert answer.one("[data-page=blocked]")["data-address"] == ""
    assert "can’t be determined" in answer.text
    assert (sessions(portal), attempts(portal)[0].address) == (0, "")


def test_without_a_trustworthy_address_pages_work_while_the_list_is_inactive(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    browser = portal.signed_in_by_page("dana", None)
    assert "can’t be determined" in browser.get("/").text
    section = browser.page().one("#ip-allowlist")
    assert section["data-covered"] == "unknown"
    assert "data-current-address" not in section.attrs


def test_without_a_trustworthy_address_activating_is_refused_with_the_reason(portal: Portal) -> None:
    portal.set_list(*EVERYBODY)
    browser = portal.signed_in_by_page("dana", None)
    answer = browser.post(BASE + "/activate", {"version": browser.revision(), "add_current": "1"})
    assert (answer.status, answer.refused) == (409, "no_address")
    assert not portal.list().active


# --- whose list (R10) and which family ------------------------------------------------------------------------------


def test_another_accounts_list_does_not_matter(portal: Portal) -> None:
    ola, dana = portal.signed_in_by_page("ola", ELSEWHERE), portal.signed_in_by_page("dana", HOME)
    portal.set_list("203.0.113.0/24", active=True)
    portal.set_list("198.51.100.0/24", active=True, account=portal.world.northwind)
    assert ola.get("/").status == 200
    assert dana.get("/").status == 200


def test_a_user_of_two_accounts_is_judged_by_the_list_of_the_opened_one(portal: Portal) -> None:
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.add(Membership(account_id=portal.world.northwind, user_id=portal.world.users["dana"], role="owner"))
    browser = portal.signed_in_by_page("dana", HOME)
    portal.set_list("198.51.100.0/24", active=True, account=portal.world.northwind)
    assert browser.get("/").status == 200
    portal.set_list("198.51.100.0/24", active=True)
    assert browser.get("/").status == 403


@pytest.mark.parametrize(
    ("listed", "address", "status"),
    [
        ("203.0.113.42/32", "203.0.113.42", 200),
        ("203.0.113.42/32", "203.0.113.43", 403),
        ("203.0.113.42/32", "::ffff:203.0.113.42", 200),
        ("2001:db8:9::/64", IPV6, 200),
        ("2001:db8:9::/64", "2001:db8:9:1::51", 403),
        ("::/1", "203.0.113.42", 403),
        ("0.0.0.0/1", IPV6, 403),
        ("203.0.113.0/24", "64:ff9b::203.0.113.42", 403),
        ("203.0.113.0/24", "2002:cb00:712a::1", 403),
    ],
)
def test_the_address_of_this_request_decides(portal: Portal, listed: str, address: str, status: int) -> None:
    browser = portal.signed_in_by_page("dana", HOME)
    portal.set_list(listed, active=True)
    browser.address = address
    assert browser.get("/").status == status


def test_what_a_client_claims_left_of_the_proxys_entry_does_not_help(portal: Portal) -> None:
    browser = outside(portal)
    browser.address = f"{HOME}, {ELSEWHERE}"
    spoofed = {"X-Real-IP": HOME, "Forwarded": f"for={HOME}", "X-Client-IP": HOME, "True-Client-IP": HOME}
    assert browser.get("/", headers=spoofed).one("[data-page=blocked]")["data-address"] == ELSEWHERE
