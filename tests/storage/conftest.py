"""A second process on the same database, and one that waits for locks for milliseconds only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import dispose
from tests.support.quick import engine_of, new_app


@pytest.fixture
def second(app: Flask, database_url: str) -> Iterator[Flask]:
    """Another app on the same database, with an engine and compiled lists of its own."""
    other = new_app(database_url)
    yield other
    dispose(other)


@pytest.fixture
def impatient(app: Flask, database_url: str) -> Iterator[Flask]:
    """Another app on the same database whose connections give up waiting for a lock at once."""
    other = new_app(database_url)
    is_sqlite = engine_of(other).dialect.name == "sqlite"

    @sa.event.listens_for(engine_of(other), "connect")
    def hurry(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        if is_sqlite:
            cursor.execute("PRAGMA busy_timeout=20")
        else:
            cursor.execute("SET lock_timeout = '200ms'")
            cursor.execute("SET deadlock_timeout = '20ms'")
            connection.commit()
        cursor.close()

    yield other
    dispose(other)
