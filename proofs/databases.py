"""A migrated database of each kind for a proof, with the cast of the tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.postgres import Cluster
from tests.support.quick import new_app
from tests.support.world import World, seed

KINDS = ("PostgreSQL", "SQLite")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """A new database of the kind, and its URL."""
    if kind == "SQLite":
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/proof.sqlite3"
            migrate(url)
            yield url
    else:
        with Cluster() as cluster:
            url = cluster.create_database("proof")
            migrate(url)
            yield url


@contextmanager
def portal(url: str) -> Iterator[tuple[Flask, World]]:
    """A portal with the cast."""
    app = new_app(url)
    with app.app_context():
        world = seed()
    yield app, world
    dispose(app)


@contextmanager
def another(url: str) -> Iterator[Flask]:
    """Another process's portal on the same database."""
    app = new_app(url)
    yield app
    dispose(app)
