"""docs/security.md: each requirement of levels 1 and 2 has one well-formed row (`test_documents`: what it names)."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "security.md"
STATES = {"held", "absent", "operator", "not applicable"}
ID = r"(?:[1-9]|1[0-7])\.[1-9]\.[1-9][0-9]?"
TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`")
# ASVS 5.0.0, levels 1 and 2, of the chapters whose rows stand one by one.
REQUIRED = """
1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1-1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2
4.1.1-3 4.2.1-1 4.3.1-2 4.4.1-4 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2
7.4.1-5 7.5.1-2 7.6.1-2 8.1.1-2 8.2.1-3 8.3.1-1 8.4.1-1 9.1.1-3 9.2.1-4 11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4
11.5.1-1 11.6.1-1 12.1.1-3 12.2.1-2 12.3.1-4 13.1.1-1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4 14.3.1-3
15.1.1-3 15.2.1-3 15.3.1-7 16.1.1-1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
"""


class Row(NamedTuple):
    """A requirement: what it asks, how it stands, and what shows that, or what follows."""

    id: str
    asks: str
    state: str
    behind: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """The tests that are named."""
        return TEST.findall(self.behind)


def rows() -> list[Row]:
    """Return the rows of all tables whose first column is an id."""
    found = [line.strip("|").split("|") for line in DOCUMENT.read_text().splitlines() if re.match(rf"\| {ID} ", line)]
    return [Row(*(cell.strip() for cell in cells)) for cells in found]


def required() -> set[str]:
    """Return the ids that must have a row."""
    ids: set[str] = set()
    for section, first, last in re.findall(r"([0-9]+\.[0-9]+)\.([0-9]+)-([0-9]+)", REQUIRED):
        ids |= {f"{section}.{number}" for number in range(int(first), int(last) + 1)}
    return ids


def test_every_requirement_of_levels_1_and_2_has_one_row() -> None:
    ids = Counter(row.id for row in rows())
    assert len(required()) == 208
    assert required() - set(ids) == set()
    assert [one for one, count in ids.items() if count > 1] == []
    levels = DOCUMENT.read_text().partition("## Level 3")
    assert {row.id for row in rows() if f"| {row.id} " in levels[2]} == set(ids) - required()


def test_every_row_is_well_formed() -> None:
    for row in rows():
        assert row.state in STATES, row
        assert row.asks, row
        assert row.behind, row


def test_what_is_held_names_one_test_and_nothing_else_does() -> None:
    wrong = [row.id for row in rows() if len(row.tests) != (row.state == "held")]
    assert wrong == []
