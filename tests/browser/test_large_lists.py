"""1,000 networks feel like 10: search while typing, filters, order, pages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import Portal
from tests.support.quick import put_list

pytestmark = [pytest.mark.browser, ON_SQLITE]
MANY = [f"10.{number // 256}.{number % 256}.0/24" for number in range(998)]


@pytest.fixture
def dana(people: People, portal: Portal) -> AllowlistPage:
    """Dana's page with 1,000 networks."""
    put_list(portal.app, portal.world.halden, "203.0.113.0/24", "2001:db8:40::/48", *MANY)
    return people.owner()


def searches(dana: AllowlistPage, text: str) -> None:
    """Type into the search box; without JavaScript, press Search."""
    box = dana.page.get_by_role("searchbox")
    box.click()
    dana.page.keyboard.type(text)
    if not dana.javascript:
        dana.chooses("Search")


def test_typing_finds_networks_and_the_focus_stays(dana: AllowlistPage) -> None:
    searches(dana, "10.3.200")
    expect(dana.rows).to_have_count(1)
    expect(dana.rows).to_have_attribute("data-network", "10.3.200.0/24")
    assert dana.page.url.partition("?")[2].startswith("q=10.3.200")
    dana.sees(dana.page.locator("#allowlist-matches"), "1 of 1,000 networks match “10.3.200”.")
    if dana.javascript:
        dana.has_focus(dana.page.get_by_role("searchbox"))
        expect(dana.page.get_by_role("searchbox")).to_have_value("10.3.200")


def test_an_address_finds_the_networks_around_it(dana: AllowlistPage) -> None:
    searches(dana, "2001:db8:40::7")
    expect(dana.rows).to_have_count(1)
    expect(dana.rows).to_have_attribute("data-network", "2001:db8:40::/48")


def test_what_is_not_found_is_said_and_the_way_back_is_offered(dana: AllowlistPage) -> None:
    searches(dana, "Berlin")
    expect(dana.page.get_by_text("No network matches “Berlin”.")).to_be_visible()
    dana.page.get_by_role("link", name="Clear search").click()
    expect(dana.rows).to_have_count(50)


def test_filters_and_order(dana: AllowlistPage) -> None:
    for label, choice, first in (("Show", "Covers me", "203.0.113.0/24"), ("Show", "IPv6", "2001:db8:40::/48")):
        dana.page.get_by_label(label, exact=True).select_option(choice)
        if not dana.javascript:
            dana.chooses("Search")
        expect(dana.rows).to_have_count(1)
        expect(dana.rows).to_have_attribute("data-network", first)
    dana.page.get_by_label("Show", exact=True).select_option("All")
    dana.page.get_by_label("Sort by").select_option("Network")
    if not dana.javascript:
        dana.chooses("Search")
    expect(dana.rows.first).to_have_attribute("data-network", "10.0.0.0/24")
    expect(dana.rows).to_have_count(50)


def test_pages_are_turned_and_turned_back(dana: AllowlistPage) -> None:
    expect(dana.rows.first).to_have_attribute("data-network", MANY[-1])
    dana.page.get_by_role("link", name="Next").click()
    expect(dana.rows.first).to_have_attribute("data-network", MANY[-51])
    expect(dana.page).to_have_url(re.compile(r"page=2$"))
    if dana.javascript:
        dana.hears("Networks 51 to 100 of 1,000.")
        dana.has_focus(dana.page.locator("#networks-title"))
    dana.page.go_back()
    expect(dana.rows.first).to_have_attribute("data-network", MANY[-1])


@WITH_JAVASCRIPT
def test_a_network_is_edited_and_deleted_on_a_later_page(dana: AllowlistPage) -> None:
    network = MANY[-60]
    dana.page.get_by_role("link", name="Next").click()
    dana.edits(network, comment="Rotterdam")
    expect(dana.row(network).locator(".cmt")).to_have_text("Rotterdam")
    dana.deletes(network)
    dana.has_deleted(network)
    dana.undoes(network)


@WITH_JAVASCRIPT
def test_a_search_in_flight_gives_way_to_the_next(dana: AllowlistPage) -> None:
    box = dana.page.get_by_role("searchbox")
    box.press_sequentially("10.3.2")
    dana.page.wait_for_timeout(260)
    box.press_sequentially("00.0")
    expect(dana.rows).to_have_count(1)
    dana.sees(dana.page.locator("#allowlist-matches"), "1 of 1,000 networks match “10.3.200.0”.")


def test_a_short_list_has_no_search(people: People, portal: Portal) -> None:
    portal.set_list(*MANY[:7])
    dana = people.owner()
    expect(dana.page.get_by_role("search")).to_have_count(0)
    dana.adds("2001:db8::/48")
    dana.opens()
    expect(dana.page.get_by_role("search")).to_be_visible()
