import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.quick import scaled
from webapp.domain.address import parse_address
from webapp.domain.client_address import Resolved, TrustedProxies, resolve

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "client_ip.json").read_text())
PROXY, PROXIES = "10.0.0.2", TrustedProxies.parse("10.0.0.0/24, 2001:db8:ff::/48, unix:")

TRUSTED = st.one_of(
    st.integers(0, 255).map("10.0.0.{}".format),
    st.sampled_from(["2001:db8:ff::3", "::ffff:10.0.0.9", "[2001:db8:ff::4]:1"]),
)
UNTRUSTED = st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str))
PORTED = st.builds("{}:{}".format, st.ip_addresses(v=4).map(str), st.integers(0, 70_000))
GARBAGE = st.one_of(
    st.text(alphabet=st.characters(max_codepoint=255), max_size=20),
    st.text(alphabet="0123456789abcdef.:[]%/", max_size=20),
)
ELEMENT = st.one_of(TRUSTED, UNTRUSTED, PORTED, GARBAGE, st.sampled_from(["", " ", "unknown"]))
HEADER = st.lists(ELEMENT, max_size=70).map(",".join)
PEER = st.one_of(st.none(), TRUSTED, UNTRUSTED, GARBAGE, st.sampled_from(["", "unix:"]))


def raw(vector: dict[str, Any]) -> str | None:
    """The header as WSGI hands it over: lines joined by commas, one character per byte."""
    joined = ",".join(vector["xff"]).encode(vector.get("encoding", "utf-8")).decode("latin-1")
    return joined if vector["xff"] else None


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["id"])
def test_a_vector_resolves_as_expected(vector: dict[str, Any]) -> None:
    if vector["id"] in {"CIP-046", "CIP-094"}:
        with pytest.raises(ValueError, match=r"every client|without the ::ffff:"):
            TrustedProxies.parse(",".join(vector["trusted"]))
        return
    resolved = resolve(vector["remote_addr"], raw(vector), TrustedProxies.parse(",".join(vector["trusted"])))
    assert str(resolved.address or "refuse") == vector["expect"]
    assert resolved.address or resolved.problem


def test_no_vector_is_missing() -> None:
    assert len(VECTORS["vectors"]) == VECTORS["counts"]["vectors"] == 80


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_setting_trusts_nobody(text: str) -> None:
    trusted = TrustedProxies.parse(text)
    assert trusted == TrustedProxies()
    assert not trusted
    assert resolve("", "203.0.113.7", trusted).address is None


def test_addresses_blocks_and_the_unix_socket_are_trusted() -> None:
    trusted = TrustedProxies.parse(" 10.0.0.2 ,unix:,2001:db8:ff::/64\n")
    assert [network.text for network in trusted.networks] == ["10.0.0.2/32", "2001:db8:ff::/64"]
    assert trusted.unix
    assert trusted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("proxy.example.com", "not a name"),
        ("10.0.0.1/24", "can’t start at"),
        ("0.0.0.0/0", "every client"),
        ("::/0", "every client"),
        ("10.0.0.0/24,::/0", "every client"),
        ("::ffff:10.0.0.0/120", "without the ::ffff:"),
        ("::ffff:10.0.0.1", "without the ::ffff:"),
        ("loopback", "not a name"),
        ("*", "prefix"),
        ("unix", "not a name"),
        ("UNIX:", "isn’t an IP address"),
        ("unix:/run/portal.sock", "isn’t an IP address"),
        ("10.0.0.1,,10.0.0.2", "between two commas"),
        ("10.0.0.1,", "between two commas"),
        (",", "between two commas"),
        ("10.0.0.1 10.0.0.2", "one network at a time"),
        ("10.0.0.1\u00a0", "U\\+00A0"),
        ("10.0.0.0/255.255.255.0", "as /24"),
    ],
)
def test_a_bad_setting_is_refused_with_one_clear_line(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        TrustedProxies.parse(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "warnings"), [("10.0.0.0/24,2001:db8::/64", 0), ("10.0.0.0/23", 1), ("10.0.0.0/8,2001:db8::/63", 2)]
)
def test_a_wide_range_of_proxies_is_known_as_such(text: str, warnings: int) -> None:
    assert len(TrustedProxies.parse(text).wide) == warnings


@pytest.mark.parametrize(
    ("peer", "header", "expected"),
    [
        (None, "203.0.113.7", "peer_unparseable"),
        ("proxy", "203.0.113.7", "peer_unparseable"),
        ("10.0.0.2%eth0", "203.0.113.7", "peer_unparseable"),
        ("10.0.0.2:80", "203.0.113.7", "peer_unparseable"),
        ("224.0.0.1", None, "impossible"),
        ("ff02::1", None, "impossible"),
        (PROXY, None, "header_missing"),
        (PROXY, "", "header_missing"),
        (PROXY, " ,\t,", "header_missing"),
        (PROXY, "unknown", "not_an_address"),
        (PROXY, "[203.0.113.7]", "not_an_address"),
        (PROXY, "203.0.113.7:65536", "not_an_address"),
        (PROXY, "203.0.113.7:080", "not_an_address"),
        (PROXY, '"203.0.113.7"', "not_an_address"),
        (PROXY, "203.0.113.7\x0b", "not_an_address"),
        (PROXY, "2001:db8::7%1", "not_an_address"),
        (PROXY, "10.0.0.9,10.0.0.2", "all_trusted"),
        (PROXY, "239.1.2.3", "impossible"),
        (PROXY, "255.255.255.255:80", "impossible"),
        (PROXY, "203.0.113.7" + "," * 64, "too_many"),
        (PROXY, "203.0.113.7" + ",10.0.0.3" * 64, "too_many"),
        (PROXY, "203.0.113.7," + " " * 8192, "too_long"),
        (PROXY, "[" + "a" * 8000, "not_an_address"),
        (PROXY, ":" * 8192, "not_an_address"),
    ],
)
def test_no_trustworthy_address_has_a_code_for_the_log(peer: str | None, header: str | None, expected: str) -> None:
    assert resolve(peer, header, PROXIES) == Resolved(None, expected)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("203.0.113.7" + ",10.0.0.3" * 63, "203.0.113.7"),
        ("203.0.113.7:65535", "203.0.113.7"),
        ("\t203.0.113.7 ", "203.0.113.7"),
        ("[2001:DB8::7]:1", "2001:db8::7"),
        ("x" * 8000 + ",203.0.113.7", "203.0.113.7"),
    ],
)
def test_a_client_at_the_very_limits_is_found(header: str, address: str) -> None:
    assert resolve(PROXY, header, PROXIES) == Resolved(parse_address(address))


def test_an_empty_element_is_skipped_and_reported() -> None:
    assert resolve(PROXY, "203.0.113.7,", PROXIES) == Resolved(parse_address("203.0.113.7"), "empty_element")


@given(PEER, st.one_of(st.none(), HEADER))
@settings(max_examples=scaled(500))
def test_whatever_arrives_gives_a_sound_untrusted_address_or_a_code(peer: str | None, header: str | None) -> None:
    resolved = resolve(peer, header, PROXIES)
    if resolved.address is None:
        assert resolved.problem
    else:
        assert resolved.address not in PROXIES
        assert parse_address(resolved.address.text) == resolved.address
        assert resolve(PROXY, resolved.address.text, PROXIES) == Resolved(resolved.address)
        assert resolve(resolved.address.text, header, PROXIES) == Resolved(resolved.address)


@given(UNTRUSTED, st.lists(TRUSTED, max_size=20), st.lists(ELEMENT, max_size=70), st.lists(ELEMENT, max_size=70))
def test_what_stands_left_of_the_client_is_irrelevant(
    client: str, hops: list[str], claim: list[str], other_claim: list[str]
) -> None:
    resolved = resolve(PROXY, ",".join([client, *hops]), PROXIES)
    if resolved.problem != "all_trusted":
        assert resolve(PROXY, ",".join([*claim, client, *hops]), PROXIES) == resolved
        assert resolve(PROXY, ",".join([*other_claim, client, *hops]), PROXIES) == resolved


@given(UNTRUSTED, HEADER, HEADER)
def test_an_untrusted_peer_cannot_say_anything(peer: str, header: str, other: str) -> None:
    if parse_address(peer) not in PROXIES:
        assert resolve(peer, header, PROXIES) == resolve(peer, other, PROXIES) == resolve(peer, None, PROXIES)


@pytest.mark.parametrize(("text", "any_trusted"), [("", False), ("unix:", True), ("10.0.0.2", True)])
def test_whether_anybody_is_trusted(text: str, any_trusted: bool) -> None:
    assert bool(TrustedProxies.parse(text)) is any_trusted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.0.0.1,", "nothing stands between two commas or at an end"),
        ("0.0.0.0/0", "0.0.0.0/0 would let every client choose its own address"),
        ("x" * 65, f"{'x' * 64!r}: This is too long: a network has at most 64 characters."),
        ("::/1,8000::/1", "together they are every IPv6 address, so every client could choose its own"),
    ],
)
def test_a_bad_setting_is_refused_with_these_words(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"^" + re.escape(reason) + r"$"):
        TrustedProxies.parse(text)


def test_an_address_of_the_unix_socket_is_believed_only_where_that_is_trusted() -> None:
    for peer in ("", "unix:"):
        assert resolve(peer, "203.0.113.7", TrustedProxies(unix=True)) == Resolved(parse_address("203.0.113.7"))
        assert resolve(peer, None, TrustedProxies(unix=True)) == Resolved(None, "header_missing")
        assert resolve(peer, "203.0.113.7", TrustedProxies()) == Resolved(None, "peer_unparseable")


def test_a_header_of_8192_characters_is_read_and_one_more_is_too_long() -> None:
    header = "203.0.113.7".rjust(8192)
    assert resolve(PROXY, header, PROXIES) == Resolved(parse_address("203.0.113.7"))
    assert resolve(PROXY, " " + header, PROXIES) == Resolved(None, "too_long")


@pytest.mark.parametrize(
    ("peer", "header", "expected"),
    [
        ("2001:db8::7%a%b", None, Resolved(parse_address("2001:db8::7"))),
        (PROXY, "X203.0.113.7", Resolved(None, "not_an_address")),
        (PROXY, "x," * 70 + "203.0.113.7", Resolved(parse_address("203.0.113.7"))),
        (PROXY, ",".join(["10.0.0.3"] * 64), Resolved(None, "all_trusted")),
    ],
)
def test_what_looks_alike_is_told_apart(peer: str, header: str | None, expected: Resolved) -> None:
    assert resolve(peer, header, PROXIES) == expected
