"""The portal with the example's pages, for everything in this folder; the cast's accounts rent its servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from examples.pages import servers
from examples.pages.servers import Server
from tests.conftest import dispose, empty, until_heard
from tests.support.quick import new_app
from tests.support.world import World

EXAMPLE = "examples.pages.servers:pages"


@pytest.fixture(scope="module")
def with_example(sqlite_url: str) -> Iterator[Flask]:
    """One portal with the example a file."""
    app = new_app(sqlite_url, (EXAMPLE,))
    yield app
    dispose(app)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: pages ask the portal's database nothing."""
    return sqlite_url


@pytest.fixture
def app(with_example: Flask) -> Flask:
    """The portal with the example, on an empty database."""
    until_heard(with_example)
    empty(with_example)
    return with_example


@pytest.fixture(autouse=True)
def rented(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Halden rent the servers 101 and 1, Northwind 201."""
    rows = ((101, world.halden, "halden-web-1"), (1, world.halden, "halden-1"), (201, world.northwind, "northwind-lab"))
    found = {row[0]: Server(*row, "192.0.2.81", "Oslo") for row in rows}
    monkeypatch.setattr(servers, "SERVERS", found)
