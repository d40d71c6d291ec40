"""A question on a small window, with many people, by keyboard: what it asks about and its buttons stay in sight."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import Portal
from tests.support.crowd import add_members, sign_in_all
from tests.support.quick import start_session

pytestmark = [pytest.mark.browser, ON_SQLITE]
MINE, OFFICE = "203.0.113.0/24", "198.51.100.0/24"
IS_COVERED = """element => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return !element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


@pytest.fixture(params=[(1280, 720), (390, 700)], ids=["1280x720", "390x700"])
def dana(request: pytest.FixtureRequest, people: People, portal: Portal) -> AllowlistPage:
    """Dana, asked whether to activate; that would sign 30 people out."""
    portal.set_list(OFFICE)
    crowd = add_members(portal.app, portal.world.halden, 30)
    sign_in_all(portal.app, portal.world.halden, crowd, *(f"192.0.2.{number}" for number in range(1, 31)))
    dana, (width, height) = people.owner(), request.param
    dana.page.set_viewport_size({"width": width, "height": height})
    dana.asks_to("Activate", "Prevent access blockage")
    return dana


@WITH_JAVASCRIPT
def test_the_buttons_of_a_question_about_thirty_people_stay_in_sight(dana: AllowlistPage) -> None:
    for button in (dana.button("Add my address and activate"), dana.question.get_by_role("link", name="Cancel")):
        expect(button).to_be_in_viewport(ratio=1)
        assert not button.evaluate(IS_COVERED)
    expect(dana.question.get_by_role("listitem")).to_have_count(11)


@WITH_JAVASCRIPT
def test_the_keyboard_reaches_everybody_and_nothing_that_has_the_focus_is_covered(dana: AllowlistPage) -> None:
    dana.question.locator("summary").press("Enter")
    expect(dana.question.get_by_role("listitem")).to_have_count(31)
    offers = dana.question.get_by_role("button", name=re.compile("^Add 192"))
    expect(offers).to_have_count(30)
    offers.nth(10).focus()
    for place in range(11, 30):
        dana.page.keyboard.press("Tab")
        expect(offers.nth(place)).to_be_focused()
        assert not offers.nth(place).evaluate(IS_COVERED)


@pytest.mark.parametrize("to", ["192.0.2.0/24", "198.51.100.128/25"])
def test_enter_in_a_field_of_a_question_only_asks_again(people: People, portal: Portal, to: str) -> None:
    portal.set_list(OFFICE, MINE, active=True)
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], "198.51.100.14")
    own = to.startswith("192")
    network, code = (MINE, "leaves_you_out") if own else (OFFICE, "signs_out_others")
    dana = people.owner()
    dana.edits(network, to=to)
    row = dana.is_refused(network, code)
    expect(row.locator(".asked")).to_contain_text(network)
    dana.field("Network").press("Enter")
    dana.is_refused(network, code)
    assert (portal.networks(), portal.list().active) == ([MINE, OFFICE], True)


def test_theirs_is_kept_by_one_button(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, MINE)
    dana, mara = people.owner("dana"), people.owner("mara")
    dana.opens_for_editing(OFFICE)
    mara.edits(OFFICE, comment="Mara's")
    mara.has_saved(OFFICE, "Mara's")
    dana.field("Comment").fill("Dana's")
    dana.chooses("Save")
    dana.is_refused(OFFICE, "stale").get_by_role("link", name="Keep theirs").click()
    expect(dana.row(OFFICE).locator(".cmt")).to_have_text("Mara's")
    dana.has_focus(dana.row(OFFICE).get_by_role("link", name=f"Edit {OFFICE}"))
