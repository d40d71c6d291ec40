"""Texts of lines: mails, configurations, lists with dashes or quotes, tables without a header (R13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from webapp.domain.desired import Line, Problem
from webapp.domain.network import Network
from webapp.domain.reading.around import NEGATION
from webapp.domain.reading.headings import Headings
from webapp.domain.reading.look import Looking, trimmed
from webapp.domain.reading.physical import contents
from webapp.domain.reading.piece import Piece
from webapp.domain.reading.plain import plain_line
from webapp.domain.reading.statements import statement
from webapp.domain.reading.unreadable import MAX_AROUND, too_many_errors

_UNDER = Problem("negation", "A line above says, or may say, that this stays outside. A list can only let networks in.")
_NO_BLOCK = Problem("block_comment", "What is commented out here has to end at the end of a line.")
_BLOCK = re.compile(r"\s*(?P<mark>/\*|<!--)")
_CLOSING = {"/*": "*/", "<!--": "-->"}
_REST = re.compile(r"[ \t]*(?=[\r\n]|\Z)")
_OPENS = re.compile(r"""\s*"?[0-9A-Fa-f:./]+"?[,;\t][ ]*(?=")""")
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"(?=[ ]*(?:[,;\t\r\n]|\Z))[^\r\n]*')


def read_lines(text: str, looking: Looking) -> Iterator[Line]:
    """Yield what each line of a text wants. Empty lines and those that begin with `#` or `//` want nothing."""
    headings, left = Headings(), MAX_AROUND
    for number, at, whole, problem in _contents(text):
        start, _, is_odd = trimmed(whole)
        line = whole[start:].rstrip(" \t\r\n")
        pieces = [Piece(0, len(line), problem=problem)] if problem else _pieces(line, start, headings, looking)
        left -= not pieces
        if left < 0:
            raise too_many_errors()
        for piece in pieces:
            found = piece.problem or piece.network or _alone(looking.read(line[piece.start : piece.end]))
            yield Line(
                number,
                whole,
                network=found if isinstance(found, Network) else None,
                comment=piece.comment,
                problem=found if isinstance(found, Problem) else None,
                start=at + start + piece.start,
                end=at + start + piece.end,
                trimmed=is_odd,
            )


def _contents(text: str) -> Iterator[tuple[int, int, str, Problem | None]]:
    """Yield what is no comment as (number, place, line or quoted lines, problem)."""
    read_to, ends = 0, dict[str, int]()
    for number, at, raw in contents(text):
        if at < read_to:
            continue
        if opened := _BLOCK.match(raw):
            read_to = _after_block(text, _closing(text, at, _CLOSING[opened["mark"]], ends))
            if read_to < 0:
                yield number, at, raw, _NO_BLOCK
        else:
            whole = _with_quoted_lines(text, at, raw) if '"' in raw else raw
            read_to = at + len(whole)
            yield number, at, whole, None


def _alone(found: Network | Problem) -> Network | Problem:
    """What was read of a part of a line: nothing can be put behind its correction there."""
    return replace(found, comment="") if isinstance(found, Problem) else found


def _closing(text: str, at: int, mark: str, ends: dict[str, int]) -> int:
    """Return where the mark's next place behind that one ends; -1 where there is none.

    `ends` is what was found before: no part of the text is searched twice.
    """
    if mark not in ends or 0 <= ends[mark] <= at:
        found = text.find(mark, at)
        ends[mark] = found if found < 0 else found + len(mark)
    return ends[mark]


def _after_block(text: str, closing: int) -> int:
    """Where a block that is commented out ends, with its line; -1 where it ends elsewhere or nowhere."""
    rest = _REST.match(text, closing) if closing >= 0 else None
    return rest.end() if rest else -1


def _with_quoted_lines(text: str, at: int, raw: str) -> str:
    """The line, with those that follow where a quoted comment goes on in them."""
    opened = _OPENS.match(raw)
    quoted = _QUOTED.match(text, at + opened.end()) if opened else None
    return text[at : max(quoted.end(), at + len(raw))] if quoted else raw


def _pieces(line: str, indent: int, headings: Headings, looking: Looking) -> list[Piece]:
    pieces = statement(line)
    if pieces is None:
        is_outside = headings.take(line, indent)
        if is_outside is not None:
            return [Piece(0, len(line), problem=NEGATION)] if is_outside else []
        pieces = plain_line(line, looking)
    if headings.exclude:
        return [replace(piece, network=None, problem=_UNDER) for piece in pieces]
    return pieces
