"""A portal whose database is to be restored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import dispose
from tests.support.postgres import Cluster
from tests.support.quick import new_app

EMPTY = "restored"


@pytest.fixture
def empty(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A portal whose database is not there yet (SQLite), or has no tables (PostgreSQL)."""
    if database_url.startswith("sqlite"):
        app = new_app(f"sqlite:///{tmp_path}/{EMPTY}.sqlite3")
        yield app
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.drop_database(EMPTY)
        app = new_app(cluster.create_database(EMPTY))
        yield app
    dispose(app)
