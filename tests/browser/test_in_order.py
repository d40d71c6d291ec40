"""What is done while an answer is on its way: one act after the other, and nobody's words or place are taken."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import BASE, Portal
from tests.support.world import HOME

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
OFFICE, MINE, VPN = "198.51.100.0/25", "203.0.113.0/24", "192.0.2.16/28"
MANY = tuple(f"192.0.2.{n}/32" for n in range(1, 9))
LOST = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")


def holding(dana: AllowlistPage, path: str, act: Callable[[], object]) -> Route:
    """Do something, and hold the request that comes of it."""
    held: list[Route] = []
    dana.page.route(f"**{BASE}{path}", lambda route: held.append(route), times=1)
    with dana.page.expect_request(f"**{BASE}{path}"):
        act()
    while not held:
        dana.page.wait_for_timeout(20)
    dana.page.wait_for_timeout(50)
    return held[0]


def test_edit_pressed_during_a_delete_finds_the_network_deleted(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, MINE)
    dana = people.owner()
    delete = holding(dana, f"/networks/{portal.id_of(OFFICE)}/delete", lambda: dana.deletes(OFFICE))
    dana.row(OFFICE).get_by_role("link", name="Edit").click()
    delete.continue_()
    dana.has_deleted(OFFICE)
    dana.lists(MINE)


def test_a_search_pressed_during_a_delete_is_answered_after_it(people: People, portal: Portal) -> None:
    portal.set_list(*MANY, OFFICE)
    dana = people.owner()
    delete = holding(dana, f"/networks/{portal.id_of(MANY[0])}/delete", lambda: dana.deletes(MANY[0]))
    dana.page.get_by_label("Sort by").select_option("network")
    delete.continue_()
    dana.lists(*MANY[1:], OFFICE)


def test_two_additions_are_made_in_the_order_of_their_presses(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    add = holding(dana, "/networks", lambda: dana.types(VPN))
    dana.chooses("Add my address")
    add.continue_()
    dana.lists(f"{HOME}/32", VPN, OFFICE)
    expect(dana.section).to_have_attribute("data-covered", "true")
    expect(dana.page.locator("#allowlist-you")).to_contain_text(f"covered by {HOME}/32")


def test_who_types_on_during_an_addition_loses_neither_words_nor_place(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    add = holding(dana, "/networks", lambda: dana.types(VPN))
    dana.network_field.fill(MINE)
    add.continue_()
    dana.lists(VPN, OFFICE)
    expect(dana.network_field).to_have_value(MINE)
    dana.has_focus(dana.network_field)
    expect(dana.comment_field).to_have_value("")


def test_who_types_during_a_delete_keeps_the_place(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, MINE)
    dana = people.owner()
    delete = holding(dana, f"/networks/{portal.id_of(OFFICE)}/delete", lambda: dana.deletes(OFFICE))
    dana.comment_field.press_sequentially("Ware")
    delete.continue_()
    expect(dana.row(OFFICE)).to_have_count(0)
    dana.page.keyboard.type("house")
    expect(dana.comment_field).to_have_value("Warehouse")


def test_a_question_that_was_closed_is_asked_again_only_after_its_answer(people: People, portal: Portal) -> None:
    portal.set_list(MINE)
    dana = people.owner()
    dana.asks_to("Activate", "Activate the IP allowlist?")
    activate = holding(dana, "/activate", lambda: dana.chooses("Activate the list"))
    dana.page.keyboard.press("Escape")
    dana.button("Activate").click()
    activate.continue_()
    expect(dana.section).to_have_attribute("data-state", "active")
    expect(dana.button("Deactivate")).to_be_visible()


def test_trying_again_works_after_the_question_was_closed(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.asks_to("Activate", "Prevent access blockage")
    dana.visitor.context.set_offline(True)
    dana.chooses("Add my address and activate")
    expect(dana.page.get_by_role("alert")).to_be_visible()
    dana.page.keyboard.press("Escape")
    dana.visitor.overlooks(*LOST)
    dana.visitor.context.set_offline(False)
    dana.page.get_by_role("alert").get_by_role("button", name="Try again").click()
    dana.has_activated()
    assert portal.networks()[0] == f"{HOME}/32"


def test_what_only_looks_is_not_said_to_be_saved_perhaps(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.page.route("**/edit", lambda route: route.abort("internetdisconnected"))
    dana.row(OFFICE).get_by_role("link", name="Edit").click()
    lost = dana.page.get_by_role("alert")
    expect(lost).to_contain_text("The portal didn’t answer. What you typed is still here.")
    dana.visitor.overlooks(*LOST)
    dana.page.unroute("**/edit")
    lost.get_by_role("button", name="Try again").click()
    expect(dana.field("Network")).to_have_value(OFFICE)


def look(dana: AllowlistPage, how: str) -> Locator:
    """Look at the list in another way; return a row that is shown then."""
    if how == "search":
        dana.page.get_by_role("searchbox").fill("192.0.2.3")
        return dana.row(MANY[2])
    dana.page.get_by_label("Sort by").select_option("network")
    return dana.page.locator("#allowlist-rows tr[data-network]").nth(1)


@pytest.mark.parametrize("how", ["search", "sort"])
def test_a_row_that_is_being_edited_stays_through_a_search(people: People, portal: Portal, how: str) -> None:
    portal.set_list(OFFICE, *MANY)
    dana = people.owner()
    dana.opens_for_editing(OFFICE)
    dana.field("Comment").fill("Ground floor")
    with dana.page.expect_response(f"**{BASE}?*"):
        row = look(dana, how)
    expect(row).to_be_visible()
    expect(dana.field("Comment")).to_have_value("Ground floor")
    assert "keep" not in dana.page.url
    dana.chooses("Save")
    dana.has_saved(OFFICE, "Ground floor")


def test_the_caret_stays_where_it_is_when_news_arrive(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, comment="long comment")
    dana, mara = people.owner(), people.owner("mara")
    dana.opens_for_editing(OFFICE)
    comment = dana.field("Comment")
    comment.focus()
    dana.page.keyboard.press("Home")
    dana.page.keyboard.type("ab")
    mara.adds(VPN)
    dana.visitor.looks_back()
    expect(dana.page.get_by_role("link", name="Show changes")).to_be_visible()
    dana.page.keyboard.type("cd")
    expect(comment).to_have_value("abcdlong comment")


def test_changes_are_shown_as_the_list_was_asked_for(people: People, portal: Portal) -> None:
    portal.set_list(*MANY)
    dana, mara = people.owner(), people.owner("mara")
    dana.page.get_by_role("searchbox").fill("Berlin")
    expect(dana.rows).to_have_count(0)
    mara.adds(OFFICE, "Berlin")
    mara.adds(VPN, "Hamburg")
    dana.visitor.looks_back()
    dana.page.get_by_role("link", name="Show changes").click()
    expect(dana.rows).to_have_count(1)
    expect(dana.row(OFFICE)).to_be_visible()
    expect(dana.page.get_by_role("searchbox")).to_have_value("Berlin")


def test_the_answer_about_an_address_follows_the_list(people: People, portal: Portal) -> None:
    portal.set_list(MINE)
    dana = people.owner()
    dana.page.get_by_label("IP address").fill("198.51.100.9")
    dana.chooses("Check")
    answer = dana.page.locator("#allowlist-check .res")
    expect(answer).to_contain_text("Let in now, because the list is inactive.")
    dana.activates()
    expect(answer).to_contain_text("Not let in.")
    dana.adds(OFFICE)
    expect(answer).to_contain_text(f"Let in. 198.51.100.9 is covered by {OFFICE}.")


def test_a_page_that_has_missed_the_first_network_and_activates_shows_it(people: People, portal: Portal) -> None:
    portal.set_list()
    dana, mara = people.owner(), people.owner("mara")
    mara.adds(MINE)
    dana.button("Activate").click()
    dana.chooses("Activate the list")
    expect(dana.section).to_have_attribute("data-state", "active")
    dana.lists(MINE)
    dana.visitor.overlooks("htmx:oobErrorNoTarget")


def test_adding_from_the_question_keeps_the_comment_and_is_said_in_the_question(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    people.signed_in("sanne", "192.0.2.77")
    dana = people.owner()
    question = dana.asks_to("Activate", "Prevent access blockage")
    question.get_by_label("Comment").fill("Home")
    question.get_by_role("button", name="Add 192.0.2.77").click()
    title = dana.question.get_by_role("heading", level=2)
    expect(title).to_have_accessible_description(re.compile(r"^Added 192\.0\.2\.77/32\. 2 networks\."))
    dana.has_focus(title)
    expect(dana.question.get_by_label("Comment")).to_have_value("Home")
    dana.chooses("Add my address and activate")
    dana.has_activated()
    expect(dana.row(f"{HOME}/32").locator(".cmt")).to_have_text("Home")
