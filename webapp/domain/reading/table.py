"""Tables: CSV as RFC 4180 has it, between commas, semicolons or tabs (R13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from webapp.domain.desired import Line, Problem
from webapp.domain.reading.around import plain_name
from webapp.domain.reading.look import BLANKS, Looking
from webapp.domain.reading.physical import contents, line_ends
from webapp.domain.reading.row import Cell, Row, counts, is_about_networks, read_row
from webapp.domain.reading.unreadable import MAX_COLUMNS, too_many_columns

_SEPARATOR = re.compile(r"sep=([,;\t])[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)  # Excel's own first line
_NETWORK = re.compile(r"[0-9][./][0-9]|:[0-9A-Fa-f]*:")
_QUOTED = re.compile(r' *+"(?P<text>[^"]*+(?:""[^"]*+)*+)" *+')
_OPENED = re.compile(r' *+"')
_PLAIN = {",": re.compile(r"[^,\r\n]*+"), ";": re.compile(r"[^;\r\n]*+"), "\t": re.compile(r"[^\t\r\n]*+")}
_UNTERMINATED = Problem("unterminated_quote", "A quotation mark is opened here and not closed before the next column.")
_COLUMNS = Problem(
    "columns", "This row has more columns than the first one. A text with a comma in it needs quotation marks."
)


class Record(NamedTuple):
    """A record: its line, where it stands, its fields and where each begins; None where a quote is not closed."""

    number: int
    start: int
    end: int
    fields: list[str] | None
    starts: list[int]


class Table(NamedTuple):
    """Where the records of a table begin, what stands between its fields, and its columns' plain names."""

    start: int
    number: int
    delimiter: str
    names: list[str]
    counted: frozenset[str]


def table_in(text: str) -> Table | None:
    """Return the table that a text is: its first line of content names columns, one of them the network's.

    Raises:
        Unreadable: it has more than MAX_COLUMNS columns.
    """
    start = marked.end() if (marked := _SEPARATOR.match(text)) else 0
    begins = next(contents(text, start, 1 + line_ends(text, 0, start)), None)
    if begins is None:
        return None
    number, start, _ = begins
    for delimiter in marked[1] if marked else ",;\t":
        first = next(records(text, delimiter, start, number), None)
        fields = (first and first.fields) or []
        names = [plain_name(field) for field in fields[: MAX_COLUMNS + 1]]
        if first is None or len(names) < 2 or not is_about_networks(names) or any(map(_NETWORK.search, fields)):
            continue
        if len(names) > MAX_COLUMNS:
            raise too_many_columns()
        return Table(
            first.end,
            first.number + line_ends(text, first.start, first.end),
            delimiter,
            names,
            frozenset(filter(counts, names)),
        )
    return None


def read_table(text: str, table: Table, looking: Looking) -> Iterator[Line]:
    """Yield what each row of a table wants; empty rows and those that are comments want nothing."""
    for number, start, end, fields, starts in records(text, table.delimiter, table.start, table.number):
        row = text[start:end]
        if fields is None:
            yield Line(number, row, problem=_UNTERMINATED, start=start, end=end)
        elif len(fields) > len(table.names) and any(field.strip() for field in fields[len(table.names) :]):
            yield Line(number, row, problem=_COLUMNS, start=start, end=end)
        else:
            columns = list(zip(table.names, fields, starts, strict=False))
            others = [(name, field) for name, field, _ in columns if field and name not in table.counted]
            cells = [
                Cell(name, field.removeprefix("'"), at, _end(text, field, at))
                for name, field, at in columns
                if name in table.counted
            ]
            yield read_row(Row(number, row, cells, others), looking)


def records(text: str, delimiter: str, start: int, number: int) -> Iterator[Record]:
    """Yield the records from a place on that are neither empty nor comments; `number` is that of the line there.

    One whose quote is not closed ends with its line.
    """
    read_to = start
    for line, begin, raw in contents(text, start, number, BLANKS + delimiter):
        if begin < read_to:
            continue  # a quoted field went on in it
        fields: list[str] | None
        read_to = begin + len(raw)
        if '"' in raw:
            fields, starts, read_to = _quoted(text, begin, read_to, delimiter)
        else:
            fields = raw.split(delimiter)
            starts = [begin, *(begin + at for at in accumulate(len(field) + 1 for field in fields[:-1]))]
        yield Record(line, begin, read_to, fields, starts)


def _quoted(text: str, at: int, end: int, delimiter: str) -> tuple[list[str] | None, list[int], int]:
    """Return the fields of a record that has quotes, where they begin, and where it ends."""
    fields: list[str] = []
    starts: list[int] = []
    while True:
        if found := _QUOTED.match(text, at):
            fields.append(found["text"].replace('""', '"'))
            starts.append(found.start("text"))
        elif not _OPENED.match(text, at) and (found := _PLAIN[delimiter].match(text, at)):
            fields.append(found[0])
            starts.append(at)
        else:
            return None, [], end
        at = found.end()
        if at == len(text) or text[at] in "\r\n":
            return fields, starts, at
        if text[at] != delimiter:
            return None, [], end
        at += 1


def _end(text: str, field: str, at: int) -> int:
    """Where a field ends that begins there: each quotation mark in a quoted one is written twice."""
    return at + len(field) + (0 if text.startswith(field, at) else field.count('"'))
