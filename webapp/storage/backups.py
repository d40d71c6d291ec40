"""Backups: the whole database in one file, without portal sessions; and the way back, into an empty database.

After a restore new ids begin far behind every id that was ever issued: what the lost days gave out names nothing else.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from webapp.storage import backups_postgresql, backups_sqlite
from webapp.storage.backup_errors import BackupError
from webapp.storage.engine.database import db


def backup(file: Path) -> None:
    """Write a backup, which only its owner can read; there is a whole file afterwards, or none.

    Raises:
        BackupError: the file is there already, or it cannot be written, or the database cannot be read.
    """
    if os.path.lexists(file):
        raise BackupError(f"{str(file)!r} is there already: a backup overwrites nothing. Name another file")
    with _beside(file) as made:
        if _url().get_backend_name() == "sqlite":
            backups_sqlite.backup(Path(_url().database or ""), made)
        else:
            backups_postgresql.backup(_url(), made)
        _sync(made)
        try:
            os.link(made, file)  # unlike a rename it overwrites nothing
        except FileExistsError:
            raise BackupError(f"{str(file)!r} is there already: a backup overwrites nothing") from None


def restore(file: Path) -> None:
    """Fill the empty database with a backup: all of it, or nothing.

    Raises:
        BackupError: the file is no backup of a portal, or of a newer one, or the database is not empty or not there.
    """
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise BackupError(f"{str(file)!r} cannot be read: {error.strerror}") from None
    if _url().get_backend_name() != "sqlite":
        backups_postgresql.restore(_url(), file)
        return
    target = backups_sqlite.find(Path(_url().database or ""))
    target.parent.mkdir(parents=True, exist_ok=True)
    with _beside(target) as made:
        backups_sqlite.prepare(file, made)
        _sync(made)
        backups_sqlite.put_in_place(made, target)


def place() -> str:
    """Return which database it is, without a password."""
    url = _url()
    if url.get_backend_name() == "sqlite":
        return str(Path(url.database or "").absolute())
    host = url.host or url.query.get("host") or "the local socket"
    return f"{url.database or url.username} at {host if isinstance(host, str) else ', '.join(host)}"


def _url() -> sa.URL:
    return db.engine.url


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Give a new file beside it that only its owner can read, and remove it in the end."""
    name = file.parent / f".{secrets.token_hex(8)}.unfinished"  # A longer name than the file's might be too long.
    try:
        handle = os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except OSError as error:
        raise BackupError(f"Nothing can be written into {str(file.parent)!r}: {error.strerror}") from None
    os.close(handle)
    try:
        yield name
    except OSError as error:
        raise BackupError(f"{str(file)!r} cannot be written: {error.strerror}") from None
    finally:
        name.unlink(missing_ok=True)


def _sync(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())
