"""A second process on the same database, and one that waits for locks for milliseconds only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import dispose
from tests.support.quick import engine_of, new_app
from webapp.storage.engine import connections


@pytest.fixture
def second(app: Flask, database_url: str) -> Iterator[Flask]:
    """Another app on the same database, with an engine and compiled lists of its own."""
    other = new_app(database_url)
    yield other
    dispose(other)


@pytest.fixture
def impatient(app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Another app on the same database whose connections give up waiting for a lock at once (SQLite: all apps')."""
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_S", 0.02)
    other = new_app(database_url)

    @sa.event.listens_for(engine_of(other), "connect")
    def hurry(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            return
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
            cursor.execute("SET deadlock_timeout = '20ms'")
        connection.commit()

    yield other
    dispose(other)
