"""A program's list: objects with a network and perhaps a comment, as decoded JSON has them (R13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from webapp.domain.comment import CommentError, parse_comment
from webapp.domain.desired import Line, Problem
from webapp.domain.network import Network
from webapp.domain.reading.look import Looking

_NO_OBJECT = Problem("type", "Each entry must be an object with a network.")
_NO_COMMENT = Problem("type", "A comment must be given as text.")
MAX_SHOWN = 60  # characters of a name that is not known
KEYS = frozenset({"network", "comment"})
TOLD = frozenset({"id", "added_at", "added_by"})
"""What the API says of a network and nobody can set: ignored, so that what was read can be sent back."""
_NO_NETWORK = Problem("type", "A network must be given as text.")


def read_entries(entries: Iterable[object]) -> tuple[Line, ...]:
    """Return what each entry wants, numbered from 1. A comment that is missing or null is not said; "" is.

    The caller bounds how many there are.
    """
    looking = Looking()
    return tuple(_line(number, entry, looking) for number, entry in enumerate(entries, 1))


def _line(number: int, entry: object, looking: Looking) -> Line:
    if not isinstance(entry, Mapping):
        return Line(number, "", problem=_NO_OBJECT)
    text, comment = entry.get("network"), entry.get("comment")
    if unknown := [key for key in entry if key not in KEYS | TOLD]:
        return Line(number, text if isinstance(text, str) else "", problem=_unknown(str(unknown[0])))
    if not isinstance(text, str):
        return Line(number, "", problem=_NO_NETWORK)
    if not isinstance(comment, str | None):
        return Line(number, text, problem=_NO_COMMENT)
    found = looking.read(text)
    if not isinstance(found, Network):
        return Line(number, text, problem=found)
    try:
        return Line(number, text, found, comment if comment is None else parse_comment(comment))
    except CommentError as error:
        return Line(number, text, problem=Problem.of(error))


def _unknown(key: str) -> Problem:
    shown = key if len(key) <= MAX_SHOWN else f"{key[:MAX_SHOWN]}…"
    return Problem("unknown_key", f"“{shown}” isn’t known here: an entry has a network, and perhaps a comment.")
