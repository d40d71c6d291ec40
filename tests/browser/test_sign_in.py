"""Signing in and out, and what a member sees."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import BASE, Portal
from tests.support.world import HOME

pytestmark = [pytest.mark.browser, ON_SQLITE]


def test_somebody_who_is_not_signed_in_comes_back_to_where_they_were_going(people: People) -> None:
    dana = people.at(HOME)
    dana.goes_to("/account/settings")
    dana.is_asked_to_sign_in()
    dana.page.get_by_label("E-mail").fill("dana@example.com")
    dana.page.get_by_label("Password").fill("a long enough password")
    dana.page.get_by_role("button", name="Sign in").click()
    expect(dana.page.get_by_role("heading", name="Account settings")).to_be_visible()
    assert dana.page.url.endswith("/account/settings")


def test_what_is_wrong_is_read_with_the_field_that_has_the_focus(people: People) -> None:
    dana = people.at(HOME)
    email, password = dana.page.get_by_label("E-mail"), dana.page.get_by_label("Password")
    dana.signs_in("dana", password="a wrong password")
    expect(password).to_be_focused()
    expect(password).to_have_accessible_description(re.compile(r"^That e-mail and password don’t match\."))
    dana.signs_in("dana", password="")
    expect(password).to_be_focused()
    expect(password).to_have_accessible_description("Error: Enter your password.")
    expect(email).to_have_accessible_description("")


def test_the_overview_tells_who_and_where_one_is(people: People) -> None:
    dana = people.signed_in("dana")
    dana.page.get_by_role("link", name="Overview").click()
    expect(dana.page.get_by_role("definition")).to_have_text(
        ["Dana Kessler, dana@example.com", "owner", HOME, "Inactive"]
    )
    dana.page.get_by_role("link", name="Account settings").click()
    dana.page.get_by_role("navigation", name="Account settings").get_by_role("link", name="IP allowlist").click()
    expect(dana.page.locator("#ip-allowlist")).to_be_visible()


def test_signing_out_ends_the_session_and_going_back_shows_nothing(people: People, portal: Portal) -> None:
    portal.set_list("198.51.100.0/25")
    dana = people.signed_in("dana")
    copy = dana.copy_of_the_cookies()
    dana.signs_out()
    dana.page.go_back()
    dana.is_asked_to_sign_in()
    expect(dana.page.locator("body")).not_to_contain_text("198.51.100.0/25")
    dana.context.add_cookies(copy)
    dana.goes_to(BASE)
    dana.is_asked_to_sign_in()


@WITH_JAVASCRIPT
def test_a_page_left_open_follows_the_sign_out_of_another_and_comes_back(people: People) -> None:
    dana = people.signed_in("dana")
    other = dana.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("Password")).to_be_visible()
    dana.looks_back()
    dana.is_asked_to_sign_in()
    expect(dana.page.locator("[name=next]")).to_have_value(BASE)


@pytest.mark.parametrize("active", [False, True], ids=["inactive", "active"])
def test_a_member_sees_the_state_and_the_owners_and_nothing_else(people: People, portal: Portal, active: bool) -> None:
    portal.set_list("203.0.113.0/24", active=active, comment="Rotterdam")
    sanne = people.signed_in("sanne")
    section = sanne.page.locator("#ip-allowlist")
    expect(section).to_have_attribute("data-state", "active" if active else "inactive")
    expect(section).to_contain_text("Owners: Dana Kessler, Mara Osei.")
    expect(sanne.page.locator("main form, main button, main tr")).to_have_count(0)
    expect(section).not_to_contain_text("203.0.113.0/24")


def test_a_member_is_refused_what_owners_may_do(people: People, portal: Portal) -> None:
    portal.set_list("203.0.113.0/24")
    sanne = people.signed_in("sanne")
    for path in ("/activate", "/deactivate", f"/networks/{portal.id_of('203.0.113.0/24')}/edit"):
        assert sanne.goes_to(BASE + path).status == 403
        expect(sanne.page.get_by_role("heading")).to_have_text("Only owners can change the IP allowlist")
