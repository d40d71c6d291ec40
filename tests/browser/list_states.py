"""The states of the page of the list, by name, and how its owner gets there."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import People
from tests.browser.pages import AllowlistPage
from tests.browser.states import COVER, LONG, ROTTERDAM, State
from tests.browser.steps import (
    OTHER,
    WAREHOUSE,
    Setting,
    Step,
    asks_offline,
    checks,
    comes_from,
    deletes,
    edits,
    empty,
    goes_to,
    had_typed,
    imports,
    imports_all,
    imports_and_undoes,
    listed,
    look,
    of_many,
    of_thirty_people,
    of_two,
    offline,
    opens,
    presses,
    types,
    used_lately,
    with_attempts,
)
from tests.support.client import BASE, Portal
from tests.support.world import HOME
from webapp.domain.comment import MAX_COMMENT

PASTED = f"""\
192.0.2.0/28 Rotterdam office
192.0.2.20/28 # Mara at home
{COVER} Utrecht
staging.example.com
{LONG}
192.0.2.0/28
192.0.2.64 - 192.0.2.95 lab
"""
LIST_STATES: dict[str, tuple[Setting, Step]] = {
    "empty": (empty, look),
    "inactive-uncovered": (listed(OTHER, WAREHOUSE), look),
    "inactive-covered": (listed(COVER, OTHER), look),
    "inactive-private": (listed(COVER, "10.0.0.0/8", "203.0.113.42/32", "2001:db8::/32"), look),
    "inactive-uncovered-over-ipv6": (listed(OTHER), comes_from(LONG, look)),
    "inactive-used-lately": (used_lately(COVER), look),
    "empty-used-lately": (used_lately(), look),
    "no-address": (listed(COVER), comes_from("garbage", look)),
    "active": (of_two, look),
    "active-over-ipv6": (listed("2001:db8:1234::/48", active=True), look),
    "added": (listed(COVER, OTHER), types("203.0.113.9")),
    "added-the-first": (empty, types(COVER)),
    "add-host-bits": (listed(COVER), types("192.0.2.20/28")),
    "add-host-bits-of-ipv6": (listed(COVER), types("2001:db8:1234:5678:9abc:def0:1234:5678/48")),
    "add-wide": (listed(COVER), types("0.0.0.0/0")),
    "add-duplicate": (listed(COVER), types(COVER)),
    "add-several": (listed(COVER), types("192.0.2.0/24, 198.51.100.0/24")),
    "add-range": (listed(COVER), types("192.0.2.9-192.0.2.20")),
    "add-nothing": (listed(COVER), types("")),
    "add-long-comment": (listed(COVER), types(WAREHOUSE, "x" * (MAX_COMMENT + 3))),
    "long-texts": (listed(COVER, f"{LONG}/128", comment="A very long comment " * 7), look),
    "row-open": (listed(COVER, OTHER), opens(OTHER)),
    "row-host-bits": (listed(COVER, OTHER), edits(OTHER, "198.51.100.9/25")),
    "row-long-comment": (listed(COVER, OTHER), edits(OTHER, comment="x" * (MAX_COMMENT + 3))),
    "row-both-wrong": (listed(COVER, OTHER), edits(OTHER, "198.51.100.9/25", "x" * (MAX_COMMENT + 3))),
    "row-duplicate": (listed(COVER, OTHER), edits(OTHER, COVER)),
    "row-saved": (listed(COVER, OTHER), edits(OTHER, comment="Warehouse")),
    "deleted": (listed(COVER, OTHER), deletes(OTHER)),
    "deleted-the-last": (listed(OTHER), deletes(OTHER)),
    "delete-leaves-you-out": (of_two, deletes(COVER)),
    "delete-the-last-of-an-active-list": (listed(COVER, active=True), deletes(COVER)),
    "delete-signs-others-out": (of_two, deletes(OTHER)),
    "delete-used-lately": (used_lately(COVER, OTHER, active=True), deletes(OTHER)),
    "edit-used-lately": (used_lately(COVER, OTHER, active=True), edits(OTHER, WAREHOUSE)),
    "edit-leaves-you-out": (of_two, edits(COVER, WAREHOUSE)),
    "edit-signs-others-out": (of_two, edits(OTHER, WAREHOUSE)),
    "question-activate": (of_thirty_people, presses("Activate")),
    "question-activate-few": (listed(COVER), presses("Activate")),
    "question-blockage": (listed(OTHER), presses("Activate")),
    "question-blockage-over-ipv6": (listed(OTHER), comes_from(LONG, presses("Activate"))),
    "question-without-an-address": (listed(COVER), comes_from("garbage", presses("Activate"))),
    "question-used-lately": (used_lately(COVER), presses("Activate")),
    "question-deactivate": (of_two, presses("Deactivate")),
    "question-on-a-page-of-its-own": (of_thirty_people, goes_to("/activate")),
    "activated": (listed(COVER), presses("Activate", "Activate the list")),
    "deactivated": (of_two, presses("Deactivate", "Deactivate the list")),
    "many": (of_many, look),
    "many-second-page": (of_many, goes_to("?page=2")),
    "sheet": (of_many, goes_to("/print")),
    "sheet-of-an-active-list": (of_two, goes_to("/print")),
    "many-found": (of_many, goes_to("?q=2001&sort=network")),
    "many-nothing-found": (of_many, goes_to("?q=Berlin")),
    "check-let-in": (listed(COVER, active=True), checks(HOME)),
    "check-not-let-in": (listed(COVER, active=True), checks(LONG)),
    "check-nonsense": (listed(COVER), checks("office")),
    "check-network": (listed(COVER, OTHER), checks("203.0.113.0/25")),
    "blocked-attempts": (with_attempts, look),
    "blocked-attempts-numbers": (with_attempts, lambda dana: dana.page.locator("summary").last.click()),
    "signed-in-now": (of_thirty_people, look),
    "signed-in-everybody": (of_thirty_people, goes_to("/sessions?all=1")),
    "import": (listed(COVER), goes_to("/import")),
    "import-nothing": (listed(COVER), imports("# nothing")),
    "import-errors": (listed(COVER), imports(PASTED)),
    "import-plan": (listed(COVER, OTHER), imports(f"{COVER}\n192.0.2.0/28 lab\n2001:db8:40::/48 VPN")),
    "import-nothing-to-change": (listed(COVER), imports(COVER)),
    "import-replaces": (of_two, imports(f"{COVER} Utrecht\n10.0.0.0/7", mode="Replace the list")),
    "import-leaves-you-out": (of_two, imports(WAREHOUSE, mode="Replace the list")),
    "import-leaves-lines-out": (of_two, imports(PASTED, "Leave the 3 lines out", mode="Replace the list")),
    "import-of-many": (of_many, imports("\n".join(f"10.1.{n}.0/24" for n in range(900)))),
    "import-undone": (listed(COVER), imports_and_undoes),
    "imported": (listed(COVER), imports_all(WAREHOUSE)),
    "offline": (listed(COVER), offline(types(WAREHOUSE))),
    "offline-over-a-question": (listed(COVER), asks_offline),
    "draft-offered": (listed(COVER), had_typed),
}


def of(setting: Setting, step: Step) -> State:
    """Return a state of the list's page: how the list is, and what its owner does."""

    def reach(people: People, portal: Portal) -> Page:
        setting(portal)
        dana = people.owner()
        step(dana)
        dana.page.wait_for_load_state("networkidle")
        return dana.page

    return reach


def with_colleague(
    change: Setting, step: Step, before: Step = look, networks: tuple[str, ...] = (COVER, OTHER)
) -> State:
    """Return a state in which somebody else changes the list between two steps."""

    def reach(people: People, portal: Portal) -> Page:
        portal.set_list(*networks, comment=ROTTERDAM)
        dana = people.owner()
        before(dana)
        change(portal)
        step(dana)
        dana.page.wait_for_load_state("networkidle")
        return dana.page

    return reach


def mara_edits(portal: Portal) -> None:
    """Another owner changes the network that is open."""
    fields = {"network": "198.51.100.0/25", "comment": "Mara’s", "version": portal.version_of(OTHER)}
    portal.signed_in("mara").post(f"{BASE}/networks/{portal.id_of(OTHER)}", fields)


def mara_deletes(portal: Portal) -> None:
    """Another owner deletes the network that is open."""
    url = f"{BASE}/networks/{portal.id_of(OTHER)}/delete"
    portal.signed_in("mara").post(url, {"version": portal.version_of(OTHER)})


def mara_activates(portal: Portal) -> None:
    """Another owner puts the list into effect."""
    portal.force_active()


def saves(dana: AllowlistPage) -> None:
    """Save the open row."""
    dana.field("Comment").fill("Dana’s")
    dana.chooses("Save")


def looks_back(dana: AllowlistPage) -> None:
    """Return to the tab."""
    dana.visitor.looks_back()


# What only the script shows.
SCRIPTED = {"offline", "offline-over-a-question", "draft-offered", "changed-by-a-colleague"}
STATES = {name: of(*way) for name, way in LIST_STATES.items()} | {
    "conflict": with_colleague(mara_edits, saves, opens(OTHER)),
    "gone-while-edited": with_colleague(mara_deletes, saves, opens(OTHER)),
    "gone-when-deleted": with_colleague(mara_deletes, deletes(OTHER)),
    "changed-by-a-colleague": with_colleague(mara_deletes, looks_back),
    "undo-of-what-has-changed": with_colleague(mara_deletes, presses("Undo"), imports_all(OTHER), (COVER,)),
    "undo-leaves-you-out": with_colleague(mara_activates, presses("Undo"), imports_all(COVER), (OTHER,)),
}
