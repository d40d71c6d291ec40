"""What the sign-in page says of a sign-in that failed, tied to the field that has the focus."""

from __future__ import annotations

import pytest
from bs4 import Tag

from tests.support.client import Answer, Portal
from tests.support.statements import statements
from tests.support.world import ELSEWHERE, PASSWORD, email_of

REFUSED = "Your last sign-in was refused because your address isn’t on the account’s IP allowlist. See the details"
SIGNED_OUT = "You were signed out because your address isn’t on the account’s IP allowlist. See the details"


def focused(page: Answer) -> Tag:
    """The field that has the focus."""
    return page.one("[autofocus]")


def words(element: Tag) -> str:
    """The element's text on one line."""
    return " ".join(element.get_text(" ").split())


def description(page: Answer) -> str:
    """What a screen reader reads with the field that has the focus."""
    return words(page.one(f"#{focused(page)['aria-describedby']}"))


def test_a_wrong_password_is_said_with_the_password_which_has_the_focus(portal: Portal) -> None:
    page = portal.browser().sign_in("dana", password="not the password")
    assert (focused(page)["name"], focused(page)["aria-invalid"]) == ("password", "true")
    assert description(page).startswith("That e-mail and password don’t match.")
    assert page.one("#email")["aria-describedby"] == focused(page)["aria-describedby"]


@pytest.mark.parametrize(
    ("email", "password", "said", "focus"),
    [
        ("", PASSWORD, {"email": "Enter your e-mail."}, "email"),
        (" ", PASSWORD, {"email": "Enter your e-mail."}, "email"),
        (email_of("dana"), "", {"password": "Enter your password."}, "password"),
        ("nobody@example.com", "", {"password": "Enter your password."}, "password"),
        ("", "", {"email": "Enter your e-mail.", "password": "Enter your password."}, "email"),
    ],
)
def test_an_empty_field_is_named(portal: Portal, email: str, password: str, said: dict[str, str], focus: str) -> None:
    page = portal.browser().post("/login", {"email": email, "password": password})
    assert (page.status, page.errors) == (401, ["required"] * len(said))
    invalid = {str(field["name"]): field for field in page.all("[aria-invalid=true]")}
    assert {name: page.one(f"#{field['aria-describedby']} b").get_text() for name, field in invalid.items()} == said
    assert focused(page)["name"] == focus
    assert not page.all("#sign-in-error")


def test_an_empty_password_is_the_same_answer_for_everybody_and_asks_for_no_user(portal: Portal) -> None:
    browser = portal.browser()
    token = browser.csrf_token()
    with statements(portal.app) as log:
        known, unknown = (
            browser.post("/login", {"email": email_of(person), "password": ""}, csrf=token).text
            for person in ("dana", "nobody")
        )
    assert log == []
    assert known.replace(email_of("dana"), "") == unknown.replace(email_of("nobody"), "")


def test_a_refused_sign_in_is_said_to_be_one_and_not_a_sign_out(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    browser = portal.browser(ELSEWHERE)
    blocked = words(browser.sign_in("sanne").one("[data-page=blocked]"))
    assert "Your password was correct, but your address isn’t on that list." in blocked
    assert "signed out" not in blocked
    page = browser.get("/login")
    assert description(page) == words(page.one(".note")) == REFUSED


def test_a_refused_sign_in_that_has_ended_a_session_says_that(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    browser = portal.signed_in_by_page("ola", ELSEWHERE)
    blocked = words(browser.sign_in("sanne").one("[data-page=blocked]"))
    assert "Your address isn’t on that list. You are signed out." in blocked
    assert description(browser.get("/login")) == SIGNED_OUT


def test_a_sign_out_for_the_network_is_said_to_be_one(portal: Portal) -> None:
    browser = portal.signed_in_by_page("sanne", ELSEWHERE)
    portal.set_list("203.0.113.0/24", active=True)
    blocked = words(browser.get("/").one("[data-page=blocked]"))
    assert "Your address isn’t on that list. You are signed out." in blocked
    assert "password" not in blocked
    assert description(browser.get("/login")) == SIGNED_OUT


def test_htmx_is_led_to_the_same_reason(portal: Portal) -> None:
    portal.set_list("203.0.113.0/24", active=True)
    browser = portal.browser(ELSEWHERE)
    browser.sign_in("sanne")
    assert "Your password was correct" in browser.get("/blocked").text


@pytest.mark.parametrize("problem", ["throttled", "csrf"])
def test_what_no_field_can_mend_is_read_with_the_focus_and_makes_no_field_wrong(portal: Portal, problem: str) -> None:
    browser = portal.browser()
    browser.get("/login")
    form = {"email": email_of("dana"), "password": "wrong"}
    if problem == "throttled":
        while (page := browser.post("/login", form)).status == 401:
            pass
    else:
        page = browser.post("/login", form, csrf="old")
    assert description(page) == words(page.one("#sign-in-error"))
    assert not page.all("[aria-invalid]")
