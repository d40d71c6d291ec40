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
    dana.sees(dana.page.locator("#allowlist-matches"), "1 of 1,000 networks matches “10.3.200”.")
    if dana.javascript:
        dana.has_focus(dana.page.get_by_role("searchbox"))
        expect(dana.page.get_by_role("searchbox")).to_have_value("10.3.200")


@WITH_JAVASCRIPT
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_search_stays_where_it_is_typed_in(dana: AllowlistPage, width: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": 900})
    box = dana.page.get_by_role("searchbox")
    box.click()
    before = box.bounding_box()
    dana.page.keyboard.type("10.3.200")
    expect(dana.rows).to_have_count(1)
    assert box.bounding_box() == before


@WITH_JAVASCRIPT
def test_what_was_done_moves_no_row(dana: AllowlistPage) -> None:
    network = dana.rows.nth(28).get_attribute("data-network") or ""
    top = "row => row.getBoundingClientRect().y"
    dana.opens_for_editing(network)
    before = dana.rows.first.evaluate(top)
    dana.field("Comment").fill("Depot")
    dana.chooses("Save")
    dana.is_told(f"Saved {network}.")
    assert dana.rows.first.evaluate(top) == pytest.approx(before, abs=2)


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
    dana.page.get_by_role("link", name="Next").last.click()
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
    dana.page.get_by_role("link", name="Next").last.click()
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
    dana.sees(dana.page.locator("#allowlist-matches"), "1 of 1,000 networks matches “10.3.200.0”.")


def test_the_first_network_can_be_searched_for(people: People, portal: Portal) -> None:
    dana = people.owner()
    expect(dana.page.get_by_role("search")).to_have_count(0)
    dana.adds("2001:db8::/48")
    expect(dana.page.get_by_role("search")).to_be_visible()
    searches(dana, "2001:db8::7")
    expect(dana.rows).to_have_count(1)


def test_a_search_that_finds_nothing_shows_no_empty_table(people: People, portal: Portal) -> None:
    portal.set_list(*MANY[:3])
    dana = people.owner()
    searches(dana, "Berlin")
    expect(dana.page.get_by_text("No network matches “Berlin”.")).to_be_visible()
    expect(dana.page.get_by_role("columnheader")).to_have_count(0)
    if dana.javascript:
        dana.adds("198.51.100.0/24")
        expect(dana.page.get_by_role("columnheader")).to_have_count(5)


@pytest.mark.parametrize(("height", "stays"), [(860, True), (480, False)])
def test_the_head_of_the_table_stays_where_there_is_room(dana: AllowlistPage, height: int, stays: bool) -> None:
    dana.page.set_viewport_size({"width": 1280, "height": height})
    dana.rows.nth(30).scroll_into_view_if_needed()
    head = dana.page.get_by_role("columnheader", name="Network")
    expect(head).to_be_in_viewport() if stays else expect(head).not_to_be_in_viewport()


def test_a_row_that_is_reached_backwards_is_not_below_the_head(dana: AllowlistPage) -> None:
    dana.page.set_viewport_size({"width": 1280, "height": 600})
    dana.rows.nth(40).get_by_role("link", name="Edit").focus()
    for _ in range(30):
        dana.page.keyboard.press("Shift+Tab")
    head, focused = (dana.page.locator(place).bounding_box() for place in ("th >> nth=0", ":focus"))
    assert head is not None
    assert focused is not None
    assert focused["y"] >= head["y"] + head["height"]


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_tools_are_reached_without_passing_all_rows(dana: AllowlistPage, width: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": 860})
    link = dana.page.get_by_role("link", name="Check an address")
    expect(link).to_be_visible(visible=width < 1280)
    if width < 1280:
        link.click()
    expect(dana.page.get_by_role("heading", name="Check an address")).to_be_in_viewport()


@WITH_JAVASCRIPT
def test_what_was_done_is_said_in_the_heads_place_and_not_over_it(dana: AllowlistPage) -> None:
    dana.page.set_viewport_size({"width": 1280, "height": 860})
    dana.edits(MANY[-40], comment="Rotterdam")
    dana.has_saved(MANY[-40], "Rotterdam")
    dana.rows.nth(30).scroll_into_view_if_needed()
    expect(dana.page.locator("#allowlist-notices p")).to_be_in_viewport()
    expect(dana.page.get_by_role("columnheader", name="Network")).not_to_be_in_viewport()


@pytest.mark.parametrize("width", [320, 768, 1240, 1280, 1920])
def test_what_can_be_searched_for_is_not_cut_off(dana: AllowlistPage, width: int) -> None:
    dana.page.set_viewport_size({"width": width, "height": 860})
    box = dana.page.locator("#q")
    box.evaluate("box => { box.type = 'text'; box.value = box.placeholder }")
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") == 0
