"""Who used the portal lately from where a list would not let them in."""

from __future__ import annotations

import random
from ipaddress import ip_address, ip_network

import pytest

from tests.support.quick import scaled
from tests.support.world import TRANSLATED
from webapp.domain.address import Address, canonical, parse_address
from webapp.domain.address_kind import client_network
from webapp.domain.allowlist import Allowlist
from webapp.domain.compiled_list import CompiledList
from webapp.domain.current_network import current_network
from webapp.domain.network import parse_network
from webapp.domain.rehearsal import Rehearsed, Use, network_of, rehearse

HERE, THERE, FAR = "203.0.113.9", "198.51.100.14", "192.0.2.4"
COVER = "203.0.113.0/24"
OWNERS = frozenset({104, 105})
MOST = 100  # places, as many as no test has


def active(*networks: str) -> CompiledList:
    """Return a list of these networks, in effect."""
    allowlist = Allowlist()
    for text in networks:
        allowlist = allowlist.add(parse_network(text))
    return CompiledList.compiling(allowlist.entries, active=True, revision="")


def use(user_id: int, *addresses: str, days: int = 1) -> Use:
    """Return what is remembered of somebody at one client."""
    client = client_network(parse_address(addresses[0])).text
    return Use(user_id, user_id, client, " ".join(addresses), days)


def found(after: CompiledList, *uses: Use) -> list[tuple[str, list[int]]]:
    """Return which networks are left out, each with whose it is."""
    return [
        (place.network, [one.user_id for one in place.uses])
        for place in rehearse(after, uses, OWNERS, MOST).newly.places
    ]


def test_owners_come_first_then_who_was_seen_on_most_days_of_these_the_last_seen() -> None:
    uses = (
        use(1, THERE, days=3),
        use(2, FAR, days=40),
        use(3, "192.0.2.5", days=40),
        use(104, "192.0.2.6"),
        use(105, HERE, days=90),
    )
    assert found(active(COVER), *uses) == [
        ("192.0.2.6/32", [104]),
        (f"{FAR}/32", [2]),
        ("192.0.2.5/32", [3]),
        (f"{THERE}/32", [1]),
    ]


def test_a_place_of_several_people_is_named_once_with_all_of_them() -> None:
    uses = (use(1, THERE, days=3), use(2, THERE, days=4), use(104, FAR, days=1))
    assert found(active(COVER), *uses) == [(f"{FAR}/32", [104]), (f"{THERE}/32", [2, 1])]


def test_of_very_many_places_the_weightiest_are_kept_and_the_others_counted() -> None:
    uses = [use(n, f"192.0.2.{n}", days=n) for n in range(1, 31)] + [use(40, "192.0.2.30"), use(41, "192.0.2.3")]
    left = rehearse(active(COVER), uses, OWNERS, 2).newly
    assert [place.network for place in left.places] == ["192.0.2.30/32", "192.0.2.29/32"]
    assert ([one.user_id for one in left.places[0].uses], left.more) == ([30, 40], 28)


def test_what_the_list_of_before_does_not_let_in_either_is_said_apart() -> None:
    uses = [use(1, THERE, days=3), use(2, FAR, days=9), use(3, HERE, days=20)]
    rehearsed = rehearse(active(COVER), uses, OWNERS, MOST, active(COVER, "198.51.100.0/24"))
    newly, already = ([place.network for place in one.places] for one in rehearsed)
    assert (newly, already) == ([f"{THERE}/32"], [f"{FAR}/32"])


def test_of_one_64_each_address_is_judged_for_itself() -> None:
    mara = use(1, "2001:db8:7::1", "2001:db8:7::2")
    (left,) = rehearse(active("2001:db8:7::2/128"), [mara], OWNERS, MOST).newly.places
    assert (left.network, left.uses) == ("2001:db8:7::/64", (mara._replace(addresses="2001:db8:7::1"),))
    assert rehearse(active("2001:db8:7::2/128", "2001:db8:7::1/128"), [mara], OWNERS, MOST) == Rehearsed()


def test_behind_a_translator_both_ways_of_one_client_are_places_of_their_own() -> None:
    both = use(1, "64:ff9b::c000:204", FAR)
    assert both.client == f"{FAR}/32"
    assert found(active(COVER), both) == [("64:ff9b::c000:204/128", [1]), (f"{FAR}/32", [1])]


def test_an_inactive_list_leaves_nobody_out() -> None:
    assert rehearse(CompiledList.of(Allowlist()), [use(1, THERE)], OWNERS, MOST) == Rehearsed()


def any_address(chance: random.Random) -> str:
    """Return an address of a few neighbourhoods, so that networks of all lengths decide."""
    if chance.random() < 0.5:
        return f"198.51.{chance.randrange(4)}.{chance.randrange(256)}"
    if chance.random() < 0.2:
        return canonical(parse_address("64:ff9b::").packed[:12] + chance.randbytes(4))
    return canonical(b"\x20\x01\x0d\xb8" + bytes(3) + bytes([chance.randrange(4)]) + bytes(7) + chance.randbytes(1))


def test_what_is_added_is_what_would_be_offered_to_the_address_itself() -> None:
    chance = random.Random(19)  # noqa: S311 - no secret
    for text in [*TRANSLATED, *(any_address(chance) for _ in range(scaled(500)))]:
        address = parse_address(text)
        assert network_of(client_network(address).text, text) == current_network(address).text


@pytest.mark.parametrize("seed", range(4))
def test_the_verdict_is_the_standard_librarys_for_each_address(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(scaled(50)):
        networks = {network_around(chance, any_address(chance)) for _ in range(chance.randrange(1, 12))}
        by_client: dict[str, set[str]] = {}
        for text in {any_address(chance) for _ in range(20)}:
            by_client.setdefault(client_network(parse_address(text)).text, set()).add(text)
        uses = [use(1, *sorted(texts)) for texts in by_client.values()]
        places = rehearse(active(*networks), uses, OWNERS, MOST).newly.places
        left = {text for place in places for one in place.uses for text in one.addresses.split()}
        known = {text for one in uses for text in one.addresses.split()}
        assert left == {text for text in known if not any(ip_address(text) in ip_network(one) for one in networks)}


def network_around(chance: random.Random, text: str) -> str:
    """Return a network with the address in it."""
    address: Address = parse_address(text)
    bits = 8 * len(address.packed)
    return str(ip_network(f"{text}/{chance.choice((bits, bits, bits - 4, bits - 8, bits // 2))}", strict=False))
