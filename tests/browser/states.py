"""The states of the pages beside the list, by name, and how a person gets there; `list_states.py` has the list's.

`scripts/states.py` takes their pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Page

from tests.browser.conftest import People
from tests.browser.pages import AllowlistPage
from tests.support.client import BASE, HISTORY, Portal
from tests.support.earlier import make_undo_late
from tests.support.every_answer import seen
from tests.support.past import record_past
from tests.support.quick import cookie_of, sign_in, start_session, writing
from tests.support.world import ELSEWHERE, HOME, PASSWORD, email_of
from webapp.runtime import clock
from webapp.storage.models import NetworkRow

COVER, LONG = "203.0.113.0/24", "2001:db8:1234:5678:9abc:def0:1234:5678"
ROTTERDAM = "Rotterdam office, ground floor"
State = Callable[[People, Portal], Page]
STATES: dict[str, State] = {}


def state(function: State) -> State:
    """Add a state; its name is the function's."""
    STATES[function.__name__.replace("_", "-")] = function
    return function


# Out of the portal


def sign_in_page(people: People, path: str = "/login") -> Page:
    """Return the sign-in page."""
    visitor = people.at(HOME)
    visitor.goes_to(path)
    return visitor.page


def submits(page: Page, person: str = "dana", *, right: bool = False) -> Page:
    """Fill the sign-in form and send it."""
    page.get_by_label("E-mail").fill(email_of(person))
    page.get_by_label("Password").fill(PASSWORD if right else "wrong")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    return page


def spoil_csrf(page: Page) -> None:
    """Make every form of the page an old one."""
    for field in page.locator("[name=csrf_token]").all():
        field.evaluate("field => { field.value = 'old' }")


@state
def sign_in_empty(people: People, portal: Portal) -> Page:
    return sign_in_page(people)


@state
def sign_in_wrong(people: People, portal: Portal) -> Page:
    return submits(sign_in_page(people))


@state
def sign_in_nothing_typed(people: People, portal: Portal) -> Page:
    page = sign_in_page(people)
    page.get_by_role("button", name="Sign in").click()
    return page


@state
def sign_in_throttled(people: People, portal: Portal) -> Page:
    guesser = portal.browser(HOME)
    for _ in range(11):
        guesser.sign_in("dana", password="wrong")
    return submits(sign_in_page(people))


@state
def sign_in_old_form(people: People, portal: Portal) -> Page:
    page = sign_in_page(people)
    spoil_csrf(page)
    return submits(page)


@state
def sign_in_no_cookie(people: People, portal: Portal) -> Page:
    page = sign_in_page(people)
    page.context.clear_cookies()
    return submits(page)


@state
def sign_in_session_ended(people: People, portal: Portal) -> Page:
    sanne = people.signed_in("sanne")
    dana = portal.signed_in("dana")
    key = dana.page().one("#allowlist-signed-in button[name=key]")["value"]
    dana.post(f"{BASE}/sessions/end", {"key": key})
    sanne.goes_to("/")
    return sanne.page


def blocked_visitor(people: People, portal: Portal, address: str = ELSEWHERE) -> Page:
    """Return what somebody sees who is blocked while browsing."""
    sanne = people.signed_in("sanne")
    portal.set_list(COVER, active=True)
    sanne.moves_to(address)
    sanne.goes_to("/")
    return sanne.page


@state
def blocked_at_sign_in(people: People, portal: Portal) -> Page:
    portal.set_list(COVER, active=True)
    sanne = people.at(ELSEWHERE)
    sanne.goes_to("/login")
    return submits(sanne.page, "sanne", right=True)


@state
def blocked_while_browsing(people: People, portal: Portal) -> Page:
    return blocked_visitor(people, portal)


@state
def blocked_over_ipv6(people: People, portal: Portal) -> Page:
    return blocked_visitor(people, portal, LONG)


@state
def blocked_without_an_address(people: People, portal: Portal) -> Page:
    return blocked_visitor(people, portal, "garbage")


@state
def sign_in_after_a_block(people: People, portal: Portal) -> Page:
    page = blocked_visitor(people, portal)
    page.goto("/login")
    return page


@state
def sign_out_question(people: People, portal: Portal) -> Page:
    dana = people.signed_in("dana")
    dana.goes_to("/logout")
    return dana.page


@state
def sign_out_old_form(people: People, portal: Portal) -> Page:
    dana = people.signed_in("dana")
    spoil_csrf(dana.page)
    dana.page.get_by_role("button", name="Sign out").first.click()
    return dana.page


def becomes_ola(people: People, portal: Portal) -> AllowlistPage:
    """Return Dana's open page of a browser in which Ola has signed in since."""
    portal.set_list(COVER)
    dana = people.owner()
    session_id, *_ = sign_in(portal.app, email_of("ola"), HOME)
    dana.visitor.has_cookie(cookie_of(portal.app, session_id))
    return dana


@state
def sign_out_of_somebody_else(people: People, portal: Portal) -> Page:
    dana = becomes_ola(people, portal)
    dana.button("Sign out").first.click()
    return dana.page


@state
def other_identity_notice(people: People, portal: Portal) -> Page:
    dana = becomes_ola(people, portal)
    dana.types("192.0.2.0/24", "Warehouse")
    dana.page.wait_for_load_state("networkidle")
    return dana.page


@state
def other_identity_text_to_copy(people: People, portal: Portal) -> Page:
    dana = becomes_ola(people, portal)
    dana.network_field.fill("192.0.2.0/24")
    dana.comment_field.fill(ROTTERDAM)
    dana.page.locator("#allowlist-add form").evaluate("form => HTMLFormElement.prototype.submit.call(form)")
    dana.page.locator("[data-refused=other_identity]").wait_for()
    return dana.page


# Errors


@state
def error_403(people: People, portal: Portal) -> Page:
    sanne = people.signed_in("sanne")
    sanne.goes_to(f"{BASE}/activate")
    return sanne.page


@state
def error_404(people: People, portal: Portal) -> Page:
    dana = people.signed_in("dana")
    dana.goes_to("/nowhere")
    return dana.page


@state
def error_405(people: People, portal: Portal) -> Page:
    dana = people.signed_in("dana")
    dana.goes_to(f"{BASE}/networks/restore")
    return dana.page


@state
def error_413(people: People, portal: Portal) -> Page:
    dana = people.owner()
    dana.comment_field.evaluate("field => { field.value = 'x'.repeat(17000) }")
    dana.page.locator("#allowlist-add form").evaluate("form => HTMLFormElement.prototype.submit.call(form)")
    dana.page.locator("[data-page=error]").wait_for()
    return dana.page


@state
def error_503(people: People, portal: Portal) -> Page:
    portal.set_list(COVER, active=True)
    dana = people.signed_in("dana")
    with writing(portal.app) as connection:
        connection.execute(sa.update(NetworkRow).values(network="garbage/24"))
    dana.goes_to(BASE)
    return dana.page


# Pages beside the section


@state
def overview(people: People, portal: Portal) -> Page:
    dana = people.signed_in("dana")
    dana.goes_to("/")
    return dana.page


@state
def overview_over_ipv6(people: People, portal: Portal) -> Page:
    dana = people.signed_in("dana", LONG)
    dana.goes_to("/")
    return dana.page


@state
def general(people: People, portal: Portal) -> Page:
    dana = people.signed_in("dana")
    dana.goes_to("/account/settings")
    return dana.page


@state
def member_inactive(people: People, portal: Portal) -> Page:
    return people.signed_in("sanne").page


@state
def member_active(people: People, portal: Portal) -> Page:
    portal.set_list(COVER, active=True)
    return people.signed_in("sanne").page


# History


def history(people: People, portal: Portal, asked: str = "", person: str = "dana") -> Page:
    """Return History after sixty events of some days, and some changes of now."""
    record_past(portal.app, portal.world, 60, clock.now() - timedelta(days=20))
    portal.set_list(COVER, LONG, comment=ROTTERDAM)
    visitor = people.signed_in(person)
    visitor.goes_to(HISTORY + asked)
    return visitor.page


@state
def history_of_changes(people: People, portal: Portal) -> Page:
    return history(people, portal)


@state
def history_of_a_network(people: People, portal: Portal) -> Page:
    return history(people, portal, f"?network={LONG}&what=networks")


@state
def history_without_anything_found(people: People, portal: Portal) -> Page:
    return history(people, portal, "?network=198.51.100.0/24&from=2020-01-01&to=2020-01-02")


@state
def history_of_mistakes(people: People, portal: Portal) -> Page:
    return history(people, portal, "?who=x&what=x&network=office&from=x&to=x&page=x")


@state
def history_older(people: People, portal: Portal) -> Page:
    page = history(people, portal)
    page.get_by_role("link", name="Older").click()
    page.get_by_role("link", name="Back to the latest").wait_for()
    return page


@state
def history_of_access(people: People, portal: Portal) -> Page:
    portal.signed_in_by_page("dana")
    return history(people, portal, "?view=access")


@state
def history_event(people: People, portal: Portal) -> Page:
    page = history(people, portal, "?what=import")
    page.locator("[data-event] a time").first.click()
    page.locator("#past-list").wait_for()
    return page


def going_back(people: People, portal: Portal, number: int, way: str, *networks: str, active: bool = False) -> Page:
    """Return the plan that goes back to the event of that number, counted from the latest."""
    portal.set_list(COVER, f"{LONG}/128", "0.0.0.0/0", comment=ROTTERDAM)
    dana = portal.signed_in()
    dana.post(f"{BASE}/networks", {"network": "198.51.100.0/24", "comment": ROTTERDAM})
    for network in networks:
        dana.post(f"{BASE}/networks/{portal.id_of(network)}/delete", {"version": portal.version_of(network)})
    if active:
        portal.force_active()
    visitor = people.signed_in("dana")
    events = [row["data-event"] for row in dana.get(HISTORY).all("[data-event]")]
    visitor.goes_to(f"{HISTORY}/{events[number]}/{way}")
    return visitor.page


@state
def restore_plan(people: People, portal: Portal) -> Page:
    return going_back(people, portal, 2, "restore", "0.0.0.0/0", f"{LONG}/128")


@state
def restore_of_the_same(people: People, portal: Portal) -> Page:
    return going_back(people, portal, 0, "restore")


@state
def restore_leaves_you_out(people: People, portal: Portal) -> Page:
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], "198.51.100.9")
    seen(portal, "mara", "198.51.100.8")
    portal.signed_in().post(f"{BASE}/networks", {"network": "192.0.2.0/24"})
    return going_back(people, portal, -1, "restore", active=True)


@state
def undo_of_a_delete_of_long_ago(people: People, portal: Portal) -> Page:
    return going_back(people, portal, 0, "undo", "198.51.100.0/24")


@state
def undo_of_long_ago_that_has_changed(people: People, portal: Portal) -> Page:
    return going_back(people, portal, 1, "undo", "198.51.100.0/24")


@state
def undo_too_late(people: People, portal: Portal) -> Page:
    portal.set_list(COVER, "198.51.100.0/24")
    dana = people.owner()
    dana.deletes("198.51.100.0/24")
    dana.button("Undo").wait_for()
    make_undo_late(dana.page, portal.app, portal.world.halden, timedelta(minutes=11))
    dana.chooses("Undo")
    dana.page.locator("[data-refused=too_late]").wait_for()
    return dana.page


@state
def history_for_members(people: People, portal: Portal) -> Page:
    return history(people, portal, person="sanne")
