"""R6, row by row: no accepted change leaves the one who made it outside."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.matrix import ON_SQLITE
from tests.browser.pages import AllowlistPage
from tests.support.client import Portal
from tests.support.world import HOME, OFFICE

pytestmark = pytest.mark.browser
MINE, OTHER, WIDER = "203.0.113.0/26", "198.51.100.0/25", "203.0.113.0/24"
ADD_AND_DELETE, DELETE_AND_DEACTIVATE = f"Add {HOME}/32 and delete", "Delete and deactivate the list"
ADD_AND_SAVE, SAVE_AND_DEACTIVATE = f"Add {HOME}/32 and save", "Save and deactivate the list"


@ON_SQLITE
def test_from_an_inactive_list_anything_is_deleted(people: People, portal: Portal) -> None:
    portal.set_list(OTHER, MINE)
    dana = people.owner()
    dana.deletes(MINE)
    dana.has_deleted(MINE)
    dana.lists(OTHER)
    expect(dana.section).to_have_attribute("data-covered", "false")


def test_what_another_network_still_covers_is_deleted(people: People, portal: Portal) -> None:
    portal.set_list(WIDER, MINE, active=True)
    dana = people.owner()
    dana.deletes(MINE)
    dana.has_deleted(MINE)
    dana.lists(WIDER)
    dana.is_in(active=True)


def is_refused_to_delete(people: People, portal: Portal, *networks: str) -> AllowlistPage:
    """Return Dana's page after the last network of an active list was not deleted, because it is her own."""
    portal.set_list(*networks, active=True)
    dana = people.owner()
    dana.deletes(networks[-1])
    row = dana.is_refused(networks[-1], "leaves_you_out")
    expect(row).to_contain_text(f"You’re connecting from {HOME}, and nothing else on the list contains it.")
    assert portal.list().active
    assert portal.networks() == list(reversed(networks))
    return dana


def test_deleting_the_own_network_is_refused_and_can_be_left_at_that(people: People, portal: Portal) -> None:
    dana = is_refused_to_delete(people, portal, OTHER, MINE)
    dana.is_offered(dana.row(MINE), ADD_AND_DELETE, DELETE_AND_DEACTIVATE)
    dana.row(MINE).get_by_role("link", name="Keep it").click()
    dana.has_focus(dana.button(f"Delete {MINE}"))
    dana.lists(MINE, OTHER)
    dana.is_in(active=True)


def test_the_own_network_is_deleted_when_the_own_address_is_added(people: People, portal: Portal) -> None:
    dana = is_refused_to_delete(people, portal, OTHER, MINE)
    dana.chooses(ADD_AND_DELETE)
    dana.lists(f"{HOME}/32", OTHER)
    dana.is_on_the_same_page()
    dana.is_in(active=True)


def test_the_own_network_is_deleted_when_the_list_is_deactivated(people: People, portal: Portal) -> None:
    dana = is_refused_to_delete(people, portal, OTHER, MINE)
    dana.chooses(DELETE_AND_DEACTIVATE)
    dana.lists(OTHER)
    dana.is_on_the_same_page()
    dana.is_in(active=False)


def test_deleting_the_last_network_says_so_and_offers_to_deactivate_first(people: People, portal: Portal) -> None:
    dana = is_refused_to_delete(people, portal, MINE)
    expect(dana.row(MINE)).to_contain_text("It is also the last network of the list")
    dana.is_offered(dana.row(MINE), DELETE_AND_DEACTIVATE, ADD_AND_DELETE)
    dana.chooses(DELETE_AND_DEACTIVATE)
    dana.lists()
    dana.is_on_the_same_page()
    dana.is_in(active=False)


@ON_SQLITE
def test_the_own_address_is_not_offered_back_while_it_is_being_removed(people: People, portal: Portal) -> None:
    dana = is_refused_to_delete(people, portal, OTHER, f"{HOME}/32")
    dana.is_offered(dana.row(f"{HOME}/32"), DELETE_AND_DEACTIVATE)


@ON_SQLITE
def test_what_no_longer_leaves_anybody_out_is_done_without_the_way_out(people: People, portal: Portal) -> None:
    dana = is_refused_to_delete(people, portal, OTHER, MINE)
    dana.visitor.moves_to(OFFICE)
    dana.chooses(DELETE_AND_DEACTIVATE)
    dana.is_refused(MINE, "address_changed")
    dana.is_offered(dana.row(MINE), f"Delete {MINE}")
    dana.chooses(f"Delete {MINE}")
    dana.lists(OTHER)
    dana.is_in(active=True)


@ON_SQLITE
def test_what_a_colleague_has_covered_meanwhile_needs_no_way_out(people: People, portal: Portal) -> None:
    dana, mara = is_refused_to_delete(people, portal, OTHER, MINE), people.owner("mara")
    mara.adds(f"{HOME}/32")
    dana.chooses(DELETE_AND_DEACTIVATE)
    dana.has_deleted(MINE, but=f"The list stays active: it contains your address {HOME}")
    assert (portal.networks(), portal.list().active) == ([f"{HOME}/32", OTHER], True)


def is_refused_to_edit(people: People, portal: Portal, *networks: str) -> AllowlistPage:
    """Return Dana's page after the last network of an active list was not changed, because it is her own."""
    portal.set_list(*networks, active=True)
    dana = people.owner()
    dana.edits(networks[-1], to="192.0.2.16/28", comment="Warehouse")
    dana.is_refused(networks[-1], "leaves_you_out")
    expect(dana.field("Network")).to_have_value("192.0.2.16/28")
    expect(dana.field("Comment")).to_have_value("Warehouse")
    assert portal.networks() == list(reversed(networks))
    return dana


def test_an_edit_that_leaves_oneself_out_is_refused_and_can_be_corrected(people: People, portal: Portal) -> None:
    dana = is_refused_to_edit(people, portal, OTHER, MINE)
    dana.is_offered(dana.row(MINE), "Save", ADD_AND_SAVE, SAVE_AND_DEACTIVATE)
    dana.field("Network").fill(WIDER)
    dana.chooses("Save")
    dana.has_saved(WIDER, "Warehouse")
    dana.lists(WIDER, OTHER)
    dana.is_in(active=True)


def test_an_edit_is_saved_when_the_own_address_is_added(people: People, portal: Portal) -> None:
    dana = is_refused_to_edit(people, portal, OTHER, MINE)
    dana.chooses(ADD_AND_SAVE)
    dana.lists(f"{HOME}/32", "192.0.2.16/28", OTHER)
    dana.is_on_the_same_page()
    dana.is_in(active=True)


def test_an_edit_is_saved_when_the_list_is_deactivated(people: People, portal: Portal) -> None:
    dana = is_refused_to_edit(people, portal, MINE)
    dana.chooses(SAVE_AND_DEACTIVATE)
    dana.lists("192.0.2.16/28")
    dana.is_on_the_same_page()
    dana.is_in(active=False)


@ON_SQLITE
def test_the_comment_of_the_own_network_is_changed_freely(people: People, portal: Portal) -> None:
    portal.set_list(MINE, active=True)
    dana = people.owner()
    dana.edits(MINE, comment="Home")
    dana.has_saved(MINE, "Home")


@ON_SQLITE
def test_undoing_is_never_a_way_out(people: People, portal: Portal) -> None:
    portal.set_list(WIDER, MINE, active=True)
    dana = people.owner()
    dana.deletes(MINE)
    dana.has_deleted(MINE)
    dana.undoes(MINE)
    dana.lists(MINE, WIDER)
    dana.is_in(active=True)
