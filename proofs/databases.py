"""A migrated database of each kind for a proof, with the cast of the tests; its backup, and its restore."""

from __future__ import annotations

import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from tests.conftest import dispose, migrate
from tests.support.postgres import Cluster, find_programs
from tests.support.quick import new_app
from tests.support.world import World, seed

KINDS = ("PostgreSQL", "SQLite")
RESTORE_TRIES = 5


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
            try:
                yield url
            finally:
                cluster.drop_database("proof")


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


def back_up(url: str, file: Path) -> None:
    """Back the database up as docs/operations.md says: everything but the sessions."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(str(parsed.database))) as live, closing(sqlite3.connect(file)) as copy:
            live.backup(copy)
            copy.execute("DELETE FROM portal_session")
            copy.commit()
        return
    options = ("--format=custom", "--exclude-table-data=portal_session", "--file", str(file))
    done = _run(parsed, "pg_dump", *options, str(parsed.database))
    if done.returncode:
        raise RuntimeError(done.stderr)


def restore(url: str, file: Path) -> int:
    """Put a backup back as docs/operations.md says; return how often it had to be tried again."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(file)) as copy, closing(sqlite3.connect(str(parsed.database))) as live:
            copy.backup(live)
        return 0
    options = ("--clean", "--if-exists", "--single-transaction", "--dbname", str(parsed.database))
    again = 0
    while (done := _run(parsed, "pg_restore", *options, str(file))).returncode:
        if "deadlock detected" not in done.stderr or again == RESTORE_TRIES:
            raise RuntimeError(done.stderr)
        again += 1
    return again


def _run(url: sa.URL, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    folder = find_programs()
    assert folder is not None
    where = ("--host", str(url.query["host"]), "--username", str(url.username))
    return subprocess.run([folder / program, *where, *arguments], capture_output=True, text=True, check=False)
