"""From the bytes of a file to its text: UTF-8, or UTF-16 that says so (R13)."""

from __future__ import annotations

import codecs
import re

from webapp.domain.reading.unreadable import MAX_BYTES, Unreadable

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SAVE = "Save the file as UTF-8 and try again."
_TWO = f"Two files in different encodings seem to be joined here. {_SAVE}"
# Six bytes of an address in a row, where UTF-16 has a NUL beside each: no script's letters look like that.
_ASCII = re.compile(rb"[0-9./:,;\r\n ]{6}")


def decode(data: bytes) -> str:
    """Return the text of a file without its byte order mark.

    Raises:
        Unreadable: the bytes are in another encoding than UTF-8, or than UTF-16 with a byte order mark; in two; or
            there are too many of them.
    """
    if len(data) > 2 * MAX_BYTES + 2:  # UTF-16 has two bytes where UTF-8 may have one
        raise too_large()
    if data.startswith(_UTF_32):
        raise Unreadable("encoding", f"This file is UTF-32, which can’t be read. {_SAVE}")
    if encoding := _UTF_16.get(data[:2]):
        return _from_utf_16(data[2:], encoding)
    if b"\0" in data:
        raise nul()
    return _from_utf_8(data.removeprefix(codecs.BOM_UTF8))


def require_readable(text: str) -> None:
    """Refuse a text with a NUL, with half a character, or above MAX_BYTES. Raises Unreadable."""
    if "\0" in text:
        raise nul()
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Unreadable("encoding", f"A character of this text is broken. {_SAVE}") from None
    if size > MAX_BYTES:
        raise too_large()


def too_large() -> Unreadable:
    """Return the refusal of a text above the limit."""
    return Unreadable("too_large", f"This is larger than {MAX_BYTES // 1024} KB of text. Use a part of it.")


def nul() -> Unreadable:
    """Return the refusal of what is no text (a spreadsheet, a picture), or UTF-16 that does not say so."""
    message = "This isn’t plain text: it has NUL characters. Save it as CSV or as text, in UTF-8, and try again."
    return Unreadable("nul", message)


def _from_utf_16(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("encoding", f"This file says that it is UTF-16, but isn’t. {_SAVE}") from None
    if "\ufeff" in text or "\ufffe" in text or _ASCII.search(data):
        raise Unreadable("two_encodings", _TWO)
    return text


def _from_utf_8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        if any(data.startswith(mark, error.start) for mark in _UTF_16) or not data[: error.start].isascii():
            raise Unreadable("two_encodings", _TWO) from None
        line = 1 + data.count(b"\n", 0, error.start)
        message = f"This file isn’t UTF-8: the first character that can’t be read is in line {line:,}. {_SAVE}"
        raise Unreadable("encoding", message) from None
