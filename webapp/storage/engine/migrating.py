"""Migrations: `flask --app webapp.wsgi db …`, on an engine of their own."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic.script import Script
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
