import ipaddress
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.quick import scaled
from webapp.domain.address import AddressError, parse_address
from webapp.domain.coverage import Coverage, merged
from webapp.domain.network import Network

# A small corner of each family, so that networks nest, touch and miss one another often.
CORNER_V4 = st.integers(0, 255).map(lambda last: ipaddress.ip_address(0xC0000200 + last))
CORNER_V6 = st.integers(0, 255).map(lambda last: ipaddress.ip_address((0x20010DB8 << 96) + last))
ADDRESSES = st.one_of(CORNER_V4, CORNER_V6, st.ip_addresses(v=4), st.ip_addresses(v=6)).filter(
    lambda address: not getattr(address, "ipv4_mapped", None)
)
IP_NETWORKS = st.builds(
    lambda address, cut: ipaddress.ip_network((address, address.max_prefixlen - cut), strict=False),
    ADDRESSES,
    st.one_of(st.integers(0, 8), st.integers(0, 32)),
)


def coverage(*texts: str) -> Coverage:
    return Coverage(map(Network.from_canonical, texts))


@given(st.lists(IP_NETWORKS, max_size=20), st.lists(ADDRESSES, min_size=1, max_size=20))
@settings(max_examples=scaled(300))
def test_coverage_agrees_with_asking_every_network(
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network],
    addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address],
) -> None:
    compiled = coverage(*map(str, networks))
    edges = [edge for network in networks for edge in (network[0], network[-1])]
    for address in [*addresses, *edges]:
        expected = any(address in network for network in networks)
        assert compiled.covers_text(str(address)) is expected
        assert compiled.covers(parse_address(str(address))) is expected


@given(st.lists(IP_NETWORKS, max_size=20), IP_NETWORKS)
def test_an_overlap_agrees_with_asking_every_network(
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network],
    other: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> None:
    expected = any(network.version == other.version and network.overlaps(other) for network in networks)
    assert coverage(*map(str, networks)).overlaps(Network.from_canonical(str(other))) is expected


@pytest.mark.parametrize(
    ("address", "covered"),
    [
        ("203.0.112.255", False),
        ("203.0.113.0", True),
        ("203.0.113.255", True),
        ("203.0.114.0", False),
        ("2001:db8::", True),
        ("2001:db8:0:1::", False),
        ("0.0.0.1", False),
        ("::", False),
        ("::ffff:203.0.113.7", True),
    ],
)
def test_an_address_is_covered_exactly_up_to_the_edges(address: str, covered: bool) -> None:
    compiled = coverage("203.0.113.0/24", "2001:db8::/64")
    assert compiled.covers_text(address) is covered
    assert compiled.covers(parse_address(address)) is covered


def test_the_whole_of_one_family_covers_none_of_the_other() -> None:
    assert not coverage("::/0").covers_text("203.0.113.7")
    assert not coverage("0.0.0.0/0").covers_text("2001:db8::7")


def test_no_networks_cover_nothing() -> None:
    assert not coverage().covers_text("203.0.113.7")


def test_text_that_is_no_address_gets_no_decision() -> None:
    with pytest.raises(AddressError):
        coverage("0.0.0.0/0").covers_text("203.0.113.7/32")


def test_memory_stays_bounded_and_forgetting_changes_no_decision() -> None:
    compiled = coverage("10.0.0.0/16")
    for number in range(10_000):
        compiled.covers_text(str(ipaddress.ip_address(0x0A000000 + number * 16)))
        assert len(compiled._decided) <= 4096  # noqa: SLF001 - the bound has no other face
    assert compiled.covers_text("10.0.0.0")
    assert not compiled.covers_text("10.1.0.0")


@pytest.mark.parametrize(
    ("texts", "ranges"),
    [
        (["10.0.0.0/9", "10.128.0.0/9"], [("10.0.0.0", "10.255.255.255")]),
        (["10.0.0.0/8", "10.1.0.0/16"], [("10.0.0.0", "10.255.255.255")]),
        (["10.0.0.2/32", "10.0.0.0/32"], [("10.0.0.0", "10.0.0.0"), ("10.0.0.2", "10.0.0.2")]),
        ([], []),
    ],
)
def test_nested_and_touching_networks_become_one_range(texts: Iterable[str], ranges: list[tuple[str, str]]) -> None:
    packed = [(parse_address(first).packed, parse_address(last).packed) for first, last in ranges]
    assert merged(map(Network.from_canonical, texts)) == packed


def test_a_decision_is_made_once_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    by_address, by_text = coverage("203.0.113.0/24"), coverage("203.0.113.0/24")
    for _ in range(2):
        for text, covered in (("203.0.113.7", True), ("198.51.100.7", False)):
            assert by_address.covers(parse_address(text)) is covered
            assert by_text.covers_text(text) is covered
        monkeypatch.setattr(Coverage, "_decide", lambda *_: pytest.fail("decided again"))
