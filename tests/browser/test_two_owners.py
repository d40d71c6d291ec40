"""Two owners at the same list: nothing is lost, and nobody overwrites what they have not seen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import Portal

pytestmark = [pytest.mark.browser, ON_SQLITE]
OFFICE, OTHER = "198.51.100.0/25", "192.0.2.16/28"


def test_an_edit_of_what_was_changed_meanwhile_is_shown_both_versions(people: People, portal: Portal) -> None:
    portal.set_list(OTHER, OFFICE)
    dana, mara = people.owner("dana"), people.owner("mara")
    dana.opens_for_editing(OFFICE)
    mara.edits(OFFICE, comment="Mara's")
    mara.has_saved(OFFICE, "Mara's")
    dana.field("Comment").fill("Dana's")
    dana.chooses("Save")
    row = dana.is_refused(OFFICE, "stale")
    expect(row).to_contain_text(re.compile(rf"Mara Osei changed it to {OFFICE} \(Mara's\) at \d\d:\d\d"))
    expect(dana.field("Comment")).to_have_value("Dana's")
    dana.chooses("Save mine")
    dana.has_saved(OFFICE, "Dana's")


def test_what_was_changed_meanwhile_is_deleted_only_after_it_was_seen(people: People, portal: Portal) -> None:
    portal.set_list(OTHER, OFFICE)
    dana, mara = people.owner("dana"), people.owner("mara")
    mara.edits(OFFICE, to="198.51.100.0/26", comment="Mara's")
    mara.has_saved("198.51.100.0/26", "Mara's")
    dana.deletes(OFFICE)
    dana.is_refused("198.51.100.0/26", "stale")
    dana.deletes("198.51.100.0/26")
    dana.has_deleted("198.51.100.0/26")
    dana.lists(OTHER)


def test_an_edit_of_what_was_deleted_meanwhile_can_be_added(people: People, portal: Portal) -> None:
    portal.set_list(OTHER, OFFICE)
    dana, mara = people.owner("dana"), people.owner("mara")
    dana.opens_for_editing(OFFICE)
    mara.deletes(OFFICE)
    mara.has_deleted(OFFICE)
    dana.field("Comment").fill("Ground floor")
    dana.chooses("Save")
    gone = dana.page.locator("[data-refused=gone]")
    expect(gone).to_contain_text(f"Mara Osei deleted {OFFICE} at ")
    dana.has_focus(gone)
    dana.chooses(f"Add {OFFICE} to the list")
    dana.has_added(OFFICE, "Ground floor")
    assert portal.networks() == [OFFICE, OTHER]


@pytest.mark.parametrize("act", ["Edit", "Delete"])
def test_what_was_deleted_meanwhile_is_said_to_be_gone(people: People, portal: Portal, act: str) -> None:
    portal.set_list(OTHER, OFFICE)
    dana, mara = people.owner("dana"), people.owner("mara")
    mara.deletes(OFFICE)
    mara.has_deleted(OFFICE)
    dana.page.get_by_label(f"{act} {OFFICE}", exact=True).click()
    gone = dana.page.locator("[data-refused=gone]")
    expect(gone).to_be_visible()
    dana.has_focus(gone)
    dana.page.get_by_role("link", name="Show the list").click()
    expect(gone).to_have_count(0)
    dana.lists(OTHER)


def test_each_deletes_the_cover_of_the_other_and_both_stay_in(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "203.0.113.0/26", active=True)
    dana, mara = people.owner("dana"), people.owner("mara")
    mara.deletes("203.0.113.0/24")
    mara.has_deleted("203.0.113.0/24")
    dana.deletes("203.0.113.0/26")
    dana.is_refused("203.0.113.0/26", "leaves_you_out")
    mara.is_in(active=True)
    dana.is_in(active=True)


@WITH_JAVASCRIPT
def test_an_open_page_says_that_the_list_was_changed_and_keeps_what_is_being_typed(
    people: People, portal: Portal
) -> None:
    portal.set_list(OTHER, OFFICE)
    dana, mara = people.owner("dana"), people.owner("mara")
    dana.opens_for_editing(OFFICE)
    dana.field("Comment").fill("half a sen")
    mara.adds("2001:db8:40::/48")
    dana.visitor.looks_back()
    notice = dana.page.locator("#allowlist-changed").get_by_text("Mara Osei added ")
    expect(notice).to_be_visible()
    expect(dana.field("Comment")).to_be_focused()
    expect(dana.field("Comment")).to_have_value("half a sen")
    dana.visitor.hears_nothing_new()
    dana.page.get_by_role("link", name="Show changes").click()
    expect(dana.row("2001:db8:40::/48")).to_be_visible()
    expect(notice).to_have_count(0)
    expect(dana.field("Comment")).to_have_value("half a sen")
    dana.is_on_the_same_page()
    dana.chooses("Save")
    dana.has_saved(OFFICE, "half a sen")
    dana.lists("2001:db8:40::/48", OFFICE, OTHER)


@WITH_JAVASCRIPT
def test_what_was_missed_before_an_own_change_is_still_told(people: People, portal: Portal) -> None:
    """The own change gives the list a new version; the page may not take that for its own."""
    portal.set_list(OTHER, OFFICE)
    dana, mara = people.owner("dana"), people.owner("mara")
    mara.adds("2001:db8:40::/48")
    dana.adds("192.0.2.9/32")
    dana.lists("192.0.2.9/32", OFFICE, OTHER, of=4)
    expect(dana.page.get_by_text("Mara Osei added ")).to_be_visible()
    dana.deletes(OTHER)
    dana.has_deleted(OTHER)
    dana.visitor.hears_nothing_new()
    dana.page.get_by_role("link", name="Show changes").click()
    dana.lists("192.0.2.9/32", "2001:db8:40::/48", OFFICE)
    dana.visitor.hears_nothing_new()


@WITH_JAVASCRIPT
def test_activating_a_list_that_has_changed_meanwhile_says_so_at_once(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, "203.0.113.0/24")
    dana, mara = people.owner("dana"), people.owner("mara")
    mara.adds("2001:db8:40::/48")
    dana.activates()
    expect(dana.page.get_by_text("Mara Osei added ")).to_be_visible()


@WITH_JAVASCRIPT
def test_a_page_that_has_missed_the_first_network_shows_the_list(people: People, portal: Portal) -> None:
    dana, mara = people.owner("dana"), people.owner("mara")
    mara.adds(OFFICE)
    dana.types(OTHER)
    dana.lists(OTHER, OFFICE)
    expect(dana.page.get_by_text("No networks yet")).to_have_count(0)
    dana.visitor.overlooks("htmx:oobErrorNoTarget")
    dana.visitor.hears_nothing_new()


@WITH_JAVASCRIPT
def test_the_own_changes_are_no_news(people: People, portal: Portal) -> None:
    portal.set_list(OTHER, "203.0.113.0/24")
    dana = people.owner()
    dana.adds(OFFICE)
    dana.edits(OFFICE, comment="Rotterdam")
    dana.has_saved(OFFICE, "Rotterdam")
    dana.deletes(OTHER)
    dana.has_deleted(OTHER)
    dana.visitor.hears_nothing_new()
    dana.undoes(OTHER)
    dana.visitor.hears_nothing_new()
    dana.activates()
    dana.visitor.hears_nothing_new()
    dana.deactivates()
    dana.visitor.hears_nothing_new()
