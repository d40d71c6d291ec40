"""Reading a text of networks, whatever it is written in (R13).

The first of these that fits says what the text is:

1. It begins with `{` or `[` and is JSON: `data.py`.
2. Its first line that is neither empty nor a comment names columns, one of them the network's: `table.py`.
3. Otherwise it is read line by line: `lines.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from webapp.domain.allowlist import MAX_NETWORKS
from webapp.domain.desired import Line
from webapp.domain.reading.data import Document
from webapp.domain.reading.decoding import require_readable
from webapp.domain.reading.lines import read_lines
from webapp.domain.reading.look import Looking
from webapp.domain.reading.table import read_table, table_in
from webapp.domain.reading.tree import document
from webapp.domain.reading.unreadable import MAX_ERRORS, too_many_errors, too_many_networks

Format = Literal["json", "table", "lines"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text wants, line by line, and what it was taken for."""

    text: str
    format: Format
    lines: tuple[Line, ...]

    def corrected(self, line: Line, correction: str) -> str:
        """Return the text with a correction in the place of what it corrects; what stood around stays its comment."""
        comment = line.problem.comment if line.problem and self.format == "lines" else ""
        new = f"{correction} # {comment}" if comment else correction
        return self.text[: line.start] + new + self.text[line.end :]


def read(text: str) -> Reading:
    """Read a text of at most MAX_BYTES, in time linear in its length.

    Raises:
        Unreadable: it is not read at all: too large, too many networks or errors, broken or deeply nested JSON, NULs.
    """
    require_readable(text)
    text = text.removeprefix("\ufeff")
    looking = Looking()
    if root := document(text):
        return Reading(text, "json", _limited(Document(text, looking).read(root)))
    if table := table_in(text):
        return Reading(text, "table", _limited(read_table(text, table, looking)))
    return Reading(text, "lines", _limited(read_lines(text, looking)))


def _limited(lines: Iterator[Line]) -> tuple[Line, ...]:
    taken: list[Line] = []
    left = {True: MAX_NETWORKS, False: MAX_ERRORS}
    for line in lines:
        is_network = line.network is not None
        left[is_network] -= 1
        if left[is_network] < 0:
            raise too_many_networks() if is_network else too_many_errors()
        taken.append(line)
    return tuple(taken)
