"""From bytes to text: UTF-8 and UTF-16 are read, anything else is refused by the name of its problem (R13)."""

from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.reading.decoding import decode
from webapp.domain.reading.read import read
from webapp.domain.reading.unreadable import MAX_BYTES, Unreadable

TEXT = "network;comment\r\n203.0.113.0/24;Büro Köln 東京 🏢\r\n"


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(decode(data))
    assert caught.value.message.endswith((".", "?"))
    return caught.value.problem


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16 le", "utf-16 be"],
)
def test_what_says_what_it_is_is_read(data: bytes) -> None:
    assert decode(data) == TEXT
    assert read(decode(data)).lines[0].comment == "Büro Köln 東京 🏢"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (TEXT.replace("東京 🏢", "").encode("cp1252"), "encoding"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "encoding"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le") + b"x", "encoding"),
        (TEXT.encode("utf-16-le"), "nul"),
        (b"203.0.113.0/24\0\n", "nul"),
        (codecs.BOM_UTF16_LE + "203.0.113.7\0".encode("utf-16-le"), "nul"),
        (TEXT.encode() + "Büro".encode("cp1252"), "two_encodings"),
        (b"203.0.113.7\n" + codecs.BOM_UTF16_LE + "Büro".encode("utf-16-le"), "nul"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le") + b"198.51.100.0/24\n", "two_encodings"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be") + b"198.51.100.0/24\n", "two_encodings"),
        (b"x" * (MAX_BYTES + 1), "too_large"),
        (("é" * (MAX_BYTES // 2 + 1)).encode(), "too_large"),
        (codecs.BOM_UTF16_LE + ("é" * (MAX_BYTES // 2 + 1)).encode("utf-16-le"), "too_large"),
    ],
)
def test_anything_else_is_refused_by_its_name(data: bytes, problem: str) -> None:
    assert refused(data) == problem


def test_the_line_that_is_in_another_encoding_is_named() -> None:
    with pytest.raises(Unreadable, match="line 3"):
        decode(b"203.0.113.7\n\nB\xfcro\n")


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Unreadable):
        read("203.0.113.7 \ud800")


@given(st.binary(), st.sampled_from([b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]))
def test_any_bytes_are_read_or_refused(data: bytes, mark: bytes) -> None:
    with suppress(Unreadable):
        read(decode(mark + data))
