"""Migrations: `flask --app webapp.wsgi db …`, on an engine of their own."""

from __future__ import annotations

import logging
from pathlib import Path

import sqlalchemy as sa
from alembic.script import Script
from flask import Flask, current_app
from flask_alembic import Alembic

from webapp.storage.engine import connections, sqlite_file
from webapp.storage.engine.options import migration_options


class Migrations(Alembic):
    """Flask-Alembic; `upgrade` makes the file of a SQLite database that does not exist, and nothing else does."""

    def upgrade(self, target: int | str | Script = "heads") -> None:
        """Bring the database to a revision, the newest one unless another is named."""
        url = self.engines["default"].url
        if url.get_backend_name() == "sqlite":
            sqlite_file.make(Path(url.database or ""))
        super().upgrade(target)


def migration_engine(url: str, folder: Path) -> sa.Engine:
    """Return the engine of migrations: without the deadlines of requests.

    Raises:
        ConfigError: as `engine_options`.
    """
    engine = sa.create_engine(**migration_options(url, folder))
    if engine.dialect.name == "sqlite":
        connections.configure(engine)
    return engine


def make_new(file: Path, revision: str) -> None:
    """Make a SQLite database without rows as this code's migrations leave it at the revision, and say nothing."""
    scratch = Flask(__name__)
    scratch.config |= {name: current_app.config[name] for name in ("ALEMBIC", "ALEMBIC_CONTEXT")}
    engine = migration_engine(f"sqlite:///{file}", file.parent)
    migrations = Migrations(scratch, metadatas=sa.MetaData(), engines=engine, run_mkdir=False, command_name="")
    told = logging.getLogger("alembic.runtime.migration")
    was, told.disabled = told.disabled, True
    try:
        with scratch.app_context():
            migrations.upgrade(revision)
    finally:
        told.disabled = was
        engine.dispose()
