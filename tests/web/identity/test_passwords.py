"""Passwords: only a whole hash that was made of the same password fits, and nothing else tells by its time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.security import generate_password_hash

from tests.conftest import SHIPPED
from webapp.domain.password import problem
from webapp.identity import passwords
from webapp.identity.passwords import hash_password, is_outdated, is_right

PASSWORD = "a long enough password"
SALTED = "$salt$" + "0" * 128
UNREADABLE = [
    *(None, "", " ", "!", "x", "$", "$$", "scrypt", "scrypt:", "scrypt:$salt$", "scrypt:$$", "scrypt" + SALTED),
    *("scrypt:1024" + SALTED, "scrypt:1024:8" + SALTED, "scrypt:1024:8:x" + SALTED, "scrypt:-1024:8:1" + SALTED),
    *("scrypt:1000:8:1" + SALTED, "scrypt:0:8:1" + SALTED, "scrypt:1:8:1" + SALTED, "scrypt:1024:0:1" + SALTED),
    *("scrypt:1024:8:0" + SALTED, "scrypt:1048576:8:1" + SALTED, "scrypt:65536:1:1" + SALTED),
    *("scrypt:1024:8:99" + SALTED * 2, "scrypt:9999999999:8:1" + SALTED, "scrypt:1024:8:1$salt$", "plain$salt$a long"),
    *("sha256$salt$" + "0" * 64, "pbkdf2:sha256:1$salt$" + "0" * 64, "pbkdf2:sha256:999999999$salt$" + "0" * 64),
    *(
        "pbkdf2:x" + SALTED,
        "md5" + SALTED,
        "scrypt:\u0661024:8:1" + SALTED,
        "\udcff" + SALTED,
        "bcrypt$2b$12$x",
    ),
]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The cost of every scrypt that runs; today's method is three times the one of before, as the shipped one is."""
    monkeypatch.setattr(passwords, "METHOD", "scrypt:1024:8:3")
    done: list[int] = []
    real: Callable[..., bytes] = hashlib.scrypt

    def counting(password: bytes, **options: Any) -> bytes:
        done.append(options["n"] * options["r"] * options["p"])
        return real(password, **options)

    monkeypatch.setattr(hashlib, "scrypt", counting)
    return done


@pytest.mark.parametrize("stored", UNREADABLE, ids=lambda stored: ascii(stored)[:40])
def test_what_is_no_hash_fits_no_password_breaks_nothing_and_costs_what_a_wrong_one_does(
    work: list[int], stored: str | None
) -> None:
    assert not any(is_right(typed, stored) for typed in (PASSWORD, "", "nobody", "!", "0" * 128))
    assert work == [1024 * 8 * 3] * 5


@pytest.mark.parametrize("method", ["scrypt:1024:8:1", "scrypt:1024:8:2", "scrypt:1024:8:3"])
@pytest.mark.parametrize("typed", [PASSWORD, "another long password"])
def test_a_hash_of_before_costs_as_much_as_one_of_today(work: list[int], method: str, typed: str) -> None:
    stored = generate_password_hash(PASSWORD, method)
    work.clear()
    assert is_right(typed, stored) == (typed == PASSWORD)
    assert sum(work) == 1024 * 8 * 3


def test_a_dearer_hash_fits_and_is_renewed() -> None:
    stored = generate_password_hash(PASSWORD, "scrypt:2048:8:2")
    assert (is_right(PASSWORD, stored), is_right("another", stored), is_outdated(stored)) == (True, False, True)


def test_new_hashes_cost_what_owasp_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "METHOD", SHIPPED)
    stored = hash_password(PASSWORD)
    assert stored.startswith("scrypt:32768:8:3$")
    assert is_right(PASSWORD, stored)
    assert [is_outdated(text) for text in (stored, "scrypt:32768:8:1" + SALTED, "scrypt:32768:8:30" + SALTED)] == [
        *(False, True, True)
    ]


@pytest.mark.parametrize("typed", ["\udcff\udcfe" + "a" * 13, "a" * 12 + "\0"])
def test_what_is_no_text_is_no_new_password(typed: str) -> None:
    assert "UTF-8" in problem(typed)


def test_the_right_password_fits_its_own_hash_only() -> None:
    stored = hash_password(PASSWORD)
    assert is_right(PASSWORD, stored)
    assert not is_right("another long password", stored)
