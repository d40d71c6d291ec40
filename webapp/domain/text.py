"""Characters that have no place in a line of text."""

import re
import unicodedata

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
_NO_TEXT = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_NONCHARACTERS}]")


def is_control(character: str) -> bool:
    """Whether the character is a control, half of a surrogate pair, or one of Unicode's noncharacters.

    Unassigned characters are not among these: a newer Unicode than this Python's may have made them emoji.
    """
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_noncharacter or unicodedata.category(character) in {"Cc", "Cs"}


def printable(text: str) -> str:
    """Return what was typed as it may stand in HTML, which has no place for control characters."""
    return "".join("\ufffd" if is_control(character) else character for character in text)


def printable_lines(text: str) -> str:
    """Return a text of several lines, with tabs, as it may stand in HTML; a form sends CR LF for each line's end."""
    return _NO_TEXT.sub("\ufffd", text.replace("\r\n", "\n"))
