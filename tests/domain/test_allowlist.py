"""The list as a value: R3 to R7, row by row."""

from datetime import UTC, datetime, timedelta

import pytest

from webapp.domain.address import Address, parse_address
from webapp.domain.allowlist import (
    MAX_NETWORKS,
    Allowlist,
    Duplicate,
    Entry,
    Full,
    Gone,
    LeavesYouOut,
    NoAddress,
    NotCovered,
    newest_first,
)
from webapp.domain.current_network import current_network
from webapp.domain.leaving_out import leaves_out, settle, ways_out
from webapp.domain.network import Network, parse_network

HOME = parse_address("203.0.113.42")
IPV6 = parse_address("2001:db8:9::51")
NET = parse_network("203.0.113.0/24")
OWN = parse_network("203.0.113.42")
OTHER = parse_network("198.51.100.0/24")


def listed(*networks: str, active: bool = False) -> Allowlist:
    """Return a list; the first network has the id 1 and stands in front."""
    entries = (Entry(parse_network(text), id=number) for number, text in enumerate(networks, 1))
    return Allowlist(active, tuple(entries))


def texts(allowlist: Allowlist) -> list[str]:
    return [entry.network.text for entry in allowlist.entries]


def full(active: bool = False, *networks: str) -> Allowlist:
    """Return a list of 1,000 networks, the given ones among them."""
    filling = [f"192.0.{number // 256}.{number % 256}" for number in range(MAX_NETWORKS - len(networks))]
    return listed(*networks, *filling, active=active)


def test_a_new_list_is_inactive_and_empty() -> None:
    assert Allowlist() == Allowlist(active=False, entries=())


def test_an_added_network_stands_in_front_and_the_list_before_is_untouched() -> None:
    before = listed("198.51.100.0/24")
    after = before.add(NET, "Office")
    assert texts(after) == ["203.0.113.0/24", "198.51.100.0/24"]
    assert (after.entries[0].comment, after.entries[0].id) == ("Office", None)
    assert texts(before) == ["198.51.100.0/24"]


@pytest.mark.parametrize("active", [True, False])
def test_adding_changes_no_state(active: bool) -> None:
    assert listed("198.51.100.0/24", active=active).add(NET).active is active


def test_a_network_is_on_the_list_once_however_it_is_written() -> None:
    before = listed("2001:db8::/32")
    with pytest.raises(Duplicate) as caught:
        before.add(parse_network("2001:0DB8:0:0::/32"), "again")
    assert caught.value.entry is before.entries[0]
    assert caught.value.code == "duplicate"


def test_a_network_inside_another_is_no_duplicate() -> None:
    assert texts(listed("10.0.0.0/8").add(parse_network("10.0.0.0/16"))) == ["10.0.0.0/16", "10.0.0.0/8"]


def test_the_thousandth_network_is_taken_and_the_next_is_refused() -> None:
    almost = full().remove(1)
    assert len(almost.add(NET).entries) == MAX_NETWORKS == 1_000
    with pytest.raises(Full) as caught:
        full().add(NET)
    assert caught.value.code == "full"


def test_a_duplicate_is_named_as_such_also_when_the_list_is_full() -> None:
    with pytest.raises(Duplicate):
        full().add(parse_network("192.0.0.7"))


def test_a_full_list_can_still_be_edited() -> None:
    assert full().edit(1, NET, "moved").get(1).network == NET


def test_editing_keeps_id_and_place() -> None:
    after = listed("10.0.0.0/8", "198.51.100.0/24", "192.0.2.0/24").edit(2, NET, "new")
    assert texts(after) == ["10.0.0.0/8", "203.0.113.0/24", "192.0.2.0/24"]
    assert after.get(2).comment == "new"


def test_editing_only_the_comment_is_no_duplicate_of_itself() -> None:
    assert listed("203.0.113.0/24").edit(1, NET, "words").get(1) == Entry(NET, "words", id=1)


def test_editing_into_another_entry_is_a_duplicate() -> None:
    with pytest.raises(Duplicate) as caught:
        listed("203.0.113.0/24", "198.51.100.0/24").edit(2, NET, "")
    assert caught.value.entry.id == 1


def test_removing_takes_exactly_that_entry() -> None:
    assert texts(listed("10.0.0.0/8", "203.0.113.0/24", "192.0.2.0/24").remove(2)) == ["10.0.0.0/8", "192.0.2.0/24"]


@pytest.mark.parametrize("entry_id", [0, -1, 2, 2**63, 10**30])
def test_an_id_that_is_not_listed_is_gone(entry_id: int) -> None:
    present = listed("203.0.113.0/24")
    for change in (present.get, present.remove, lambda number: present.edit(number, OTHER, "")):
        with pytest.raises(Gone):
            change(entry_id)


def test_activating_needs_the_current_address_on_the_list() -> None:
    assert listed("203.0.113.0/24").activate(HOME).active
    for uncovered in (listed(), listed("198.51.100.0/24"), listed("::/0")):
        with pytest.raises(NotCovered):
            uncovered.activate(HOME)


def test_activating_without_an_address_is_refused_whatever_is_listed() -> None:
    with pytest.raises(NoAddress) as caught:
        listed("0.0.0.0/0", "::/0").activate(None)
    assert caught.value.code == "no_address"


@pytest.mark.parametrize("address", [HOME, IPV6, None])
def test_activating_an_active_list_changes_nothing(address: Address | None) -> None:
    active = listed("203.0.113.0/24", active=True)
    assert active.activate(address) == active


def test_deactivating_keeps_the_networks_and_may_be_done_twice() -> None:
    inactive = listed("203.0.113.0/24", active=True).deactivate()
    assert inactive == listed("203.0.113.0/24")
    assert inactive.deactivate() == inactive


@pytest.mark.parametrize(
    ("address", "scope", "expected"),
    [
        (HOME, "", "203.0.113.42/32"),
        (HOME, "address", "203.0.113.42/32"),
        (HOME, "subnet", "203.0.113.42/32"),
        (IPV6, "", "2001:db8:9::/64"),
        (IPV6, "subnet", "2001:db8:9::/64"),
        (IPV6, "address", "2001:db8:9::51/128"),
    ],
)
def test_the_current_network_is_the_ipv4_address_or_the_ipv6_subnet(
    address: Address, scope: str, expected: str
) -> None:
    assert current_network(address, scope).text == expected


def test_the_current_address_is_added_only_where_it_is_not_covered() -> None:
    assert texts(listed("198.51.100.0/24").add_current(HOME, "", "Me")) == ["203.0.113.42/32", "198.51.100.0/24"]
    covered = listed("203.0.113.0/24")
    assert covered.add_current(HOME) is covered
    with pytest.raises(Full):
        full().add_current(HOME)


def test_the_covering_networks_come_narrowest_first_and_of_the_same_family() -> None:
    nested = listed("203.0.113.0/24", "::/0", "203.0.113.42/32", "203.0.0.0/16", "198.51.100.0/24")
    assert [entry.id for entry in nested.covering(HOME)] == [3, 1, 4]
    assert nested.covering(None) == ()
    assert [entry.id for entry in nested.covering(IPV6)] == [2]


@pytest.mark.parametrize(
    ("networks", "address", "covered"),
    [
        (["0.0.0.0/0"], HOME, True),
        (["0.0.0.0/0"], IPV6, False),
        (["::/0"], HOME, False),
        (["::/0"], IPV6, True),
        (["203.0.113.42/32"], HOME, True),
        (["203.0.113.0/27"], HOME, False),
        (["203.0.113.32/27"], HOME, True),
        (["2001:db8:9::/64"], IPV6, True),
        (["2001:db8:9:1::/64"], IPV6, False),
        ([], HOME, False),
        (["0.0.0.0/0", "::/0"], None, False),
    ],
)
def test_an_active_list_lets_in_who_is_covered_and_an_inactive_one_everybody(
    networks: list[str], address: Address | None, covered: bool
) -> None:
    assert listed(*networks).covers(address) is covered
    assert listed(*networks, active=True).admits(address) is covered
    assert leaves_out(listed(*networks, active=True), address) is not covered
    assert listed(*networks).admits(address)
    assert not leaves_out(listed(*networks), address)


# R6. The table's rows: the list is inactive; active and still covered; active and no longer covered.


@pytest.mark.parametrize("address", [HOME, None])
def test_an_inactive_list_may_become_whatever_you_like(address: Address | None) -> None:
    before = listed("203.0.113.0/24")
    assert settle(before, before.remove(1), address) == Allowlist()
    assert texts(settle(before, before.edit(1, OTHER, ""), address)) == ["198.51.100.0/24"]


@pytest.mark.parametrize("entry_id", [1, 2])
def test_one_of_two_covering_networks_may_go(entry_id: int) -> None:
    before = listed("203.0.113.0/24", "203.0.113.42/32", active=True)
    after = settle(before, before.remove(entry_id), HOME)
    assert after.active
    assert after.covers(HOME)


def test_a_network_that_does_not_cover_you_may_go_or_change() -> None:
    before = listed("203.0.113.0/24", "198.51.100.0/24", active=True)
    assert texts(settle(before, before.remove(2), HOME)) == ["203.0.113.0/24"]
    assert settle(before, before.edit(2, parse_network("192.0.2.0/24"), ""), HOME).active


def test_narrowing_your_network_is_fine_as_long_as_you_are_in_it() -> None:
    before = listed("203.0.113.0/24", active=True)
    assert texts(settle(before, before.edit(1, parse_network("203.0.113.0/26"), ""), HOME)) == ["203.0.113.0/26"]
    with pytest.raises(LeavesYouOut):
        settle(before, before.edit(1, parse_network("203.0.113.128/25"), ""), HOME)


def refusal(before: Allowlist, after: Allowlist, address: Address | None, then: str = "") -> LeavesYouOut:
    with pytest.raises(LeavesYouOut) as caught:
        settle(before, after, address, then)
    return caught.value


def test_deleting_your_only_cover_is_refused_with_both_ways_out() -> None:
    before = listed("203.0.113.0/24", "198.51.100.0/24", active=True)
    refused = refusal(before, before.remove(1), HOME)
    assert refused.code == "leaves_you_out"
    assert refused.ways_out == ("add_current", "deactivate")
    assert not refused.last


def test_editing_your_only_cover_away_is_refused_with_both_ways_out() -> None:
    before = listed("203.0.113.0/24", "198.51.100.0/24", active=True)
    assert refusal(before, before.edit(1, parse_network("192.0.2.0/24"), ""), HOME).ways_out == (
        "add_current",
        "deactivate",
    )


def test_where_it_is_the_last_network_deactivating_comes_first() -> None:
    before = listed("203.0.113.0/24", active=True)
    refused = refusal(before, before.remove(1), HOME)
    assert refused.ways_out == ("deactivate", "add_current")
    assert refused.last


@pytest.mark.parametrize(
    ("own", "address"), [("203.0.113.42/32", HOME), ("2001:db8:9::/64", IPV6)], ids=["IPv4", "IPv6"]
)
@pytest.mark.parametrize("others", [[], ["198.51.100.0/24"]], ids=["last", "not last"])
def test_the_very_network_that_goes_is_not_offered_again(own: str, address: Address, others: list[str]) -> None:
    before = listed(own, *others, active=True)
    for after in (before.remove(1), before.edit(1, parse_network("192.0.2.0/24"), "")):
        assert refusal(before, after, address).ways_out == ("deactivate",)
        assert refusal(before, after, address, "add_current").ways_out == ("deactivate",)


def test_a_single_ipv6_address_that_goes_may_be_replaced_by_its_subnet() -> None:
    before = listed("2001:db8:9::51/128", "198.51.100.0/24", active=True)
    assert refusal(before, before.remove(1), IPV6).ways_out == ("add_current", "deactivate")
    after = settle(before, before.remove(1), IPV6, "add_current", IPV6.text)
    assert texts(after) == ["2001:db8:9::/64", "198.51.100.0/24"]


def test_a_wider_ipv6_network_that_goes_may_be_replaced_by_your_subnet() -> None:
    before = listed("2001:db8:9::/48", active=True)
    assert texts(settle(before, before.remove(1), IPV6, "add_current", IPV6.text)) == ["2001:db8:9::/64"]


def test_without_an_address_only_deactivating_is_offered() -> None:
    before = listed("203.0.113.0/24", "198.51.100.0/24", active=True)
    assert refusal(before, before.remove(1), None).ways_out == ("deactivate",)
    assert refusal(before, before.remove(1), None, "add_current").ways_out == ("deactivate",)
    assert not settle(before, before.remove(1), None, "deactivate").active


def test_an_edit_of_a_full_list_cannot_add_your_address() -> None:
    before = full(True, "203.0.113.0/24")
    edited = before.edit(1, parse_network("8.8.8.0/24"), "")
    assert refusal(before, edited, HOME, "add_current").ways_out == ("deactivate",)


def test_a_delete_from_a_full_list_can_add_your_address() -> None:
    before = full(True, "203.0.113.0/24")
    after = settle(before, before.remove(1), HOME, "add_current", HOME.text)
    assert (len(after.entries), after.active, after.covers(HOME)) == (MAX_NETWORKS, True, True)


def test_going_on_by_adding_keeps_the_list_active_and_you_in_it() -> None:
    before = listed("203.0.113.0/24", "198.51.100.0/24", active=True)
    after = settle(before, before.remove(1), HOME, "add_current", HOME.text)
    assert (after.active, texts(after)) == (True, ["203.0.113.42/32", "198.51.100.0/24"])


def test_going_on_by_deactivating_makes_the_change_and_lifts_the_list() -> None:
    before = listed("203.0.113.0/24", "198.51.100.0/24", active=True)
    after = settle(before, before.remove(1), HOME, "deactivate")
    assert (after.active, texts(after)) == (False, ["198.51.100.0/24"])


@pytest.mark.parametrize("then", ["deactivate", "add_current", "nonsense"])
def test_a_way_out_that_is_not_needed_is_ignored(then: str) -> None:
    before = listed("203.0.113.0/24", "198.51.100.0/24", active=True)
    assert settle(before, before.remove(2), HOME, then) == before.remove(2)
    inactive = listed("203.0.113.0/24")
    assert settle(inactive, inactive.remove(1), HOME, then) == Allowlist()


@pytest.mark.parametrize("then", ["", "nonsense", "Deactivate", "add_current ", "1"])
def test_an_unknown_way_out_is_none(then: str) -> None:
    before = listed("203.0.113.0/24", active=True)
    refusal(before, before.remove(1), HOME, then)


def test_ways_out_know_the_list_before_and_after() -> None:
    before = Allowlist(True, (Entry(OWN, id=1), Entry(OTHER, id=2)))
    assert ways_out(before, before.remove(1), HOME) == ("deactivate",)
    assert ways_out(before, before.remove(2), HOME) == ("add_current", "deactivate")


def test_an_entry_that_the_commentless_network_equals_is_compared_by_value() -> None:
    assert Entry(Network.from_canonical("203.0.113.0/24")) == Entry(NET)
    assert Entry(NET, "a") != Entry(NET, "b")


NOON = datetime(2026, 9, 25, 12, tzinfo=UTC)


def of_a_day(*networks: tuple[str, int, int]) -> Allowlist:
    """Return a list of networks, each added so many minutes after noon, with its position; the id says nothing."""
    entries = (
        Entry(parse_network(text), f"{minutes}", 9 - number, "v", NOON + timedelta(minutes=minutes), "Mara", 7, place)
        for number, (text, minutes, place) in enumerate(networks)
    )
    return Allowlist(entries=tuple(entries))


THREE = of_a_day(("10.0.0.0/8", 5, 3), ("198.51.100.0/24", 5, 2), ("192.0.2.0/24", 0, 9))


def test_the_order_is_when_it_was_added_then_the_position_and_never_the_id() -> None:
    assert newest_first(reversed(THREE.entries)) == THREE.entries


def test_what_is_not_stored_yet_is_the_newest() -> None:
    assert newest_first((*THREE.entries, Entry(NET)))[0].network == NET


def test_an_added_network_has_the_comment_and_the_scope_it_was_given() -> None:
    assert Allowlist().add(NET).entries[0].comment == ""
    assert Allowlist().add_current(IPV6).entries == (Entry(parse_network("2001:db8:9::/64")),)
    assert Allowlist().add_current(IPV6, "address", "Me").entries == (Entry(parse_network(IPV6.text), "Me"),)
