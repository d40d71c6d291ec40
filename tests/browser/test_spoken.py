"""What a screen reader says of each act: what was done or why not, in this order, and each sentence once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import HISTORY, Portal
from tests.support.spoken import ScreenReader, sentences
from tests.support.world import HOME

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
MINE, OTHER, NEW = "203.0.113.0/24", "198.51.100.0/24", "192.0.2.16/28"
FIELD = "textbox, Network"
HINT = "A single address or a CIDR range, IPv4 or IPv6. For example 203.0.113.0/24 or 2001:db8:40::/48."
EXAMPLES = "These addresses are reserved for examples: nobody connects from them over the internet."


@pytest.fixture
def dana(people: People, portal: Portal) -> AllowlistPage:
    """Dana's page with two networks, the list inactive."""
    portal.set_list(MINE, OTHER, comment="Office")
    return people.owner()


def presses(dana: AllowlistPage, name: str) -> ScreenReader:
    """Press a button by the keyboard; a screen reader has said its name."""
    reader = ScreenReader(dana.page)
    dana.button(name).focus()
    reader.says()
    dana.page.keyboard.press("Enter")
    return reader


def said_once(said: list[str], *expected: str) -> None:
    """Check that these sentences were said, and none twice."""
    heard = sentences(said)
    assert len(heard) == len(set(heard)), said
    assert [text for text in expected if text not in heard] == [], said


def test_an_added_network(dana: AllowlistPage) -> None:
    dana.network_field.fill(NEW)
    reader = presses(dana, "Add network")
    dana.has_added(NEW)
    assert reader.says() == [f"{FIELD}, {HINT}", f"Added {NEW}. 3 networks. {EXAMPLES}"]


def test_an_added_network_with_an_error(dana: AllowlistPage) -> None:
    dana.network_field.fill("192.0.2.20/28")
    reader = presses(dana, "Add network")
    dana.sees_error("host_bits", dana.network_field, "192.0.2.20/28")
    (said,) = reader.says()
    assert said.startswith(f"{FIELD}, invalid, Error: A /28 can’t start at 192.0.2.20. The /28 ")
    said_once([said])


def test_a_saved_network(dana: AllowlistPage) -> None:
    dana.opens_for_editing(OTHER)
    dana.field("Comment").fill("Rotterdam")
    reader = presses(dana, "Save")
    dana.has_saved(OTHER, "Rotterdam")
    assert reader.says() == [f"link, Edit {OTHER}", f"Saved {OTHER}."]


def test_a_deleted_network_and_its_return(dana: AllowlistPage) -> None:
    reader = presses(dana, f"Delete {OTHER}")
    dana.has_deleted(OTHER)
    assert reader.says() == [f"paragraph, Deleted {OTHER} (Office). 1 network."]
    reader = presses(dana, "Undo")
    expect(dana.row(OTHER)).to_be_visible()
    assert reader.says() == [f"link, Edit {OTHER}", f"Restored {OTHER}."]


def test_the_last_network_deleted(dana: AllowlistPage) -> None:
    dana.deletes(OTHER)
    dana.has_deleted(OTHER)
    reader = presses(dana, f"Delete {MINE}")
    expect(dana.page.get_by_role("heading", name="No networks yet")).to_be_focused()
    assert reader.says() == [f"heading, No networks yet, Deleted {MINE} (Office). The list is empty."]


def test_a_delete_that_is_refused(dana: AllowlistPage, portal: Portal) -> None:
    portal.force_active()
    dana.opens()
    reader = presses(dana, f"Delete {MINE}")
    dana.is_refused(MINE, "leaves_you_out")
    said = reader.says()
    assert len(said) == 1
    assert "nothing else on the list contains it" in said[0]
    said_once(said)


def test_an_activated_list(dana: AllowlistPage) -> None:
    reader = presses(dana, "Activate")
    expect(dana.question).to_be_visible()
    assert reader.says() == ["heading, Activate the IP allowlist?"]
    reader = presses(dana, "Activate the list")
    dana.has_activated()
    assert reader.says() == [
        "heading, IP allowlist",
        "The IP allowlist is active. Nobody else is being signed out.",
    ]


def test_a_conflict(dana: AllowlistPage, people: People) -> None:
    mara = people.owner("mara")
    dana.opens_for_editing(OTHER)
    mara.edits(OTHER, comment="Mara’s")
    mara.has_saved(OTHER, "Mara’s")
    reader = presses(dana, "Save")
    dana.is_refused(OTHER, "stale")
    said = reader.says()
    assert len(said) == 1
    assert "Mara Osei changed it to" in said[0]
    said_once(said)


def test_what_a_search_finds(people: People, portal: Portal) -> None:
    portal.set_list(*(f"192.0.2.{number}/32" for number in range(9)))
    dana = people.owner()
    dana.page.get_by_role("searchbox").focus()
    reader = ScreenReader(dana.page)
    reader.says()
    dana.page.keyboard.type("2.7")
    expect(dana.rows).to_have_count(1)
    assert reader.says() == ["1 of 9 networks matches “2.7”."]


def test_who_is_signed_out(people: People, dana: AllowlistPage) -> None:
    people.signed_in("sanne")
    dana.opens()
    reader = presses(dana, "Sign out Sanne Li, 203.0.113.42")
    expect(dana.page.locator("#signed-in-title")).to_be_focused()
    assert reader.says() == ["heading, Signed in now", "Signed out Sanne Li, 203.0.113.42."]


def test_a_wrong_password(people: People) -> None:
    dana = people.at(HOME)
    reader = ScreenReader(dana.page)
    dana.signs_in("dana", "not the password")
    title, field = reader.says_of_a_new_page()
    assert title == "Error: Sign in · Customer portal"
    assert field.startswith("textbox, Password, invalid, That e-mail and password don’t match.")
    assert len(sentences([field])) == len(set(sentences([field])))


def test_what_history_finds_or_cannot_look_for(dana: AllowlistPage) -> None:
    dana.page.goto(HISTORY)
    field = dana.page.get_by_label("Network")
    field.focus()
    reader = ScreenReader(dana.page)
    reader.says()
    dana.page.keyboard.type("192.0.2.300")
    dana.page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    (said,) = reader.says()
    assert said.startswith(f"{FIELD}, invalid, Error: ")
    field.fill(MINE)
    dana.page.keyboard.press("Enter")
    expect(dana.page.locator("#history-found")).to_contain_text("1 change.")
    assert "1 change." in reader.says()


@pytest.fixture
def history(people: People) -> Page:
    """History, as Dana sees it."""
    page = people.signed_in("dana").page
    page.goto(HISTORY)
    return page


def test_a_page_of_history_that_is_not_there(history: Page) -> None:
    reader = ScreenReader(history)
    history.evaluate(f"htmx.ajax('GET', '{HISTORY}?page=gone', '#history-found')")
    expect(history.locator("[data-error=page]")).to_be_focused()
    assert reader.says() == ["group, Error: This page is not there. Go back to the latest."]


def test_a_view_of_history_that_is_not_there(history: Page) -> None:
    reader = ScreenReader(history)
    history.goto(f"{HISTORY}?view=all&page=gone")
    title, error = reader.says_of_a_new_page()
    assert title == "Error: History · Account settings · Customer portal"
    assert error == "group, Error: There is no such view. Choose changes or access."
