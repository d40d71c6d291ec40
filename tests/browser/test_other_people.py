"""Who is affected is seen before it happens; who is signed in, and who was blocked, is seen beside the list."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import Portal
from tests.support.patience import wait_until
from tests.support.quick import put_list, start_session
from tests.support.world import ELSEWHERE, HOME
from webapp.domain.allowlist import MAX_NETWORKS
from webapp.runtime import clock
from webapp.storage import blocked_attempts, write

pytestmark = [pytest.mark.browser, ON_SQLITE]
LISTED, OFFICE = "203.0.113.0/24", "198.51.100.0/25"


def present(portal: Portal, person: str, address: str) -> None:
    """Somebody is signed in from an address."""
    start_session(portal.app, portal.world.halden, portal.world.users[person], address)


def test_the_question_names_who_will_be_signed_out_and_one_of_them_is_kept_by_one_click(
    people: People, portal: Portal
) -> None:
    portal.set_list(LISTED)
    people.signed_in("mara", "198.51.100.14")
    present(portal, "sanne", "203.0.113.9")
    dana = people.owner()
    question = dana.asks_to("Activate", "Activate the IP allowlist?")
    expect(question.get_by_role("listitem").filter(has_text="Mara Osei").first).to_contain_text("Will be signed out")
    expect(question.get_by_role("listitem").filter(has_text="Sanne Li")).to_contain_text("Stays signed in")
    dana.chooses("Add 198.51.100.14/32")
    expect(dana.row("198.51.100.14/32")).to_be_visible()
    place = dana.page.locator("#dialog-live" if dana.javascript else "#allowlist-notices p")
    dana.sees(place, re.compile(r"^Added 198\.51\.100\.14/32\."))
    dana.has_focus(dana.question.get_by_role("heading", level=2))
    expect(dana.question.get_by_role("listitem").filter(has_text="Mara Osei")).to_contain_text("Stays signed in")
    dana.chooses("Activate the list")
    dana.has_activated()
    dana.lists("198.51.100.14/32", LISTED)


def test_somebody_who_signed_in_while_the_question_was_open_is_shown_first(people: People, portal: Portal) -> None:
    portal.set_list(LISTED)
    dana = people.owner()
    dana.asks_to("Activate", "Activate the IP allowlist?")
    present(portal, "mara", ELSEWHERE)
    dana.chooses("Activate the list")
    expect(dana.question.locator("[data-refused=stale]")).to_be_visible()
    expect(dana.question.get_by_role("listitem").filter(has_text="Mara Osei")).to_contain_text("Will be signed out")
    dana.has_focus(dana.question.locator("[data-refused=stale]"))
    dana.is_on_the_same_page()
    dana.chooses("Activate the list")
    dana.has_activated()


@pytest.mark.parametrize("act", ["Delete", "Save"])
def test_signing_others_out_is_asked_about_and_they_are_named(people: People, portal: Portal, act: str) -> None:
    portal.set_list(LISTED, OFFICE, active=True)
    sanne = people.signed_in("sanne", "198.51.100.14")
    dana = people.owner()
    if act == "Delete":
        dana.deletes(OFFICE)
    else:
        dana.edits(OFFICE, to="192.0.2.0/24")
    row = dana.is_refused(OFFICE, "signs_out_others")
    expect(row).to_contain_text("Sanne Li")
    expect(row).to_contain_text("198.51.100.14")
    sanne.goes_to("/")
    dana.chooses(f"{act} and sign Sanne Li out")
    if act == "Delete":
        dana.has_deleted(OFFICE)
    else:
        dana.has_saved("192.0.2.0/24")
    sanne.goes_to("/")
    sanne.is_blocked("198.51.100.14")


@pytest.mark.parametrize("act", ["Delete", "Edit"])
def test_signing_others_out_can_be_left(people: People, portal: Portal, act: str) -> None:
    portal.set_list(LISTED, OFFICE, active=True)
    present(portal, "sanne", "198.51.100.14")
    dana = people.owner()
    if act == "Delete":
        dana.deletes(OFFICE)
    else:
        dana.edits(OFFICE, to="192.0.2.0/24")
    dana.is_refused(OFFICE, "signs_out_others")
    dana.page.get_by_role("link", name="Keep it" if act == "Delete" else "Cancel").click()
    expect(dana.page.locator("tr.edit")).to_have_count(0)
    dana.has_focus(dana.row(OFFICE).get_by_role("button" if act == "Delete" else "link", name=f"{act} {OFFICE}"))
    dana.lists(OFFICE, LISTED)


def test_a_text_changed_after_the_question_is_judged_anew(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, OFFICE, active=True)
    present(portal, "sanne", "198.51.100.14")
    present(portal, "mara", "198.51.100.77")
    dana = people.owner()
    dana.edits(OFFICE, to="198.51.100.64/26")
    dana.is_refused(OFFICE, "signs_out_others")
    dana.field("Network").fill("192.0.2.0/24")
    dana.chooses("Save and sign Sanne Li out")
    row = dana.is_refused(OFFICE, "signs_out_others")
    expect(row).to_contain_text("Mara Osei")
    dana.chooses("Save and sign them out")
    dana.has_saved("192.0.2.0/24")


def test_an_owner_signs_somebody_out(people: People) -> None:
    sanne = people.signed_in("sanne", ELSEWHERE)
    dana = people.owner()
    card = dana.page.locator("#allowlist-signed-in")
    expect(card).to_contain_text("Sanne Li")
    card.get_by_role("button", name=f"Sign out Sanne Li, {ELSEWHERE}").click()
    expect(card).to_contain_text("Nobody else is signed in.")
    dana.is_told(f"Signed out Sanne Li, {ELSEWHERE}.")
    dana.has_focus(card.get_by_role("heading"))
    sanne.goes_to("/")
    sanne.is_asked_to_sign_in()


@WITH_JAVASCRIPT
def test_the_cards_follow_a_change_of_the_list(people: People, portal: Portal) -> None:
    portal.set_list("192.0.2.0/24")
    present(portal, "sanne", HOME)
    dana = people.owner()
    card = dana.page.locator("#allowlist-signed-in")
    expect(card).to_contain_text("Not on the list")
    dana.chooses("Add my address")
    dana.has_added(f"{HOME}/32")
    expect(card).not_to_contain_text("Not on the list")


def blocked(portal: Portal, person: str = "sanne") -> str:
    """Somebody was blocked a moment ago; return the reference."""
    with portal.app.app_context():
        return write(
            lambda session: blocked_attempts.record(
                session,
                account_id=portal.world.halden,
                user_id=portal.world.users[person],
                address=ELSEWHERE,
                now=clock.now(),
            )
        )


def has_added_there(dana: AllowlistPage, tool: str, network: str, comment: str) -> None:
    """See the new row, and in the tool that the network is on the list; be there still."""
    expect(dana.row(network).locator(".cmt")).to_have_text(comment)
    dana.is_told(re.compile(rf"^Added {re.escape(network)}\. \d+ networks?\."))
    if dana.javascript:
        expect(dana.page.locator(tool).locator(":focus")).to_be_visible()
        expect(dana.page.locator(tool).locator(":focus")).to_be_in_viewport()


def test_a_blocked_address_is_listed_with_her_name_as_the_comment(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, active=True)
    for _ in range(3):
        blocked(portal)
    dana = people.owner()
    card = dana.page.locator("#allowlist-blocked")
    expect(card).to_contain_text(f"3 in the last 14 days, most from {ELSEWHERE}")
    expect(card.get_by_role("img")).to_be_visible()
    card.get_by_text("Numbers per day").click()
    expect(card.get_by_role("row", name="Attempts")).to_be_visible()
    dana.chooses(f"Add {ELSEWHERE}/32 for Sanne Li")
    has_added_there(dana, "#allowlist-blocked", f"{ELSEWHERE}/32", "Sanne Li")
    dana.lists(f"{ELSEWHERE}/32", LISTED)
    expect(card.get_by_text("On the list")).to_be_visible()
    dana.has_focus(card.get_by_text("On the list"))


@WITH_JAVASCRIPT
@pytest.mark.parametrize("listed", [(LISTED,), ()], ids=["another", "first"])
def test_adding_beside_the_list_moves_nothing_and_leaves_what_is_typed(
    people: People, portal: Portal, listed: tuple[str, ...]
) -> None:
    portal.set_list(*listed)
    blocked(portal)
    dana = people.owner()
    dana.page.set_viewport_size({"width": 390, "height": 700})
    dana.network_field.fill("192.0.2.16/28")
    dana.comment_field.fill("Ware")
    add = dana.button(f"Add {ELSEWHERE}/32 for Sanne Li")
    add.focus()
    top = "element => element.getBoundingClientRect().y"
    before = add.evaluate(top)
    add.press("Enter")
    said = dana.page.locator("#allowlist-blocked").get_by_text("On the list")
    expect(said).to_be_focused()
    wait_until(lambda: said.evaluate(top) == pytest.approx(before, abs=30))  # 0 while the tool is being replaced
    expect(dana.network_field).to_have_value("192.0.2.16/28")
    expect(dana.comment_field).to_have_value("Ware")


@WITH_JAVASCRIPT
def test_what_can_t_be_added_is_said_where_it_was_asked_for(people: People, portal: Portal) -> None:
    put_list(portal.app, portal.world.halden, *(f"10.{n // 256}.{n % 256}.0/24" for n in range(MAX_NETWORKS)))
    blocked(portal)
    dana = people.owner()
    dana.network_field.fill("192.0.2.16/28")
    dana.chooses(f"Add {ELSEWHERE}/32 for Sanne Li")
    refusal = dana.page.locator("#allowlist-blocked [data-error=full]")
    expect(refusal).to_be_focused()
    expect(dana.network_field).to_have_value("192.0.2.16/28")
    expect(dana.button(f"Add {ELSEWHERE}/32 for Sanne Li")).to_be_visible()


def test_show_more_goes_on_where_the_list_has_ended(people: People, portal: Portal) -> None:
    for number in range(30):
        start_session(portal.app, portal.world.halden, portal.world.users["sanne"], f"198.51.100.{number}")
    dana = people.owner()
    dana.page.set_viewport_size({"width": 390, "height": 700})
    link = dana.page.get_by_role("link", name="Show 22 more")
    link.focus()
    link.press("Enter")
    more = dana.page.locator("#signed-in-more")
    expect(more).to_have_text("22 more, last seen earlier:")
    expect(more).to_be_in_viewport()
    dana.has_focus(more)
    expect(dana.page.locator("#allowlist-signed-in .people li")).to_have_count(31)


def test_the_reference_of_a_blocked_page_finds_who_it_was(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, active=True)
    sanne = people.signed_in("sanne", ELSEWHERE)
    reference = sanne.is_blocked(ELSEWHERE)
    dana = people.owner()
    dana.page.get_by_label("IP address").fill(f" {reference.lower()} ")
    dana.chooses("Check")
    tool = dana.page.locator("#allowlist-checked")
    expect(tool).to_contain_text(f"Sanne Li was blocked at {ELSEWHERE}")
    if dana.javascript:
        dana.hears(re.compile(rf"^Sanne Li was blocked at {ELSEWHERE}, on .* Not let in\."))
    tool.get_by_role("button", name=f"Add {ELSEWHERE}/32 for Sanne Li").click()
    has_added_there(dana, "#allowlist-check", f"{ELSEWHERE}/32", "Sanne Li")
    if dana.javascript:
        expect(tool).to_contain_text(f"{ELSEWHERE}/32 covers it now.")


def test_an_address_that_would_not_be_let_in_is_added_by_one_click(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, active=True)
    dana = people.owner()
    dana.page.get_by_label("IP address").fill(ELSEWHERE)
    dana.chooses("Check")
    tool = dana.page.locator("#allowlist-check")
    expect(tool.locator("[data-let-in=false]")).to_contain_text("Not let in.")
    if dana.javascript:
        dana.hears(f"Not let in. No network contains {ELSEWHERE}.")
    dana.chooses(f"Add {ELSEWHERE}/32")
    has_added_there(dana, "#allowlist-check", f"{ELSEWHERE}/32", "")


@WITH_JAVASCRIPT
def test_whoever_was_blocked_copies_what_an_owner_needs(people: People, portal: Portal) -> None:
    portal.set_list(LISTED, active=True)
    sanne = people.signed_in("sanne", ELSEWHERE)
    reference = sanne.is_blocked(ELSEWHERE)
    sanne.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sanne.page.get_by_role("button", name="Copy details").click()
    expect(sanne.page.locator("#live")).to_have_text("Copied.")
    copied = sanne.page.evaluate("navigator.clipboard.readText()")
    assert f"My address: {ELSEWHERE}." in copied
    assert f"Reference: {reference}." in copied
