"""A plain line: a network and its comment, or several networks (R13)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice, pairwise, takewhile

from webapp.domain.desired import Problem
from webapp.domain.notation import networks_of_range
from webapp.domain.pasted import mentions_network
from webapp.domain.reading.around import NEGATION, name_excludes, plain_name
from webapp.domain.reading.behind import comment_behind
from webapp.domain.reading.look import INVISIBLE, Looking, network_of
from webapp.domain.reading.piece import MAX_PIECES, Piece

_LONGEST = 100  # of a range
_BULLET = re.compile(r"-\s+")
_LIST = re.compile(r"(?:(?P<name>[\w.\"' -]{1,80})[:=]\s*+)?\[(?P<items>[^\[\]]*)\]\s*,?\s*(?:#.*)?")
_HEAD = re.compile(rf"""(?P<quote>["'`]?)(?P<text>[^\s,;#"'`|{INVISIBLE}]+)(?P=quote)""")
_BETWEEN = re.compile(rf"[\s,;{INVISIBLE}]*")
_TOKENS = re.compile(rf"""[^\s,;|"'`{INVISIBLE}]+""")
_HASH = re.compile(r"(?:(?<=[\s,;\"'`])|^)(?:#|//)(?P<comment>.*)", re.DOTALL)
_MASK = re.compile(r"(?:255|0)(?:\.[0-9]{1,3}){3}")
_SEVERAL = Problem("several_values", "Another network stands in this line: put each on a line of its own.")

_FIRST = Problem("comment_in_field", "Write the network first, and what is said of it behind it.")


def plain_line(line: str, looking: Looking) -> list[Piece]:
    """Return what a line names that is no statement of a configuration; its ends are trimmed."""
    start = bullet.end() if (bullet := _BULLET.match(line)) else 0
    found = _LIST.fullmatch(line, start)
    if found and re.search(r"[\"',]", found["items"]):
        if found["name"] and name_excludes(plain_name(found["name"])):
            return [Piece(0, len(line), problem=NEGATION)]
        return _several(line, *found.span("items"), fewest=1) or _one(line, start, looking)
    return _one(line, start, looking)


def _one(line: str, start: int, looking: Looking) -> list[Piece]:
    head = _HEAD.match(line, start)
    network = network_of(head["text"]) if head else None
    if head is None or network is None:
        return _unsound(line, start, looking)
    piece = Piece(*head.span("text"), network)
    between = _BETWEEN.match(line, head.end())
    rest = line[between.end() if between else head.end() :]
    if not rest:
        return [piece]
    if said := _HASH.match(rest):
        return [piece.saying(said["comment"])]
    if several := _several(line, start, len(line)):
        return several
    comment = comment_behind(rest, is_address="/" not in head["text"])
    if isinstance(comment, Problem):
        return [replace(piece, network=None, problem=comment)]
    return [_field(line, start, looking) if comment is None else replace(piece, comment=comment or None)]


def _unsound(line: str, start: int, looking: Looking) -> list[Piece]:
    """A line whose first word is no network: several of which that is one, or what the field says of it."""
    if several := _several(line, start, len(line)):
        return several
    said = _HASH.search(line, start + 1)
    piece = _field(line[: said.start()].rstrip() if said else line, start, looking, _FIRST)
    if said and piece.problem:
        piece = replace(piece, end=len(line), problem=replace(piece.problem, comment=said["comment"].strip()))
    return [piece]


def _several(line: str, start: int, end: int, *, fewest: int = 2) -> list[Piece]:
    """The networks of a part of a line where nothing but networks stands; none where a mask or anything else does."""
    said = _HASH.search(line, start, end)
    tokens = _TOKENS.finditer(line, start, said.start() if said else end)
    words = list(islice(takewhile(lambda token: mentions_network(token[0]), tokens), MAX_PIECES))
    if len(words) < fewest or (
        len(words) < MAX_PIECES and _TOKENS.search(line, words[-1].end(), said.start() if said else end)
    ):
        return []
    if any(_MASK.fullmatch(other[0]) and "/" not in one[0] for one, other in pairwise(words)):
        return []
    return [Piece(*word.span()).saying(said["comment"] if said else None) for word in words]


def _field(line: str, start: int, looking: Looking, instead: Problem = _SEVERAL) -> Piece:
    """What the network field says of a line that is not read otherwise; `instead` of that a comment is not its own."""
    problem = looking.problem(line[start:])
    if problem.code == "range_notation" and not problem.corrections:
        networks = networks_of_range(line[start:][:_LONGEST])
        problem = replace(problem, corrections=(", ".join(networks),) if networks else ())
    if problem.code == _SEVERAL.code:
        problem = _SEVERAL
    if problem.code == "comment_in_field":
        problem = replace(problem, code=instead.code, message=instead.message)
        problem = replace(problem, corrections=()) if instead is _SEVERAL else problem
    return Piece(start, len(line), problem=problem)
