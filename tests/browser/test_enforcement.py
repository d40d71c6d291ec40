"""Nobody stays in: from the moment a list is active, at the next request, and for good."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.support.client import BASE, Portal
from tests.support.server import Server
from tests.support.world import ELSEWHERE, HOME
from webapp.storage import blocked_attempts

pytestmark = pytest.mark.browser
LISTED = "203.0.113.0/24"


def test_a_page_is_answered_by_the_reason(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    sanne = people.signed_in("sanne", ELSEWHERE)
    portal.force_active()
    answer = sanne.goes_to("/account/settings")
    assert answer.status == 403
    assert answer.url.endswith("/account/settings")
    reference = sanne.is_blocked(ELSEWHERE)
    with portal.app.app_context():
        attempt = blocked_attempts.find(reference)
    assert attempt is not None
    assert attempt.address == ELSEWHERE


def test_a_click_within_the_page_is_answered_by_the_reason(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    mara = people.owner("mara", ELSEWHERE)
    portal.force_active()
    mara.row(LISTED).get_by_role("link", name="Edit").click()
    mara.visitor.is_blocked(ELSEWHERE)
    assert mara.page.url.endswith("/blocked") == mara.javascript


@ON_SQLITE
def test_a_change_by_somebody_who_is_out_changes_nothing(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    mara = people.owner("mara", ELSEWHERE)
    portal.force_active()
    mara.types(f"{ELSEWHERE}/32")
    mara.visitor.is_blocked(ELSEWHERE)
    assert portal.networks() == [LISTED]


def test_the_cookie_of_a_blocked_person_is_dead_from_a_listed_address_too(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    sanne, thief = people.signed_in("sanne", ELSEWHERE), people.at(HOME)
    thief.context.add_cookies(sanne.copy_of_the_cookies())
    thief.goes_to(BASE)
    expect(thief.page.locator("#ip-allowlist")).to_be_visible()
    portal.force_active()
    sanne.goes_to("/")
    sanne.is_blocked(ELSEWHERE)
    thief.goes_to(BASE)
    thief.is_asked_to_sign_in()
    sanne.moves_to(HOME)
    sanne.goes_to(BASE)
    sanne.is_asked_to_sign_in()


@ON_SQLITE
def test_moving_to_an_address_outside_ends_the_session(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, active=True)
    dana = people.signed_in("dana")
    dana.moves_to(ELSEWHERE)
    dana.page.get_by_role("link", name="Overview").click()
    dana.is_blocked(ELSEWHERE)
    dana.moves_to(HOME)
    dana.goes_to("/")
    dana.is_asked_to_sign_in()
    dana.signs_in("dana")
    expect(dana.page.locator("#ip-allowlist")).to_have_attribute("data-state", "active")


@ON_SQLITE
def test_only_the_right_password_learns_the_reason(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, active=True)
    sanne = people.at(ELSEWHERE)
    sanne.signs_in("sanne", password="a wrong password")
    expect(sanne.page.get_by_role("alert").first).to_contain_text("That e-mail and password don’t match.")
    expect(sanne.page.get_by_label("E-mail")).to_have_value("sanne@example.com")
    expect(sanne.page.get_by_label("Password")).to_have_value("")
    sanne.page.get_by_label("Password").fill("a long enough password")
    sanne.page.get_by_label("Password").press("Enter")
    sanne.is_blocked(ELSEWHERE)


def test_the_api_works_from_everywhere_all_along(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    dana = people.owner()
    assert asks_the_api(people.server, portal.world.api_token) == 200
    dana.activates()
    assert asks_the_api(people.server, portal.world.api_token) == 200
    assert asks_the_api(people.server, "not a token") == 401
    dana.deactivates()
    assert asks_the_api(people.server, portal.world.api_token) == 200


def asks_the_api(server: Server, token: str) -> int:
    """Return the status of the account's API for a program elsewhere."""
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": ELSEWHERE}
    try:
        with urlopen(Request(f"{server.url}/api/v1/account", headers=headers)) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


@ON_SQLITE
def test_another_account_is_not_restricted(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, active=True)
    ola = people.signed_in("ola", ELSEWHERE)
    expect(ola.page.locator("#ip-allowlist")).to_have_attribute("data-state", "inactive")


@WITH_JAVASCRIPT
@pytest.mark.parametrize("path", ["/", "/account/settings", BASE])
@ON_SQLITE
def test_an_open_page_closes_by_itself(people: People, portal: Portal, path: str) -> None:
    portal.set_list(LISTED)
    sanne = people.signed_in("sanne", ELSEWHERE)
    sanne.goes_to(path)
    sanne.hears_nothing_new()
    portal.force_active()
    sanne.looks_back()
    sanne.is_blocked(ELSEWHERE)


@ON_SQLITE
@WITH_JAVASCRIPT
def test_an_open_page_asks_every_fifteen_seconds(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    sanne = people.at(ELSEWHERE)
    sanne.page.clock.install()
    sanne.signs_in("sanne")
    portal.force_active()
    sanne.page.clock.run_for(15_000)
    sanne.is_blocked(ELSEWHERE)


@ON_SQLITE
def test_going_back_after_being_blocked_shows_nothing(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    mara = people.owner("mara", ELSEWHERE)
    portal.force_active()
    mara.visitor.goes_to("/")
    mara.visitor.is_blocked(ELSEWHERE)
    mara.page.go_back()
    mara.visitor.is_asked_to_sign_in()
    expect(mara.page.locator("body")).not_to_contain_text(LISTED)
