"""Run all benchmarks: `make bench`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from bench import decisions, pages, peers, served
from bench.report import show
from tests.conftest import dispose, migrate
from tests.support.postgres import Cluster, find_programs
from tests.support.quick import new_app
from tests.support.world import World, seed


def portal(url: str) -> tuple[Flask, World]:
    """Return a portal with the cast on a migrated database."""
    migrate(url)
    app = new_app(url)
    with app.app_context():
        return app, seed()


@contextmanager
def postgres() -> Iterator[Cluster | None]:
    """A PostgreSQL of our own, or None, and why."""
    if find_programs() is None:
        sys.stderr.write("PostgreSQL is missing (package postgresql): measured on SQLite only.\n")
        yield None
        return
    with Cluster() as cluster:
        yield cluster


def run() -> bool:
    """Measure on both databases; return whether all budgets hold."""
    good = show("The decision", decisions.matcher())
    good &= show("The decision beside its peers, from text, each address asked once", peers.figures())
    with tempfile.TemporaryDirectory() as folder, postgres() as cluster:
        urls = {"SQLite": f"sqlite:///{folder}/bench.sqlite3"}
        if cluster is not None:
            urls["PostgreSQL"] = cluster.create_database("bench")
        for name, url in urls.items():
            app, world = portal(url)
            good &= show(f"A request, {name}", decisions.requests(app, world))
            good &= show(f"As it is served, two workers, {name}", served.figures(app, world, url))
            if name == "PostgreSQL":
                good &= show("A million accounts, PostgreSQL", served.many_accounts(app, world))
            good &= show(f"An account with 1,000 networks and 200 sessions, {name}", pages.figures(app, world))
            dispose(app)
    return good


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
