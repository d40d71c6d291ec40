import ipaddress
import json
import string
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.quick import scaled
from webapp.domain.address import Address, canonical, parse_address
from webapp.domain.network import Network, NetworkError, common_text, parse_network

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "network.json").read_text())
IP_NETWORKS = st.builds(
    lambda address, cut: ipaddress.ip_network((address, cut % (address.max_prefixlen + 1)), strict=False),
    st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)),
    st.integers(0, 128),
).filter(lambda network: not getattr(network.network_address, "ipv4_mapped", None))
OCTET = st.one_of(st.integers(0, 300).map(str), st.sampled_from(["010", "00", "08", "*", "", "-1", "x"]))
NEARLY_IPV4 = st.lists(OCTET, min_size=1, max_size=5).map(".".join)
NEARLY_IPV6 = st.text(alphabet="0123456789abcdef:.", min_size=2, max_size=39)
NEARLY_ADDRESS = st.one_of(NEARLY_IPV4, NEARLY_IPV6, NEARLY_IPV4.map("::ffff:{}".format), IP_NETWORKS.map(str))
JOINT = st.sampled_from(["/", "-", " - ", " to ", " ", ",", ":", "%", "]:", "//", "/0", "/ ", "#", " # ", "\u00a0"])
TAIL = st.one_of(st.integers(-1, 130).map(str), NEARLY_ADDRESS, st.sampled_from(["", "office", "::", "ffff::"]))
NEARLY = st.builds("{}{}{}{}".format, st.sampled_from(["", "[", "!", "http://"]), NEARLY_ADDRESS, JOINT, TAIL)
ANYTHING = st.one_of(NEARLY, NEARLY_ADDRESS, st.text(), st.text(alphabet=string.printable, max_size=66))


def refused(value: object) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        parse_network(value)
    return caught.value


@pytest.mark.parametrize("vector", [v for v in VECTORS["vectors"] if v["result"] == "ok"], ids=lambda v: v["id"])
def test_a_sound_vector_is_accepted(vector: dict[str, Any]) -> None:
    assert parse_network(vector["input"]).text == vector["canonical"]


@pytest.mark.parametrize("vector", [v for v in VECTORS["vectors"] if v["result"] == "error"], ids=lambda v: v["id"])
def test_an_unsound_vector_is_refused_with_its_cause(vector: dict[str, Any]) -> None:
    error = refused(b"\n\0\0\1" if vector.get("input_type") == "bytes" else vector["input"])
    assert error.code == vector["error"]
    assert error.suggestions == tuple(vector.get("suggest", error.suggestions))


def test_no_vector_is_missing() -> None:
    assert len(VECTORS["vectors"]) == VECTORS["counts"]["vectors"] == 98


@pytest.mark.parametrize(
    ("text", "code", "suggestions"),
    [
        ("203.0.113.7/24", "host_bits", ("203.0.113.0/24", "203.0.113.7/32")),
        ("192.0.2.0/255.255.255.0", "netmask_notation", ("192.0.2.0/24",)),
        ("192.0.2.7/255.255.255.0", "netmask_notation", ("192.0.2.0/24", "192.0.2.7/32")),
        ("192.0.2.0 255.255.255.0", "netmask_notation", ("192.0.2.0/24",)),
        ("8.8.8.8/255.255.255.255", "netmask_notation", ("8.8.8.8/32",)),
        ("2001:db8::/ffff:ffff::", "netmask_notation", ("2001:db8::/32",)),
        ("192.0.2.0 0.0.0.255", "wildcard_mask", ("192.0.2.0/24",)),
        ("0.0.0.0/0.0.0.0", "wildcard_mask", ()),
        ("203.0.113.0-203.0.113.255", "range_notation", ("203.0.113.0/24",)),
        ("203.0.113.0 - 255", "range_notation", ("203.0.113.0/24",)),
        ("203.0.113.0 to 203.0.113.255", "range_notation", ("203.0.113.0/24",)),
        ("2001:db8::-2001:db8::ffff", "range_notation", ("2001:db8::/112",)),
        ("10.0.0.9-10.0.0.1", "range_notation", ()),
        ("10.0.0.1-2001:db8::", "range_notation", ()),
        ("10.0.0.*", "wildcard", ("10.0.0.0/24",)),
        ("10.0.*.*", "wildcard", ("10.0.0.0/16",)),
        ("10.*", "wildcard", ("10.0.0.0/8",)),
        ("10.*.0.*", "wildcard", ()),
        ("010.0.0.0/8", "leading_zero", ("10.0.0.0/8", "8.0.0.0/8")),
        ("203.0.113.007", "leading_zero", ("203.0.113.7/32",)),
        ("203.0.113.08", "leading_zero", ("203.0.113.8/32",)),
        ("10.0.0.0/08", "prefix_leading_zero", ("10.0.0.0/8",)),
        ("10.0.0.0/", "prefix_syntax", ()),
        ("10.0.0.0/24.5", "prefix_syntax", ()),
        ("10.0.0.0/255.255.255.0.0", "prefix_syntax", ()),
        ("2001:db8::/129", "prefix_range", ()),
        ("2001:db8::/255.255.0.0", "prefix_syntax", ()),
        ("10.1/8", "address_syntax", ()),
        ("300.0.0.1", "address_syntax", ()),
        ("fe80::%eth0/64", "zone_id", ("fe80::/64",)),
        ("fe80::1/64%eth0", "zone_id", ("fe80::/64", "fe80::1/128")),
        ("100%", "address_syntax", ()),
        ("[2001:db8::]/32", "brackets", ("2001:db8::/32",)),
        ("[2001:db8::/32]", "brackets", ("2001:db8::/32",)),
        ("[10.0.0.1]", "brackets", ("10.0.0.1/32",)),
        ("[2001:db8::1", "address_syntax", ()),
        ("10.0.0.0:443/24", "has_port", ("10.0.0.0/24",)),
        ("office.example.com:443", "hostname", ()),
        ("10.0.0.0/8 Rotterdam office", "comment_in_field", ("10.0.0.0/8",)),
        ("10.0.0.0/8, 192.168.0.0/16", "several_values", ()),
        ("::ffff:10.0.0.0/104", "ipv4_mapped", ("10.0.0.0/8",)),
        ("::ffff:10.0.0.1/120", "ipv4_mapped", ("10.0.0.0/24", "10.0.0.1/32")),
        ("::ffff:10.0.0.1/64", "ipv4_mapped", ("10.0.0.1/32",)),
        ("::ffff:10.0.0.0/024", "prefix_leading_zero", ()),
        ("\u00a010.0.0.0/8\u200b", "invalid_character", ("10.0.0.0/8",)),
        ("\u066810.0.0.0/8", "invalid_character", ()),
        (" " * 50_000 + "10.0.0.0/99", "prefix_range", ()),
    ],
)
def test_a_foreign_notation_is_named_and_corrected_where_that_is_safe(
    text: str, code: str, suggestions: tuple[str, ...]
) -> None:
    error = refused(text)
    assert (error.code, error.suggestions) == (code, suggestions)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("203.0.113.7/28", "The /28 that contains it is 203.0.113.0/28, 203.0.113.0 to 203.0.113.15."),
        ("300.0.0.1", "300 is too high"),
        ("203.0.113", "this one has 3"),
        ("10.0.0.0/33", "IPv4 ends at /32"),
        ("10.0.0.1-9", "10.0.0.1/32, 10.0.0.2/31, 10.0.0.4/30, 10.0.0.8/31"),
        ("10\u200b.0.0.0/8", "U+200B (zero width space)"),
        ("\ud800", "U+D800 doesn’t"),
    ],
)
def test_the_message_names_the_cause_and_the_way_out(text: str, part: str) -> None:
    assert part in refused(text).message


@pytest.mark.parametrize(
    ("text", "size", "wide"),
    [
        ("0.0.0.0/0", 2**32, True),
        ("10.0.0.0/7", 2**25, True),
        ("10.0.0.0/8", 2**24, False),
        ("203.0.113.7", 1, False),
        ("::/0", 2**128, True),
        ("2001::/19", 2**109, True),
        ("2001::/20", 2**108, False),
    ],
)
def test_a_network_knows_its_size_and_whether_it_needs_a_confirmation(text: str, size: int, wide: bool) -> None:
    network = parse_network(text)
    assert (network.size, network.is_wide) == (size, wide)


def test_an_entry_for_every_address_of_one_family_contains_none_of_the_other() -> None:
    assert parse_address("203.0.113.7") not in parse_network("::/0")
    assert parse_address("::1") not in parse_network("0.0.0.0/0")
    assert not parse_network("::/0").contains_network(parse_network("0.0.0.0/0"))


def test_a_network_contains_itself_and_narrower_ones_only() -> None:
    wide, narrow = parse_network("10.0.0.0/8"), parse_network("10.1.0.0/16")
    assert wide.contains_network(wide)
    assert wide.contains_network(narrow)
    assert not narrow.contains_network(wide)


def test_the_network_around_an_address_has_no_host_bits() -> None:
    assert Network.around(parse_address("2001:db8::7"), 64) == parse_network("2001:db8::/64")
    assert Network.around(parse_address("203.0.113.7"), 32) == parse_network("203.0.113.7")


@pytest.mark.parametrize("prefix", [-1, 33])
def test_no_network_is_around_an_address_with_a_prefix_of_another_family(prefix: int) -> None:
    with pytest.raises(ValueError, match="prefix"):
        Network.around(parse_address("203.0.113.7"), prefix)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0.0",
        "10.0.0.1/8",
        "10.0.0.0/08",
        "10.0.0.0/٨",
        "10.0.0.0/+8",
        "10.0.0.0/ 8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "office/8",
        "2001:DB8::/32",
        "::1.2.3.4/128",
        "::ffff:a00:0/104",
        "1:2:3:4:5:6:7::/128",
    ],
)
def test_a_stored_text_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the type is the contract
        Network.from_canonical(text)


@given(ANYTHING)
@settings(max_examples=scaled(1000))
def test_any_text_is_a_network_or_a_network_error_with_sound_suggestions(text: str) -> None:
    outcome: Network | NetworkError
    try:
        outcome = parse_network(text)
    except NetworkError as error:
        outcome = error
    if isinstance(outcome, Network):
        assert parse_network(outcome.text) == Network.from_canonical(outcome.text) == outcome
    else:
        assert outcome.message.isprintable()
        assert len(outcome.message) < (700 if outcome.code == "range_notation" else 160)  # it names 12
        assert [parse_network(suggestion).text for suggestion in outcome.suggestions] == list(outcome.suggestions)


@given(st.one_of(st.none(), st.integers(), st.binary(max_size=16), st.lists(st.integers()), st.floats()))
def test_no_other_type_is_a_network(value: object) -> None:
    assert refused(value).code == "type"


@given(IP_NETWORKS)
@settings(max_examples=scaled(300))
def test_an_accepted_network_is_the_one_that_ipaddress_reads(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> None:
    parsed = parse_network(network.exploded)
    strict = ipaddress.ip_network(parsed.text, strict=True)
    assert strict == network
    assert (parsed.text, parsed.prefix, parsed.size) == (str(network), network.prefixlen, network.num_addresses)
    assert (parsed.first, parsed.last) == (network.network_address.packed, network.broadcast_address.packed)


@given(IP_NETWORKS, st.integers(min_value=1))
def test_host_bits_offer_the_network_and_the_one_address(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network, offset: int
) -> None:
    address = network[offset % network.num_addresses]
    if address == network.network_address or getattr(address, "ipv4_mapped", None):
        return
    error = refused(f"{address}/{network.prefixlen}")
    assert error.suggestions == (str(network), f"{address}/{network.max_prefixlen}")


def test_a_hostile_megabyte_is_refused_at_once() -> None:
    started = time.process_time()
    for text in ("1" * 10**6, ":" * 10**6, " " * 10**6 + "x" * 10**6, "10.0.0.0/" + "0" * 10**6, "-" * 64, "a." * 32):
        refused(text)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ("0.0.0.0/0", ""),
        ("10.0.0.0/9", "10."),
        ("203.0.113.0/24", "203.0.113."),
        ("203.0.113.7/32", "203.0.113."),
        ("::/0", ""),
        ("2001:db8::/64", "2001:db8:"),
        ("2001:db8:1:2::/64", "2001:db8:1:2:"),
    ],
)
def test_addresses_of_a_network_begin_alike(network: str, text: str) -> None:
    assert common_text(Network.from_canonical(network)) == text


@given(st.lists(st.sampled_from([0, 0, 1, 0xDB8, 0x2001]), min_size=2, max_size=8), st.integers(0, 128))
def test_no_address_of_a_network_begins_otherwise(groups: list[int], prefix: int) -> None:
    packed = b"".join(group.to_bytes(2) for group in groups[: 2 if len(groups) < 8 else 8])
    address = Address(canonical(packed), packed)
    assert address.text.startswith(common_text(Network.around(address, prefix % (8 * len(packed) + 1))))


def test_a_network_contains_its_first_and_its_last_address() -> None:
    network = parse_network("203.0.113.0/24")
    for text, inside in (("203.0.112.255", False), ("203.0.113.0", True), ("203.0.113.255", True)):
        assert (parse_address(text) in network) is inside
    with pytest.raises(ValueError, match=r"^no such prefix length$"):
        Network.around(parse_address("203.0.113.0"), 33)
