"""Many networks at once, as a person puts them in: pasted, from a file, corrected in place, left out, applied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.browser.test_drafts import is_put_out, kept, stop_using
from tests.support.client import Portal
from tests.support.imports import PLAN

pytestmark = [pytest.mark.browser, ON_SQLITE]
COVER, OTHER = "203.0.113.0/24", "198.51.100.0/24"
MAIL = f"""\
- 192.0.2.0/28 Rotterdam office
- {COVER} Utrecht
- 192.0.2.20/28 Mara at home
- 2001:db8:40::/48 VPN
- staging.example.com
- 198.51.100.0/28
- 198.51.100.16/28
- 198.51.100.32/28
- 198.51.100.48/28
- 198.51.100.64/28
- 198.51.100.80/28
- 198.51.100.96/28
"""
DROP = """([section, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], "ranges.txt"));
  for (const name of ["dragover", "drop"])
    section.dispatchEvent(new DragEvent(name, {dataTransfer: files, bubbles: true, cancelable: true}));
}"""


def opens_import(dana: AllowlistPage) -> Locator:
    """Follow *Add several*; return the text box."""
    dana.page.get_by_role("link", name="Add several").click()
    return dana.page.get_by_label("Networks", exact=True)


def asks(dana: AllowlistPage, text: str, mode: str = "Add those") -> None:
    """Paste a text and ask what it would change."""
    opens_import(dana).fill(text)
    dana.page.get_by_label(mode).check()
    dana.chooses("Show what would change")
    expect(dana.page.get_by_role("heading", name="What would change")).to_be_visible()


def errors(dana: AllowlistPage) -> Locator:
    """Return the lines in error."""
    return dana.page.locator("[data-line=error]")


def test_a_mail_is_pasted_corrected_left_out_in_part_applied_and_undone(people: People, portal: Portal) -> None:
    portal.set_list(COVER)
    dana = people.owner()
    asks(dana, MAIL)
    dana.has_focus(dana.page.get_by_role("heading", name="What would change"))
    expect(errors(dana)).to_have_count(2)
    dana.chooses("Use 192.0.2.16/28")
    expect(errors(dana)).to_have_count(1)
    expect(dana.page.get_by_label("Networks", exact=True)).to_have_value(
        MAIL.replace("192.0.2.20/28 Mara at home", "192.0.2.16/28 # Mara at home")
    )
    dana.chooses("Add the 10 that are right")
    expect(dana.page.locator("#allowlist-offers")).to_contain_text("Added 10 networks. The list has 11 networks.")
    comments = {entry.network.text: entry.comment for entry in portal.list().entries}
    assert (len(comments), comments["192.0.2.16/28"], comments[COVER]) == (11, "Mara at home", "")
    dana.chooses("Undo")
    dana.lists(COVER)


@WITH_JAVASCRIPT
def test_the_focus_goes_from_one_error_to_the_next_and_then_to_the_button(people: People) -> None:
    dana = people.owner()
    asks(dana, "192.0.2.20/28\n198.51.100.9/24\n")
    dana.chooses("Use 192.0.2.16/28")
    expect(dana.button(f"Use {OTHER}")).to_be_focused()
    expect(dana.page.locator("#live")).to_have_text("Line 1 is 192.0.2.16/28 now. 1 to add, 1 in error.")
    dana.page.keyboard.press("Enter")
    expect(dana.button("Add 2 networks")).to_be_focused()
    dana.page.keyboard.press("Enter")
    dana.lists("192.0.2.16/28", OTHER)


@WITH_JAVASCRIPT
def test_the_focus_passes_over_an_error_that_has_no_button(people: People) -> None:
    dana = people.owner()
    asks(dana, "192.0.2.20/28\nstaging.example.com\n198.51.100.9/24\n")
    dana.chooses("Use 192.0.2.16/28")
    expect(dana.button(f"Use {OTHER}")).to_be_focused()
    dana.page.keyboard.press("Enter")
    expect(dana.page.get_by_role("heading", name="Can’t be used 1")).to_be_focused()
    dana.page.keyboard.press("Tab")
    expect(dana.button("Add the 2 that are right")).to_be_focused()


@WITH_JAVASCRIPT
def test_a_correction_that_leaves_nothing_to_do_leads_back_to_the_list(people: People, portal: Portal) -> None:
    portal.set_list(OTHER)
    dana = people.owner()
    asks(dana, "198.51.100.9/24")
    dana.chooses(f"Use {OTHER}")
    expect(dana.page.get_by_role("link", name="Back to the list")).to_be_focused()


def test_a_file_is_chosen_and_becomes_the_text(people: People, tmp_path: Path) -> None:
    file = tmp_path / "ranges.csv"
    file.write_bytes(f"network;comment\r\n192.0.2.0/28;Kantoor\r\n{OTHER};Café\r\n".encode("utf-16"))
    dana = people.owner()
    opens_import(dana)
    dana.page.get_by_label("Or a file").set_input_files(file)
    dana.chooses("Show what would change")
    dana.chooses("Add 2 networks")
    dana.lists("192.0.2.0/28", OTHER)


def test_a_comment_has_room_for_its_words_on_the_narrowest_screen(people: People) -> None:
    dana = people.owner()
    asks(dana, f"{OTHER} Rotterdam office")
    dana.page.set_viewport_size({"width": 320, "height": 900})
    box = dana.page.get_by_role("cell", name="Rotterdam office").bounding_box()
    assert box
    assert (box["width"] > 200, box["height"] < 40) == (True, True)


@WITH_JAVASCRIPT
def test_a_file_is_dropped_on_the_form(people: People) -> None:
    dana = people.owner()
    opens_import(dana)
    dana.page.evaluate(DROP, [dana.page.locator("#import-text").element_handle(), OTHER])
    expect(dana.page.get_by_label("Or a file")).to_be_focused()
    dana.chooses("Show what would change")
    dana.chooses("Add 1 network")
    dana.lists(OTHER)


def test_one_question_for_all_of_a_new_list(people: People, portal: Portal) -> None:
    portal.set_list(COVER, OTHER, active=True)
    people.owner("mara", "198.51.100.7")
    dana = people.owner()
    asks(dana, "10.0.0.0/7\n192.0.2.0/28\n", "Replace the list")
    for text in (
        "This would sign you out.",
        "This would sign Mara Osei out",
        "10.0.0.0/7 contains 33,554,432",
    ):
        expect(dana.page.locator("#import")).to_contain_text(text)
    button = dana.button("Add 2 and remove 2 networks, list 203.0.113.42/32 and sign Mara Osei out")
    button.click()
    expect(button).to_be_visible()  # the browser wants the yes to the wide network first
    assert portal.networks() == [OTHER, COVER]
    dana.page.get_by_label("Add it anyway").check()
    button.click()
    dana.lists("203.0.113.42/32", "10.0.0.0/7", "192.0.2.0/28")


def test_another_tab_has_changed_the_list_meanwhile(people: People, portal: Portal) -> None:
    dana = people.owner()
    asks(dana, f"192.0.2.0/28\n{OTHER}")
    portal.signed_in("dana").post("/account/settings/ip-allowlist/networks", {"network": OTHER})
    dana.chooses("Add 2 networks")
    expect(dana.page.locator("[data-refused=stale]")).to_contain_text(f"You added {OTHER}")
    dana.chooses("Add 1 network")
    dana.lists("192.0.2.0/28", OTHER)


def test_what_is_wrong_stays_in_the_box_and_has_the_focus(people: People) -> None:
    dana = people.owner()
    box = opens_import(dana)
    box.fill("# nothing to see\n")
    dana.chooses("Show what would change")
    expect(dana.page.locator("[data-error=nothing]")).to_be_visible()
    expect(box).to_have_value("# nothing to see\n")
    dana.has_focus(box)


def shows_a_plan_of_a_file(dana: AllowlistPage) -> None:
    opens_import(dana)
    dana.page.evaluate(DROP, [dana.page.locator("#import").element_handle(), MAIL])
    dana.chooses("Show what would change")
    expect(errors(dana)).to_have_count(2)


def types_a_text(dana: AllowlistPage) -> None:
    opens_import(dana).fill(MAIL)


@WITH_JAVASCRIPT
@pytest.mark.parametrize("step", [shows_a_plan_of_a_file, types_a_text])
def test_a_text_outlives_its_session(people: People, portal: Portal, step: Callable[[AllowlistPage], Any]) -> None:
    dana = people.owner()
    step(dana)
    stop_using(portal, "dana")
    is_put_out(dana)
    dana.visitor.signs_in("dana")
    expect(dana.page.locator("#draft")).to_contain_text("Rotterdam office")
    dana.chooses("Put it back")
    expect(dana.page).to_have_url(f"{people.server.url}{PLAN}")
    expect(dana.page.get_by_label("Networks", exact=True)).to_have_value(MAIL)


@WITH_JAVASCRIPT
@pytest.mark.parametrize("step", [shows_a_plan_of_a_file, types_a_text])
def test_a_text_outlives_a_reload(people: People, step: Callable[[AllowlistPage], Any]) -> None:
    dana = people.owner()
    step(dana)
    dana.page.reload()
    box = dana.page.get_by_label("Networks", exact=True)
    expect(box).to_have_value(MAIL)
    dana.page.reload()
    expect(box).to_have_value(MAIL)
    dana.visitor.goes_to(PLAN)
    expect(box).to_have_value("")


@WITH_JAVASCRIPT
def test_what_was_applied_is_not_offered_again(people: People, portal: Portal) -> None:
    dana = people.owner()
    asks(dana, OTHER)
    assert kept(dana.visitor)
    dana.chooses("Add 1 network")
    dana.lists(OTHER)
    assert kept(dana.visitor) == {}


def test_the_field_for_one_network_leads_to_the_plan_of_several(people: People, portal: Portal) -> None:
    portal.set_list(COVER)
    dana = people.owner()
    dana.types(f"192.0.2.0/28, {OTHER}", "Lab")
    dana.chooses("Review and add 2 networks")
    expect(dana.page).to_have_url(f"{people.server.url}{PLAN}")
    dana.has_focus(dana.page.get_by_role("heading", name="What would change"))
    expect(dana.page.locator(".jump")).to_have_count(0)
    dana.chooses("Add 2 networks")
    dana.lists("192.0.2.0/28", OTHER, COVER)
    assert [entry.comment for entry in portal.list().entries] == ["Lab", "Lab", ""]


@WITH_JAVASCRIPT
def test_going_back_from_the_plan_shows_the_list_as_it_is(people: People) -> None:
    dana = people.owner()
    dana.types(f"192.0.2.0/28, {OTHER}")
    dana.chooses("Review and add 2 networks")
    expect(dana.page).to_have_url(f"{people.server.url}{PLAN}")
    dana.page.go_back()
    expect(dana.network_field).to_be_visible()
    dana.page.go_forward()
    expect(dana.page.get_by_label("Networks", exact=True)).to_be_visible()


@WITH_JAVASCRIPT
def test_a_file_that_is_much_too_large_is_refused_and_the_page_stays(people: People, tmp_path: Path) -> None:
    (tmp_path / "huge.txt").write_bytes(b"#" * 12_000_000)
    dana = people.owner()
    opens_import(dana)
    dana.page.get_by_label("Or a file").set_input_files(tmp_path / "huge.txt")
    dana.chooses("Show what would change")
    expect(dana.page.locator("#connection")).to_contain_text("That is too much text, so nothing was saved.")
    dana.visitor.faults.clear()  # htmx reports the 413 to the console
