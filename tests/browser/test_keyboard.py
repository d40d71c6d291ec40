"""Where the keyboard is after each step, besides what the page's own verbs prove everywhere."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import Portal

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
OFFICE, MINE = "198.51.100.0/25", "203.0.113.0/24"
ESCAPE_AS_SOON_AS_IT_HAS_THE_FOCUS = """document.addEventListener("focusin", ({ target }) => {
  if (!target.matches("[data-refused]")) return;
  const escape = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
  setTimeout(() => target.dispatchEvent(escape));
})"""


def test_the_caret_is_at_the_end_of_what_is_edited(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.opens_for_editing(OFFICE)
    dana.page.keyboard.press("Backspace")
    dana.page.keyboard.type("6")
    expect(dana.field("Network")).to_have_value("198.51.100.0/26")


@pytest.mark.parametrize("way", ["Cancel", "Escape"])
def test_cancelling_an_edit_returns_to_its_button(people: People, portal: Portal, way: str) -> None:
    portal.set_list(OFFICE, MINE)
    dana = people.owner()
    dana.opens_for_editing(OFFICE)
    dana.field("Network").fill("192.0.2.0/24")
    if way == "Escape":
        dana.page.keyboard.press("Escape")
    else:
        dana.page.get_by_role("link", name="Cancel").click()
    expect(dana.row(OFFICE).get_by_role("link", name=f"Edit {OFFICE}")).to_be_focused()
    dana.lists(MINE, OFFICE)
    dana.is_on_the_same_page()


def test_escape_from_a_refused_delete_returns_to_its_button(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, MINE, active=True)
    dana = people.owner()
    dana.deletes(MINE)
    dana.is_refused(MINE, "leaves_you_out")
    dana.page.keyboard.press("Escape")
    expect(dana.button(f"Delete {MINE}")).to_be_focused()


def test_no_key_is_too_early_for_what_has_the_focus(people: People, portal: Portal) -> None:
    """The browser focuses what was swapped at the next frame; by then htmx has to know its links and forms."""
    portal.set_list(OFFICE, MINE, active=True)
    dana = people.owner()
    dana.page.evaluate(ESCAPE_AS_SOON_AS_IT_HAS_THE_FOCUS)
    with dana.page.expect_response(lambda response: response.url.endswith("?from=delete")):
        dana.deletes(MINE)
    expect(dana.button(f"Delete {MINE}")).to_be_focused()
    dana.is_on_the_same_page()


def test_undo_is_the_next_stop_after_a_delete(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, MINE)
    dana = people.owner()
    dana.button(f"Delete {OFFICE}").focus()
    dana.page.keyboard.press("Enter")
    dana.has_deleted(OFFICE)
    dana.page.keyboard.press("Tab")
    expect(dana.button("Undo")).to_be_focused()
    dana.page.keyboard.press("Enter")
    expect(dana.row(OFFICE)).to_be_visible()
    dana.is_on_the_same_page()


def test_a_dialog_keeps_the_keyboard_inside(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.asks_to("Activate", "Prevent access blockage")
    for place in ("textbox", "button", "link"):
        dana.page.keyboard.press("Tab")
        expect(dana.question.get_by_role(place)).to_be_focused()


def test_the_first_stop_skips_to_the_content(people: People) -> None:
    dana = people.signed_in("dana")
    dana.page.keyboard.press("Tab")
    expect(dana.page.get_by_role("link", name="Skip to content")).to_be_focused()
    dana.page.keyboard.press("Enter")
    expect(dana.page.locator("main")).to_be_focused()
