"""The whole story, from an empty list to a member who is let in again, on both databases."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.support.client import Portal
from tests.support.world import ELSEWHERE, HOME, OFFICE

pytestmark = pytest.mark.browser


def test_an_owner_lists_networks_of_both_families_and_keeps_them_up_to_date(people: People) -> None:
    dana = people.owner()
    dana.adds("198.51.100.0/25", "Rotterdam office")
    dana.adds("2001:db8:40::/48", "IPv6 of the office")
    dana.adds("192.0.2.7", "VPN", stored="192.0.2.7/32")
    dana.edits("198.51.100.0/25", to="198.51.100.0/26", comment="Rotterdam, ground floor")
    dana.has_saved("198.51.100.0/26", "Rotterdam, ground floor")
    dana.deletes("192.0.2.7/32")
    dana.has_deleted("192.0.2.7/32")
    dana.lists("2001:db8:40::/48", "198.51.100.0/26")
    dana.opens()
    dana.lists("2001:db8:40::/48", "198.51.100.0/26")


def test_an_uncovered_owner_is_offered_the_current_address_and_stays_in(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.owner()
    prompt = dana.asks_to("Activate", "Prevent access blockage")
    expect(prompt).to_contain_text(f"You’re connecting from {HOME}")
    expect(prompt).to_contain_text("Make sure that you can always sign in from a listed network.")
    prompt.get_by_label("Comment").fill("Dana at home")
    dana.chooses("Add my address and activate")
    dana.has_activated()
    dana.lists(f"{HOME}/32", "198.51.100.0/25")
    expect(dana.row(f"{HOME}/32")).to_contain_text("Dana at home")
    dana.is_in(active=True)


def test_everybody_elsewhere_is_out_from_the_moment_the_list_is_active(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", "198.51.100.0/25")
    sanne, mara = people.signed_in("sanne", ELSEWHERE), people.signed_in("mara", OFFICE)
    dana = people.owner()
    dana.activates()
    sanne.page.get_by_role("link", name="Overview").click()
    sanne.is_blocked(ELSEWHERE)
    mara.page.get_by_role("link", name="Overview").click()
    expect(mara.page.get_by_role("heading", name="Overview")).to_be_visible()
    sanne.page.get_by_role("link", name="Sign in again").click()
    sanne.is_asked_to_sign_in()
    sanne.signs_in("sanne")
    sanne.is_blocked(ELSEWHERE)


def test_deactivating_lets_the_member_sign_in_again_and_keeps_the_networks(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    sanne = people.at(ELSEWHERE)
    sanne.signs_in("sanne")
    sanne.is_blocked(ELSEWHERE)
    dana = people.owner()
    dana.deactivates()
    dana.lists("203.0.113.0/24")
    dana.is_in(active=False)
    sanne.signs_in("sanne")
    expect(sanne.page.locator("#ip-allowlist")).to_have_attribute("data-state", "inactive")
