"""What is searched for is found however it is written."""

import unicodedata
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from time import process_time
from typing import Literal, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from webapp.domain.address import parse_address
from webapp.domain.allowlist import MAX_NETWORKS, Entry
from webapp.domain.network import Network, parse_network
from webapp.domain.search import find, is_unused, last_use

NOW = datetime(2026, 9, 25, 14, 32, tzinfo=UTC)
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = get_args(Form)


def texts(q: str, *networks: str) -> list[str]:
    return [entry.network.text for entry in find(q, [Entry(Network.from_canonical(text)) for text in networks])]


def said(q: str, comment: str = "", added_by: str = "") -> bool:
    return bool(find(q, [Entry(Network.from_canonical("192.0.2.0/24"), comment, added_by=added_by)]))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Any network that can be listed."""
    address = draw(st.ip_addresses().filter(lambda one: not (isinstance(one, IPv6Address) and one.ipv4_mapped)))
    text = parse_address(str(address))
    return Network.around(text, draw(st.integers(0, 8 * len(text.packed))))


@st.composite
def spellings(draw: st.DrawFn, network: Network) -> str:
    """The network as people, tools and lists write it."""
    address, prefix = ip_address(network.first), network.prefix
    ways = [network.text, network.text.upper(), f"{address.exploded}/{prefix}", f" {address.exploded.upper()}/{prefix}"]
    if network.family == 4:
        ways.append(f"::ffff:{address}/{prefix + 96}")
    if network.family == 4 and 0 < prefix < 32:  # The masks of /0 and /32 mean either to some routers.
        ways.append(f"{address}/{ip_network(network.text).netmask}")
    if network.size == 1:
        ways += [str(address), address.exploded]
    return draw(st.sampled_from(ways))


@given(st.data(), networks(), networks())
def test_any_spelling_of_a_listed_network_finds_it(data: st.DataObject, listed: Network, other: Network) -> None:
    assert listed.text in texts(data.draw(spellings(listed)), other.text, listed.text)


@given(st.data(), networks(), networks())
def test_any_address_in_a_listed_network_finds_it(data: st.DataObject, listed: Network, other: Network) -> None:
    first, last = int.from_bytes(listed.first), int.from_bytes(listed.last)
    packed = data.draw(st.integers(first, last)).to_bytes(len(listed.first))
    address = parse_address(str(ip_address(packed)))
    assume(address.packed == packed)  # ::ffff:0:0/96 is IPv4, which ::/0 does not contain
    single = Network.around(address, 8 * len(packed))
    assert listed.text in texts(data.draw(spellings(single)), other.text, listed.text)


@given(st.data(), networks(), networks())
def test_any_wider_network_finds_a_listed_one(data: st.DataObject, listed: Network, other: Network) -> None:
    prefix = data.draw(st.integers(0, listed.prefix))
    wider = parse_network(str(ip_network(listed.text).supernet(new_prefix=prefix)))
    assert listed.text in texts(data.draw(spellings(wider)), other.text, listed.text)


@given(networks(), networks())
def test_a_network_that_is_found_by_another_overlaps_with_it(wanted: Network, listed: Network) -> None:
    overlap = ip_network(wanted.text).overlaps(ip_network(listed.text)) if wanted.family == listed.family else False
    assert (texts(wanted.text, listed.text) == [listed.text]) is (overlap or wanted.text in listed.text)


@given(st.text(min_size=1), st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_words_are_found_however_their_characters_are_put_together(text: str, typed: Form, kept: Form) -> None:
    wanted, there = unicodedata.normalize(typed, text), unicodedata.normalize(kept, text)
    assert said(wanted, comment=there)
    assert said(wanted, added_by=there)


@pytest.mark.parametrize(
    ("wanted", "comment"), [("ZÜRICH", "zürich"), ("STRASSE", "Hauptstraße 5"), ("ｖｐｎ", "VPN"), ("zu", "Zürich")]
)
def test_case_width_and_what_is_not_typed_yet_make_no_difference(wanted: str, comment: str) -> None:
    assert said(wanted, comment=comment)


def test_who_added_a_network_is_searched() -> None:
    assert said("osei", added_by="Mara Osei")
    assert not said("osei", added_by="Dana Kessler")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("192.0.2", ["192.0.2.1/32", "192.0.2.11/32", "192.0.2.128/25"]),
        ("192.0.2.1", ["192.0.2.1/32"]),
        ("192.0.2.12", ["192.0.2.128/25"]),
        ("192.0.2.128/", ["192.0.2.128/25"]),
        ("2001:DB8:", ["2001:db8:9::51/128"]),
        ("2001:db8:9::5", ["2001:db8:9::51/128"]),
        ("/25", ["192.0.2.128/25"]),
        ("198.51.100.7", []),
    ],
)
def test_a_network_is_found_while_it_is_being_typed(typed: str, expected: list[str]) -> None:
    listed = ("192.0.2.1/32", "192.0.2.11/32", "192.0.2.128/25", "2001:db8:9::51/128")
    assert texts(typed, *listed) == expected


def test_an_address_is_found_in_a_comment_too() -> None:
    assert said("198.51.100.7", comment="was 198.51.100.7 before")


def test_nothing_asks_for_everything_in_its_order() -> None:
    assert texts("", "192.0.2.1/32", "10.0.0.0/8") == ["192.0.2.1/32", "10.0.0.0/8"]


@pytest.mark.parametrize("q", ["192.0.2.7", "2001:db8::/32", "Zürich", "x" * 200])
def test_a_full_list_is_searched_in_a_few_milliseconds(q: str) -> None:
    entry = Entry(Network.from_canonical("10.0.0.0/8"), "Büro Zürich, zweiter Stock " * 5, added_by="Mara Osei")
    began = process_time()
    find(q, [entry] * MAX_NETWORKS)
    assert process_time() - began < 0.1  # 4 ms on an idle machine


def used(*, added: float, last: float | None = None) -> Entry:
    """A network that was added, and last used, so many days ago."""
    moment = None if last is None else NOW - timedelta(days=last)
    network = Network.from_canonical("192.0.2.0/24")
    return Entry(network, added_at=NOW - timedelta(days=added), last_sign_in_at=moment)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (used(added=400, last=90), True),
        (used(added=400, last=89.9), False),
        (used(added=90), True),
        (used(added=89.9), False),
        (Entry(Network.from_canonical("192.0.2.0/24")), False),
    ],
)
def test_a_network_is_unused_when_it_could_have_been_used_for_90_days(entry: Entry, expected: bool) -> None:
    assert is_unused(entry, NOW) is expected


def test_what_was_never_used_is_older_than_any_use() -> None:
    never, long_ago, today = used(added=1), used(added=400, last=399), used(added=400, last=0)
    assert sorted([today, never, long_ago], key=last_use) == [never, long_ago, today]
