"""How a list can be, and what its owner does on its page: the states of `list_states.py` are made of these."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from tests.browser.pages import AllowlistPage
from tests.browser.states import COVER, LONG, ROTTERDAM
from tests.support.client import BASE, Portal
from tests.support.crowd import add_members, sign_in_all
from tests.support.every_answer import attempt, seen
from tests.support.quick import put_list, start_session
from tests.support.world import ELSEWHERE, HOME, IPV6, OFFICE, TRANSLATED
from webapp.runtime import clock
from webapp.storage import blocked_attempts, write

OTHER, WAREHOUSE = "198.51.100.0/24", "192.0.2.0/24"
Step = Callable[[AllowlistPage], object]
Setting = Callable[[Portal], object]


# How the list is


def empty(portal: Portal) -> None:
    """An inactive list without networks."""


def listed(*networks: str, active: bool = False, comment: str = ROTTERDAM) -> Setting:
    """Return how to put these networks on the list."""
    return lambda portal: portal.set_list(*networks, active=active, comment=comment)


def of_two(portal: Portal) -> None:
    """An active list of two networks; a member is signed in from the one that does not cover the owner."""
    portal.set_list(COVER, OTHER, active=True, comment=ROTTERDAM)
    for person, address in (("sanne", OFFICE), ("mara", HOME)):
        start_session(portal.app, portal.world.halden, portal.world.users[person], address)


def of_thirty_people(portal: Portal) -> None:
    """An inactive list that would sign most of thirty people out."""
    portal.set_list(COVER, comment=ROTTERDAM)
    people = add_members(portal.app, portal.world.halden, 30)
    places = (OFFICE, ELSEWHERE, LONG, HOME, IPV6)
    sign_in_all(portal.app, portal.world.halden, people, *places)


def used_lately(*networks: str, active: bool = False) -> Setting:
    """Return how a list is from outside of which people used the portal on several days; nobody else is signed in."""

    def put(portal: Portal) -> None:
        portal.set_list(*networks, active=active, comment=ROTTERDAM)
        homes = ((person, f"198.51.100.{n}") for n, person in enumerate(("sanne", "dana", "sanne", "mara", "sanne")))
        for person, address in (*homes, ("sanne", OFFICE), ("mara", OFFICE), ("sanne", LONG), ("dana", WAREHOUSE[:-3])):
            for days in range(len(address) % 5 + 1, 0, -1):
                seen(portal, person, address, clock.now() - timedelta(days=days))

    return put


def of_many(portal: Portal) -> None:
    """An inactive list of two hundred networks."""
    long = (f"2001:db8:{number:x}:abcd::/64" for number in range(40))
    put_list(portal.app, portal.world.halden, *long, *(f"10.0.{number}.0/24" for number in range(159)), COVER)


def with_attempts(portal: Portal) -> None:
    """An active list that has kept people out for a week: one day more often than on all others, and today."""
    portal.set_list(COVER, active=True, comment=ROTTERDAM)
    often = {0: 3, 1: 9, 2: 14, 4: 2, 5: 128, 7: 1}
    for days, times in often.items():
        for number in range(times):
            person, address = (("sanne", ELSEWHERE), ("mara", LONG), ("sanne", TRANSLATED[0]))[number % 3]
            moment = {"now": clock.now() - timedelta(days=days)}
            fields = attempt(portal, person, address) | moment
            with portal.app.app_context():
                write(lambda session, fields=fields: blocked_attempts.record(session, **fields))  # type: ignore[misc]


# What its owner does


def look(dana: AllowlistPage) -> None:
    """Do nothing."""


def types(network: str, comment: str = ROTTERDAM) -> Step:
    """Return a step that fills the add form and sends it."""
    return lambda dana: dana.types(network, comment)


def checks(text: str) -> Step:
    """Return a step that looks an address up."""

    def step(dana: AllowlistPage) -> None:
        dana.page.get_by_label("IP address").fill(text)
        dana.chooses("Check")
        expect(dana.page.locator("#allowlist-check :is(.res, .err)")).to_be_visible()

    return step


def goes_to(path: str) -> Step:
    """Return a step that opens a page under the section's."""
    return lambda dana: dana.visitor.goes_to(BASE + path)


def presses(*names: str) -> Step:
    """Return a step that presses buttons, one after the other."""

    def step(dana: AllowlistPage) -> None:
        for name in names:
            dana.chooses(name)
            dana.page.wait_for_load_state("networkidle")

    return step


def deletes(network: str) -> Step:
    """Return a step that presses Delete."""
    return presses(f"Delete {network}")


def edits(network: str, to: str = "", comment: str | None = None) -> Step:
    """Return a step that changes a row."""
    return lambda dana: dana.edits(network, to=to, comment=comment)


def opens(network: str) -> Step:
    """Return a step that opens a row."""
    return lambda dana: dana.opens_for_editing(network)


def offline(step: Step) -> Step:
    """Return a step that is taken without a connection."""

    def cut(dana: AllowlistPage) -> None:
        dana.visitor.context.set_offline(True)
        step(dana)
        expect(dana.page.locator("#connection")).to_be_visible()

    return cut


def asks_offline(dana: AllowlistPage) -> None:
    """Lose the connection over an open question."""
    presses("Activate")(dana)
    offline(lambda dana: dana.question.get_by_role("button", name="Activate the list").click())(dana)


def had_typed(dana: AllowlistPage) -> None:
    """Find what an ended session has left."""
    dana.page.evaluate(
        """sessionStorage["draft-of-an-ended-session:" + document.body.dataset.pageIdentity] = JSON.stringify(
             {at: Date.now(), url: "/", fields: {"add-comment": {text: "Rotterdam, ground floor", opener: ""}}})"""
    )
    dana.opens()


def imports(text: str, *names: str, mode: str = "Add those") -> Step:
    """Return a step that asks what a text of networks would change, and presses buttons of the plan."""

    def step(dana: AllowlistPage) -> None:
        dana.visitor.goes_to(f"{BASE}/import")
        dana.page.get_by_label("Networks", exact=True).fill(text)
        dana.page.get_by_label(mode).check()
        presses("Show what would change", *names)(dana)

    return step


def imports_all(text: str) -> Step:
    """Return a step that adds one network by way of a plan, and sees the list again."""

    def step(dana: AllowlistPage) -> None:
        imports(text, "Add 1 network")(dana)
        expect(dana.page.locator("#allowlist-offers")).to_contain_text("Added 1 network.")

    return step


def imports_and_undoes(dana: AllowlistPage) -> None:
    """Add a network by way of a plan, and take it back."""
    imports_all(WAREHOUSE)(dana)
    presses("Undo")(dana)


def comes_from(address: str, step: Step) -> Step:
    """Return a step that is taken from another address, on a page loaded there."""

    def moved(dana: AllowlistPage) -> None:
        dana.visitor.moves_to(address)
        dana.opens()
        step(dana)

    return moved
