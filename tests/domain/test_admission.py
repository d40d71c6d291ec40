"""Which networks count, and who is admitted: one decision, whichever form of the list is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from webapp.domain.address import parse_address
from webapp.domain.admission import admits, effective_networks
from webapp.domain.allowlist import Allowlist, Entry
from webapp.domain.compiled_list import INACTIVE, CompiledList
from webapp.domain.network import parse_network
from webapp.domain.signed_in import may_sign_out, parted

HOME = parse_address("203.0.113.7")
OFFICE = Entry(parse_network("203.0.113.0/24"), id=1)
LISTED = Allowlist(active=True, entries=(OFFICE,))


def test_every_listed_network_counts_in_the_lists_order() -> None:
    entries = (OFFICE, Entry(parse_network("2001:db8::/32"), id=2))
    assert effective_networks(iter(entries)) == entries


@pytest.mark.parametrize(
    ("active", "address", "covered", "admitted"),
    [
        (False, HOME, False, True),
        (False, None, False, True),
        (True, HOME, True, True),
        (True, HOME, False, False),
        (True, None, True, False),
    ],
)
def test_an_active_list_admits_an_address_that_it_covers_and_an_inactive_one_everybody(
    active: bool, address: object, covered: bool, admitted: bool
) -> None:
    assert admits(active, address, lambda _: covered) is admitted


def test_what_decides_for_inactive_lists_admits_everybody() -> None:
    assert INACTIVE.admits(HOME)
    assert INACTIVE.admits(None)


def test_a_network_that_does_not_count_counts_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_listed: object) -> tuple[Entry, ...]:
        return ()

    for module in ("allowlist", "compiled_list", "signed_in"):
        monkeypatch.setattr(f"webapp.domain.{module}.effective_networks", none)
    assert not LISTED.admits(HOME)
    assert LISTED.covering(HOME) == ()
    assert not CompiledList.of(LISTED).admits(HOME)
    assert not may_sign_out(LISTED, replace(LISTED, entries=()))
    assert parted(LISTED, LISTED, ()).leaving == ()
