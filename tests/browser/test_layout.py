"""On a narrow screen nothing scrolls sideways (WCAG 2.2, 1.4.10)."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import Portal
from tests.support.world import IPV6
from webapp.domain.comment import MAX_COMMENT
from webapp.storage.models import Account, User

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

SPILLS = "element => element.scrollWidth - element.clientWidth"
# How much of a choice is hidden: the width that it takes by itself, less the one it has.
CUT = """select => {
  const has = select.getBoundingClientRect().width;
  select.style.cssText = "position: absolute; flex: none; min-width: 0; width: max-content";
  return Math.max(0, Math.round(select.getBoundingClientRect().width - has));
}"""


@pytest.fixture
def dana(people: People, portal: Portal) -> AllowlistPage:
    """Dana's page on a telephone, over IPv6."""
    portal.set_list("198.51.100.0/25", "2001:db8:9::/48", comment="Rotterdam office, ground floor")
    dana = people.owner(address=IPV6)
    dana.page.set_viewport_size({"width": 320, "height": 640})
    return dana


def test_the_page_fits(dana: AllowlistPage) -> None:
    assert dana.page.evaluate(TOO_WIDE) == 0


def test_a_mistake_fits(dana: AllowlistPage) -> None:
    dana.types("2001:db8:1234:5678:9abc:def0:1234:5678/48", "Warehouse")
    expect(dana.page.locator("[data-error=host_bits]")).to_be_visible()
    assert dana.page.evaluate(TOO_WIDE) == 0


def test_the_answer_of_the_check_fits(dana: AllowlistPage) -> None:
    dana.page.get_by_label("IP address").fill("2001:db8:9:5678:9abc:def0:1234:5678")
    dana.chooses("Check")
    expect(dana.page.locator("[data-let-in]")).to_be_visible()
    assert dana.page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize("width", [320, 1280])
def test_a_long_address_leaves_no_box(dana: AllowlistPage, portal: Portal, width: int) -> None:
    portal.force_active()
    dana.page.set_viewport_size({"width": width, "height": 640})
    dana.page.get_by_label("IP address").fill("2001:db8:1234:5678:9abc:def0:1234:5678")
    dana.chooses("Check")
    answer = dana.page.locator("[data-let-in]")
    expect(answer.get_by_role("button")).to_have_text("Add 2001:db8:1234:5678::/64")
    assert answer.evaluate(SPILLS) == 0


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_button_that_adds_a_long_network_leaves_the_text_its_room(dana: AllowlistPage, width: int) -> None:
    dana.visitor.moves_to("2001:db8:1234:5678:9abc:def0:1234:5678")
    dana.page.set_viewport_size({"width": width, "height": 640})
    dana.page.reload()
    assert dana.page.locator("#add-current").evaluate(SPILLS) == 0
    text = dana.page.locator("#allowlist-you > div").bounding_box()
    strip = dana.page.locator("#allowlist-you").bounding_box()
    assert text
    assert strip
    assert text["width"] > strip["width"] / 2


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_sheet_fits(dana: AllowlistPage, width: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": 640})
    dana.page.get_by_role("link", name="Print the whole list").click()
    expect(dana.page.get_by_role("heading", level=1)).to_contain_text("IP allowlist of")
    assert dana.page.evaluate(TOO_WIDE) == 0
    assert dana.page.locator(".sheet .card").evaluate(SPILLS) == 0


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_search_has_room_for_words_and_its_choices(dana: AllowlistPage, width: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": 640})
    field = dana.page.get_by_label("Search networks and comments").bounding_box()
    assert field
    assert field["width"] > 200
    assert dana.page.get_by_label("Sort by").evaluate(CUT) == 0


def test_a_row_open_for_editing_fits(dana: AllowlistPage) -> None:
    dana.edits("2001:db8:9::/48", to="2001:db8:1234:5678:9abc:def0:1234:5678/48")
    expect(dana.page.locator("[data-error=host_bits]")).to_be_visible()
    assert dana.page.evaluate(TOO_WIDE) == 0


def test_a_refusal_fits(dana: AllowlistPage, portal: Portal) -> None:
    portal.force_active()
    dana.deletes("2001:db8:9::/48")
    dana.is_refused("2001:db8:9::/48", "leaves_you_out")
    assert dana.page.evaluate(TOO_WIDE) == 0


def test_the_prompt_fits(dana: AllowlistPage) -> None:
    dana.visitor.moves_to("2001:db8:1234:5678:9abc:def0:1234:5678")
    prompt = dana.asks_to("Activate", "Prevent access blockage")
    assert dana.page.evaluate(TOO_WIDE) == 0
    assert prompt.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") == 0


def test_a_low_window_is_not_covered_by_the_header(dana: AllowlistPage) -> None:
    header = dana.page.locator(".top")
    expect(header).to_have_css("position", "sticky")
    dana.page.set_viewport_size({"width": 320, "height": 256})
    expect(header).to_have_css("position", "static")


def test_a_low_window_is_not_filled_by_the_buttons_of_a_question(dana: AllowlistPage) -> None:
    dana.page.set_viewport_size({"width": 320, "height": 256})
    prompt = dana.asks_to("Activate", "Activate the IP allowlist?")
    assert prompt.locator(".foot").evaluate("foot => getComputedStyle(foot).position") == "static"


@pytest.mark.parametrize(("width", "height"), [(320, 225), (640, 450)])
def test_what_has_the_focus_stays_in_view(dana: AllowlistPage, width: int, height: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": height})
    dana.network_field.fill("192.0.2.77")
    dana.page.keyboard.press("Enter")
    dana.has_added("192.0.2.77/32")
    expect(dana.network_field).to_be_in_viewport()


def test_a_long_name_fits(dana: AllowlistPage, portal: Portal) -> None:
    long = "Bartholomäus-Maximilian von und zu Donaudampfschifffahrt"
    with portal.app.extensions["engine"].begin() as connection:
        connection.execute(sa.update(User).values(name=long))
        connection.execute(sa.update(Account).values(name=long))
    dana.page.reload()
    expect(dana.page.locator(".acct")).to_have_text(long)
    assert dana.page.evaluate(TOO_WIDE) == 0


def test_the_account_is_named(dana: AllowlistPage) -> None:
    expect(dana.page.locator(".top .acct")).to_be_visible()


def test_text_that_the_browser_enlarges_fits(dana: AllowlistPage) -> None:
    dana.page.set_viewport_size({"width": 1280, "height": 800})
    size = "parseFloat(getComputedStyle(document.querySelector('.hint')).fontSize)"
    before = dana.page.evaluate(size)
    dana.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert dana.page.evaluate(size) == 2 * before
    assert dana.page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_error_of_a_comment_is_below_its_field(dana: AllowlistPage, width: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": 640})
    dana.edits("2001:db8:9::/48", comment="x" * (MAX_COMMENT + 1))
    expect(dana.page.locator("[data-error]")).to_be_visible()
    field, error = dana.field("Comment").bounding_box(), dana.page.locator("[data-error]").bounding_box()
    assert field
    assert error
    assert error["y"] >= field["y"] + field["height"]


def test_a_comment_has_more_room_than_its_network(dana: AllowlistPage) -> None:
    dana.page.set_viewport_size({"width": 1280, "height": 640})
    network, comment = (dana.page.locator(f"th:nth-child({column})").bounding_box() for column in (1, 2))
    assert network
    assert comment
    assert comment["width"] > network["width"]


@pytest.mark.parametrize("width", [320, 1280])
def test_an_underscore_is_seen_in_every_field(dana: AllowlistPage, width: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": 640})
    for label in ("IP address", "Network"):
        field, seen = dana.page.get_by_label(label, exact=True).first, []
        for text in ("blk 5DA2", "blk_5DA2"):
            field.fill(text)
            seen.append(field.screenshot())
        assert seen[0] != seen[1], label
