"""Back to how it was: yesterday's delete, last month's list; by the mouse, by keyboard alone, and on a phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE
from tests.browser.pages import AllowlistPage
from tests.browser.test_keyboard_only import Keyboard
from tests.support.client import BASE, HISTORY, Portal
from tests.support.earlier import make_earlier, make_undo_late
from tests.support.world import HOME
from tests.web.history.test_restore import adds, deletes, edits

pytestmark = [pytest.mark.browser, ON_SQLITE]
OFFICE, VPN, LAB = "198.51.100.0/25", "2001:db8:40::/48", "192.0.2.0/28"


def lines(page: Page) -> list[tuple[str, str]]:
    """Return what the plan would do to which network, once all of the page has come."""
    page.wait_for_load_state()
    rows = page.locator("[data-line]").all()
    return [(str(row.get_attribute("data-line")), str(row.get_attribute("data-network"))) for row in rows]


def test_yesterdays_delete_is_brought_back(people: People, portal: Portal) -> None:
    dana = portal.signed_in()
    adds(portal, dana, OFFICE, VPN)
    deletes(portal, dana, OFFICE)
    make_earlier(portal.app, portal.world.halden, timedelta(days=1))
    owner = people.owner()
    expect(owner.button("Undo")).to_have_count(0)
    owner.page.get_by_role("link", name="History").click()
    owner.page.locator("[data-kind=delete] a time").click()
    owner.page.get_by_role("link", name="Undo this change").click()
    owner.has_focus(owner.page.locator("#going-back-title"))
    assert lines(owner.page) == [("add", OFFICE), ("keep", VPN)]
    owner.chooses("Add 1 network")
    expect(owner.row(OFFICE).locator(".cmt")).to_have_text(f"of {OFFICE}")
    owner.lists(VPN, OFFICE)
    expect(owner.page.locator("#allowlist-notices")).to_have_text("Undone. Added 1 network. The list has 2 networks.")


def test_undo_that_comes_too_late_leads_to_the_event(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, VPN)
    owner = people.owner()
    owner.deletes(OFFICE)
    owner.has_deleted(OFFICE)
    make_undo_late(owner.page, portal.app, portal.world.halden, timedelta(minutes=11))
    owner.chooses("Undo")
    owner.has_focus(owner.page.locator("[data-refused=too_late]"))
    owner.page.get_by_role("link", name="Bring it back from History").click()
    owner.page.get_by_role("link", name="Undo this change").click()
    owner.chooses("Add 1 network")
    owner.lists(VPN, OFFICE)


def last_months_list(portal: Portal) -> int:
    """Let a list of last month have been changed since; return the event that it was the list of."""
    dana = portal.signed_in()
    event = adds(portal, portal.signed_in("mara"), OFFICE, VPN)
    deletes(portal, dana, OFFICE)
    edits(portal, dana, VPN, comment="edited since")
    adds(portal, dana, LAB)
    make_earlier(portal.app, portal.world.halden, timedelta(days=30))
    return event


def test_last_months_list_is_restored_with_one_network_edited_since(people: People, portal: Portal) -> None:
    event = last_months_list(portal)
    owner = people.owner()
    owner.visitor.goes_to(f"{HISTORY}/{event}")
    owner.page.get_by_role("link", name="Restore this list").click()
    assert lines(owner.page) == [("add", OFFICE), ("change", VPN), ("remove", LAB)]
    expect(owner.page.locator("[data-line=change]")).to_contain_text("instead of edited since")
    owner.chooses("Add 1, change 1 and remove 1 network")
    owner.lists(VPN, OFFICE)
    expect(owner.row(OFFICE).locator(".meta").first).to_contain_text("Mara Osei")
    owner.chooses("Undo")
    expect(owner.row(LAB)).to_be_visible()
    expect(owner.row(VPN).locator(".cmt")).to_have_text("edited since")


def test_by_keyboard_alone(people: People, portal: Portal) -> None:
    last_months_list(portal)
    keyboard = Keyboard(people.owner())
    keyboard.presses("History", "link")
    keyboard.reaches(keyboard.dana.page.locator("[data-kind=delete] > p > a"))
    keyboard.keys.press("Enter")
    keyboard.presses(re.compile("^Restore this list"), "link")
    keyboard.presses("Change 1 and remove 1 network")
    keyboard.dana.lists(VPN)


def test_on_a_phone_another_owners_change_in_between_is_told(people: People, portal: Portal) -> None:
    event = last_months_list(portal)
    owner = AllowlistPage(people.signed_in("dana", HOME, viewport={"width": 390, "height": 800}))
    owner.visitor.goes_to(f"{HISTORY}/{event}/restore")
    portal.signed_in("mara").post(f"{BASE}/networks", {"network": "192.0.2.64/28", "comment": "Mara’s"})
    owner.chooses("Add 1, change 1 and remove 1 network")
    refusal = owner.page.locator("[data-refused=stale]")
    expect(refusal).to_contain_text("Mara Osei added 192.0.2.64/28")
    owner.has_focus(refusal)
    assert lines(owner.page)[-2:] == [("remove", "192.0.2.64/28"), ("remove", LAB)]
    owner.chooses("Add 1, change 1 and remove 2 networks")
    owner.lists(VPN, OFFICE)


def test_the_list_that_would_leave_its_actor_out_asks_first(people: People, portal: Portal) -> None:
    event = last_months_list(portal)
    adds(portal, portal.signed_in(), f"{HOME}/32")
    portal.force_active()
    owner = people.owner()
    owner.visitor.goes_to(f"{HISTORY}/{event}/restore")
    expect(owner.page.locator("#restore-you")).to_have_text("This would sign you out.")
    owner.chooses("Add 1, change 1 and remove 2 networks and deactivate the list")
    owner.lists(VPN, OFFICE)
    expect(owner.section).to_have_attribute("data-state", "inactive")
