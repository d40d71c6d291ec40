"""Every state, at 1280, 390 and 320 px: no violation that axe knows, and nothing scrolls sideways.

Dark differs from light in its colors alone: there axe looks at those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.list_states import LIST_STATES
from tests.browser.matrix import ON_SQLITE, WITH_JAVASCRIPT
from tests.browser.pages import AllowlistPage
from tests.browser.states import STATES
from tests.support.axe import COLORS, TAGS, violations
from tests.support.client import BASE, Portal
from tests.support.every_answer import attempt, seen
from tests.support.quick import put_list, start_session
from tests.support.world import ELSEWHERE, HOME, IPV6
from webapp.domain.comment import MAX_COMMENT
from webapp.storage import blocked_attempts, write

pytestmark = [pytest.mark.browser, ON_SQLITE, WITH_JAVASCRIPT]
COVER, OTHER = "203.0.113.0/24", "198.51.100.0/24"
THEMES: tuple[tuple[Literal["light", "dark"], Any], ...] = (("light", TAGS), ("dark", COLORS))
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# WCAG 1.4.11, which axe does not check: the border of every field against what is around it.
FAINT_BORDERS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const linear = c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
  const light = color => color.slice(0, 3).map(c => linear(c / 255))
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = element => { for (let e = element; e; e = e.parentElement) {
    const color = rgb(getComputedStyle(e).backgroundColor); if (color[3] === 255) return color; }
    return [255, 255, 255]; };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + .05) / (Math.min(light(a), light(b)) + .05);
  return [...document.querySelectorAll("input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea")]
    .filter(field => field.offsetParent)
    .filter(field => contrast(rgb(getComputedStyle(field).borderTopColor), behind(field.parentElement)) < 3)
    .map(field => field.outerHTML);
}"""


def check(page: Page) -> None:
    """Check the page as it is, in each size and theme."""
    faults = []
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, rules in THEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate("scrollTo(0, 0)")  # what the sticky header covers a half of is no small target
            too_wide = page.evaluate(TOO_WIDE)
            faults += [f"{width} {scheme}: {fault}" for fault in violations(page, rules)]
            faults += [f"{width} {scheme}: scrolls sideways by {too_wide}"] if too_wide else []
            faults += [f"{width} {scheme}: faint border: {field}" for field in page.evaluate(FAINT_BORDERS)]
    assert not faults, "\n".join(faults)


def test_sign_in(people: People) -> None:
    visitor = people.at(HOME)
    visitor.goes_to("/login")
    check(visitor.page)
    visitor.page.get_by_label("E-mail").fill("dana@example.com")
    visitor.page.get_by_label("Password").fill("wrong")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.locator("[data-error=wrong]")).to_be_visible()
    check(visitor.page)


@pytest.mark.parametrize("path", ["/", "/account/settings", "/nowhere"])
def test_other_pages(people: People, path: str) -> None:
    dana = people.signed_in("dana")
    dana.goes_to(path)
    check(dana.page)


@pytest.mark.parametrize("path", [BASE, f"{BASE}/activate"])
def test_what_members_see(people: People, path: str) -> None:
    sanne = people.signed_in("sanne")
    sanne.goes_to(path)
    check(sanne.page)


def test_why_somebody_is_blocked(people: People, portal: Portal) -> None:
    portal.set_list(COVER, active=True)
    sanne = people.signed_in("sanne", ELSEWHERE)
    check(sanne.page)
    sanne.goes_to("/login")
    check(sanne.page)


@pytest.mark.parametrize("name", [name for name in STATES if name.startswith(("history", "restore", "undo"))])
def test_history(people: People, portal: Portal, name: str) -> None:
    check(STATES[name](people, portal))


def add(text: str) -> Callable[[AllowlistPage], object]:
    """Return a step that types a network and presses Add network."""

    def step(dana: AllowlistPage) -> None:
        dana.types(text, "Rotterdam office, ground floor")
        dana.page.wait_for_load_state("networkidle")

    return step


def look_up(text: str) -> Callable[[AllowlistPage], object]:
    """Return a step that checks an address."""

    def step(dana: AllowlistPage) -> None:
        dana.page.get_by_label("IP address").fill(text)
        dana.chooses("Check")
        expect(dana.page.locator("#allowlist-check :is(.res, .err)")).to_be_visible()

    return step


def deletes_and_waits(network: str) -> Callable[[AllowlistPage], object]:
    """Return a step that presses Delete."""

    def step(dana: AllowlistPage) -> None:
        dana.deletes(network)
        expect(dana.page.locator("tr.edit, .notice .undo")).to_be_visible()

    return step


def loses_the_connection(dana: AllowlistPage) -> None:
    """Add a network while offline."""
    dana.visitor.context.set_offline(True)
    dana.types("192.0.2.0/24")
    expect(dana.page.locator("#connection")).to_be_visible()
    dana.visitor.context.set_offline(False)
    dana.visitor.overlooks("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")


STEPS: dict[str, Callable[[AllowlistPage], object]] = {
    "as it is": lambda dana: None,
    "added": add("192.0.2.0/24"),
    "host bits": add("192.0.2.20/28"),
    "wide": add("0.0.0.0/0"),
    "duplicate": add(OTHER),
    "editing": lambda dana: dana.opens_for_editing(OTHER),
    "mistake in an edit": lambda dana: dana.edits(OTHER, to="198.51.100.9/25", comment="x" * (MAX_COMMENT + 1)),
    "deleted": deletes_and_waits(OTHER),
    "activating": lambda dana: dana.asks_to("Activate", "Activate the IP allowlist?"),
    "let in": look_up(HOME),
    "not let in": look_up(ELSEWHERE),
    "no address": look_up("office"),
    "offline": loses_the_connection,
}


@pytest.mark.parametrize("step", STEPS)
def test_an_inactive_list(people: People, portal: Portal, step: str) -> None:
    portal.set_list(COVER, OTHER, "2001:db8::/32", comment="Rotterdam office, ground floor")
    dana = people.owner()
    STEPS[step](dana)
    check(dana.page)


def test_an_empty_list(people: People) -> None:
    dana = people.owner()
    check(dana.page)
    dana.asks_to("Activate", "Prevent access blockage")
    check(dana.page)


def test_an_uncovered_address_over_ipv6_and_who_would_be_signed_out(people: People, portal: Portal) -> None:
    portal.set_list(OTHER)
    for person, address in (("mara", "198.51.100.9"), ("sanne", ELSEWHERE)):
        start_session(portal.app, portal.world.halden, portal.world.users[person], address)
        seen(portal, person, "192.0.2.200")
    dana = people.owner(address=IPV6)
    check(dana.page)
    dana.asks_to("Activate", "Prevent access blockage")
    check(dana.page)


REFUSALS: dict[str, Callable[[AllowlistPage], object]] = {
    "as it is": lambda dana: None,
    "leaves me out": deletes_and_waits(COVER),
    "leaves me out by an edit": lambda dana: dana.edits(COVER, to="192.0.2.0/24"),
    "signs others out": deletes_and_waits(OTHER),
    "signs others out by an edit": lambda dana: dana.edits(OTHER, to="192.0.2.0/24"),
    "deactivating": lambda dana: dana.asks_to("Deactivate", "Deactivate the IP allowlist?"),
    "not let in": look_up("192.0.2.77"),
}


@pytest.mark.parametrize("step", REFUSALS)
def test_an_active_list(people: People, portal: Portal, step: str) -> None:
    portal.set_list(COVER, OTHER, active=True, comment="Rotterdam office, ground floor")
    for number in range(12):
        start_session(portal.app, portal.world.halden, portal.world.users["sanne"], f"198.51.100.{number}")
    with portal.app.app_context():
        for address in (ELSEWHERE, IPV6):
            write(lambda session, a=address: blocked_attempts.record(session, **attempt(portal, "sanne", a)))  # type: ignore[misc]
    dana = people.owner()
    REFUSALS[step](dana)
    dana.page.wait_for_load_state("networkidle")
    check(dana.page)


def test_a_list_that_a_colleague_has_changed(people: People, portal: Portal) -> None:
    portal.set_list(COVER)
    dana = people.owner()
    portal.set_list(OTHER)
    dana.visitor.looks_back()
    expect(dana.page.get_by_text("Show changes")).to_be_visible()
    check(dana.page)


@pytest.mark.parametrize("query", ["?page=2", "?q=Berlin", "?filter=ipv6&sort=network"])
def test_a_large_list(people: People, portal: Portal, query: str) -> None:
    put_list(portal.app, portal.world.halden, "2001:db8::/48", *(f"10.0.{number}.0/24" for number in range(120)))
    dana = people.owner()
    dana.visitor.goes_to(BASE + query)
    check(dana.page)


def test_everybody_who_is_signed_in(people: People, portal: Portal) -> None:
    for number in range(12):
        start_session(portal.app, portal.world.halden, portal.world.users["sanne"], f"198.51.100.{number}")
    dana = people.signed_in("dana")
    dana.goes_to(f"{BASE}/sessions?all=1")
    check(dana.page)


def test_no_stop_of_the_keyboard_is_hidden_under_the_header(people: People, portal: Portal) -> None:
    portal.set_list(COVER, OTHER, comment="Rotterdam")
    dana = people.owner()
    dana.page.set_viewport_size({"width": 390, "height": 500})
    stops = 0
    for key in ("Tab",) * 40 + ("Shift+Tab",) * 40:
        dana.page.keyboard.press(key)
        top, fixed = dana.page.evaluate(
            "[document.activeElement.getBoundingClientRect().top, !!document.activeElement.closest('.top, .skip, body')"
            " && !!document.activeElement.closest('.top, .skip')]"
        )
        bottom = dana.page.evaluate("document.querySelector('.top').getBoundingClientRect().bottom")
        if not fixed and dana.page.evaluate("document.activeElement !== document.body"):
            stops += 1
            assert top >= bottom - 1, dana.page.evaluate("document.activeElement.outerHTML")
    assert stops > 30


def test_the_offer_of_what_an_ended_session_has_left(people: People) -> None:
    dana = people.owner()
    dana.page.evaluate(
        """sessionStorage["draft-of-an-ended-session:" + document.body.dataset.pageIdentity] = JSON.stringify(
             {at: Date.now(), url: "/", fields: {"add-comment": {text: "x".repeat(2000), opener: ""}}})"""
    )
    dana.opens()
    expect(dana.button("Put it back")).to_be_visible()
    check(dana.page)


IMPORTS = [name for name in LIST_STATES if name.startswith("import") and name != "import-of-many"]


@pytest.mark.parametrize("name", IMPORTS)
def test_many_networks_at_once(people: People, portal: Portal, name: str) -> None:
    setting, step = LIST_STATES[name]
    setting(portal)
    dana = people.owner()
    step(dana)
    check(dana.page)
