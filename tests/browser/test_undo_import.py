"""Twelve networks from a mail: through the field for one into their plan, onto the list, and back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE
from tests.support.client import BASE, Portal

pytestmark = [pytest.mark.browser, ON_SQLITE]
MINE, OFFICE = "203.0.113.0/24", "198.51.100.0/25"
TWELVE = [f"192.0.2.{number}/32" for number in range(12)]


def test_networks_that_were_typed_into_the_field_go_onto_the_list_and_off_again(people: People, portal: Portal) -> None:
    portal.set_list(MINE, OFFICE)
    dana = people.owner()
    dana.types(", ".join(TWELVE), "Mail")
    dana.chooses("Review and add 12 networks")
    dana.page.wait_for_url(f"**{BASE}/import")
    dana.chooses("Add 12 networks")
    offer = dana.page.locator("#allowlist-offers [data-undo]")
    expect(offer.locator("p")).to_have_text("Added 12 networks. The list has 14 networks.")
    assert {entry.comment for entry in portal.list().entries[:12]} == {"Mail"}
    dana.opens()
    expect(offer.locator("p")).to_have_text("Added 12 networks.")
    dana.chooses("Undo")
    expect(offer).to_have_count(0)
    expect(dana.page.locator("#allowlist-notices")).to_have_text(
        "Undone. Removed 12 networks. The list has 2 networks."
    )
    assert portal.networks() == [OFFICE, MINE]


def test_an_undo_that_leaves_its_author_out_asks_and_goes_on(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.visitor.goes_to(f"{BASE}/import")
    dana.page.get_by_label("Networks", exact=True).fill(f"{MINE}\n{TWELVE[0]}")
    dana.chooses("Show what would change")
    dana.chooses("Add 2 networks")
    expect(dana.button("Undo")).to_be_visible()
    portal.force_active()
    dana.chooses("Undo")
    expect(dana.page.locator("[data-refused=leaves_you_out]")).to_be_focused()
    dana.chooses("Add 203.0.113.42/32 and undo")
    expect(dana.page.locator("#allowlist-notices")).to_contain_text("Undone.")
    assert (portal.networks(), portal.list().active) == (["203.0.113.42/32", OFFICE], True)
