"""Backups of SQLite: a copy by its own means while others write, and a file that takes the empty one's place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from webapp.storage.backup_errors import BackupError, gap
from webapp.storage.engine import readiness

NOT_DATA = ("alembic_version", "sqlite_sequence")
NUMBERED = """
    SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.name = 'id' AND columns.pk = 1
"""


def backup(database: Path, made: Path) -> None:
    """Copy the database into the empty file, without portal sessions, and without what is left of them."""
    with _copied(database, made, "The database cannot be backed up") as copy:
        _forget_sessions(copy)
        _require_whole(copy)


def prepare(file: Path, made: Path) -> None:
    """Copy the backup into the empty file, and let its sequences jump."""
    with _copied(file, made, f"{str(file)!r} is no backup of a portal") as copy:
        _require_whole(copy)
        _require_known(copy)
        _forget_sessions(copy)
        for (table,) in copy.execute(NUMBERED).fetchall():
            _let_ids_jump(copy, table)


def put_in_place(made: Path, target: Path) -> None:
    """Let the file take the place of the database, which is empty or not there."""
    if not target.exists():
        try:
            os.link(made, target)
        except FileExistsError:
            raise BackupError("Somebody has made the database meanwhile: nothing is restored") from None
        return
    try:
        with closing(sqlite3.connect(target, isolation_level=None, timeout=1)) as present:
            _require_empty(present)  # before the question whether it is in use
            present.execute("PRAGMA journal_mode=DELETE")  # its log must not be taken for the new file's
            present.execute("BEGIN EXCLUSIVE")
            _require_empty(present)
            made.replace(target)
    except sqlite3.Error as error:
        raise BackupError(f"The database is in use: stop the portal first ({error})") from None


@contextmanager
def _copied(file: Path, made: Path, wrong: str) -> Iterator[sqlite3.Connection]:
    """Copy the file into the empty one, and open that; what SQLite refuses of either is a BackupError, as `wrong`."""
    try:
        reading = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        with closing(reading) as source, closing(sqlite3.connect(made, isolation_level=None)) as copy:
            source.backup(copy)
            yield copy
    except sqlite3.Error as error:
        raise BackupError(f"{wrong}: {error}") from None


def _forget_sessions(copy: sqlite3.Connection) -> None:
    """Delete the portal sessions, and the pages that held them."""
    copy.execute("PRAGMA journal_mode=DELETE")
    copy.execute("DELETE FROM portal_session")
    copy.execute("VACUUM")


def _let_ids_jump(copy: sqlite3.Connection, table: str) -> None:
    """Set how far the ids have come: a table without a row when it was backed up may have got some afterwards."""
    highest = copy.execute(f'SELECT coalesce(max(id), 0) FROM "{table}"').fetchone()[0]  # noqa: S608 - a name of ours
    known = copy.execute("DELETE FROM sqlite_sequence WHERE name = ? RETURNING seq", (table,)).fetchall()
    come = max(highest, *(seq for (seq,) in known), 0)
    copy.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, come + gap()))


def _require_whole(copy: sqlite3.Connection) -> None:
    if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
        raise BackupError("The file is damaged: nothing is done")
    if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise BackupError("Rows refer to others that are not there: nothing is done")


def _require_known(copy: sqlite3.Connection) -> None:
    found = {row[0] for row in copy.execute("SELECT version_num FROM alembic_version")}
    if not found or not readiness.knows(found):
        raise BackupError("The backup is of a release that this code does not know: restore with that one or a newer")


def _require_empty(present: sqlite3.Connection) -> None:
    tables = [row[0] for row in present.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        if table not in NOT_DATA and present.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():  # noqa: S608
            raise BackupError(f"The database is not empty ({table} has rows): restore into a new one")
