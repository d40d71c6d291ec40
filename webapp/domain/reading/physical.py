"""The lines of a text, as editors count them: line feeds and carriage returns end a line, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.domain.reading.look import BLANKS

_LINE = re.compile(r"[^\r\n]+")


def line_ends(text: str, start: int, end: int) -> int:
    """Return how many lines end between two places."""
    return text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)


def contents(text: str, start: int = 0, number: int = 1, blanks: str = " ") -> Iterator[tuple[int, int, str]]:
    """Yield (number, place, line) of the lines from a place on that are neither empty nor comments.

    `blanks` are further characters that make a line no fuller; `number` is that of the line at the start.
    """
    for line in _LINE.finditer(text, start):
        said = line[0].lstrip(BLANKS)
        if said.lstrip(blanks) and not said.startswith(("#", "//")):
            number += line_ends(text, start, line.start())
            start = line.start()
            yield number, start, line[0]
