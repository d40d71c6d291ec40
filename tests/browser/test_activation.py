"""The question before activating, and before deactivating."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import BASE, Portal
from tests.support.every_answer import seen
from tests.support.world import HOME, IPV6
from webapp.domain.comment import MAX_COMMENT

pytestmark = [pytest.mark.browser, ON_SQLITE]
IPV6_64 = "2001:db8:9::/64"


def test_an_empty_list_is_activated_with_the_current_address(people: People) -> None:
    dana = people.owner()
    prompt = dana.asks_to("Activate", "Prevent access blockage")
    expect(prompt).to_contain_text("The list is empty")
    dana.chooses("Add my address and activate")
    dana.has_activated()
    dana.lists(f"{HOME}/32")
    dana.is_in(active=True)


def test_over_ipv6_the_network_is_offered_first(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.owner(address=IPV6)
    prompt = dana.asks_to("Activate", "Prevent access blockage")
    choices = prompt.get_by_role("radio")
    expect(choices.first).to_be_checked()
    expect(prompt.locator("label.choice .ip")).to_have_text([IPV6_64, f"{IPV6}/128"])
    dana.chooses("Add my network and activate")
    dana.has_activated()
    dana.lists(IPV6_64, "198.51.100.0/25")
    dana.visitor.moves_to("2001:db8:9::beef")
    dana.is_in(active=True)


def test_over_ipv6_the_single_address_is_the_alternative(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.owner(address=IPV6)
    prompt = dana.asks_to("Activate", "Prevent access blockage")
    prompt.get_by_label("Only this address").check()
    prompt.get_by_role("button").first.click()
    dana.has_activated()
    dana.lists(f"{IPV6}/128", "198.51.100.0/25")
    dana.visitor.moves_to("2001:db8:9::beef")
    dana.visitor.goes_to("/")
    dana.visitor.is_blocked("2001:db8:9::beef")


def test_a_mistake_in_the_prompt_keeps_what_was_typed(people: People) -> None:
    dana = people.owner(address=IPV6)
    prompt = dana.asks_to("Activate", "Prevent access blockage")
    prompt.get_by_label("Only this address").check()
    prompt.get_by_label("Comment").fill("x" * (MAX_COMMENT + 1))
    dana.chooses("Add my network and activate")
    expect(prompt.locator("[data-error=comment_too_long]")).to_be_visible()
    expect(prompt.get_by_label("Only this address")).to_be_checked()
    expect(prompt.get_by_label("Comment")).to_have_value("x" * (MAX_COMMENT + 1))
    prompt.get_by_label("Comment").fill("Dana")
    dana.chooses("Add my network and activate")
    dana.has_activated()
    dana.lists(f"{IPV6}/128")


@pytest.mark.parametrize("way", ["Cancel", "Escape"])
def test_turning_back_changes_nothing_and_returns_to_the_button(people: People, portal: Portal, way: str) -> None:
    dana = people.owner()
    dana.asks_to("Activate", "Prevent access blockage")
    if way == "Escape" and dana.javascript:
        dana.page.keyboard.press("Escape")
    else:
        dana.question.get_by_role("link", name="Cancel").click()
    expect(dana.question).to_have_count(0)
    dana.has_focus(dana.button("Activate"))
    dana.is_on_the_same_page()
    dana.is_in(active=False)


def test_turning_back_from_deactivating_keeps_the_list_active(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    dana = people.owner()
    question = dana.asks_to("Deactivate", "Deactivate the IP allowlist?")
    expect(question).to_contain_text("Your 1 network stays listed.")
    question.get_by_role("link", name="Keep it active").click()
    expect(dana.question).to_have_count(0)
    dana.has_focus(dana.button("Deactivate"))
    dana.is_in(active=True)


def test_what_changed_while_the_prompt_was_open_is_shown_before_activating(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    dana = people.owner()
    dana.asks_to("Activate", "Activate the IP allowlist?")
    portal.set_list("198.51.100.0/25")
    dana.chooses("Activate the list")
    expect(dana.question.locator("[data-refused=stale]")).to_be_visible()
    expect(dana.question.get_by_role("heading")).to_have_text("Prevent access blockage")
    dana.is_on_the_same_page()
    dana.chooses("Add my address and activate")
    dana.has_activated()
    dana.is_in(active=True)


def test_the_address_counts_from_which_the_answer_comes(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    dana = people.owner()
    dana.asks_to("Activate", "Activate the IP allowlist?")
    dana.visitor.moves_to(IPV6)
    dana.chooses("Activate the list")
    expect(dana.question.get_by_role("heading")).to_have_text("Prevent access blockage")
    expect(dana.question).to_contain_text(f"You’re connecting from {IPV6}")
    assert not portal.list().active


@WITH_JAVASCRIPT
def test_a_question_that_has_a_page_of_its_own_is_answered_there(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    for address in ("192.0.2.77", "192.0.2.88"):
        seen(portal, "sanne", address)
    dana = people.owner()
    dana.visitor.goes_to(f"{BASE}/activate")
    dana.page.evaluate("document.sameAsBefore = true")
    for address in ("192.0.2.88", "192.0.2.77"):
        dana.question.get_by_role("button", name=f"Add {address}/32").click()
        expect(dana.page.locator("#dialog-title")).to_have_count(1)
        expect(dana.row(f"{address}/32")).to_have_count(1)
        expect(dana.button(f"Add {address}/32")).to_have_count(0)
    dana.chooses("Activate the list")
    dana.has_activated()
    expect(dana.page.locator("#dialog-title")).to_have_count(0)
    assert portal.networks() == ["192.0.2.77/32", "192.0.2.88/32", "203.0.113.0/24"]


@WITH_JAVASCRIPT
def test_the_first_network_is_added_on_the_page_of_the_question(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.visitor.goes_to(f"{BASE}/activate")
    dana.page.evaluate("document.sameAsBefore = true")
    dana.chooses("Add my address and activate")
    dana.has_activated()
    expect(dana.page.locator("#dialog-title")).to_have_count(0)


@WITH_JAVASCRIPT
@pytest.mark.parametrize("way", ["Cancel", "Escape"])
def test_closing_the_question_while_the_answer_is_on_its_way_loses_nothing(
    people: People, portal: Portal, way: str
) -> None:
    portal.set_list("203.0.113.0/24")
    dana = people.owner()
    dana.asks_to("Activate", "Activate the IP allowlist?")

    def close_first(route: Route) -> None:
        if way == "Cancel":
            dana.page.get_by_role("link", name="Cancel").click()
        else:
            dana.page.keyboard.press("Escape")
        expect(dana.question).to_have_count(0)
        route.continue_()

    dana.page.route(f"**{BASE}/activate", close_first, times=1)
    dana.chooses("Activate the list")
    dana.has_activated()
    expect(dana.page.locator("dialog")).to_have_count(0)


@WITH_JAVASCRIPT
def test_everything_is_done_with_the_keyboard_alone(people: People) -> None:
    dana = people.owner()
    keyboard = dana.page.keyboard
    dana.network_field.focus()
    keyboard.type("198.51.100.0/25")
    keyboard.press("Enter")
    dana.has_added("198.51.100.0/25")
    dana.button("Activate").focus()
    keyboard.press("Enter")
    expect(dana.question.get_by_role("heading")).to_be_focused()
    keyboard.press("Tab")
    keyboard.type("Dana")
    keyboard.press("Enter")
    dana.has_activated()
    dana.lists(f"{HOME}/32", "198.51.100.0/25")
