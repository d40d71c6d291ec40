"""Pasted texts and corrections: one press adds the network, with what is in the comment by then."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import Portal
from tests.support.world import HOME
from tests.web.allowlist.test_activate_question import was_here

pytestmark = [pytest.mark.browser, ON_SQLITE]
OFFICE, PASTED = "198.51.100.0/25", "192.0.2.16/28 # Warehouse"


def test_what_stood_behind_a_network_becomes_its_comment(people: People) -> None:
    dana = people.owner()
    dana.types(PASTED)
    error = dana.sees_error("comment_in_field", dana.network_field, PASTED)
    dana.is_offered(error, "Add 192.0.2.16/28")
    expect(dana.comment_field).to_have_value("Warehouse")
    dana.chooses("Add 192.0.2.16/28")
    dana.has_added("192.0.2.16/28", "Warehouse")


def test_a_comment_that_is_typed_after_the_error_is_kept(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    for network, button in (("192.0.2.20/28", "Add 192.0.2.16/28"), ("0.0.0.0/0", "Add it anyway")):
        dana.types(network, "before")
        expect(dana.button(button)).to_be_visible()
        dana.comment_field.fill("typed after the error")
        dana.chooses(button)
        dana.has_added("192.0.2.16/28" if "/28" in button else network, "typed after the error")
    dana.edits(OFFICE, to="198.51.100.9/26", comment="before")
    expect(dana.button("Use 198.51.100.0/26")).to_be_visible()
    dana.field("Comment").fill("typed after the error")
    dana.chooses("Use 198.51.100.0/26")
    dana.has_saved("198.51.100.0/26", "typed after the error")


def test_enter_sends_what_is_typed_and_presses_no_correction(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.types("192.0.2.20/28")
    dana.sees_error("host_bits", dana.network_field, "192.0.2.20/28")
    dana.comment_field.press("Enter")
    dana.sees_error("host_bits", dana.network_field, "192.0.2.20/28")
    dana.network_field.fill("192.0.2.20")
    dana.network_field.press("Enter")
    dana.has_added("192.0.2.20/32")
    dana.edits(OFFICE, to="198.51.100.9/26")
    dana.sees_error("host_bits", dana.field("Network"), "198.51.100.9/26")
    dana.field("Network").fill("198.51.100.64/26")
    dana.field("Network").press("Enter")
    dana.has_saved("198.51.100.64/26")


def test_a_network_that_the_question_offers_is_added_and_the_question_keeps_its_comment(
    people: People, portal: Portal
) -> None:
    portal.set_list(OFFICE)
    was_here(portal, "mara", "192.0.2.9", 3)
    was_here(portal, "sanne", "192.0.2.10", 3)
    dana = people.owner()
    question = dana.asks_to("Activate", "Prevent access blockage")
    comment, add = question.get_by_label("Comment"), question.get_by_role("button", name="Add 192.0.2.9/32", exact=True)
    comment.fill("Home")
    add.click()
    expect(add).to_have_count(0)
    expect(comment).to_have_value("Home")
    comment.press("Enter")
    dana.has_activated()
    added = [(entry.network.text, entry.comment) for entry in portal.list().entries]
    assert added == [(f"{HOME}/32", "Home"), ("192.0.2.9/32", ""), (OFFICE, "")]


def test_an_address_in_a_sentence_is_checked_by_one_press(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, comment="Rotterdam")
    dana = people.owner()
    tool = dana.page.locator("#allowlist-check")
    tool.get_by_label("IP address").fill("My address: 198.51.100.77.")
    dana.chooses("Check")
    dana.chooses("Check 198.51.100.77")
    expect(tool.locator("[data-let-in=true]")).to_contain_text("198.51.100.77 is covered by 198.51.100.0/25")
    expect(tool.get_by_label("IP address")).to_have_value("198.51.100.77")


def copied(page: Page, text: str) -> None:
    """Copy a text, as from a mail."""
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'mail' }))")
    mail = page.locator("#mail")
    mail.fill(text)
    mail.press("Control+A")
    mail.press("Control+C")
    mail.evaluate("mail => mail.remove()")


@WITH_JAVASCRIPT
def test_lines_that_are_pasted_into_the_field_stay_lines(people: People) -> None:
    dana = people.owner()
    lines = "192.0.2.16/28 Warehouse\n198.51.100.0/25 Office"
    copied(dana.page, lines)
    dana.network_field.press("Control+V")
    expect(dana.network_field).to_have_value(lines.replace("\n", " "))
    dana.network_field.press("Enter")
    dana.sees_error("several_values", dana.network_field, lines.replace("\n", " "))
    expect(dana.button("Review and add 2 networks")).to_be_visible()
