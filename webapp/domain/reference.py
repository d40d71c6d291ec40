"""References of blocked attempts: what a blocked person reads out or pastes, and an owner looks up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST = 20  # references that one person is given at one client within one hour
LONGEST = 2_000  # of a pasted text that is searched
LOOKS_ALIKE = str.maketrans("OIL", "011")  # Crockford's base 32: letters left out are read as the digit they look like.
_BLANKS_AND_DASHES = r"[\s\u00a0\u2000-\u200b\u202f\u2060\ufeff_\u002d\u2010-\u2015\u2212]*"
_HALF = r"[0-9A-TV-Z]{4}"
_BODY = rf"({_HALF}){_BLANKS_AND_DASHES}({_HALF})(?![0-9A-Z])"
_PREFIXED = re.compile(rf"(?<![0-9A-Z])BLK{_BLANKS_AND_DASHES}{_BODY}", re.IGNORECASE | re.ASCII)
_BARE = re.compile(_BODY, re.IGNORECASE | re.ASCII)
_BEGUN = re.compile(r"(?<![0-9A-Z])BLK[_\s]", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as it is stored. `is_certain`: what was typed can be nothing else."""

    text: str
    is_certain: bool


def format_reference(symbols: str) -> str:
    """Return eight symbols of the alphabet as a reference: blk_XXXX-XXXX."""
    return f"blk_{symbols[:4]}-{symbols[4:]}"


@dataclass(frozen=True, slots=True)
class Given:
    """A reference that a person was given, and the address that was shown with it ("": none)."""

    reference: str
    address: str


def given_again(given: Sequence[Given], address: str) -> Given | None:
    """Return which of a person's references within the hour is given again, or None where a new one is due.

    `given` is in the order in which they were given. One that was given keeps the address that it was given with; once
    there are as many as there may be, the latest is given again, and its address is shown again.
    """
    own = next((one for one in given if one.address == address), None)
    return own or (given[-1] if len(given) >= MOST else None)


def find_reference(text: str) -> Reference | None:
    """Return the one reference that the text holds or is, or None.

    Case, blanks and dashes do not matter, nor do words around a reference with its prefix: the blocked page offers
    a whole sentence to copy. Without the prefix the text must be nothing else, and may still be another word.
    """
    text = text[:LONGEST].strip()
    found = {_stored(match) for match in _PREFIXED.finditer(text)}
    if len(found) == 1:
        return Reference(found.pop(), is_certain=True)
    bare = _BARE.fullmatch(text)
    return Reference(_stored(bare), is_certain=False) if bare and not found else None


def speaks_of_reference(text: str) -> bool:
    """Whether the text means a reference, if not one that is written right."""
    return _BEGUN.search(text[:LONGEST]) is not None


def _stored(match: re.Match[str]) -> str:
    return format_reference((match[1] + match[2]).upper().translate(LOOKS_ALIKE))
