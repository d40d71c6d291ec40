"""A yes counts for the address that the form named (R5a); a program does not leave the owners out (R18)."""

from collections.abc import Iterator

import pytest

from webapp.domain.address import Address, parse_address
from webapp.domain.allowlist import AddressChanged, Allowlist, Entry, NoAddress, Stale
from webapp.domain.leaving_out import LeavesNobodyIn, LeavesOwnersOut, require_owners_in, require_shown, settle
from webapp.domain.network import parse_network

HOME, MOVED = parse_address("203.0.113.42"), parse_address("198.51.100.7")
ENTRIES = tuple(Entry(parse_network(text), id=number) for number, text in enumerate(("203.0.113.0/24", "192.0.2.0/24")))
ACTIVE = Allowlist(True, ENTRIES)


def changed(shown: str | None, address: Address, then: str) -> AddressChanged:
    with pytest.raises(AddressChanged) as caught:
        settle(ACTIVE, ACTIVE.remove(0), address, then, shown)
    return caught.value


def test_what_names_no_address_is_enough_unless_it_adds_one() -> None:
    require_shown(None, HOME, adds=False)
    require_shown(None, None, adds=False)
    require_shown(HOME.text, HOME, adds=True)
    with pytest.raises(AddressChanged) as caught:
        require_shown(None, HOME, adds=True)
    assert caught.value.shown == ""


@pytest.mark.parametrize("adds", [True, False])
def test_a_form_that_names_an_address_needs_one_to_compare_with(adds: bool) -> None:
    with pytest.raises(NoAddress):
        require_shown(HOME.text, None, adds=adds)


@pytest.mark.parametrize("then", ["", "add_current", "deactivate"])
def test_a_yes_given_to_another_address_asks_again_for_the_present_one(then: str) -> None:
    error = changed(HOME.text, MOVED, then)
    assert error.shown == HOME.text
    assert error.question is not None
    assert (error.question.ways_out, error.question.last) == (("add_current", "deactivate"), False)


def test_adding_an_address_that_the_form_did_not_name_asks_again() -> None:
    error = changed(None, HOME, "add_current")
    assert (error.shown, error.question is not None) == ("", True)


def test_where_nobody_would_be_left_out_nothing_is_asked_but_the_address_still_counts() -> None:
    with pytest.raises(AddressChanged) as caught:
        settle(ACTIVE, ACTIVE.remove(1), HOME, "", MOVED.text)
    assert (caught.value.shown, caught.value.question) == (MOVED.text, None)
    assert settle(ACTIVE, ACTIVE.remove(1), HOME, "add_current") == ACTIVE.remove(1)


def test_deactivating_needs_no_address_named() -> None:
    assert not settle(ACTIVE, ACTIVE.remove(0), HOME, "deactivate").active


def test_a_stale_form_says_what_is_there_now() -> None:
    assert Stale(ENTRIES[0]).entry is ENTRIES[0]
    assert Stale().entry is None


def test_a_program_may_do_what_leaves_an_owner_in() -> None:
    require_owners_in(ACTIVE, ACTIVE.remove(1), iter([MOVED, HOME]), acknowledged=False)
    require_owners_in(Allowlist(entries=ENTRIES), ACTIVE, iter([HOME]), acknowledged=False)


@pytest.mark.parametrize("owners", [[], [MOVED], [parse_address("2001:db8::1")]])
def test_a_program_leaves_the_owners_out_only_where_that_is_acknowledged(owners: list[Address]) -> None:
    with pytest.raises(LeavesOwnersOut):
        require_owners_in(ACTIVE, ACTIVE.remove(0), iter(owners), acknowledged=False)
    require_owners_in(ACTIVE, ACTIVE.remove(0), iter(owners), acknowledged=True)


@pytest.mark.parametrize("acknowledged", [False, True])
def test_an_active_list_never_becomes_empty_acknowledged_or_not(acknowledged: bool) -> None:
    for before in (ACTIVE, Allowlist(entries=ENTRIES), Allowlist()):
        with pytest.raises(LeavesNobodyIn):
            require_owners_in(before, Allowlist(True), iter([HOME]), acknowledged=acknowledged)


def nobody_asks() -> Iterator[Address]:
    """Addresses that nobody reads."""
    yield pytest.fail("they are asked for")


def test_where_nothing_changes_or_the_list_ends_inactive_no_owner_is_looked_for() -> None:
    require_owners_in(ACTIVE, ACTIVE, nobody_asks(), acknowledged=False)
    require_owners_in(Allowlist(True), Allowlist(True), nobody_asks(), acknowledged=False)
    require_owners_in(ACTIVE, ACTIVE.deactivate(), nobody_asks(), acknowledged=False)
    require_owners_in(ACTIVE, ACTIVE.remove(0), nobody_asks(), acknowledged=True)
