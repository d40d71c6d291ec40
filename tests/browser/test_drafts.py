"""What is typed outlives a session that ends, for the person who typed it and nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.browser.visitor import Visitor
from tests.support.client import BASE, Portal
from tests.support.quick import writing
from tests.support.world import ELSEWHERE, HOME
from webapp.domain.allowlist import Allowlist
from webapp.runtime import clock
from webapp.storage import allowlists
from webapp.storage.events import Actor
from webapp.storage.models import Membership, PortalSessionRow

pytestmark = [pytest.mark.browser, ON_SQLITE]
OFFICE = "198.51.100.0/25"
TYPED = "192.0.2.16/2"
# Every field of the page that text is typed into; what is looked for is not kept.
FIELDS = "[...document.querySelectorAll('main :is(input, textarea)')].filter(f => %s).map(f => f.id)"
TEXT_FIELDS = FIELDS % "!['hidden', 'radio', 'checkbox', 'search'].includes(f.type)"


def stop_using(portal: Portal, person: str) -> None:
    """Two hours go by in which the person does nothing."""
    own = PortalSessionRow.user_id == portal.world.users[person]
    with writing(portal.app) as connection:
        connection.execute(sa.update(PortalSessionRow).where(own).values(last_seen_at=clock.now() - timedelta(hours=2)))


def time_out(people: People, portal: Portal) -> str:
    """Dana's session reaches its idle limit."""
    stop_using(portal, "dana")
    return "You were signed out after 2 hours without activity."


def sign_out(people: People, portal: Portal) -> str:
    """Mara signs Dana out."""
    mara = people.owner("mara")
    mara.page.get_by_role("button", name="Sign out Dana Kessler").click()
    expect(mara.page.locator("#allowlist-signed-in")).to_contain_text("Nobody else is signed in.")
    return "You were signed out by Mara Osei, an owner of the account."


def block(people: People, portal: Portal) -> str:
    """The list comes into effect and does not cover Dana's address."""
    portal.force_active()
    return "You were signed out because your address isn’t on the account’s IP allowlist. See the details"


ENDS: dict[str, Callable[[People, Portal], str]] = {"idle": time_out, "colleague": sign_out, "block": block}


@pytest.fixture(params=ENDS)
def end(request: pytest.FixtureRequest) -> Callable[[People, Portal], str]:
    """Every way in which a session ends while somebody types."""
    return ENDS[request.param]


def offer(page: AllowlistPage) -> Locator:
    """Return the notice that offers what was typed."""
    return page.page.locator("#draft")


def is_put_out(page: AllowlistPage) -> None:
    """The open page leaves by itself, to where it is said why."""
    page.visitor.looks_back()
    page.page.wait_for_url(lambda url: "/login" in url or url.endswith("/blocked"))


def kept(visitor: Visitor) -> dict[str, Any]:
    """Return what the tab has stored."""
    stored: dict[str, str] = visitor.page.evaluate("({...sessionStorage})")
    return {key: json.loads(value) for key, value in stored.items() if key.startswith("draft")}


@WITH_JAVASCRIPT
def test_what_is_typed_is_offered_again_with_the_reason(
    people: People, portal: Portal, end: Callable[[People, Portal], str]
) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    dana.comment_field.press_sequentially("Ware")
    reason = end(people, portal)
    is_put_out(dana)
    dana.visitor.goes_to("/login")
    expect(dana.page.locator(".note")).to_have_text(reason)
    dana.visitor.moves_to("198.51.100.14")
    dana.visitor.signs_in("dana")
    expect(offer(dana)).to_contain_text(f"You had typed “{TYPED}”, “Ware” before you were signed out.")
    expect(dana.network_field).to_have_value("")
    dana.chooses("Put it back")
    expect(offer(dana)).to_have_count(0)
    expect(dana.comment_field).to_be_focused()
    dana.network_field.fill("192.0.2.16/28")
    dana.chooses("Add network")
    dana.lists("192.0.2.16/28", OFFICE)
    assert portal.list().entries[0].comment == "Ware"
    assert kept(dana.visitor) == {}


@WITH_JAVASCRIPT
def test_the_text_of_every_form_of_the_section_survives(
    people: People, portal: Portal, end: Callable[[People, Portal], str]
) -> None:
    portal.set_list(OFFICE, "192.0.2.0/24")
    dana = people.owner(address=ELSEWHERE)
    for network in (OFFICE, "192.0.2.0/24"):
        dana.row(network).get_by_role("link", name=f"Edit {network}").click()
    expect(dana.page.locator("tr.edit")).to_have_count(2)
    typed = {field: f"typed {number}" for number, field in enumerate(dana.page.evaluate(TEXT_FIELDS))}
    assert {"add-network", "add-comment", "check-address"} <= set(typed)
    for field, text in typed.items():
        dana.page.locator(f"#{field}").fill(text)
    dana.button("Activate").click()
    dana.page.locator("#dialog-comment").fill("typed last")
    assert set(dana.page.evaluate(TEXT_FIELDS)) == {*typed, "dialog-comment"}
    end(people, portal)
    is_put_out(dana)
    lift(portal)
    dana.visitor.signs_in("dana")
    dana.chooses("Put it back")
    expect(offer(dana)).to_have_count(0)
    for field, text in (typed | {"dialog-comment": "typed last"}).items():
        expect(dana.page.locator(f"#{field}")).to_have_value(text)


@WITH_JAVASCRIPT
@pytest.mark.parametrize("person", ["mara", "ola"])
def test_nobody_else_is_offered_it(people: People, portal: Portal, person: str) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    stop_using(portal, "dana")
    is_put_out(dana)
    dana.visitor.signs_in(person)
    expect(dana.section).to_be_visible()
    expect(offer(dana)).to_have_count(0)
    assert TYPED not in dana.page.content()
    dana.visitor.signs_out()
    dana.visitor.signs_in("dana")
    expect(offer(dana)).to_contain_text(TYPED)


@WITH_JAVASCRIPT
def test_the_same_person_in_another_account_is_not_offered_it(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    stop_using(portal, "dana")
    is_put_out(dana)
    move_to_northwind(portal, "dana")
    dana.visitor.signs_in("dana")
    expect(dana.page.locator(".acct")).to_have_text("Northwind Labs")
    expect(offer(dana)).to_have_count(0)


@WITH_JAVASCRIPT
def test_a_page_that_another_person_has_taken_over_keeps_its_text_for_the_first(people: People) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    other = dana.visitor.context.new_page()
    sign_in_at(other, "mara")
    assert dana.visitor.looks_back().status == 409
    expect(dana.page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(offer(dana)).to_have_count(0)
    sign_in_at(other, "dana")
    dana.opens()
    expect(offer(dana)).to_contain_text(TYPED)


@WITH_JAVASCRIPT
def test_signing_out_from_a_page_of_somebody_else_keeps_nothing_of_either(people: People) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    other = dana.visitor.context.new_page()
    sign_in_at(other, "mara")
    dana.chooses("Sign out")
    expect(dana.page.get_by_role("heading", name="Sign out Mara Osei?")).to_be_visible()
    assert kept(dana.visitor) == {}
    dana.chooses("Sign out")
    dana.visitor.is_asked_to_sign_in()


@WITH_JAVASCRIPT
@pytest.mark.parametrize("when", ["typed", "offered"])
def test_sign_out_keeps_nothing(people: People, portal: Portal, when: str) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    if when == "offered":
        stop_using(portal, "dana")
        is_put_out(dana)
        dana.visitor.signs_in("dana")
        expect(offer(dana)).to_be_visible()
    assert kept(dana.visitor) != {}
    dana.visitor.signs_out()
    assert kept(dana.visitor) == {}
    dana.visitor.signs_in("dana")
    expect(dana.section).to_be_visible()
    expect(offer(dana)).to_have_count(0)


@WITH_JAVASCRIPT
def test_it_is_dropped_by_one_click_and_never_offered_again(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    stop_using(portal, "dana")
    is_put_out(dana)
    dana.visitor.signs_in("dana")
    dana.chooses("Drop it")
    expect(offer(dana)).to_have_count(0)
    expect(dana.network_field).to_have_value("")
    dana.opens()
    expect(offer(dana)).to_have_count(0)
    assert kept(dana.visitor) == {}


@WITH_JAVASCRIPT
def test_what_is_typed_meanwhile_is_never_overwritten(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    stop_using(portal, "dana")
    is_put_out(dana)
    dana.visitor.signs_in("dana")
    dana.network_field.fill("203.0.113.9")
    dana.chooses("Put it back")
    expect(offer(dana)).to_contain_text(f"There is no free place for “{TYPED}” now.")
    expect(dana.network_field).to_have_value("203.0.113.9")
    dana.network_field.fill("")
    dana.chooses("Put it back")
    expect(dana.network_field).to_have_value(TYPED)
    expect(offer(dana)).to_have_count(0)


@WITH_JAVASCRIPT
def test_the_text_for_a_network_that_is_gone_is_still_there_to_copy(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, "192.0.2.0/24")
    dana = people.owner()
    dana.opens_for_editing(OFFICE)
    dana.field("Comment").fill("Ground floor")
    stop_using(portal, "dana")
    is_put_out(dana)
    portal.set_list("192.0.2.0/24")
    dana.visitor.signs_in("dana")
    dana.chooses("Put it back")
    expect(offer(dana)).to_contain_text("There is no free place for “Ground floor” now. Copy it from here.")


@WITH_JAVASCRIPT
def test_it_is_offered_on_another_page_too_and_leads_back(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    stop_using(portal, "dana")
    dana.page.get_by_role("link", name="Overview").click()
    dana.visitor.is_asked_to_sign_in()
    sign_in_at(dana.page, "dana")
    expect(dana.page.get_by_role("heading", name="Overview")).to_be_visible()
    dana.chooses("Put it back")
    dana.page.wait_for_url(f"**{BASE}")
    expect(dana.network_field).to_have_value(TYPED)
    expect(offer(dana)).to_have_count(0)


@WITH_JAVASCRIPT
def test_several_texts_are_put_back_in_place_from_another_page(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE, "192.0.2.0/24")
    dana = people.owner()
    for network, comment in ((OFFICE, "Ground floor"), ("192.0.2.0/24", "Warehouse")):
        dana.row(network).get_by_role("link", name="Edit").click()
        dana.row(network).get_by_label("Comment").fill(comment)
    stop_using(portal, "dana")
    dana.visitor.looks_back()
    dana.visitor.is_asked_to_sign_in()
    dana.visitor.goes_to("/login")
    sign_in_at(dana.page, "dana")
    loads: list[str] = []
    dana.page.on("framenavigated", lambda frame: loads.append(frame.url))
    dana.chooses("Put it back")
    for network, comment in ((OFFICE, "Ground floor"), ("192.0.2.0/24", "Warehouse")):
        expect(dana.row(network).get_by_label("Comment")).to_have_value(comment)
    expect(offer(dana)).to_have_count(0)
    assert [url for url in loads if not url.endswith(BASE)] == []
    assert len(loads) == 1


@WITH_JAVASCRIPT
def test_sign_out_keeps_nothing_in_any_tab(people: People) -> None:
    dana = people.owner()
    dana.network_field.press_sequentially(TYPED)
    assert len(kept(dana.visitor)) == 1
    second = dana.visitor.context.new_page()
    second.goto("/")
    second.get_by_role("button", name="Sign out").click()
    expect(second.get_by_label("Password")).to_be_visible()
    dana.visitor.looks_back()
    dana.visitor.is_asked_to_sign_in()
    assert kept(dana.visitor) == {}
    dana.visitor.signs_in("dana")
    expect(offer(dana)).to_have_count(0)


@WITH_JAVASCRIPT
def test_what_was_saved_cancelled_or_left_is_not_offered(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.adds("192.0.2.16/28", "Warehouse")
    dana.edits(OFFICE, comment="Ground floor")
    dana.has_saved(OFFICE, "Ground floor")
    dana.opens_for_editing(OFFICE)
    dana.field("Comment").fill("cancelled")
    dana.page.get_by_role("link", name="Cancel").click()
    expect(dana.page.locator("tr.edit")).to_have_count(0)
    dana.page.get_by_label("IP address").fill(HOME)
    dana.chooses("Check")
    expect(dana.page.locator("[data-let-in]")).to_be_visible()
    assert kept(dana.visitor) == {}
    dana.network_field.fill("left")
    assert len(kept(dana.visitor)) == 1
    dana.opens()
    assert kept(dana.visitor) == {}


@WITH_JAVASCRIPT
def test_a_refused_form_is_kept_like_any_other(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.types("192.0.2.1/24", "Warehouse")
    expect(dana.page.locator("[data-error]")).to_be_visible()
    stop_using(portal, "dana")
    is_put_out(dana)
    dana.visitor.signs_in("dana")
    expect(offer(dana)).to_contain_text("“192.0.2.1/24”, “Warehouse”")


@WITH_JAVASCRIPT
def test_it_is_kept_for_a_day_and_in_bounds(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.comment_field.fill("x" * 100_000)
    (draft,) = kept(dana.visitor).values()
    assert len(draft["fields"]["add-comment"]["text"]) == 2_000
    stop_using(portal, "dana")
    is_put_out(dana)
    dana.page.evaluate(
        """for (const [key, text] of Object.entries({...sessionStorage})) if (key.startsWith("draft"))
             sessionStorage[key] = JSON.stringify({...JSON.parse(text), at: Date.now() - 24 * 60 * 60 * 1000})"""
    )
    dana.visitor.signs_in("dana")
    expect(dana.section).to_be_visible()
    expect(offer(dana)).to_have_count(0)
    assert kept(dana.visitor) == {}


@WITH_JAVASCRIPT
def test_a_password_is_never_kept(people: People) -> None:
    dana = people.at(HOME)
    dana.signs_in("dana", password="a wrong password")
    dana.page.get_by_label("Password").press_sequentially("another wrong password")
    assert "wrong" not in json.dumps(dana.page.evaluate("({...sessionStorage})"))


@pytest.mark.parametrize("javascript", [False], indirect=True, ids=["no_javascript"])
def test_a_post_without_javascript_leads_back_to_the_section_and_says_why(people: People, portal: Portal) -> None:
    dana = people.owner()
    dana.types("192.0.2.1/24")
    stop_using(portal, "dana")
    dana.types("192.0.2.0/24")
    dana.visitor.is_asked_to_sign_in()
    expect(dana.page.locator(".note")).to_have_text("You were signed out after 2 hours without activity.")
    sign_in_at(dana.page, "dana")
    expect(dana.section).to_be_visible()
    assert dana.page.url.endswith(BASE)
    assert portal.networks() == []


def lift(portal: Portal) -> None:
    """The list is lifted again: whoever was blocked may come back."""
    with portal.app.app_context():
        allowlists.changing(portal.world.halden, Actor("operator"), "deactivate", Allowlist.deactivate, now=clock.now)


def sign_in_at(page: Any, person: str) -> None:
    """Sign in at the sign-in page that is open, or at a fresh one."""
    if "/login" not in page.url:
        page.goto("/login")
    page.get_by_label("E-mail").fill(f"{person}@example.com")
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def move_to_northwind(portal: Portal, person: str) -> None:
    """The person is an owner of the other account from now on, and of that one only."""
    own = Membership.user_id == portal.world.users[person]
    with writing(portal.app) as connection:
        connection.execute(sa.delete(Membership).where(own))
        connection.execute(
            sa.insert(Membership).values(
                account_id=portal.world.northwind, user_id=portal.world.users[person], role="owner"
            )
        )
