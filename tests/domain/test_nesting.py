"""Which networks of a list are inside a wider one."""

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_notes import networks
from webapp.domain.nesting import Nesting
from webapp.domain.network import Network


def wider(text: str, *listed: str) -> str:
    found = Nesting(map(Network.from_canonical, listed)).wider_than(Network.from_canonical(text))
    return found.text if found else ""


def test_the_narrowest_wider_network_is_named() -> None:
    listed = ("192.0.2.0/24", "192.0.2.128/25", "192.0.2.129/32", "0.0.0.0/0", "::/0")
    assert wider("192.0.2.129/32", *listed) == "192.0.2.128/25"
    assert wider("192.0.2.128/25", *listed) == "192.0.2.0/24"
    assert wider("192.0.2.0/24", *listed) == "0.0.0.0/0"
    assert wider("2001:db8::/32", *listed) == "::/0"


def test_a_network_is_not_inside_itself_nor_inside_another_family() -> None:
    assert wider("192.0.2.0/24", "192.0.2.0/24", "::/0", "192.0.3.0/24") == ""


@given(st.lists(networks, unique=True), networks)
def test_it_is_found_wherever_one_by_one_finds_it(listed: list[Network], network: Network) -> None:
    around = [one for one in listed if one != network and one.contains_network(network)]
    expected = max(around, key=lambda one: one.prefix, default=None)
    assert Nesting(listed).wider_than(network) == expected
