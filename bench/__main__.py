"""Run the benchmarks: `make bench`; BENCH=peers,served for some."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from flask import Flask

from bench import decisions, forward_auth, history, imports, millions, pages, peers, rehearsals, served, sizes
from bench.report import SEED, Section, say, show
from proofs.databases import KINDS
from proofs.report import machine
from tests.conftest import dispose, migrate
from tests.support.postgres import Cluster, find_programs
from tests.support.quick import new_app
from tests.support.world import World, seed
from webapp.runtime import garbage_collection

NAMES = (
    *("decision", "peers", "request", "served", "forward_auth"),
    *("pages", "imports", "rehearsals", "history", "sizes", "millions"),
)
PACKAGES = ("flask", "werkzeug", "sqlalchemy", "gunicorn", "psycopg")


def portal(url: str) -> tuple[Flask, World]:
    """Return a portal with the cast on a migrated database."""
    migrate(url)
    app = new_app(url)
    with app.app_context():
        world = seed()
    garbage_collection.freeze_gc()  # as `wsgi` does
    return app, world


@contextmanager
def postgres() -> Iterator[Cluster | None]:
    """A PostgreSQL of our own, or None, and why."""
    if find_programs() is None:
        sys.stderr.write("PostgreSQL is missing (package postgresql): measured on SQLite only.\n")
        yield None
        return
    with Cluster() as cluster:
        yield cluster


def busy() -> str:
    """Return how busy the machine is: what else runs here is measured as well."""
    return "load average {:.1f}, {:.1f}, {:.1f} (1, 5, 15 minutes)".format(*os.getloadavg())


def ran_on() -> str:
    """Return the programs that are measured."""
    database, folder = "no PostgreSQL", find_programs()
    if folder is not None:
        asked = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
        database = asked.stdout.strip()
    return ", ".join([*(f"{name} {version(name)}" for name in PACKAGES), database])


def sections(names: list[str]) -> Iterator[Section]:
    """Measure what bears these names, on both databases."""
    if "decision" in names:
        yield decisions.matcher()
    if "peers" in names:
        yield peers.figures()
    with tempfile.TemporaryDirectory() as folder, postgres() as cluster:
        yield from on_database("SQLite", f"sqlite:///{folder}/bench.sqlite3", names)
        if cluster is not None:
            yield from on_database("PostgreSQL", cluster.create_database("bench"), names)
            if "millions" in names:
                yield millions.figures(cluster)
    if "sizes" in names:
        yield from map(sizes.figures, KINDS if find_programs() else KINDS[1:])


def on_database(kind: str, url: str, names: list[str]) -> Iterator[Section]:
    """Measure what each database is measured with."""
    app, world = portal(url)
    if "request" in names:
        yield decisions.requests(app, kind)
    if "served" in names:
        yield from served.figures(app, world, url, kind)
    if "forward_auth" in names:
        yield from forward_auth.figures(app, url, kind)
    if "pages" in names:
        yield pages.figures(app, kind)
    if "imports" in names:
        yield imports.figures(app, kind)
    if "rehearsals" in names:
        yield rehearsals.figures(app, kind)
    if "history" in names:
        yield from history.figures(app, world, kind)
    dispose(app)


def run(names: list[str]) -> bool:
    """Measure, print, and return whether all budgets hold."""
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
    began = time.monotonic()
    say(["Benchmarks", f"  on: {machine()}", f"  with: {ran_on()}", f"  seed {SEED}; before: {busy()}"])
    over = [line for section in sections(names) for line in show(section)]
    say(["", f"{time.monotonic() - began:.0f} s; after: {busy()}"])
    say([f"OVER: {line}" for line in over] or ["All budgets hold."])
    return not over


if __name__ == "__main__":
    wanted = [name for name in os.environ.get("BENCH", "").split(",") if name] or list(NAMES)
    if unknown := set(wanted) - set(NAMES):
        sys.exit(f"BENCH names {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}.")
    sys.exit(0 if run(wanted) else 1)
