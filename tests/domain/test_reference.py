"""References of blocked attempts, as people type, read out and paste them."""

import pytest

from webapp.domain.reference import (
    ALPHABET,
    MOST,
    Given,
    Reference,
    find_reference,
    format_reference,
    given_again,
)

STORED = "blk_7K2M-9QX0"


@pytest.mark.parametrize(
    "typed",
    [
        "blk_7K2M-9QX0",
        "BLK_7K2M-9QX0",
        "blk_7k2m-9qx0",
        "  blk_7K2M-9QX0\n",
        "\u00a0blk_7K2M-9QX0\u200b",
        "blk 7K2M 9QX0",
        "blk-7K2M-9QX0",
        "blk7k2m9qx0",
        "blk_7K2M–9QX0",
        "blk_7K2M\u20119QX0",
        "blk_7K2M-9QXO",
        "Reference: blk_7K2M-9QX0. Can you add it to the IP allowlist?",
        "My address: 198.51.100.201. Time: 25 Sep 2026, 14:32 UTC. Reference: blk_7K2M-9QX0.",
        "(blk_7K2M-9QX0), again: BLK_7K2M-9QX0",
    ],
)
def test_with_its_prefix_a_reference_is_found_however_it_is_written(typed: str) -> None:
    assert find_reference(typed) == Reference(STORED, is_certain=True)


@pytest.mark.parametrize("typed", ["7K2M-9QX0", "7k2m9qx0", " 7K2M 9QX0 ", "7K2M–9QXo"])
def test_without_its_prefix_it_may_be_another_word(typed: str) -> None:
    assert find_reference(typed) == Reference(STORED, is_certain=False)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "blk_",
        "blk_7K2M-9QX",
        "blk_7K2M-9QX00",
        "blk_7K2U-9QX0",
        "xblk_7K2M-9QX0",
        "see 7K2M-9QX0",
        "blk_7K2M-9QX0 or blk_7K2M-9QX1",
        "198.51.100.201",
        "2001:db8::1",
        "203.0.113.0/24",
        "blk_" + "7" * 3_000,
    ],
)
def test_what_is_no_reference_or_more_than_one_is_none(typed: str) -> None:
    assert find_reference(typed) is None


def test_what_is_made_is_found_and_no_two_symbols_look_alike() -> None:
    for start in range(len(ALPHABET) - 7):
        made = format_reference(ALPHABET[start : start + 8])
        assert find_reference(made.lower()) == Reference(made, is_certain=True)
    assert not set("ILOU") & set(ALPHABET)


def test_an_address_is_given_its_own_reference_again_another_one_a_new_one_until_there_are_twenty() -> None:
    given = [Given(f"blk_{number}", f"2001:db8::{number}") for number in range(MOST)]
    assert MOST == 20
    for many in range(MOST):
        assert given_again(given[:many], "") is None
        assert [given_again(given[:many], one.address) for one in given[:many]] == given[:many]
    assert given_again(given, "2001:db8::77") == given[-1]
    assert given_again(given, given[3].address) == given[3]
