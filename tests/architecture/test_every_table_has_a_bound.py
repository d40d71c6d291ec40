"""Every table is in docs/operations.md, with what it grows by, its bound, and when its rows are removed."""

from __future__ import annotations

import re

import pytest

from proofs.report import ROOT
from webapp.storage.models import Base

ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def documented() -> dict[str, list[str]]:
    """The rows of the table *What is kept, and how long*, by the table that they are about."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("\n## What is kept")[2]
    return {row[0]: [cell.strip() for cell in row[1:]] for row in ROW.findall(text.partition("\n## ")[0])}


def test_every_table_has_its_row(documented: dict[str, list[str]]) -> None:
    assert set(documented) == set(Base.metadata.tables)
    assert all(all(cells) for cells in documented.values())


def test_only_what_operators_add_and_events_are_kept_for_good(documented: dict[str, list[str]]) -> None:
    kept = {name for name, (_, _, purged) in documented.items() if purged.startswith("never")}
    assert kept == {"account", "user", "membership", "api_token", "event"}
