"""What a new password must not be; `webapp/domain/password.py`."""

import pytest

from webapp.domain.password import problem

KNOWN = ("dana.kessler@example.com", "Dana Kessler von Halden")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "12"),
        ("short", "12"),
        ("x" * 1_025, "1024"),
        ("a long enough\0password", "NUL"),
        (" " * 12, "blanks"),
        ("\t\n \u2003" * 4, "blanks"),
        ("a" * 12, "repeated"),
        ("aAaAaAaAaAaA", "repeated"),
        ("a a a a a a a", "repeated"),
        ("\u200b" * 12, "repeated"),
        ("dana.kessler@example.com", "e-mail"),
        (" Dana.Kessler@Example.com ", "e-mail"),
        ("dana kessler VON halden", "name"),
    ],
)
def test_a_password_that_anybody_would_try_is_refused(password: str, said: str) -> None:
    assert said in problem(password, *KNOWN)


@pytest.mark.parametrize(
    "password", ["a long enough password", " leading and trailing ", "ababababab12", "пароль длинный"]
)
def test_any_other_password_is_good(password: str) -> None:
    assert problem(password, *KNOWN) == ""
