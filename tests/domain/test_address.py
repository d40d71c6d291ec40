import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.address import Address, AddressError, parse_address

ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("0.0.0.1", "0.0.0.1"),
        ("2001:DB8:0:0:0:0:0:7", "2001:db8::7"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::", "::"),
        ("::cb00:7107", "::cb00:7107"),
        ("::203.0.113.7", "::cb00:7107"),
    ],
)
def test_an_address_has_one_canonical_text(text: str, canonical: str) -> None:
    assert str(parse_address(text)) == canonical


@pytest.mark.parametrize(
    "text", ["::ffff:203.0.113.7", "::ffff:cb00:7107", "::FFFF:203.0.113.7", "0:0:0:0:0:ffff:cb00:7107"]
)
def test_a_mapped_address_is_the_ipv4_address_inside(text: str) -> None:
    assert parse_address(text) == Address("203.0.113.7", bytes([203, 0, 113, 7]))


@pytest.mark.parametrize(
    "text", ["::ffff:0:203.0.113.7", "64:ff9b::203.0.113.7", "2002:cb00:7107::1", "2001::1", "::203.0.113.7"]
)
def test_no_other_translation_is_unwrapped(text: str) -> None:
    assert parse_address(text).family == 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 203.0.113.7",
        "203.0.113.7 ",
        "203.0.113.7\n",
        "203.0.113.7\0",
        "203.0.113.007",
        "0313.0.113.7",
        "0xcb.0.113.7",
        "203.0.113",
        "203.0.113.",
        "203.0..7",
        "203.0.113.256",
        "203.0.113.7.1",
        "3405803783",
        "203.0.113.7:80",
        "203.0.113.0/24",
        "[2001:db8::7]",
        "2001:db8::7%eth0",
        "2001:db8:::7",
        "2001:db8::1::2",
        "2001:db8::00007",
        "2001:db8::g",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::ffff:010.0.0.1",
        "٢٠٣.0.113.7",
        "\ud800",
        "localhost",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_address(text)


@pytest.mark.parametrize("value", [None, 167772161, True, b"\n\0\0\1", ["10.0.0.1"], ipaddress.ip_address("10.0.0.1")])
def test_only_text_is_an_address(value: object) -> None:
    with pytest.raises(AddressError):
        parse_address(value)


@given(ADDRESSES)
def test_every_address_is_read_as_ipaddress_reads_it(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    expected = getattr(address, "ipv4_mapped", None) or address
    for text in (str(address), address.exploded, str(address).upper()):
        parsed = parse_address(text)
        assert (parsed.text, parsed.packed, parsed.family) == (str(expected), expected.packed, expected.version)


@given(st.one_of(st.text(), st.text(alphabet=string.hexdigits + ":.%/[] \n", max_size=45)))
def test_whatever_is_accepted_is_an_address_to_ipaddress_too(text: str) -> None:
    try:
        parsed = parse_address(text)
    except AddressError:
        return
    assert ipaddress.ip_address(parsed.packed) == ipaddress.ip_address(parsed.text)
    assert parse_address(parsed.text) == parsed


@pytest.mark.parametrize(
    ("value", "words"),
    [(7, "an address is text"), ("x", "not an IPv4 or IPv6 address"), ("", "not an IPv4 or IPv6 address")],
)
def test_what_is_no_address_is_told_so(value: object, words: str) -> None:
    with pytest.raises(AddressError, match=f"^{words}$"):
        parse_address(value)
