"""SQLite's file: it lies where DATABASE_URL says, and migrations alone make it: a slip in a path is no new database."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from webapp.config import ConfigError


def find(name: str | None, folder: Path) -> Path:
    """Return the path of the database. A relative one lies in `folder`, which need not be there yet.

    Raises:
        ConfigError: it is to lie in a folder that does not exist.
    """
    path = folder / (name or "portal.sqlite3")
    if path.parent != folder and not path.parent.is_dir():
        raise ConfigError(f"DATABASE_URL: there is no folder {str(path.parent)!r}. Make it, or mend the path.")
    return path


def make(path: Path) -> None:
    """Make an empty database where there is none, for migrations to fill."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def connect(path: Path, **options: Any) -> sqlite3.Connection:
    """Open the database that is there; the driver by itself would make one.

    Raises:
        sqlite3.OperationalError: there is none.
    """
    if not path.exists():
        raise sqlite3.OperationalError(f"there is no file {str(path)!r} (flask --app wsgi db upgrade makes a new one)")
    connection: sqlite3.Connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", **options | {"uri": True})
    return connection
