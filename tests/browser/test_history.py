"""Who added this, and why: from the list to History, and back, by the mouse and by keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import BASE, HISTORY, Portal
from tests.support.past import record_past
from tests.support.world import ELSEWHERE
from webapp.runtime import clock

pytestmark = [pytest.mark.browser, ON_SQLITE]
OFFICE = "192.0.2.0/24"


def said(page: Page) -> list[str]:
    """Return the sentences of the events."""
    return [" ".join(text.split()) for text in page.locator("[data-event] > p:first-child").all_inner_texts()]


def test_who_added_this_and_why(people: People, portal: Portal) -> None:
    mara = portal.signed_in("mara", ELSEWHERE)
    mara.post(f"{BASE}/networks", {"network": OFFICE, "comment": "Office of the auditors"})
    dana = people.owner()
    dana.row(OFFICE).locator(".meta a").click()
    expect(dana.page).to_have_url(re.compile(f"{HISTORY}.network="))
    assert said(dana.page) == [f"Mara Osei added {OFFICE} “Office of the auditors”."]
    expect(dana.page.locator("[data-event]")).to_contain_text(f"from {ELSEWHERE}")
    dana.page.locator("[data-event] a time").click()
    expect(dana.page.locator("#past-list .cmt")).to_have_text("Office of the auditors")
    dana.page.locator(".past-event").get_by_role("link", name=OFFICE).click()
    expect(dana.row(OFFICE)).to_be_visible()


@WITH_JAVASCRIPT
def test_the_line_above_the_list_follows_what_is_done(people: People, portal: Portal) -> None:
    dana = people.owner()
    line = dana.page.locator("#allowlist-last")
    expect(line).to_have_text("")
    dana.adds(OFFICE, "Office")
    expect(line).to_contain_text(f"You added {OFFICE} “Office”.")
    dana.adds("198.51.100.0/24")
    expect(line).to_contain_text("You added 198.51.100.0/24.")
    line.get_by_role("link").click()
    expect(dana.page.locator("article[data-kind=add]")).to_contain_text("198.51.100.0/24")


@WITH_JAVASCRIPT
def test_tab_goes_on_from_a_field_that_is_wrong_and_enter_stays_there(people: People, portal: Portal) -> None:
    page = people.signed_in("dana").page
    page.goto(HISTORY)
    network, first_day = page.get_by_label("Network"), page.get_by_label("From")
    network.fill("nonsense")
    with page.expect_response(re.compile(r"history\?.*network=nonsense")) as answer:
        network.press("Tab")
    assert answer.value.status == 422
    expect(network).to_have_attribute("aria-invalid", "true")
    expect(first_day).to_be_focused()
    network.press("Enter")
    expect(network).to_be_focused()


def test_what_is_looked_for_is_found_and_turned_by_keyboard(people: People, portal: Portal) -> None:
    record_past(portal.app, portal.world, 120, clock.now() - timedelta(days=30))
    page = people.signed_in("dana").page
    page.goto(HISTORY)
    page.get_by_label("Who").press("Tab")
    page.get_by_label("Network").fill("10.0.0.0/8")
    page.get_by_label("Network").press("Enter")
    expect(page).to_have_url(re.compile("network=10"))
    found = page.locator("[data-event]").count()
    assert 0 < found <= 50
    page.get_by_role("link", name="Clear search").press("Enter")
    page.get_by_role("link", name="Older").press("Enter")
    expect(page).to_have_url(re.compile("page="))
    if people.javascript:
        expect(page.locator("#history-title")).to_be_focused()
    page.get_by_role("link", name="Back to the latest").press("Enter")
    expect(page.get_by_role("link", name="Back to the latest")).to_have_count(0)


def test_a_mistake_is_told_at_its_field_and_gone_once_it_is_mended(people: People) -> None:
    page = people.signed_in("dana").page
    page.goto(HISTORY)
    field = page.get_by_label("Network")
    field.fill("office")
    field.press("Enter")
    expect(page.locator("[data-error=network]")).to_be_visible()
    expect(field).to_have_value("office")
    expect(field).to_be_focused()
    field.fill("192.0.2.7")
    field.press("Enter")
    expect(page.locator("[data-error]")).to_have_count(0)
    expect(field).to_have_value("192.0.2.7")


def test_a_printed_search_says_what_was_searched_for_and_that_there_is_more(people: People, portal: Portal) -> None:
    record_past(portal.app, portal.world, 120, clock.now() - timedelta(days=30))
    page = people.signed_in("dana").page
    page.goto(f"{HISTORY}?what=networks&from=2020-01-01")
    paper = page.get_by_text("Searched for: what Networks; from 2020-01-01. There are older ones.")
    expect(paper).to_be_hidden()
    page.emulate_media(media="print")
    expect(paper).to_be_visible()
    expect(page.locator("#history-filter")).to_be_hidden()
    page.goto(HISTORY)
    expect(page.locator(".paper")).to_have_text("There are older ones.")
