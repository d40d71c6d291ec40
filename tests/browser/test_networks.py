"""Adding, editing and deleting: mistakes cost nothing, and nothing typed is lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import Portal
from tests.support.world import HOME
from webapp.domain.comment import MAX_COMMENT

pytestmark = [pytest.mark.browser, ON_SQLITE]


def test_a_mistyped_network_is_kept_and_its_correction_is_one_click_away(people: People) -> None:
    dana = people.owner()
    dana.types("192.0.2.20/28", "Warehouse")
    error = dana.sees_error("host_bits", dana.network_field, "192.0.2.20/28")
    expect(dana.comment_field).to_have_value("Warehouse")
    dana.is_offered(error, "Add 192.0.2.16/28", "Add 192.0.2.20/32")
    dana.chooses("Add 192.0.2.16/28")
    dana.has_added("192.0.2.16/28", "Warehouse")
    dana.lists("192.0.2.16/28")


def test_a_mistyped_network_can_be_corrected_by_hand(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.owner()
    dana.types("office", "Warehouse")
    dana.sees_error("hostname", dana.network_field, "office")
    dana.network_field.fill("192.0.2.16/28")
    dana.network_field.press("Enter")
    dana.has_added("192.0.2.16/28", "Warehouse")
    expect(dana.page.locator("[data-error]")).to_have_count(0)


def test_a_comment_that_is_too_long_is_kept_beside_its_error(people: People) -> None:
    dana = people.owner()
    dana.types("192.0.2.16/28", "x" * (MAX_COMMENT + 1))
    dana.sees_error("comment_too_long", dana.comment_field, "x" * (MAX_COMMENT + 1))
    expect(dana.network_field).to_have_value("192.0.2.16/28")
    dana.comment_field.fill("x" * MAX_COMMENT)
    dana.comment_field.press("Enter")
    dana.has_added("192.0.2.16/28", "x" * MAX_COMMENT)


def test_a_network_that_is_listed_already_is_shown(people: People, portal: Portal) -> None:
    portal.set_list("192.0.2.16/28")
    dana = people.owner()
    dana.types("192.0.2.16/28", "again")
    error = dana.sees_error("duplicate", dana.network_field, "192.0.2.16/28")
    error.get_by_role("link", name="Show it").click()
    expect(dana.row("192.0.2.16/28").get_by_role("link", name="Edit")).to_be_focused()
    dana.lists("192.0.2.16/28")


def test_a_wide_network_is_added_only_when_confirmed(people: People) -> None:
    dana = people.owner()
    dana.types("0.0.0.0/0", "Everybody")
    error = dana.sees_error("confirm_wide", dana.network_field, "0.0.0.0/0")
    expect(error).to_contain_text("0.0.0.0/0 contains every IPv4 address")
    dana.lists()
    dana.chooses("Add it anyway")
    dana.has_added("0.0.0.0/0", "Everybody")


def test_enter_after_a_wide_network_confirms_nothing(people: People) -> None:
    dana = people.owner()
    dana.types("0.0.0.0/0")
    dana.sees_error("confirm_wide", dana.network_field, "0.0.0.0/0")
    dana.network_field.fill("::/0")
    dana.network_field.press("Enter")
    error = dana.sees_error("confirm_wide", dana.network_field, "::/0")
    expect(error).to_contain_text("::/0 contains every IPv6 address")
    dana.lists()


def test_a_mistake_in_an_edit_is_kept_and_its_correction_is_one_click_away(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25", "192.0.2.16/28")
    dana = people.owner()
    dana.edits("198.51.100.0/25", to="198.51.100.9/26", comment="Ground floor")
    dana.sees_error("host_bits", dana.field("Network"), "198.51.100.9/26")
    expect(dana.field("Comment")).to_have_value("Ground floor")
    dana.chooses("Use 198.51.100.0/26")
    dana.has_saved("198.51.100.0/26", "Ground floor")
    dana.lists("192.0.2.16/28", "198.51.100.0/26")


def test_two_rows_are_edited_at_the_same_time(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25", "192.0.2.16/28")
    dana = people.owner()
    dana.opens_for_editing("198.51.100.0/25").get_by_label("Comment").fill("Rotterdam")
    if dana.javascript:
        dana.row("192.0.2.16/28").get_by_role("link", name="Edit").click()
        dana.row("192.0.2.16/28").get_by_label("Comment").fill("Warehouse")
    dana.row("198.51.100.0/25").get_by_role("button", name="Save").click()
    dana.has_saved("198.51.100.0/25", "Rotterdam")
    if dana.javascript:
        dana.row("192.0.2.16/28").get_by_role("button", name="Save").click()
        dana.has_saved("192.0.2.16/28", "Warehouse")


def test_a_delete_is_undone(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25", "192.0.2.16/28", comment="Warehouse")
    dana = people.owner()
    dana.deletes("198.51.100.0/25")
    dana.has_deleted("198.51.100.0/25")
    dana.undoes("198.51.100.0/25")
    expect(dana.row("198.51.100.0/25").locator(".cmt")).to_have_text("Warehouse")
    dana.lists("192.0.2.16/28", "198.51.100.0/25")
    dana.deletes("198.51.100.0/25")
    dana.has_deleted("198.51.100.0/25")


def test_undo_is_still_there_after_a_reload_and_puts_the_network_back_where_it_stood(
    people: People, portal: Portal
) -> None:
    portal.set_list("198.51.100.0/25", "192.0.2.16/28", "203.0.113.0/24", comment="Warehouse")
    dana = people.owner()
    dana.deletes("192.0.2.16/28")
    dana.has_deleted("192.0.2.16/28")
    for _ in range(2):
        dana.opens()
        expect(dana.page.locator("#allowlist-offers")).to_contain_text("Deleted 192.0.2.16/28 (Warehouse).")
    dana.undoes("192.0.2.16/28")
    dana.lists("203.0.113.0/24", "192.0.2.16/28", "198.51.100.0/25")
    expect(dana.button("Undo")).to_have_count(0)
    dana.opens()
    expect(dana.button("Undo")).to_have_count(0)
    dana.lists("203.0.113.0/24", "192.0.2.16/28", "198.51.100.0/25")


@WITH_JAVASCRIPT
def test_a_deleted_row_counts_only_until_the_next_act(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "198.51.100.0/24")
    dana = people.owner()
    dana.deletes("198.51.100.0/24")
    dana.sees(dana.page.locator(".undo p"), "Deleted 198.51.100.0/24. 1 network.")
    dana.adds("192.0.2.0/24")
    dana.sees(dana.page.locator(".undo p"), "Deleted 198.51.100.0/24.")


@WITH_JAVASCRIPT
def test_a_search_over_a_deleted_row_leaves_undo_above_the_list(people: People, portal: Portal) -> None:
    portal.set_list(*(f"198.51.100.{number}/32" for number in range(9)))
    dana = people.owner()
    dana.deletes("198.51.100.4/32")
    dana.has_deleted("198.51.100.4/32")
    dana.page.get_by_role("searchbox").fill("100.5")
    dana.lists("198.51.100.5/32", of=8)
    dana.undoes("198.51.100.4/32")
    dana.page.get_by_role("searchbox").fill("")
    dana.lists(*(f"198.51.100.{number}/32" for number in reversed(range(9))))


def test_deleting_the_last_network_leaves_an_empty_list_and_is_undone(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.owner()
    dana.deletes("198.51.100.0/25")
    empty = dana.page.get_by_role("heading", name="No networks yet")
    expect(empty).to_be_visible()
    dana.has_focus(empty)
    dana.lists()
    dana.undoes("198.51.100.0/25")
    dana.lists("198.51.100.0/25")


def test_undo_does_not_add_what_was_added_again_meanwhile(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25", "192.0.2.16/28")
    dana = people.owner()
    dana.deletes("198.51.100.0/25")
    dana.has_deleted("198.51.100.0/25")
    portal.set_list("198.51.100.0/25")
    dana.chooses("Undo")
    expect(dana.page.locator("[data-error=duplicate]")).to_be_visible()
    dana.is_on_the_same_page()
    assert portal.networks() == ["198.51.100.0/25"]


def test_a_double_click_adds_one_network(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.owner()
    dana.network_field.fill("192.0.2.16/28")
    dana.button("Add network").dblclick()
    expect(dana.page.locator("#allowlist-notices")).to_contain_text("added", ignore_case=True)
    dana.lists("192.0.2.16/28", "198.51.100.0/25")
    expect(dana.page.locator("[data-error]")).to_have_count(0)
    assert portal.networks() == ["192.0.2.16/28", "198.51.100.0/25"]


def test_my_address_is_added_by_one_click(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.owner()
    expect(dana.section).to_have_attribute("data-covered", "false")
    dana.chooses("Add my address")
    dana.has_added(f"{HOME}/32")
    expect(dana.section).to_have_attribute("data-covered", "true")
    expect(dana.page.locator("#allowlist-you")).to_contain_text(f"covered by {HOME}/32")


def test_a_comment_is_shown_as_text_whatever_it_looks_like(people: People) -> None:
    dana = people.owner()
    dana.adds("192.0.2.16/28", '<img src=x onerror=alert(1)> & "quotes"')
    dana.edits("192.0.2.16/28", comment="</td><script>alert(1)</script>")
    dana.has_saved("192.0.2.16/28", "</td><script>alert(1)</script>")


def test_an_address_is_checked_before_it_matters(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25", comment="Rotterdam")
    dana = people.owner()
    dana.page.get_by_label("IP address").fill("198.51.100.77")
    dana.chooses("Check")
    tool = dana.page.locator("#allowlist-check")
    expect(tool.locator("[data-let-in=true]")).to_contain_text("198.51.100.77 is covered by 198.51.100.0/25")
    dana.has_focus(tool.get_by_label("IP address"))
    tool.get_by_label("IP address").fill("198.51.100.0/25")
    dana.chooses("Check")
    expect(tool.locator("[data-error=not_an_address]")).to_be_visible()


@WITH_JAVASCRIPT
def test_a_lost_connection_loses_nothing_and_trying_again_adds_once(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.visitor.context.set_offline(True)
    dana.types("192.0.2.16/28", "Warehouse")
    lost = dana.page.get_by_role("alert")
    expect(lost).to_contain_text("You’re offline. Nothing was sent. What you typed is still here.")
    expect(dana.network_field).to_have_value("192.0.2.16/28")
    dana.visitor.overlooks("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    dana.visitor.context.set_offline(False)
    lost.get_by_role("button", name="Try again").click()
    dana.has_added("192.0.2.16/28", "Warehouse")
    expect(lost).to_be_hidden()
    assert portal.networks() == ["192.0.2.16/28"]


def test_what_is_worth_knowing_of_the_list_follows_each_change(people: People, portal: Portal) -> None:
    portal.set_list("192.0.2.16/28")
    dana = people.owner()
    note = dana.page.get_by_text("Only IPv4 or only IPv6 is listed")
    expect(note).to_be_visible()
    dana.adds("2001:db8:40::/48")
    expect(note).to_have_count(0)
    dana.deletes("2001:db8:40::/48")
    dana.has_deleted("2001:db8:40::/48")
    expect(note).to_be_visible()


def test_a_row_says_that_it_is_inside_a_wider_network_for_as_long_as_that_is_listed(
    people: People, portal: Portal
) -> None:
    portal.set_list("198.51.100.7/32")
    dana = people.owner()
    tag = dana.row("198.51.100.7/32").locator(".tag").filter(visible=True)
    expect(tag).to_have_text("Reserved for examples")
    dana.adds("198.51.100.0/24")
    expect(tag).to_have_text("Inside 198.51.100.0/24")
    dana.edits("198.51.100.0/24", to="198.51.100.0/25")
    dana.has_saved("198.51.100.0/25")
    expect(tag).to_have_text("Inside 198.51.100.0/25")
    dana.deletes("198.51.100.0/25")
    dana.has_deleted("198.51.100.0/25")
    expect(tag).to_have_text("Reserved for examples")
