"""The sign-in page says why a session is over: to the browser that held it, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.support.client import BASE, COOKIE, Browser, Portal
from tests.support.quick import cookie_of, start_session, writing
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, HOME
from webapp.storage.models import Account, Membership, SessionTombstone, User
from webapp.storage.sessions import KEY_LENGTH, hash_of

IDLE = "You were signed out after 2 hours without activity."
ABSOLUTE = "You were signed out 12 hours after you signed in."
BY_DANA = "You were signed out by Dana Kessler, an owner of the account."
BY_MYSELF = "You signed this browser out from another one."
BLOCKED = "You were signed out because your address isn’t on the account’s IP allowlist."


class Held:
    """A browser with somebody's portal session, and a copy of its cookie, as a lost answer would leave it."""

    def __init__(self, portal: Portal, person: str = "sanne", address: str = ELSEWHERE) -> None:
        self.portal, self.person = portal, person
        self.id = start_session(portal.app, portal.world.halden, portal.world.users[person], address)
        self.browser = self.copy(address)

    def copy(self, address: str = ELSEWHERE) -> Browser:
        """Return a browser with the cookie as it was."""
        browser = self.portal.browser(address)
        browser.client.set_cookie(COOKIE, cookie_of(self.portal.app, self.id))
        return browser

    @property
    def key(self) -> str:
        """What names the session in the owners' form."""
        return hash_of(self.id)[:KEY_LENGTH]


def told(browser: Browser) -> str:
    """Return what the sign-in page says of an ended session."""
    notes = browser.get("/login").all(".note[role=status]")
    return notes[0].get_text(strip=True) if notes else ""


def tombstones(portal: Portal) -> list[tuple[int, str, int | None]]:
    """Return what is kept of ended sessions."""
    query = sa.select(SessionTombstone.user_id, SessionTombstone.reason, SessionTombstone.ended_by)
    with Session(portal.app.extensions["engine"]) as session:
        return [(row[0], row[1], row[2]) for row in session.execute(query)]


def end_by(portal: Portal, owner: str, key: str) -> None:
    """An owner signs a session out."""
    assert portal.signed_in_by_page(owner).post(f"{BASE}/sessions/end", {"key": key}).status == 303


def test_the_idle_limit_is_said_with_its_duration(portal: Portal, time: Clock) -> None:
    held = Held(portal)
    time.advance(timedelta(hours=2))
    assert held.browser.get(BASE).location == f"/login?next={BASE}"
    assert told(held.browser) == IDLE


def test_the_absolute_limit_is_said_with_its_duration(portal: Portal, time: Clock) -> None:
    held = Held(portal)
    for _ in range(12):
        time.advance(timedelta(hours=1))
        held.browser.get("/")
    assert told(held.browser) == ABSOLUTE


def test_an_owner_who_signs_somebody_out_is_named(portal: Portal) -> None:
    held, users = Held(portal), portal.world.users
    end_by(portal, "dana", held.key)
    assert held.browser.get("/session", htmx=True).status == 401
    assert told(held.browser) == BY_DANA
    assert tombstones(portal) == [(users["sanne"], "owner", users["dana"])]


def test_whoever_signs_their_own_other_browser_out_is_told_so(portal: Portal) -> None:
    held = Held(portal, "dana")
    end_by(portal, "dana", held.key)
    assert told(held.browser) == BY_MYSELF


def test_an_owner_who_is_no_longer_there_is_not_named(portal: Portal) -> None:
    held = Held(portal)
    end_by(portal, "dana", held.key)
    with writing(portal.app) as connection:
        connection.execute(sa.delete(User).where(User.id == portal.world.users["dana"]))
    assert told(held.browser) == "You were signed out by an owner of the account."


def test_a_block_is_said_where_its_answer_was_lost_too(portal: Portal) -> None:
    held = Held(portal)
    portal.set_list("203.0.113.0/24", active=True)
    assert held.browser.get("/").status == 403
    assert told(held.browser).startswith(BLOCKED)
    assert held.browser.get("/login").one(".note a")["href"] == "/blocked"
    assert told(held.copy()) == BLOCKED


VANISHED: dict[str, Callable[[Portal, Held], object]] = {
    "signed out": lambda portal, held: held.browser.post("/logout"),
    "signed in anew": lambda portal, held: held.browser.sign_in("sanne"),
    "membership deleted": lambda portal, held: remove(portal, Membership, "sanne"),
    "user deleted": lambda portal, held: remove(portal, User, "sanne"),
    "account deleted": lambda portal, held: remove(portal, Account, "sanne"),
}


def remove(portal: Portal, table: type[Membership | User | Account], person: str) -> None:
    """Delete what a session needs, as an operator could."""
    user_id = portal.world.users[person]
    which = {
        Membership: Membership.user_id == user_id,
        User: User.id == user_id,
        Account: Account.id == portal.world.halden,
    }
    with writing(portal.app) as connection:
        connection.execute(sa.delete(table).where(which[table]))


@pytest.mark.parametrize("way", VANISHED)
def test_whatever_else_ends_a_session_leaves_no_reason(portal: Portal, way: str) -> None:
    held = Held(portal, address=HOME)
    VANISHED[way](portal, held)
    assert held.copy().get("/").status == 303
    assert told(held.copy()) == ""
    assert tombstones(portal) == []


def test_a_deliberate_sign_out_after_the_end_takes_the_reason_away(portal: Portal, time: Clock) -> None:
    held = Held(portal)
    time.advance(timedelta(hours=2))
    assert told(held.browser) == IDLE
    held.browser.post("/logout")
    assert told(held.browser) == ""


def test_who_is_signed_in_and_who_never_was_is_told_nothing(portal: Portal) -> None:
    end_by(portal, "dana", Held(portal).key)
    assert told(portal.signed_in_by_page("sanne")) == ""
    assert told(portal.browser()) == ""


def test_a_wrong_password_is_all_that_its_answer_speaks_of(portal: Portal) -> None:
    held = Held(portal)
    end_by(portal, "dana", held.key)
    answer = held.browser.sign_in("sanne", password="wrong")
    assert (answer.errors, answer.all(".note")) == (["wrong"], [])


def test_a_tombstone_lets_nobody_in(portal: Portal) -> None:
    held = Held(portal)
    end_by(portal, "dana", held.key)
    assert held.browser.get("/").status == 303
    assert Browser(portal.app, HOME, hash_of(held.id)).fetch("/").status_code == 303


def test_tombstones_are_purged_at_a_sign_in_after_the_absolute_limit(portal: Portal, time: Clock) -> None:
    end_by(portal, "dana", Held(portal).key)
    time.advance(timedelta(hours=12))
    portal.signed_in_by_page("ola")
    assert len(tombstones(portal)) == 1
    time.advance(timedelta(seconds=1))
    portal.signed_in_by_page("ola")
    assert tombstones(portal) == []


def test_a_session_that_is_ended_twice_leaves_one_tombstone(portal: Portal) -> None:
    held = Held(portal)
    end_by(portal, "dana", held.key)
    end_by(portal, "mara", held.key)
    assert told(held.browser) == BY_DANA
    assert len(tombstones(portal)) == 1


def test_a_warm_request_of_who_is_signed_in_costs_one_statement_still(portal: Portal) -> None:
    held = Held(portal, address=HOME)
    held.browser.get("/")
    with statements(portal.app) as log:
        assert held.browser.get("/").status == 200
    assert len(log) == 1, log
