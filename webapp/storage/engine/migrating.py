"""Migrations: `flask --app wsgi db …`."""

from __future__ import annotations

from pathlib import Path

from alembic.script import Script
from flask_alembic import Alembic

from webapp.storage.engine import sqlite_file


class Migrations(Alembic):
    """Flask-Alembic, whose `upgrade` is the only one that makes a database of SQLite."""

    def upgrade(self, target: int | str | Script = "heads") -> None:
        """Bring the database to a revision, the newest one unless another is named."""
        url = self.engines["default"].url
        if url.get_backend_name() == "sqlite":
            sqlite_file.make(Path(url.database or ""))
        super().upgrade(target)
