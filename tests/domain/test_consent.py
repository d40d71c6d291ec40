"""A yes counts for people, not for sessions (R8c)."""

from __future__ import annotations

import random

import pytest

from webapp.domain.consent import NAMED, Consent


def test_it_counts_for_who_was_named_and_for_fewer() -> None:
    consent = Consent.of([3, 5])
    assert all(consent.counts_for(people) for people in ([3, 5], [5], []))
    assert not any(consent.counts_for(people) for people in ([7], [3, 7], [3, 5, 7]))


def test_nobody_named_is_a_yes_to_nobody() -> None:
    assert (str(Consent.of([])), Consent().counts_for([]), Consent().counts_for([1])) == ("", True, False)


def test_two_hundred_are_named_each_and_of_more_it_says_how_many() -> None:
    assert Consent.of(range(NAMED)).people == frozenset(range(NAMED))
    assert str(Consent.of(range(NAMED + 1))) == "all:201"


def test_a_number_is_a_yes_to_whoever_it_is_up_to_twice_as_many() -> None:
    consent = Consent.of(range(300))
    assert consent.counts_for(range(5_000, 5_600))
    assert not consent.counts_for(range(601))


@pytest.mark.parametrize(
    "text", ["", "x", "all:", "all:-1", "all:1,2", "1,", ",1", "1;2", "٣", "0" * 8 + "x", "1" * 19]
)
def test_what_no_question_has_written_names_nobody(text: str) -> None:
    assert Consent.parse(text) == Consent()


def test_what_is_written_is_read_as_it_was() -> None:
    chance = random.Random(7)  # noqa: S311
    for count in (0, 1, 2, 199, 200, 201, 5_000):
        consent = Consent.of(chance.sample(range(10**9), count))
        assert Consent.parse(str(consent)) == consent


def test_people_who_come_and_go_by_turns_are_all_named_in_the_end() -> None:
    chance, members, consent = random.Random(7), range(20), Consent()  # noqa: S311
    for _ in members:  # Each refusal names at least one more.
        there = {member for member in members if chance.random() < 0.5}
        if not consent.counts_for(there):
            consent = Consent.of(there).after(consent)
    assert consent.counts_for(members)


def test_what_was_named_before_is_kept_only_while_each_can_be_named() -> None:
    named, others = Consent.of(range(200)), Consent.of(range(1_000, 1_200))
    assert others.after(named).counts_for([*range(200), *range(1_000, 1_200)])
    assert Consent.of([5_000]).after(others.after(named)) == Consent.of([5_000])
    assert Consent.of(range(300)).after(named) == Consent.of(range(300))
    assert named.after(Consent.of(range(300))) == named
