"""A row of a table, or an object of a list: which value is the network, which the comment (R13)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from webapp.domain.address import AddressError, pack
from webapp.domain.comment import CommentError, parse_comment
from webapp.domain.desired import Line, Problem
from webapp.domain.network import Network
from webapp.domain.reading.around import beside_problem
from webapp.domain.reading.look import Looking, is_like_a_network, network_of, trimmed

NETWORK_NAMES = ("network", "cidr", "ip", "address", "prefix", "subnet", "ip address", "cidr block")
COMMENT_NAMES = frozenset({"comment", "description", "name", "note"})
MASK_NAMES = frozenset({"mask", "netmask", "net mask", "subnet mask", "subnetmask", "wildcard", "bits"})
MASK_NAMES |= {"prefix length", "prefixlength", "prefix len", "prefixlen", "mask length", "mask len", "masklen"}
_SEVERAL = Problem("several_values", "Several networks stand here: write each by itself.")
_BREAK = re.compile(r"[\r\n]+")
_PREFIX = re.compile(r"/?[0-9]{1,3}")


class Cell(NamedTuple):
    """A value under its plain name, and where it stands in the text."""

    name: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number and its text as it was: the values that count, and others, by plain name."""

    number: int
    text: str
    cells: Sequence[Cell]
    others: Sequence[tuple[str, str]] = ()


def counts(name: str) -> bool:
    """Whether the plain name is that of a network, of a part of one, or of a comment."""
    return name in NETWORK_NAMES or name in COMMENT_NAMES or name in MASK_NAMES


def is_about_networks(names: Sequence[str]) -> bool:
    """Whether one of the plain names is that of a network."""
    return any(name in NETWORK_NAMES for name in names)


def read_row(row: Row, looking: Looking) -> Line:
    """Return what a row wants.

    What stands in a comment's column is comment, whatever it says. A mask or a prefix of its own column belongs to the
    network; other columns only decide whether the row excludes.
    """
    place, value = _value(row.cells)
    start, end, is_odd = trimmed(value or "")
    try:
        comment, found = _comment(row.cells), _found(value, start, end, looking)
    except CommentError as error:
        comment, found = None, Problem.of(error)
    found = beside_problem(row.others) or found
    is_network = isinstance(found, Network)
    return Line(
        row.number,
        row.text,
        network=found if isinstance(found, Network) else None,
        comment=comment if is_network else None,
        problem=replace(found, comment=comment or found.comment) if isinstance(found, Problem) else None,
        start=place.start,
        end=place.end,
        trimmed=is_odd,
    )


def _found(value: str | None, start: int, end: int, looking: Looking) -> Network | Problem:
    return _SEVERAL if value is None else looking.read(value[start:end])


def _comment(cells: Sequence[Cell]) -> str | None:
    said = [_BREAK.sub(" ", cell.text) for cell in cells if cell.name in COMMENT_NAMES]
    return parse_comment(", ".join(filter(None, said))) if said else None


def _value(cells: Sequence[Cell]) -> tuple[Cell, str | None]:
    """Return the network's cell and its text with mask or prefix; None where the row has several networks."""
    named = [cell for cell in cells if cell.name in NETWORK_NAMES and cell.text.strip()]
    named.sort(key=_likeliest)
    place, *others = named or [Cell("network", "", 0, 0)]
    others = [cell for cell in others if _may_belong(cell.text.strip())]
    others += [cell for cell in cells if cell.name in MASK_NAMES and cell.text.strip()]
    value = place.text
    for cell in others:
        part = cell.text.strip().removeprefix("/")
        if part.isdecimal() and "/" not in value:
            value = f"{value.strip()}/{part}"
        elif cell.name in MASK_NAMES and "/" not in value:
            value = f"{value.strip()} {part}"
        elif not (_says_the_same(value, part) or (cell.name in MASK_NAMES and _is_mask_of(value, part))):
            return place, None
    return place, value


def _likeliest(cell: Cell) -> tuple[bool, bool, int]:
    text = cell.text.strip()
    return not is_like_a_network(text), "/" not in text, NETWORK_NAMES.index(cell.name)


def _may_belong(text: str) -> bool:
    """Whether another network's column may say more of the network, or name another one."""
    return is_like_a_network(text) or bool(_PREFIX.fullmatch(text))


def _says_the_same(value: str, other: str) -> bool:
    """Whether another column repeats the network, its address or its prefix."""
    address, _, prefix = value.strip().partition("/")
    network = network_of(value.strip())
    return other in {address, prefix} or (network is not None and network_of(other) == network)


def _is_mask_of(value: str, mask: str) -> bool:
    """Whether a mask in a column of its own says the prefix that the network has already."""
    try:
        return str(int.from_bytes(pack(mask)).bit_count()) == value.rpartition("/")[2].strip()
    except AddressError:
        return False
