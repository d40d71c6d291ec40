"""Several networks in the field for one: what is said of them, and their text for the plan (R13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.domain.network import NetworkError
from webapp.domain.notation import MAX_NAMED
from webapp.domain.reading.read import Reading, read
from webapp.domain.reading.unreadable import Unreadable
from webapp.domain.text import printable_lines


@dataclass(frozen=True, slots=True)
class Several:
    """What may be several networks: the text that says the same to the plan, and how many they seem to be.

    `count` is 0 where that cannot be told. `named` are canonical ones, of a range.
    """

    text: str
    count: int = 0
    named: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: str, comment: str, error: NetworkError) -> Several | None:
        """Return the several networks that were typed with a comment; None where the error says nothing of them."""
        typed = printable_lines(typed)
        comment = printable_lines(" ".join((comment or error.comment).split()))
        if error.networks:
            text = "\n".join(_with(network, comment) for network in error.networks)
            return cls(text, len(error.networks), error.networks)
        if error.code != "several_values":
            return None
        return cls._of_text(typed, comment)

    @classmethod
    def _of_text(cls, typed: str, comment: str) -> Several:
        try:
            reading = read(typed)
        except Unreadable:
            return cls(typed)
        count = len(reading.lines)
        if count < 2:
            return cls(typed)
        return cls(_one_a_line(reading, comment) if _can_be_told_apart(reading, comment) else typed, count)

    @property
    def message(self) -> str:
        """What is said of them: how many, and of a range also which."""
        count = f"{self.count:,}" if self.count else "several"
        return f"That looks like {count} networks{_listed(self.named)}."

    @property
    def button(self) -> str:
        """What opens their plan."""
        return f"Review and add {self.count:,} networks" if self.count else "Review and add them"


def _can_be_told_apart(reading: Reading, comment: str) -> bool:
    """Whether one network a line says more than the text does, and nothing less."""
    if reading.format == "lines":  # Several in a line can't be corrected one by one.
        return bool(comment) or len({line.number for line in reading.lines}) < len(reading.lines)
    return bool(comment) and not any(line.problem for line in reading.lines)


def _one_a_line(reading: Reading, comment: str) -> str:
    """Return the networks with their comments; with the given one where there is none."""
    pieces = ((reading.text[line.start : line.end], line.comment or comment) for line in reading.lines)
    return "\n".join(_with(*piece) for piece in pieces)


def _with(network: str, comment: str) -> str:
    return f"{network} # {comment}" if comment else network


def _listed(named: Iterable[str]) -> str:
    first, more = tuple(named)[:MAX_NAMED], len(tuple(named)) - MAX_NAMED
    return f": {', '.join(first)}{f' and {more} more' if more > 0 else ''}" if first else ""
