"""On a narrow screen nothing scrolls sideways (WCAG 2.2, 1.4.10)."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import Portal
from tests.support.world import IPV6

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


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
