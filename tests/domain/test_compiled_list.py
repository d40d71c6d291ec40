"""What enforcement asks of a list: the same as the list itself would say."""

import pytest

from webapp.domain.address import Address, AddressError, parse_address
from webapp.domain.allowlist import Allowlist
from webapp.domain.compiled_list import CompiledList
from webapp.domain.network import parse_network

HOME, ELSEWHERE = parse_address("203.0.113.7"), parse_address("198.51.100.7")
LISTED = Allowlist(entries=Allowlist().add(parse_network("203.0.113.0/24")).entries, revision="r1")
ACTIVE = LISTED.activate(HOME)


@pytest.mark.parametrize("allowlist", [LISTED, ACTIVE, Allowlist(), Allowlist(active=True)])
@pytest.mark.parametrize("address", [HOME, ELSEWHERE, None])
def test_it_lets_in_whom_its_list_lets_in(allowlist: Allowlist, address: Address | None) -> None:
    compiled = CompiledList.of(allowlist)
    assert compiled.admits(address) is allowlist.admits(address)
    assert compiled.admits_text(address.text if address else None) is allowlist.admits(address)


def test_an_active_one_decides_of_addresses_only() -> None:
    with pytest.raises(AddressError):
        CompiledList.of(ACTIVE).admits_text("203.0.113.7/32")


def test_it_is_of_the_list_in_that_state_at_that_revision_and_stamp_only() -> None:
    compiled = CompiledList.of(ACTIVE)
    assert compiled.is_of(True, "r1", "")
    assert not any((compiled.is_of(False, "r1", ""), compiled.is_of(True, "r2", ""), compiled.is_of(True, "r1", "s")))
