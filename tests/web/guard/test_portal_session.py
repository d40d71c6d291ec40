"""Portal sessions: rows with limits that the server keeps, and the heartbeat of an open page (R8)."""

import base64
import json
import zlib
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.support.client import BASE, COOKIE, HTMX, Answer, Browser, Portal
from tests.support.quick import writing_engine
from tests.support.world import ELSEWHERE, HOME, OFFICE
from webapp.storage.models import Base, Membership, PortalSessionRow, User

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)


def rows(portal: Portal) -> list[PortalSessionRow]:
    """All portal session rows."""
    with Session(portal.app.extensions["engine"]) as session:
        return list(session.scalars(sa.select(PortalSessionRow)))


def last_seen(portal: Portal) -> datetime:
    """When the only portal session was last seen."""
    (row,) = rows(portal)
    return row.last_seen_at


def secret_of(cookie: str) -> str:
    """The portal session id that a cookie carries."""
    payload = cookie.removeprefix(".").split(".")[0]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return str(json.loads(zlib.decompress(raw) if cookie.startswith(".") else raw)["_user_id"])


def with_cookie(portal: Portal, cookie: str, address: str = HOME) -> Browser:
    """A browser into which somebody has put a cookie."""
    browser = portal.browser(address)
    browser.client.set_cookie(COOKIE, cookie)
    return browser


def is_signed_out(answer: Answer) -> bool:
    """Whether the answer sends to the sign-in page."""
    return answer.status == 303 and (answer.location or "").startswith("/login")


def keep_busy(browser: Browser, time: Clock, during: timedelta) -> None:
    """Open a page every hour."""
    for _ in range(int(during / timedelta(hours=1))):
        assert browser.get("/account/settings").status == 200
        time.advance(timedelta(hours=1))


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_session_ends_after_two_idle_hours(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    time.advance(IDLE - timedelta(seconds=1))
    assert browser.get("/").status == 200
    time.advance(IDLE)
    assert is_signed_out(browser.get("/"))


def test_a_session_in_use_ends_after_twelve_hours(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    keep_busy(browser, time, ABSOLUTE - timedelta(hours=1))
    time.advance(timedelta(minutes=59, seconds=59))
    assert browser.get("/").status == 200
    time.advance(timedelta(seconds=1))
    assert is_signed_out(browser.get("/"))


def test_an_expired_session_stays_dead_whatever_is_asked(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    time.advance(IDLE)
    browser.get("/login")
    browser.get("/session", htmx=True)
    assert is_signed_out(browser.get("/"))
    assert is_signed_out(browser.post(BASE + "/networks", {"network": "192.0.2.1", "comment": ""}))
    assert portal.networks() == []


def test_the_limits_are_settings_and_not_in_the_cookie(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    time.advance(IDLE)
    with browser.client.session_transaction() as session:
        session.permanent = True
        session["last_seen_at"] = time.now().isoformat()
    assert is_signed_out(browser.get("/"))


@pytest.mark.parametrize("jump", [timedelta(minutes=6), timedelta(hours=3), timedelta(days=400)])
def test_a_session_of_a_clock_that_was_wrong_ends_when_it_is_mended(
    portal: Portal, time: Clock, jump: timedelta
) -> None:
    time.advance(jump)
    browser = portal.signed_in_by_page("dana")
    time.advance(-jump)
    assert is_signed_out(browser.get("/"))


def test_a_clock_that_is_mended_by_minutes_signs_nobody_out_and_is_believed(portal: Portal, time: Clock) -> None:
    time.advance(timedelta(minutes=4))
    browser = portal.signed_in_by_page("dana")
    time.advance(timedelta(minutes=-4))
    assert browser.get("/").status == 200
    assert last_seen(portal) == time.now()


# --- last seen ------------------------------------------------------------------------------------------------------


def test_last_seen_is_written_at_most_once_a_minute(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    start = time.now()
    time.advance(timedelta(seconds=59))
    browser.get("/")
    assert last_seen(portal) == start
    time.advance(timedelta(seconds=1))
    browser.get("/")
    assert last_seen(portal) == start + timedelta(minutes=1)


def test_last_address_is_written_as_soon_as_it_changes(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    time.advance(timedelta(seconds=1))
    for address in (OFFICE, None, "2001:db8::1"):
        browser.address = address
        browser.get("/")
        assert rows(portal)[0].address == address
    assert last_seen(portal) == time.now()


def test_open_routes_do_not_prolong_a_session(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    start = time.now()
    time.advance(timedelta(minutes=5))
    for path in ("/login", "/blocked", "/healthz", "/api/v1/account"):
        browser.get(path)
    assert last_seen(portal) == start


# --- the heartbeat --------------------------------------------------------------------------------------------------


def test_the_heartbeat_never_prolongs_a_session(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    for _ in range(3):
        time.advance(timedelta(minutes=39))
        assert browser.get("/session", htmx=True).status == 204
    time.advance(timedelta(minutes=3))
    answer = browser.get("/session", htmx=True)
    assert answer.status == 401
    assert answer.headers["HX-Redirect"].startswith("/login")


def test_the_heartbeat_from_another_address_writes_nothing(portal: Portal, time: Clock) -> None:
    browser = portal.signed_in_by_page("dana")
    time.advance(timedelta(minutes=5))
    browser.address = OFFICE
    assert browser.get("/session", htmx=True).status == 204
    assert rows(portal)[0].address == HOME
    assert last_seen(portal) == time.now() - timedelta(minutes=5)


def test_the_heartbeat_is_empty_while_nothing_changed(portal: Portal) -> None:
    dana = portal.signed_in_by_page("dana")
    answer = dana.get(f"/session?version={dana.revision()}", htmx=True)
    assert (answer.status, answer.text) == (204, "")
    assert dana.get("/session?version=", htmx=True).status == 204
    assert dana.get("/session", htmx=True).status == 204


def test_the_heartbeat_tells_an_owner_that_the_list_changed(portal: Portal) -> None:
    mara = portal.signed_in_by_page("mara")
    version = mara.revision()
    portal.set_list("203.0.113.0/24")
    answer = mara.get(f"/session?version={version}", htmx=True)
    assert answer.status == 200
    assert answer.one("[hx-swap-oob]")
    assert answer.one("a")["href"] == BASE
    assert answer.one("p").get_text(" ", strip=True).startswith("Operator added 203.0.113.0/24 at ")


def told(browser: Browser, version: str) -> list[str]:
    """Return what the heartbeat says was done since that version, without the times."""
    text = browser.get(f"/session?version={version}", htmx=True).one("p").get_text()
    return [" ".join(sentence.split()).split(" at ")[0] for sentence in text.split("UTC.") if sentence.strip()]


def test_the_heartbeat_names_whoever_else_has_changed_the_list(portal: Portal) -> None:
    dana, mara = portal.signed_in_by_page("dana"), portal.signed_in_by_page("mara")
    version = dana.revision()
    for browser, number in ((dana, 1), (mara, 2), (dana, 3)):
        assert browser.post(f"{BASE}/networks", {"network": f"192.0.2.{number}"}).status == 303
    assert told(dana, version) == ["Mara Osei added 192.0.2.2/32"]
    assert told(mara, version) == ["Dana Kessler added 192.0.2.3/32", "Dana Kessler added 192.0.2.1/32"]


def test_the_heartbeat_names_the_last_change_where_the_version_is_not_on_record(portal: Portal) -> None:
    dana, mara = portal.signed_in_by_page("dana"), portal.signed_in_by_page("mara")
    for browser, number in ((mara, 1), (dana, 2)):
        assert browser.post(f"{BASE}/networks", {"network": f"192.0.2.{number}"}).status == 303
    assert told(dana, "0123456789abcdef") == ["You added 192.0.2.2/32"]


def test_the_heartbeat_says_you_where_nobody_else_has_since(portal: Portal) -> None:
    dana, mara = portal.signed_in_by_page("dana"), portal.signed_in_by_page("mara")
    assert mara.post(f"{BASE}/networks", {"network": "192.0.2.1"}).status == 303
    version = dana.revision()
    assert dana.post(f"{BASE}/networks", {"network": "192.0.2.2"}).status == 303
    assert told(dana, version) == ["You added 192.0.2.2/32"]


def test_the_heartbeat_tells_a_member_nothing_of_the_list(portal: Portal) -> None:
    answer = portal.signed_in_by_page("sanne").get("/session?version=0123456789abcdef", htmx=True)
    assert (answer.status, answer.text) == (204, "")


@pytest.mark.parametrize("version", ["%00", "x" * 5000, "%F0%9F%98%80", "'\"<b>"])
def test_the_heartbeat_takes_any_version(portal: Portal, version: str) -> None:
    answer = portal.signed_in_by_page("dana").get(f"/session?version={version}", htmx=True)
    assert answer.status == 200
    assert "<b>" not in answer.text.replace("<b>The list", "")


def test_the_heartbeat_of_a_blocked_browser_ends_its_session(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne", ELSEWHERE)
    portal.set_list("203.0.113.0/24", active=True)
    answer = browser.get("/session", htmx=True)
    assert (answer.status, answer.headers.get("HX-Redirect")) == (403, "/blocked")
    assert rows(portal) == []


def test_the_heartbeat_without_a_session_leads_to_sign_in_and_back_to_the_page(portal: Portal) -> None:
    answer = portal.browser().get("/session", htmx=True, headers={"HX-Current-URL": "http://localhost" + BASE})
    assert answer.status == 401
    assert answer.headers["HX-Redirect"] == f"/login?next={BASE}"
    assert "Location" not in answer.headers


# --- the cookie -----------------------------------------------------------------------------------------------------


def test_the_cookie_is_httponly_lax_and_for_the_whole_site(portal: Portal) -> None:
    (header,) = portal.browser().sign_in("dana").headers.getlist("Set-Cookie")
    name, *attributes = [part.strip() for part in header.split(";")]
    assert name.startswith("portal_session=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax"]  # no Expires, no Domain


def test_there_is_no_other_cookie(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    browser.page()
    assert not browser.client.get_cookie("remember_token")
    assert len(browser.cookie) < 4096


def test_a_cookie_whose_row_is_gone_is_worthless(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.delete(PortalSessionRow))
    assert is_signed_out(browser.get("/"))
    assert browser.get(BASE, htmx=True).status == 401


def test_a_tampered_cookie_is_worthless(portal: Portal) -> None:
    cookie = portal.signed_in_by_page("dana").cookie
    middle = len(cookie) // 3
    other = "A" if cookie[middle] != "A" else "B"
    for forged in (cookie[:middle] + other + cookie[middle + 1 :], cookie[:-4], cookie.split(".")[-2], "x" * 3000, ""):
        assert is_signed_out(with_cookie(portal, forged).get("/")), forged
    assert with_cookie(portal, cookie).get("/").status == 200


def test_a_cookie_signed_with_another_key_is_worthless(portal: Portal) -> None:
    cookie = portal.signed_in_by_page("dana").cookie
    kept = portal.app.config["SECRET_KEY"]
    portal.app.config["SECRET_KEY"] = "another key"
    try:
        answer = with_cookie(portal, cookie).get("/")
    finally:
        portal.app.config["SECRET_KEY"] = kept
    assert is_signed_out(answer)


@pytest.mark.parametrize("planted", ["", "1", "x" * 3000, "\0", "ü", None])
def test_a_signed_cookie_with_an_invented_id_is_worthless(portal: Portal, planted: object) -> None:
    portal.signed_in_by_page("dana")
    browser = portal.browser()
    with browser.client.session_transaction() as session:
        session["_user_id"] = planted
    assert is_signed_out(browser.get("/"))


def test_the_hash_from_the_database_is_no_key(portal: Portal) -> None:
    portal.signed_in_by_page("dana")
    browser = portal.browser()
    with browser.client.session_transaction() as session:
        session["_user_id"] = rows(portal)[0].id_hash
    assert is_signed_out(browser.get("/"))


def test_no_column_of_any_table_holds_the_id_or_the_password(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    portal.set_list("203.0.113.0/24", active=True)
    browser.page()
    secret = secret_of(browser.cookie)
    with Session(portal.app.extensions["engine"]) as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(sa.select(table)):
                assert not any(secret in str(value) or "a long enough password" in str(value) for value in row), table
    assert len(secret) >= 43


def test_neither_page_nor_header_shows_the_id(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    secret = secret_of(browser.cookie)
    for path in ("/", "/account/settings", BASE, "/session?version=x", "/nope"):
        answer = browser.get(path)
        assert secret not in answer.text
        assert secret not in str(answer.headers)


# --- the person behind it -------------------------------------------------------------------------------------------


def test_losing_the_membership_ends_the_session(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne")
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.delete(Membership).where(Membership.user_id == portal.world.users["sanne"]))
    assert is_signed_out(browser.get("/"))
    assert rows(portal) == []


def test_a_deleted_user_is_out(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne")
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(sa.delete(User).where(User.id == portal.world.users["sanne"]))
    assert is_signed_out(browser.get("/"))


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    token = browser.csrf_token()
    with Session(writing_engine(portal.app)) as session, session.begin():
        session.execute(
            sa.update(Membership).where(Membership.user_id == portal.world.users["dana"]).values(role="member")
        )
    assert browser.post(BASE + "/networks", {"network": "192.0.2.1", "comment": ""}, csrf=token).status == 403
    assert portal.networks() == []


# --- sign-out -------------------------------------------------------------------------------------------------------


def test_sign_out_ends_the_row_and_the_cookie(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    old = browser.cookie
    answer = browser.post("/logout")
    assert (answer.status, answer.location) == (303, "/login")
    assert rows(portal) == []
    assert browser.cookie == ""
    assert is_signed_out(with_cookie(portal, old).get("/"))


def test_sign_out_by_htmx_redirects_the_browser(portal: Portal) -> None:
    answer = portal.signed_in_by_page("dana").post("/logout", htmx=True)
    assert (answer.status, answer.headers["HX-Redirect"]) == (200, "/login")
    assert rows(portal) == []


def test_sign_out_ends_this_session_only(portal: Portal) -> None:
    browser, other = portal.signed_in_by_page("dana"), portal.signed_in_by_page("dana", OFFICE)
    browser.post("/logout")
    assert other.get("/").status == 200


def test_sign_out_works_from_a_blocked_address(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne", ELSEWHERE)
    token = browser.csrf_token()
    portal.set_list("203.0.113.0/24", active=True)
    assert browser.post("/logout", csrf=token).location == "/login"
    assert rows(portal) == []


def test_sign_out_works_without_a_trustworthy_address(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne", ELSEWHERE)
    portal.set_list("203.0.113.0/24", active=True)
    browser.address = None
    assert browser.post("/logout").location == "/login"
    assert rows(portal) == []


def test_signing_out_twice_is_harmless(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    assert browser.post("/logout").status == 303
    assert browser.post("/logout").status == 303


def test_sign_out_needs_a_token_and_a_post(portal: Portal) -> None:
    browser = portal.signed_in_by_page("dana")
    assert browser.post("/logout", csrf="").status == 400
    assert browser.get("/logout").one("form.acts button").get_text() == "Sign out"
    assert browser.get("/").status == 200
    assert len(rows(portal)) == 1
    assert browser.get("/").status == 200


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_without_a_session_everybody_is_sent_to_sign_in(portal: Portal, headers: dict[str, str]) -> None:
    answer = portal.browser().get(BASE, headers=headers)
    assert answer.status == (401 if headers else 303)
    assert (answer.headers["HX-Redirect"] if headers else answer.location or "").startswith("/login")
