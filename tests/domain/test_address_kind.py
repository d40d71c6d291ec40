"""R5b: which current addresses many people share, and which stand for another one."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.address import Address, parse_address
from webapp.domain.address_kind import client_address, client_network, offers_subnet, shared_remark
from webapp.domain.current_network import ScopeError, current_network, parse_scope

TRANSLATED = ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "::ffff:0:0:0/96", "::/96")


@st.composite
def addresses(draw: st.DrawFn, *networks: str) -> Address:
    """Any address of one of the networks."""
    network = ip_network(draw(st.sampled_from(networks)))
    offset = draw(st.integers(0, network.num_addresses - 1))
    return parse_address(str(network.network_address + offset))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.1.2.3", "a private address"),
        ("172.31.255.255", "a private address"),
        ("192.168.0.1", "a private address"),
        ("100.64.0.0", "a carrier-grade NAT address"),
        ("100.127.255.255", "a carrier-grade NAT address"),
        ("169.254.9.9", "a link-local address"),
        ("fe80::1", "a link-local address"),
        ("fd12:3456::1", "a unique local address"),
        ("127.0.0.1", "a loopback address"),
        ("::1", "a loopback address"),
    ],
)
def test_an_address_that_many_may_share_is_said_so_with_whom_to_tell(text: str, words: str) -> None:
    assert shared_remark(parse_address(text)) == (
        f"The portal sees you at {words}. If everybody arrives there, the list can’t tell people apart; "
        "whoever runs the portal should check its proxy settings."
    )


@pytest.mark.parametrize("text", ["203.0.113.7", "100.63.255.255", "100.128.0.0", "172.32.0.0", "2001:db8::1"])
def test_nothing_is_said_of_any_other_address(text: str) -> None:
    assert shared_remark(parse_address(text)) == ""


def test_nothing_is_said_without_an_address() -> None:
    assert shared_remark(None) == ""


@given(addresses(*TRANSLATED))
def test_a_translated_or_tunnelled_address_is_only_ever_offered_alone(address: Address) -> None:
    assert not offers_subnet(address)
    assert parse_scope("", address) == parse_scope("address", address) == "address"
    assert current_network(address).text == current_network(address, "address").text == f"{address}/128"
    with pytest.raises(ScopeError, match="Choose the single address"):
        parse_scope("subnet", address)


@given(addresses("2001:db8::/32", "64:ff9b:2::/48", "2001:1::/32", "2003::/16", "fe80::/10", "fc00::/7"))
def test_any_other_ipv6_address_is_offered_as_its_64(address: Address) -> None:
    assert parse_scope("", address) == parse_scope("subnet", address) == "subnet"
    assert current_network(address).text == str(ip_network((int(ip_address(address.text)) >> 64 << 64, 64)))


@given(addresses("0.0.0.0/0"), st.sampled_from(["", "address", "subnet"]))
def test_an_ipv4_address_is_always_offered_alone(address: Address, scope: str) -> None:
    assert not offers_subnet(address)
    assert current_network(address, scope).text == f"{address}/32"


@given(addresses("0.0.0.0/0"))
def test_behind_nat64_a_client_is_the_one_of_its_plain_ipv4_address(plain: Address) -> None:
    translated = parse_address(str(ip_network("64:ff9b::/96")[int(ip_address(plain.text))]))
    assert client_network(translated) == client_network(plain) == current_network(plain)


@given(addresses(*TRANSLATED[1:]))
def test_any_other_translated_or_tunnelled_client_is_its_whole_address(address: Address) -> None:
    assert client_network(address).text == f"{address}/128"


@given(addresses("0.0.0.0/0", "2001:db8::/32", *TRANSLATED), addresses("0.0.0.0/0", *TRANSLATED))
def test_two_clients_count_together_only_where_one_network_is_offered_for_both(one: Address, other: Address) -> None:
    if client_network(one) == client_network(other) and one.family == other.family:
        assert current_network(one) == current_network(other)


@given(addresses("2001:db8::/32", "203.0.113.0/24", *TRANSLATED))
def test_the_clients_address_is_the_first_of_its_network_and_stands_for_the_same_client(address: Address) -> None:
    assert client_address(address).packed == client_network(address).first
    assert client_network(client_address(address)) == client_network(address)


def test_there_is_no_other_scope() -> None:
    for text in ("network", "Address", " "):
        with pytest.raises(ScopeError, match=r"^Choose the single address or its network\.$"):
            parse_scope(text, None)
