"""What docs/owners.md tells can be done as it is told: each word that is pressed or filled in here is quoted there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE
from tests.support.client import Portal
from tests.support.server import ROOT
from tests.support.world import ELSEWHERE, HOME

pytestmark = [pytest.mark.browser, ON_SQLITE]
SECTIONS = re.split(r"^## ", (ROOT / "docs" / "owners.md").read_text("utf-8"), flags=re.MULTILINE)


def quoted_in(title: str) -> Callable[[str], str]:
    """Return what gives a word back that the section of that title quotes, each behind the one before it."""
    left = " ".join(next(text for text in SECTIONS if text.startswith(title)).replace("**", "").split())

    def word(text: str) -> str:
        nonlocal left
        _, found, left = left.partition(f"*{text}*")
        assert found, f"{title}: *{text}* is not said here, or too early"
        return text

    return word


def presses(page: Page, name: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=name, exact=True).click()


def test_the_first_ten_minutes(people: People) -> None:
    word, dana = quoted_in("The first ten minutes"), people.owner()
    page = dana.page
    dana.visitor.goes_to("/")
    page.get_by_role("link", name=word("Account settings")).click()
    page.get_by_role("link", name=word("IP allowlist")).first.click()
    page.get_by_role("textbox", name=word("Network")).fill("198.51.100.9/24")
    page.get_by_role("textbox", name=word("Comment")).fill("Rotterdam office")
    presses(page, word("Add network"))
    presses(page, "Add 198.51.100.0/24")  # the picture of the mistake
    expect(dana.row("198.51.100.0/24")).to_contain_text("Rotterdam office")
    presses(page, word("Add my address"))
    expect(dana.row(f"{HOME}/32")).to_be_visible()
    for heading in ("If this list were active", "Signed in now", "Check an address"):
        expect(page.get_by_role("heading", name=word(heading))).to_be_visible()
    presses(page, word("Activate"))
    presses(page, word("Activate the list"))
    expect(page.locator("#ip-allowlist .badge")).to_have_text(word("Active"))


def test_a_colleague_who_is_blocked(people: People, portal: Portal) -> None:
    portal.set_list(f"{HOME}/32", active=True)
    word, sanne = quoted_in("When a colleague is blocked"), people.at(ELSEWHERE)
    sanne.signs_in("sanne")
    if people.javascript:
        expect(sanne.page.get_by_role("button", name=word("Copy details"))).to_be_visible()
    dana = people.owner()
    field = dana.page.locator("section", has=dana.page.get_by_role("heading", name=word("Check an address")))
    field.get_by_label("IP address").fill(sanne.page.locator("#blocked-text").inner_text())
    presses(dana.page, "Check")
    field.get_by_role("button", name=re.compile(f"^{word('Add')}")).click()
    expect(dana.row(f"{ELSEWHERE}/32")).to_contain_text("Sanne Li")
    sanne.page.get_by_role("link", name=word("Sign in again")).click()
    sanne.signs_in("sanne")
    expect(sanne.page.get_by_role("heading", name="Account settings")).to_be_visible()
