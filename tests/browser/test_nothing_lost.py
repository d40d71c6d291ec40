"""Slow, lost and repeated: what was typed is still there, and the same form sent again has one effect."""

from contextlib import suppress

import pytest
from playwright.sync_api import Dialog, Error, Locator, Route, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.support.client import BASE, Portal
from tests.support.world import HOME

pytestmark = [pytest.mark.browser, ON_SQLITE]
OFFICE, MINE = "198.51.100.0/25", "203.0.113.0/24"
LOST = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "htmx:sendError", "htmx:afterRequest")


@WITH_JAVASCRIPT
def test_an_answer_that_is_lost_after_the_change_was_made_is_not_applied_twice(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    dana.page.route(f"**{BASE}/networks", lose_the_answer, times=1)
    dana.types("192.0.2.16/28", "Warehouse")
    lost = dana.page.get_by_role("alert")
    expect(lost).to_contain_text("it isn’t known whether this was saved")
    expect(dana.network_field).to_have_value("192.0.2.16/28")
    dana.visitor.overlooks(*LOST)
    lost.get_by_role("button", name="Try again").click()
    dana.is_told("Already added.")
    dana.lists("192.0.2.16/28", OFFICE)
    assert len(portal.networks()) == 2


@WITH_JAVASCRIPT
def test_offline_in_the_middle_of_a_save_keeps_the_row_open(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.opens_for_editing(OFFICE)
    dana.field("Comment").fill("Ground floor")
    dana.visitor.context.set_offline(True)
    dana.chooses("Save")
    lost = dana.page.get_by_role("alert")
    expect(lost).to_be_visible()
    expect(dana.field("Comment")).to_have_value("Ground floor")
    dana.visitor.overlooks(*LOST)
    dana.visitor.context.set_offline(False)
    lost.get_by_role("button", name="Try again").click()
    dana.has_saved(OFFICE, "Ground floor")


@WITH_JAVASCRIPT
def test_trying_again_presses_the_same_button(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    dana.asks_to("Activate", "Prevent access blockage")
    dana.visitor.context.set_offline(True)
    dana.chooses("Add my address and activate")
    lost = dana.page.locator("#connection")
    expect(lost).to_be_visible()
    dana.visitor.overlooks(*LOST)
    dana.visitor.context.set_offline(False)
    lost.get_by_role("button", name="Try again").click()
    dana.has_activated()
    assert portal.networks()[0] == f"{HOME}/32"


def test_a_form_that_is_too_large_says_so_and_keeps_what_was_typed(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana, much = people.owner(), "Warehouse " * 50_000
    dana.types("192.0.2.16/28", much)
    if dana.javascript:
        expect(dana.page.get_by_role("alert")).to_contain_text("too much text")
        expect(dana.network_field).to_have_value("192.0.2.16/28")
        expect(dana.comment_field).to_have_value(much)
        dana.is_on_the_same_page()
        dana.visitor.overlooks("413")
        dana.comment_field.fill("Warehouse")
        dana.chooses("Try again")
    else:  # A browser keeps nothing of a page that is not stored, and the server has not read it.
        expect(dana.page.get_by_role("heading")).to_have_text("That is too much text")
        dana.page.go_back()
        dana.types("192.0.2.16/28", "Warehouse")
    dana.has_added("192.0.2.16/28", "Warehouse")
    assert portal.networks() == ["192.0.2.16/28", OFFICE]


@WITH_JAVASCRIPT
def test_a_slow_answer_is_said_to_be_on_its_way(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()

    def slowly(route: Route) -> None:
        expect(dana.page.locator("#add-submit")).to_have_text("Sending…")
        expect(dana.page.locator("#add-submit")).to_be_focused()
        route.continue_()

    dana.page.route(f"**{BASE}/networks", slowly, times=1)
    dana.network_field.fill("192.0.2.16/28")
    dana.page.locator("#add-submit").focus()
    dana.page.keyboard.press("Enter")
    dana.has_added("192.0.2.16/28")
    expect(dana.page.locator("#add-submit")).to_have_text("Add network")


def test_a_page_from_before_another_sign_in_keeps_what_was_typed(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    other = dana.visitor.context.new_page()
    other.goto("/login")
    other.get_by_label("E-mail").fill("dana@example.com")
    other.get_by_label("Password").fill("a long enough password")
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="Overview")).to_be_visible()
    dana.types("192.0.2.16/28", "Warehouse")
    expect(dana.page.locator("[data-refused=csrf]")).to_contain_text("your text is kept")
    dana.has_focus(dana.page.locator("[data-refused=csrf]"))
    expect(dana.comment_field).to_have_value("Warehouse")
    dana.chooses("Add network")
    dana.has_added("192.0.2.16/28", "Warehouse")


@pytest.mark.parametrize("act", ["Save", "Delete", "Undo"])
def test_a_double_click_has_one_effect(people: People, portal: Portal, act: str) -> None:
    portal.set_list(OFFICE, MINE)
    dana = people.owner()
    double_click_before_the_answer(dana, ready_to(dana, act))
    expect(dana.row(OFFICE)).to_have_count(0 if act == "Delete" else 1)
    if act == "Save":
        dana.has_saved(OFFICE, "Rotterdam")
    dana.opens()
    dana.lists(*([MINE] if act == "Delete" else [MINE, OFFICE]))


@WITH_JAVASCRIPT
@pytest.mark.parametrize("act", ["Save", "Delete", "Undo"])
def test_a_double_click_has_one_effect_where_the_answer_comes_between(people: People, portal: Portal, act: str) -> None:
    portal.set_list(OFFICE, MINE)
    dana = people.owner()
    button = ready_to(dana, act)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with dana.page.expect_response(lambda answer: answer.request.method == "POST"):
        dana.page.mouse.click(x, y)
    expect(dana.row(OFFICE).locator(".rowact")).to_have_count(0 if act == "Delete" else 1)
    dana.page.mouse.down(click_count=2)  # the pointer is where it was; something else is under it by now
    dana.page.mouse.up(click_count=2)
    expect(dana.page.locator("tr.edit:not([data-undo])")).to_have_count(0)
    dana.opens()
    dana.lists(*([MINE] if act == "Delete" else [MINE, OFFICE]))


def ready_to(dana: AllowlistPage, act: str) -> Locator:
    """Return the button that saves, deletes or brings back OFFICE."""
    if act == "Save":
        dana.opens_for_editing(OFFICE)
        dana.field("Comment").fill("Rotterdam")
        return dana.button("Save")
    if act == "Undo":
        dana.deletes(OFFICE)
        dana.has_deleted(OFFICE)
        return dana.button("Undo")
    return dana.button(f"Delete {OFFICE}")


def double_click_before_the_answer(dana: AllowlistPage, button: Locator) -> None:
    """Click twice, and let what comes of it go on its way only then."""
    held: list[Route] = []
    dana.page.route(lambda _: True, lambda route: held.append(route))
    button.dblclick()
    dana.page.unroute_all()
    for route in held:
        with suppress(Error):  # without JavaScript the second click calls the first form back
            route.continue_()


@WITH_JAVASCRIPT
@pytest.mark.parametrize(
    ("before", "button", "after"),
    [
        ((), "Add my address", (f"{HOME}/32",)),
        ((OFFICE,), "Add my address", (f"{HOME}/32", OFFICE)),
        ((OFFICE,), f"Delete {OFFICE}", ()),
    ],
    ids=["first", "another", "last"],
)
def test_what_is_typed_for_a_new_network_stays_when_something_else_is_done(
    people: People, portal: Portal, before: tuple[str, ...], button: str, after: tuple[str, ...]
) -> None:
    portal.set_list(*before)
    dana = people.owner()
    dana.network_field.fill("192.0.2.16/28")
    dana.comment_field.fill("Ware")
    dana.button(button).click()
    dana.lists(*after)
    expect(dana.network_field).to_have_value("192.0.2.16/28")
    expect(dana.comment_field).to_have_value("Ware")
    dana.is_on_the_same_page()
    dana.chooses("Add network")
    dana.has_added("192.0.2.16/28", "Ware")
    dana.lists("192.0.2.16/28", *after)


@WITH_JAVASCRIPT
def test_leaving_with_something_unsaved_asks_first(people: People, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = people.owner()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    dana.page.on("dialog", leave)
    dana.opens_for_editing(OFFICE)
    dana.page.get_by_role("link", name="Overview").click()
    expect(dana.page.get_by_role("heading", name="Overview")).to_be_visible()
    assert asked == []
    dana.opens()
    dana.opens_for_editing(OFFICE)
    dana.field("Comment").press_sequentially("half a sen")
    dana.page.get_by_role("link", name="Overview").click()
    expect(dana.page.get_by_role("heading", name="Overview")).to_be_visible()
    assert asked == ["beforeunload"]


@WITH_JAVASCRIPT
def test_being_signed_out_with_something_unsaved_is_not_held_up(people: People, portal: Portal) -> None:
    portal.set_list(MINE)
    dana = people.owner(address="198.51.100.14")
    dana.opens_for_editing(MINE)
    dana.field("Comment").press_sequentially("half a sen")
    portal.force_active()
    dana.visitor.looks_back()
    dana.visitor.is_blocked("198.51.100.14")
