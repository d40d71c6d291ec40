"""Whom a change of the list can sign out."""

import pytest

from tests.support.calls import calls_of
from webapp.domain.address import Address
from webapp.domain.allowlist import Allowlist
from webapp.domain.network import Network
from webapp.domain.signed_in import Person, Present, may_sign_out, parted

ONE, OTHER = map(Network.from_canonical, ("203.0.113.0/24", "198.51.100.0/24"))


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (Allowlist(active=True).add(ONE), Allowlist(active=True).add(ONE, "a comment"), False),
        (Allowlist(active=True).add(ONE).add(OTHER), Allowlist(active=True).add(ONE), True),
        (Allowlist(active=True).add(ONE), Allowlist(active=True).add(OTHER), True),
        (Allowlist(active=False).add(ONE), Allowlist(active=True).add(ONE), True),
        (Allowlist(active=False).add(ONE), Allowlist(active=False).add(OTHER), False),
        (Allowlist(active=True).add(ONE), Allowlist(active=False), False),
    ],
    ids=["comment", "delete", "edit", "activate", "edit of an inactive list", "deactivate"],
)
def test_a_change_signs_out_only_by_what_is_in_effect_after_it(before: Allowlist, after: Allowlist, may: bool) -> None:
    assert may_sign_out(before, after) is may


def test_whoever_leaves_one_place_is_named_with_it_and_stays_nowhere() -> None:
    before, after = Allowlist(active=True).add(ONE).add(OTHER), Allowlist(active=True).add(ONE)
    here, there, never = "203.0.113.9", "198.51.100.14", "192.0.2.200"
    people = parted(
        before,
        after,
        [
            Present(1, "Mara", there),
            Present(2, "Sanne", here),
            Present(1, "Mara", here),
            Present(2, "Sanne", "203.0.113.7"),
            Present(3, "Ola", never),
            Present(4, "Ola", None),
            Present(1, "Mara", "198.51.100.15"),
        ],
    )
    assert people.leaving == (Person(1, "Mara", (there, "198.51.100.15")),)
    assert people.staying == (
        Person(2, "Sanne", (here, "203.0.113.7")),
        Person(3, "Ola", (never,)),
        Person(4, "Ola", (None,)),
    )


def test_a_list_that_is_not_in_effect_afterwards_signs_nobody_out() -> None:
    before = Allowlist(active=True).add(ONE)
    assert parted(before, Allowlist(), [Present(1, "Mara", "203.0.113.9")]).leaving == ()
    assert parted(Allowlist(), before, [Present(1, "Mara", None)]).leaving == (Person(1, "Mara", (None,)),)


def test_twice_as_many_sessions_take_no_more_than_twice_the_calls() -> None:
    networks = [Network.from_canonical(f"10.0.{number}.0/24") for number in range(200)]
    before = Allowlist()
    for network in networks:
        before = before.add(network)
    after = before.activate(Address("10.0.0.1", bytes([10, 0, 0, 1])))
    present = [Present(number // 2, "Mara", f"192.0.2.{number % 250}") for number in range(4_000)]
    few, many = (calls_of(lambda count=count: parted(before, after, present[:count])) for count in (2_000, 4_000))  # type: ignore[misc]
    assert many - few <= 2_000 * 2
