import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.address import parse_address
from webapp.domain.network import Network, parse_network
from webapp.domain.notes import NOTE_TEXT, list_notes, notes, proxy_remark, remarks

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "network.json").read_text())
OF_A_SET = [code for rule in VECTORS["row_set_rules"] for code in re.findall(r"warning '(\w+)'", rule)]
# IANA's special-purpose address registries, all rows but ::ffff:0:0/96, which nobody can list.
REGISTRIES = (
    "0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29 "
    "192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24 "
    "192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 "
    "203.0.113.0/24 240.0.0.0/4 255.255.255.255/32 ::1/128 ::/128 64:ff9b::/96 64:ff9b:1::/48 100::/64 "
    "100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 "
    "2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 "
    "5f00::/16 fc00::/7 fe80::/10"
)
networks = st.builds(
    lambda last, prefix: Network.around(parse_address(f"192.0.2.{last}"), prefix),
    st.integers(0, 255),
    st.integers(22, 32),
)


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS["vectors"] if v["result"] == "ok" and not v.get("allow_warn")], ids=lambda v: v["id"]
)
def test_a_vector_has_exactly_its_notes(vector: dict[str, Any]) -> None:
    assert list(notes(parse_network(vector["input"]))) == vector["warnings"]


@pytest.mark.parametrize("code", [*VECTORS["warnings"], *(code for code in OF_A_SET if "*" not in code)])
def test_every_note_has_one_sentence(code: str) -> None:
    assert NOTE_TEXT[code].endswith(".")


@pytest.mark.parametrize("text", REGISTRIES.split())
def test_every_reserved_range_has_a_note(text: str) -> None:
    assert notes(Network.from_canonical(text)) not in ((), ("very_wide",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5f00:1::/32", ("never_matches",)),
        ("100::1:0:0:0:7", ("never_matches",)),
        ("100:0:0:2::/64", ()),
        ("2001:4:112::/48", ("never_matches",)),
        ("2001:30::/28", ("never_matches",)),
        ("2001:0:1::/48", ("translation_prefix",)),
        ("2001::/24", ("translation_prefix",)),
        ("2001:200::/32", ()),
        ("::1", ("loopback",)),
        ("100.64.0.0/10", ("shared_cgnat",)),
        ("255.255.255.255", ("never_matches",)),
        ("192.0.0.8", ("never_matches",)),
        ("64:ff9b:1::1", ("translation_prefix",)),
        ("::203.0.113.7", ("translation_prefix",)),
        ("3fff::1", ("documentation",)),
        ("::/0", ("admits_every_ipv6",)),
        ("10.0.0.0/7", ("very_wide",)),
        ("8.8.8.8", ()),
    ],
)
def test_a_special_range_is_known_whatever_python_knows(text: str, expected: tuple[str, ...]) -> None:
    assert notes(parse_network(text)) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], ()),
        (["8.8.8.0/24", "2606:4700::/32"], ()),
        (["8.8.8.0/24"], ("one_family_only",)),
        (["2606:4700::/32"], ("one_family_only",)),
        (["128.0.0.0/1", "0.0.0.0/1"], ("admits_every_ipv4", "one_family_only")),
        (["0.0.0.0/0", "2606:4700::/32"], ("admits_every_ipv4",)),
        (["::/1", "8000::/2", "c000::/2", "0.0.0.0/0"], ("admits_every_ipv4", "admits_every_ipv6")),
        (["0.0.0.0/1", "128.0.0.0/2", "2606:4700::/32"], ()),
        (["0.0.0.0/1", "8000::/1"], ()),
    ],
)
def test_a_list_is_judged_by_the_union_of_its_networks(texts: list[str], expected: tuple[str, ...]) -> None:
    assert list_notes(map(Network.from_canonical, texts)) == expected


def said(network: str, *others: str, at: str | None = None, proxies: tuple[str, ...] = ()) -> list[str]:
    listed = map(Network.from_canonical, others)
    trusted = map(Network.from_canonical, proxies)
    return remarks(Network.from_canonical(network), listed, parse_address(at) if at else None, trusted)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (["8.8.8.8/32"], "8.8.8.8/32 is inside this one, so it changes nothing while this one stays."),
        (["8.8.8.0/25", "8.8.8.8/32", "8.8.9.0/24"], "8.8.8.0/25 and 1 more are inside this one, so they change"),
    ],
)
def test_networks_that_a_wider_one_makes_superfluous_are_said(others: list[str], expected: str) -> None:
    (only,) = said("8.8.8.0/24", *others)
    assert only.startswith(expected)


@given(networks, networks)
def test_of_two_networks_the_one_inside_is_said_whichever_comes_last(one: Network, other: Network) -> None:
    if one == other:
        return
    around = NOTE_TEXT["already_covered"] in remarks(one, [other])
    inside = any(text.startswith(f"{one} is inside") for text in remarks(other, [one]))
    assert around is inside is other.contains_network(one)


@pytest.mark.parametrize(
    ("network", "is_said"),
    [
        ("8.8.8.0/24", True),  # contains it
        ("8.8.8.8/32", True),  # is it
        ("2606:4700:1::7/128", True),  # is one of many
        ("2606:4700:2::/48", False),
        ("8.8.9.0/24", False),
        ("2600::/12", True),
        ("0.0.0.0/0", True),
    ],
)
def test_a_network_with_a_trusted_proxy_in_it_is_warned_of_when_added_and_while_listed(
    network: str, is_said: bool
) -> None:
    proxies = ("8.8.8.8/32", "2606:4700:1::/48")
    assert (NOTE_TEXT["covers_proxy"] in said(network, proxies=proxies)) is is_said
    trusted = list(map(Network.from_canonical, proxies))
    remark = proxy_remark(map(Network.from_canonical, ["8.8.4.4/32", network]), trusted)
    assert remark.startswith(f"{network} contains an address of the portal’s own proxies") is is_said
    assert bool(remark) is is_said


def test_a_list_names_one_of_the_networks_with_a_proxy_and_counts_the_others() -> None:
    listed = map(Network.from_canonical, ("8.8.8.0/24", "8.0.0.0/8", "9.0.0.0/8"))
    assert proxy_remark(listed, [Network.from_canonical("8.8.8.8/32")]).startswith("8.8.8.0/24 and 1 more contain an")


def test_whoever_is_at_a_shared_address_is_not_told_that_nobody_comes_from_there() -> None:
    (only,) = said("10.0.0.0/8", at="10.1.2.3")
    assert only.startswith("The portal sees you at a private address.")
    assert said("10.0.0.0/8", at="8.8.8.8") == said("10.0.0.0/8") == [NOTE_TEXT["private"]]
    assert said("8.8.8.8/32", at="10.1.2.3") == []
    assert said("0.0.0.0/0", at="10.1.2.3")[0] == NOTE_TEXT["admits_every_ipv4"]
