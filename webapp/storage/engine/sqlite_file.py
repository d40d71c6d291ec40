"""SQLite's file: it lies where DATABASE_URL says, and only migrations create it: a wrong path makes no new database.

A process that has a file open can still write to it after it was deleted or replaced, and those writes are lost. So
each connection checks that its file is still in place.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from webapp.config import ConfigError

Identity = tuple[tuple[int, int] | None, tuple[int, int] | None]


class FileConnection(sqlite3.Connection):
    """A connection that knows which file it has opened, and which write-ahead log."""

    path: Path
    opened: Identity

    def is_in_place(self) -> bool:
        """Whether its file and log are still those at their path."""
        return identity(self.path) == self.opened

    def commit(self) -> None:
        """Commit, and report success only where other connections can read the result.

        Raises:
            sqlite3.OperationalError: the file was deleted or replaced meanwhile.
        """
        super().commit()
        if not self.is_in_place():
            raise sqlite3.OperationalError(f"the file {str(self.path)!r} was deleted or replaced while it was in use")


def identity(path: Path) -> Identity:
    """Return device and inode of the file and of its write-ahead log; None for what is not there."""
    return _inode(path), _inode(f"{path}-wal")


def _inode(path: Path | str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - twice a request: Path takes three times as long
    except OSError:
        return None
    return found.st_dev, found.st_ino


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


def connect(path: Path, **options: Any) -> FileConnection:
    """Open the database that is there, with its write-ahead log; the driver by itself would make one.

    Raises:
        sqlite3.OperationalError: there is none, or it is being replaced.
    """
    before = _inode(path)
    if before is None:
        hint = "flask --app webapp.wsgi db upgrade makes a new one"
        raise sqlite3.OperationalError(f"there is no file {str(path)!r} ({hint})")
    options |= {"uri": True, "factory": FileConnection}
    connection: FileConnection = sqlite3.connect(f"{path.as_uri()}?mode=rw", **options)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA schema_version").fetchone()  # The log is there from the first read on, till the end.
    connection.path, connection.opened = path, identity(path)
    if connection.opened[0] != before:
        connection.close()
        raise sqlite3.OperationalError(f"the file {str(path)!r} was replaced while it was opened")
    return connection
