"""Pasted texts: the one network in them is offered, whatever stands around it; what excludes or is unclear never is."""

import ipaddress
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_network import IP_NETWORKS, refused
from tests.support.quick import scaled
from webapp.domain.comment import MAX_COMMENT

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "pasted.json").read_text())[
    "vectors"
]
LABELS = ["", "allow ", "Require ip ", "CIDR: ", "IPv6 address: ", "CIDR block ", "source=", "cidr = "]
BULLETS = ["", "- ", "– ", "* ", "• ", "1. ", "2) ", "| ", "\t", "✓ ", "+ "]
WRAPPED = ["{}", '"{}"', "'{}'", "“{}”", "«{}»", "`{}`", "({})", "[{}]", "<{}>", "{{{}}}", "**{}**", "<td>{}</td>"]
ENDS = ["", ",", ";", ".", " .", "!", " ,", "\u200b", "\u00a0", " |", "\r\n"]
JOINTS = [" # ", "\t", " ", " - ", " – ", ": ", ", ", "; ", " | ", " // ", " = ", " → "]
COMMENTS = ["Office", "Büro Köln – Süd", "R&D (2nd floor)", "since 24.12.2026", "NO,NO-03,Oslo,0150", "24/7 desk"]
EXCLUDING = [
    "deny {}",
    "not {}",
    "!{}",
    "! {}",
    "-{}",
    "–{}",
    "-ip4:{}",
    "~{}",
    "{} deny",
    "no ip {}",
    "all but {}",
    "❌ {}",
]
EXCLUDING += [
    "{} (blocked)",
    "{} # not in use",
    "any except {}",
    "block {}",
    "BLOCKED: {};",
    "{};  # don’t allow",
    "# {}",
    "keep out {}",
    "lock them out {}",
    "dont let in {}",
    "restrict {}",
    "{} suspended",
    "{} no longer used",
    "{} expired",
]
UNCLEAR = [
    "{} and 10/8",
    "{} to",
    "up to {}",
    ">= {}",
    "> {}",
    "{} netmask",
    "// {}",
    "-- {}",
    "{}/x",
    "{}@example",
    "x@{}",
]
UNCLEAR += [
    "grep -v {}",
    "iptables -A INPUT -s {} -j ACCEPT",
    "{} or others",
    "{}.example.com",
    "VPN? {}",
    "$ {}",
    "{}/24/1",
    "[{}",
    "{} mask 0xffffff00",
    "host{}",
    "a\\{}",
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_pasted_vector_offers_what_stands_in_it(vector: dict[str, Any]) -> None:
    error = refused(vector["input"])
    assert (list(error.suggestions), error.comment) == (vector["offer"], vector["comment"])
    assert all(network in error.message for network in vector.get("named", ()))


@given(
    IP_NETWORKS.map(str),
    *map(st.sampled_from, (BULLETS, LABELS, WRAPPED, ENDS, JOINTS, ["", *COMMENTS])),
)
@settings(max_examples=scaled(400))
def test_one_network_is_offered_whatever_stands_around_it(
    network: str, bullet: str, label: str, wrapped: str, end: str, joint: str, comment: str
) -> None:
    text = bullet + label + wrapped.format(network) + (joint + comment if comment else end)
    if text.strip(" \t\r\n") == network:
        return
    error = refused(text)
    assert (error.suggestions, error.comment) == ((network,), comment)


@given(IP_NETWORKS.map(str), st.sampled_from(COMMENTS[:4]), st.sampled_from([": ", " ", " - ", " = ", " (", "\t"]))
def test_a_label_in_front_becomes_the_comment(network: str, comment: str, joint: str) -> None:
    error = refused(comment + joint + network)
    assert (error.suggestions, error.comment) == ((network,), comment)


@given(IP_NETWORKS.map(str), st.sampled_from(EXCLUDING + UNCLEAR), st.sampled_from(ENDS[:4]))
@settings(max_examples=scaled(400))
def test_what_excludes_or_is_unclear_is_never_offered(network: str, text: str, end: str) -> None:
    assert refused(text.format(network) + end).suggestions == ()


@pytest.mark.parametrize("text", EXCLUDING)
def test_what_excludes_is_told_that_a_list_only_lets_in(text: str) -> None:
    if text != "# {}":
        assert "can only let networks in" in refused(text.format("203.0.113.0/24")).message


@pytest.mark.parametrize(
    "after", [" 24", ",24", "\t24", " prefix 24", "; 24;", " (/24)", "+", " -", " / 24 users", " slash 24"]
)
def test_an_address_whose_prefix_may_stand_apart_is_not_offered(after: str) -> None:
    assert refused("203.0.113.0" + after).suggestions == ()


@given(
    st.lists(IP_NETWORKS.map(str), min_size=2, max_size=90), st.sampled_from([" ", ", ", "\n", ";", "\r\n- ", '", "'])
)
def test_several_networks_are_told_so_however_long_they_are(networks: list[str], joint: str) -> None:
    error = refused(joint.join(networks))
    assert (error.code, error.suggestions) == ("several_values", ())


@given(st.ip_addresses(v=4), st.integers(0, 2**16), st.sampled_from(["-", " – ", "—", " to ", "..", "…", " through "]))
def test_a_range_is_offered_or_its_networks_are_named(first: ipaddress.IPv4Address, size: int, joint: str) -> None:
    last = ipaddress.IPv4Address(min(int(first) + size, 2**32 - 1))
    networks = [str(network) for network in ipaddress.summarize_address_range(first, last)]
    error = refused(f"{first}{joint}{last}")
    assert error.code == "range_notation"
    assert list(error.suggestions) == (networks if len(networks) == 1 else [])
    assert all(network in error.message for network in networks[:12])


@pytest.mark.parametrize("text", ["2001:db8::g", "2001:db8::*", "2001:db8::9-2001:db8::1", "fe80:x", "1:2:3:4:5:6:7"])
def test_the_example_has_the_family_that_was_typed(text: str) -> None:
    assert "2001:db8:" in refused(text).message
    assert "203.0.113" not in refused(text).message


@pytest.mark.parametrize(
    "text", ["203.0.113.x.9", "IPv4: x", "10.*.1", "203.0.113.9-203.0.113.1", "http:/x", "ip4:203.0.113"]
)
def test_the_example_is_ipv4_where_that_was_typed(text: str) -> None:
    assert "2001:db8" not in refused(text).message


def test_a_comment_that_a_list_would_not_take_is_not_moved() -> None:
    for comment in ("x" * (MAX_COMMENT + 1), "a\x1bb", "a\u202eb"):
        assert refused(f"203.0.113.0/24 # {comment}").suggestions == ()
    assert refused(f"203.0.113.0/24 # {'x' * MAX_COMMENT}").comment == "x" * MAX_COMMENT


def test_a_hostile_megabyte_is_refused_at_once() -> None:
    pieces = (
        "203.0.113.0/24 ",
        "1.",
        ":",
        "a:",
        "a:b:",
        "203.0.113.",
        " /",
        "-",
        "1.1.1.1 ",
        "<b>",
        "(",
        "not ",
        "\u200b",
        "１",
    )
    started = time.process_time()
    for piece in pieces:
        for end in ("", " 203.0.113.0/24"):
            refused("x" + piece * (10**6 // len(piece)) + end)
            refused(piece * (256 // len(piece)) + "x" + end)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", ["ssh root@203.0.113.7", "203.0.113.3-203.0.113.1 Office", "deny 203.0.113.7 Office"])
def test_no_comment_is_moved_where_no_network_is_offered(text: str) -> None:
    assert (refused(text).suggestions, refused(text).comment) == ((), "")


@pytest.mark.parametrize(
    "text", ["VPN: 203.0.113.1-203.0.113.3", "203.0.113.1 – 203.0.113.3 (VPN)", "VPN 203.0.113.1-3"]
)
def test_a_range_of_several_networks_names_them_beside_what_stood_around(text: str) -> None:
    found = refused(text)
    assert (found.code, found.networks) == ("range_notation", ("203.0.113.1/32", "203.0.113.2/31"))
    assert (found.suggestions, found.comment) == ((), "VPN")


def test_two_ranges_are_several_networks() -> None:
    assert refused("203.0.113.1-203.0.113.3, 203.0.113.8-203.0.113.13").code == "several_values"
