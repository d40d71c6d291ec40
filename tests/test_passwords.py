"""Passwords: only a whole hash that was made of the same password fits."""

import pytest

from webapp.domain.password import problem
from webapp.passwords import hash_password, is_right


@pytest.mark.parametrize("password", ["nobody's password", "", "a long enough password"])
@pytest.mark.parametrize("stored", ["", None])
def test_without_a_hash_no_password_fits(password: str, stored: str | None) -> None:
    assert not is_right(password, stored)


@pytest.mark.parametrize("typed", ["\udcff\udcfe" + "a" * 13, "a" * 12 + "\0"])
def test_what_is_no_text_is_no_new_password(typed: str) -> None:
    assert "UTF-8" in problem(typed)


def test_the_right_password_fits_its_own_hash_only() -> None:
    stored = hash_password("a long enough password")
    assert is_right("a long enough password", stored)
    assert not is_right("another long password", stored)
