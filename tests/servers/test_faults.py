"""Faults of the database under a real server: 503 with Retry-After within 6 s, no page, and soon full service again."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support import faults
from tests.support.faults import DISK_MB, ON_POSTGRES, ON_SQLITE, Portal
from tests.support.postgres import find_programs


@pytest.fixture(scope="module")
def on_postgres() -> Iterator[Portal]:
    """A portal on a PostgreSQL of its own."""
    if find_programs() is None:
        pytest.skip("PostgreSQL is missing (package postgresql)")
    if os.geteuid() != 0:
        pytest.skip("only root can give PostgreSQL a disk of its own to fill")
    with faults.portal_on_postgres(disk_mb=DISK_MB) as running:
        yield running


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal on SQLite."""
    with faults.portal_on_sqlite(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.mark.postgres
@pytest.mark.parametrize("name", ON_POSTGRES)
def test_without_postgresql_nobody_gets_a_page_and_soon_after_everybody_does(on_postgres: Portal, name: str) -> None:
    faults.once(on_postgres, ON_POSTGRES[name])


@pytest.mark.parametrize("name", ON_SQLITE)
def test_where_sqlite_cannot_write_changes_are_refused_and_nothing_is_half_done(on_sqlite: Portal, name: str) -> None:
    faults.once(on_sqlite, ON_SQLITE[name])


def test_after_a_full_disk_changes_are_made_again(on_sqlite: Portal) -> None:
    faults.once(on_sqlite, ON_SQLITE["disk full"])
    assert on_sqlite.ask(on_sqlite.cookie(), change="198.51.100.0/24").status == 303
