"""Every action with the keyboard alone: Tab until it is reached, then Enter, Space or letters."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE
from tests.browser.pages import AllowlistPage
from tests.support.client import BASE, Portal
from tests.support.quick import put_list, start_session
from tests.support.world import ELSEWHERE, HOME, PASSWORD
from webapp.runtime import clock
from webapp.storage import blocked_attempts, write

pytestmark = [pytest.mark.browser, ON_SQLITE]
OFFICE, MINE = "198.51.100.0/25", "203.0.113.0/24"
STOPS = 60
IS_THERE = "element => element === document.activeElement"


class Keyboard:
    """An owner without a mouse."""

    def __init__(self, dana: AllowlistPage) -> None:
        self.dana = dana
        self.keys = dana.page.keyboard

    def reaches(self, place: Locator) -> None:
        """Press Tab until it has the focus."""
        for _ in range(STOPS):
            if place.count() == 1 and place.evaluate(IS_THERE):
                return
            self.keys.press("Tab")
        raise AssertionError(f"not reached within {STOPS} stops: {place}")

    def presses(self, name: str | re.Pattern[str], role: str = "button", key: str = "Enter") -> None:
        """Reach a button or link and press it."""
        exact = isinstance(name, str)
        self.reaches(self.dana.page.get_by_role(role, name=name, exact=exact))  # type: ignore[arg-type]
        self.keys.press(key)

    def types(self, label: str, text: str, within: str = "body") -> None:
        """Reach a field, and type over what is in it."""
        self.reaches(self.dana.page.locator(within).get_by_label(re.compile(f"^{label}")))
        self.keys.press("Control+A")
        self.keys.type(text)


@pytest.fixture
def keyboard(people: People) -> Keyboard:
    """Dana, who owns no mouse."""
    return Keyboard(people.owner())


def test_signing_in_and_out(people: People) -> None:
    visitor = people.at(HOME)
    visitor.goes_to("/")
    keys = visitor.page.keyboard
    expect(visitor.page.get_by_label("E-mail")).to_be_focused()
    keys.type("dana@example.com")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(visitor.page.get_by_role("heading", name="Overview")).to_be_visible()
    for _ in range(3):
        keys.press("Tab")
    expect(visitor.page.get_by_role("button", name="Sign out")).to_be_focused()
    keys.press("Space")
    visitor.is_asked_to_sign_in()


def test_adding_and_correcting(keyboard: Keyboard) -> None:
    dana = keyboard.dana
    keyboard.types("Network", "192.0.2.20/28", "#allowlist-add")
    keyboard.types("Comment", "Warehouse", "#allowlist-add")
    keyboard.keys.press("Enter")
    dana.sees_error("host_bits", dana.network_field, "192.0.2.20/28")
    keyboard.presses("Add 192.0.2.16/28")
    dana.has_added("192.0.2.16/28", "Warehouse")
    keyboard.types("Network", "0.0.0.0/0", "#allowlist-add")
    keyboard.keys.press("Enter")
    dana.sees_error("confirm_wide", dana.network_field, "0.0.0.0/0")
    keyboard.presses("Add it anyway")
    dana.has_added("0.0.0.0/0")


def test_adding_my_address(keyboard: Keyboard, portal: Portal) -> None:
    portal.set_list(OFFICE)
    keyboard.dana.opens()
    keyboard.presses("Add my address", key="Space")
    keyboard.dana.has_added(f"{HOME}/32")


def test_editing_and_turning_back(keyboard: Keyboard, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = keyboard.dana
    dana.opens()
    keyboard.presses(f"Edit {OFFICE}", "link")
    keyboard.types("Comment", "half a sen", "tr.edit")
    keyboard.presses("Cancel", "link")
    expect(dana.page.locator("tr.edit")).to_have_count(0)
    keyboard.presses(f"Edit {OFFICE}", "link")
    keyboard.types("Comment", "Rotterdam", "tr.edit")
    keyboard.presses("Save")
    dana.has_saved(OFFICE, "Rotterdam")


def test_deleting_and_undoing(keyboard: Keyboard, portal: Portal) -> None:
    portal.set_list(OFFICE, MINE)
    dana = keyboard.dana
    dana.opens()
    keyboard.presses(f"Delete {OFFICE}")
    dana.has_deleted(OFFICE)
    keyboard.presses("Undo")
    expect(dana.row(OFFICE)).to_be_visible()


def test_activating_and_deactivating(keyboard: Keyboard, portal: Portal) -> None:
    portal.set_list(OFFICE)
    dana = keyboard.dana
    dana.opens()
    keyboard.presses("Activate")
    expect(dana.question.get_by_role("heading", level=2)).to_be_visible()
    keyboard.presses("Cancel", "link")
    expect(dana.question).to_have_count(0)
    keyboard.presses("Activate")
    keyboard.types("Comment", "My desk", "dialog, .question")
    keyboard.presses("Add my address and activate")
    dana.has_activated()
    expect(dana.row(f"{HOME}/32").locator(".cmt")).to_have_text("My desk")
    keyboard.presses("Deactivate")
    keyboard.presses("Deactivate the list")
    expect(dana.section).to_have_attribute("data-state", "inactive")


@pytest.mark.parametrize("way", ["Delete and deactivate the list", f"Add {HOME}/32 and delete"])
def test_a_refusal_and_its_ways_out(keyboard: Keyboard, portal: Portal, way: str) -> None:
    portal.set_list(OFFICE, MINE, active=True)
    dana = keyboard.dana
    dana.opens()
    keyboard.presses(f"Delete {MINE}")
    dana.is_refused(MINE, "leaves_you_out")
    keyboard.presses(way)
    expect(dana.row(MINE)).to_have_count(0)
    dana.is_in(active=way.startswith("Add"))


def test_a_yes_to_signing_others_out(keyboard: Keyboard, portal: Portal) -> None:
    portal.set_list(MINE, OFFICE, active=True)
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], "198.51.100.14")
    dana = keyboard.dana
    dana.opens()
    keyboard.presses(f"Delete {OFFICE}")
    dana.is_refused(OFFICE, "signs_out_others")
    keyboard.presses("Keep it", "link")
    expect(dana.page.locator("tr.edit")).to_have_count(0)
    keyboard.presses(f"Delete {OFFICE}")
    keyboard.presses("Delete and sign Sanne Li out")
    dana.has_deleted(OFFICE)


def test_checking_an_address_and_adding_it(keyboard: Keyboard, portal: Portal) -> None:
    portal.set_list(MINE, active=True)
    dana = keyboard.dana
    dana.opens()
    keyboard.types("IP address", ELSEWHERE)
    keyboard.keys.press("Enter")
    expect(dana.page.locator("[data-let-in=false]")).to_be_visible()
    keyboard.presses(f"Add {ELSEWHERE}/32")
    expect(dana.row(f"{ELSEWHERE}/32")).to_be_visible()
    expect(dana.page.locator("[data-let-in=true]")).to_have_count(1 if dana.javascript else 0)


def test_signing_somebody_out(keyboard: Keyboard, portal: Portal) -> None:
    start_session(portal.app, portal.world.halden, portal.world.users["sanne"], ELSEWHERE)
    keyboard.dana.opens()
    keyboard.presses(f"Sign out Sanne Li, {ELSEWHERE}")
    expect(keyboard.dana.page.get_by_text("Nobody else is signed in.", exact=True)).to_be_visible()


def test_adding_a_blocked_address_and_reading_the_numbers(keyboard: Keyboard, portal: Portal) -> None:
    portal.set_list(MINE)
    user_id = portal.world.users["sanne"]
    with portal.app.app_context():
        write(
            lambda session: blocked_attempts.record(
                session, account_id=portal.world.halden, user_id=user_id, address=ELSEWHERE, now=clock.now()
            )
        )
    dana = keyboard.dana
    dana.opens()
    keyboard.reaches(dana.page.locator("summary"))
    keyboard.keys.press("Enter")
    expect(dana.page.locator("#allowlist-blocked table")).to_be_visible()
    dana.opens()
    keyboard.presses(f"Add {ELSEWHERE}/32 for Sanne Li")
    dana.has_focus(dana.page.locator("#allowlist-blocked").get_by_text("On the list"))
    expect(dana.row(f"{ELSEWHERE}/32").locator(".cmt")).to_have_text("Sanne Li")


def test_searching_filtering_and_turning_pages(keyboard: Keyboard, portal: Portal) -> None:
    networks = [f"10.0.{number}.0/24" for number in range(60)]
    put_list(portal.app, portal.world.halden, "2001:db8::/48", *networks)
    dana = keyboard.dana
    dana.opens()
    keyboard.types("Search networks and comments", "10.0.59")
    keyboard.keys.press("Enter")
    expect(dana.rows).to_have_count(1)
    keyboard.types("Search networks and comments", " ")
    keyboard.keys.press("Enter")
    expect(dana.rows).to_have_count(50)
    keyboard.reaches(dana.page.get_by_label("Show", exact=True))
    keyboard.keys.press("I")
    keyboard.presses("Search")
    expect(dana.rows).to_have_count(1)
    dana.visitor.goes_to(f"{BASE}?sort=network")
    dana.page.locator("#networks-title").focus()
    for _ in range(3):
        keyboard.keys.press("Shift+Tab")
    dana.page.get_by_role("link", name="Next").first.focus()
    keyboard.keys.press("Enter")
    expect(dana.rows).to_have_count(11)


def test_adding_several_and_correcting_one(keyboard: Keyboard, portal: Portal) -> None:
    keyboard.presses("Add several", "link")
    keyboard.types("Networks", f"192.0.2.0/28 Lab\n{OFFICE}\n192.0.2.20/28", "#import")
    keyboard.presses("Show what would change")
    expect(keyboard.dana.page.locator("[data-line=error]")).to_have_count(1)
    keyboard.presses("Use 192.0.2.16/28")
    expect(keyboard.dana.page.locator("[data-line=error]")).to_have_count(0)
    keyboard.presses("Add 3 networks")
    keyboard.dana.lists("192.0.2.0/28", OFFICE, "192.0.2.16/28")
