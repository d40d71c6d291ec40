"""Texts that are made to cost: refused or read, in time that grows with their length only (R13)."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from webapp.domain.reading import around
from webapp.domain.reading.behind import _is_harmless_word
from webapp.domain.reading.read import read
from webapp.domain.reading.unreadable import MAX_BYTES, Unreadable

PIECES = ["a", "1.", "1.1 ", "1:", "1.1\n", "\n", "\r", " ", " \n", "#\n", "}\n", "a:\n", "allow ", "allow 1;"]
PIECES += [
    "v=spf1 ",
    "'",
    '"',
    '""',
    '"x""\n',
    '1.1.1.1,"',
    '1.1.1.1,"a""\n',
    "[",
    "{",
    '["',
    "x: [\n",
    "<b>",
    "/*\n",
    "((",
    "- ",
]
PIECES += ["1.1.1.1.1 1::1 ", "203.0.113.1 not ", "192.0.2.1 and 192.0.2.2\n", "\u202e203.0.113.1\u200b", "\u00a0"]
PIECES += ["192.0.2.1-192.0.2.254\n", "2001:db8::1-2001:db8:ffff::\n", "1.1 " * 60 + "\n", '{"a":"b"},', "1.1.1.1/99 "]
PIECES += [f"a{' ' * 290}b\n", f"a={' ' * 290}b\n", f"<{'a' * 290}\n"]
HEADS = ["", "network,comment\n", f"network,{'x,' * 150}\n", "[", '{"a":[', "192.0.2.1 ", "192.0.2.1 #", "require ip "]


@pytest.mark.parametrize("head", HEADS)
def test_a_hostile_text_is_answered_in_time(head: str) -> None:
    size = MAX_BYTES // 8 if head else MAX_BYTES
    started = time.process_time()
    for piece in PIECES:
        text = head + piece * (size // len(piece.encode()))
        with suppress(Unreadable):
            read(text.encode()[:size].decode(errors="ignore"))
    assert time.process_time() - started < 0.6 * len(PIECES) * size / MAX_BYTES


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x\n" * 100_000, "too_many_errors"),
        ("a:\n" * 50_000, "too_many_errors"),
        ("x" * (MAX_BYTES + 1), "too_large"),
        ("\n".join(f"10.{number >> 8}.{number & 255}.0/24" for number in range(1_001)), "too_many_networks"),
        (" ".join(f"10.{number >> 8}.{number & 255}.0/24" for number in range(1_001)), "too_many_networks"),
        ("1.1.1.1 " * 9_999, "too_many_networks"),
    ],
)
def test_what_is_too_much_is_refused_by_its_limit(text: str, problem: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert caught.value.problem == problem
    assert "1,000" in caught.value.message or problem == "too_large"


def test_a_thousand_networks_are_read() -> None:
    text = "\n".join(f"10.{number >> 8}.{number & 255}.0/24" for number in range(1_000))
    assert len(read(text).lines) == 1_000


def test_one_line_of_a_quarter_of_a_megabyte_is_one_error() -> None:
    (line,) = read("x" * MAX_BYTES).lines
    assert line.problem
    assert line.problem.code == "too_long"


def test_after_many_errors_no_more_corrections_are_searched_for_and_all_are_errors_still() -> None:
    lines = read("192.0.2.7/24 Office\n" * 900).lines
    assert [line.number for line in lines if line.problem] == list(range(1, 901))
    assert lines[0].problem
    assert lines[0].problem.corrections
    assert lines[-1].problem
    assert not lines[-1].problem.corrections


def test_what_is_remembered_of_texts_stays_small() -> None:
    names = ",".join(f'"{number}{"x" * 900}": 1' for number in range(250))
    read(f'{{{names}, "networks": {{"a": "192.0.2.7"}}}}')
    read("\n".join(f"192.0.2.7 {'y' * 101} {number}" for number in range(500)))
    longest = "z" * 10_000
    assert around.plain_name(longest) == longest[:200]
    assert around.name_excludes.cache_info().currsize <= 1_024
    assert _is_harmless_word.cache_info().currsize <= 4_096
