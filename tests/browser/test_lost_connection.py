"""A lost answer is said, covers nothing that is needed, and goes when it is closed."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import Portal

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
OFFICE = "198.51.100.0/25"
LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "htmx:sendError", "htmx:afterRequest")
OVERLAP = """(box, other) => {
  const [a, b] = [box, other].map((element) => element.getBoundingClientRect());
  return Math.min(a.right, b.right) > Math.max(a.left, b.left) && Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top);
}"""


@pytest.fixture
def dana(people: People, portal: Portal) -> AllowlistPage:
    """Dana's page with one network, on a telephone."""
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.page.set_viewport_size({"width": 390, "height": 700})
    return dana


def loses(dana: AllowlistPage) -> Locator:
    """Type a network without a connection, and press Enter; return the box."""
    dana.network_field.fill("192.0.2.16/28")
    dana.visitor.context.set_offline(True)
    dana.network_field.press("Enter")
    box = dana.page.locator("#connection")
    expect(box).to_be_visible()
    dana.visitor.overlooks(*LOST)
    return box


def test_an_answer_that_was_lost_on_its_way_is_not_said_to_be_unsent(dana: AllowlistPage) -> None:
    dana.page.route("**/networks", lambda route: route.abort("internetdisconnected"))
    dana.types("192.0.2.16/28")
    expect(dana.page.locator("#connection")).to_contain_text("it isn’t known whether this was saved")
    dana.visitor.overlooks(*LOST)


@pytest.mark.parametrize("scrolled_to", ["start", "center", "end"])
def test_the_box_covers_no_field_that_has_the_focus(dana: AllowlistPage, scrolled_to: str) -> None:
    dana.network_field.evaluate(f"field => field.scrollIntoView({{block: '{scrolled_to}'}})")
    box = loses(dana)
    dana.has_focus(dana.network_field)
    expect(dana.network_field).to_be_in_viewport()
    assert not box.evaluate(OVERLAP, dana.network_field.element_handle())


def test_the_box_covers_no_button_of_a_question(dana: AllowlistPage) -> None:
    question = dana.asks_to("Activate", "Prevent access blockage")
    dana.visitor.context.set_offline(True)
    dana.chooses("Add my address and activate")
    box = question.locator("#connection")
    expect(box).to_be_visible()
    dana.visitor.overlooks(*LOST)
    pressed = question.get_by_role("button", name="Add my address and activate")
    expect(pressed).to_be_in_viewport()
    assert not box.evaluate(OVERLAP, pressed.element_handle())


@pytest.mark.parametrize("way", ["Escape", "button"])
def test_the_box_is_closed_and_the_focus_stays(dana: AllowlistPage, way: str) -> None:
    box = loses(dana)
    if way == "button":
        box.get_by_role("button", name="Close").click()
    else:
        dana.page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    dana.has_focus(dana.network_field)
    expect(dana.network_field).to_have_value("192.0.2.16/28")


def test_escape_closes_the_box_before_the_row_that_is_edited(dana: AllowlistPage) -> None:
    dana.opens_for_editing(OFFICE)
    dana.field("Comment").fill("Ground floor")
    dana.visitor.context.set_offline(True)
    dana.chooses("Save")
    expect(dana.page.locator("#connection")).to_be_visible()
    dana.visitor.overlooks(*LOST)
    dana.page.keyboard.press("Escape")
    expect(dana.page.locator("#connection")).to_be_hidden()
    expect(dana.field("Comment")).to_have_value("Ground floor")


def test_trying_again_goes_on_where_it_was(dana: AllowlistPage) -> None:
    box = loses(dana)
    dana.visitor.context.set_offline(False)
    box.get_by_role("button", name="Try again").click()
    dana.is_told(re.compile(r"^Added 192\.0\.2\.16/28\."))
    dana.has_focus(dana.network_field)
    expect(box).to_be_hidden()
