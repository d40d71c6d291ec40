"""Characters that have no place in a line of text."""

import unicodedata


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
