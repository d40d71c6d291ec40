"""A program is called by its owner and its token, in as many characters as there is room for."""

import pytest

from webapp.domain.program_name import by_token, program_name


@pytest.mark.parametrize(
    ("owner", "token", "name"),
    [
        ("Ada", "CI", 'Ada (API token "CI")'),
        ("A" * 10, "C" * 10, f'{"A" * 10} (API token "{"C" * 10}")'),
        ("A" * 11, "C" * 20, f'{"A" * 9}… (API token "{"C" * 9}…")'),
        ("Ada", "C" * 20, f'Ada (API token "{"C" * 9}…")'),
    ],
)
def test_both_names_are_said_and_cut_where_they_do_not_fit(owner: str, token: str, name: str) -> None:
    assert program_name(owner, token, 35) == name
    assert len(name) <= 35


@pytest.mark.parametrize("token", ["CI", 'a "quoted" one', "two\nlines", ")"])
def test_the_token_is_found_in_the_name_again(token: str) -> None:
    assert by_token(program_name("Ada", token, 120)) == f' (API token "{token}")'


@pytest.mark.parametrize("name", ["Ada", "", "Ada (API)", 'API token "CI"', "operator"])
def test_a_persons_name_says_nothing_of_a_token(name: str) -> None:
    assert by_token(name) == ""
