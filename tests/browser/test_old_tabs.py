"""Old tabs: what they show is of somebody, somewhere; what they do is done for them there, or not at all (R5a, R8a)."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import BASE, Portal
from tests.support.world import HOME, OFFICE

pytestmark = pytest.mark.browser
HALDENS, NORTHWINDS = "203.0.113.0/24", "192.0.2.0/25"


def somebody_else_signs_in(dana: AllowlistPage, person: str) -> Page:
    """In a second tab sign out, and sign in as somebody else; the first tab stays as it is. Return the second one."""
    second = dana.visitor.context.new_page()
    second.goto("/")
    second.get_by_role("button", name="Sign out").click()
    second.goto(f"/login?next={BASE}")
    second.get_by_label("E-mail").fill(f"{person}@example.com")
    second.get_by_label("Password").fill("a long enough password")
    second.get_by_label("Password").press("Enter")
    second.wait_for_url(f"**{BASE}")
    return second


@pytest.mark.parametrize("act", ["Activate", "Delete", "Add my address"])
@ON_SQLITE
def test_an_old_tab_of_alpha_does_nothing_to_beta(people: People, portal: Portal, act: str) -> None:
    portal.set_list("198.51.100.0/24")
    portal.set_list(NORTHWINDS, account=portal.world.northwind)
    dana = people.owner("dana")
    before = portal.list(), portal.list(portal.world.northwind)
    second = somebody_else_signs_in(dana, "ola")
    name = f"{act} 198.51.100.0/24" if act == "Delete" else act
    dana.button(name).click()
    said = dana.page.locator("main [data-refused=other_identity]")
    if act == "Activate" and not dana.javascript:  # A question opened anew is one of the present account.
        expect(dana.page.locator(".acct")).to_have_text("Northwind Labs")
    else:
        expect(said).to_contain_text("signed in as Ola Berg, in Northwind Labs")
        expect(dana.page.locator("main")).not_to_contain_text(NORTHWINDS)
    assert (portal.list(), portal.list(portal.world.northwind)) == before
    expect(second.locator("#ip-allowlist")).to_have_attribute("data-state", "inactive")


@WITH_JAVASCRIPT
@ON_SQLITE
def test_a_page_left_open_is_loaded_anew_for_whoever_is_signed_in_now(people: People, portal: Portal) -> None:
    portal.set_list(HALDENS)
    dana = people.owner("dana")
    somebody_else_signs_in(dana, "mara")
    assert dana.visitor.looks_back().status == 409
    expect(dana.page.locator("[data-refused=other_identity]")).to_contain_text("signed in as Mara Osei")
    dana.page.reload()
    expect(dana.page.locator("[data-refused=other_identity]")).to_have_count(0)


@ON_SQLITE
def test_the_same_person_signed_in_again_goes_on_in_the_old_tab(people: People, portal: Portal) -> None:
    portal.set_list(HALDENS)
    dana = people.owner("dana")
    somebody_else_signs_in(dana, "dana")
    dana.types("198.51.100.0/24", "Office")
    refusal = dana.page.locator("[data-refused=csrf]")
    expect(refusal).to_be_visible()
    dana.button("Add network").click()
    dana.has_added("198.51.100.0/24", "Office")


@ON_SQLITE
def test_signing_out_works_from_an_old_tab(people: People) -> None:
    dana = people.owner("dana")
    somebody_else_signs_in(dana, "ola")
    dana.button("Sign out").click()
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Sign out Ola Berg?")
    expect(dana.page.locator("main")).to_contain_text("Northwind Labs")
    dana.button("Sign out").click()
    dana.visitor.is_asked_to_sign_in()
    dana.visitor.goes_to("/")
    dana.visitor.is_asked_to_sign_in()


@ON_SQLITE
def test_signing_out_works_from_the_old_tab_of_the_same_person_and_after_a_block(
    people: People, portal: Portal
) -> None:
    dana = people.owner("dana")
    somebody_else_signs_in(dana, "dana")
    dana.button("Sign out").click()
    expect(dana.page.get_by_role("heading", level=1)).to_have_text("Sign out Dana Kessler?")
    dana.button("Sign out").click()
    dana.visitor.is_asked_to_sign_in()
    mara = people.owner("mara", OFFICE)
    portal.set_list(HALDENS, active=True)
    second = mara.visitor.context.new_page()
    second.goto("/")
    expect(second.locator("[data-page=blocked]")).to_be_visible()
    mara.button("Sign out").click()
    mara.visitor.is_asked_to_sign_in()


@pytest.mark.parametrize("act", ["Add network", "Delete 203.0.113.0/24", "Activate"])
@ON_SQLITE
def test_a_member_in_an_owners_old_tab_sees_one_page(people: People, portal: Portal, act: str) -> None:
    portal.set_list(HALDENS)
    dana = people.owner("dana")
    dana.network_field.fill("198.51.100.9")
    somebody_else_signs_in(dana, "sanne")
    dana.button(act).click()
    if act == "Activate" and not dana.javascript:  # A question opened anew is refused on a page of its own.
        expect(dana.page.get_by_role("heading", level=1)).to_contain_text("Only owners")
    else:
        expect(dana.page.locator("main, .me").filter(has_text="Sanne Li").first).to_be_visible()
    for only_once in ("h1", "#live", "#connection"):
        expect(dana.page.locator(only_once)).to_have_count(1)
    assert portal.networks() == [HALDENS]


def test_a_yes_to_one_address_is_asked_again_from_another(people: People, portal: Portal) -> None:
    portal.set_list("192.0.2.0/24")
    dana = people.owner("dana", HOME)
    dana.button("Activate").click()
    expect(dana.question).to_contain_text(HOME)
    dana.visitor.moves_to(OFFICE)
    dana.button("Add my address and activate").click()
    refusal = dana.page.locator("[data-refused=address_changed]")
    expect(refusal).to_contain_text(HOME)
    expect(refusal).to_contain_text(OFFICE)
    assert (portal.networks(), portal.list().active) == (["192.0.2.0/24"], False)
    dana.button("Add my address and activate").click()
    expect(dana.section).to_have_attribute("data-state", "active")
    assert portal.networks() == [f"{OFFICE}/32", "192.0.2.0/24"]


def test_add_my_address_adds_the_one_that_the_button_stood_beside(people: People, portal: Portal) -> None:
    portal.set_list("192.0.2.0/24")
    dana = people.owner("dana", HOME)
    dana.visitor.moves_to(OFFICE)
    dana.button("Add my address").click()
    expect(dana.page.locator("[data-refused=address_changed]")).to_contain_text(OFFICE)
    expect(dana.page.locator("#allowlist-you")).to_contain_text(OFFICE)
    expect(dana.section).to_have_attribute("data-current-address", OFFICE)
    assert portal.networks() == ["192.0.2.0/24"]
    dana.button("Add my address").click()
    dana.lists(f"{OFFICE}/32", "192.0.2.0/24")
