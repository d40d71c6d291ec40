"""Backups of SQLite: a copy by its own means while others write, and a file that takes the empty one's place."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from webapp.storage.backup_errors import LEAST_GAP, BackupError, gap
from webapp.storage.engine import migrating, readiness

LOGS = ("-wal", "-shm", "-journal")  # https://www.sqlite.org/tempfiles.html
NOT_DATA = ("alembic_version", "sqlite_sequence")
NUMBERED = """
    SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.name = 'id' AND columns.pk = 1
"""
# How a table is written may differ: from release to release, and by migrations there and back.
PARTS = """
    SELECT type, name, CASE type WHEN 'table' THEN '' ELSE sql END FROM sqlite_master
    WHERE type IN ('table', 'trigger', 'view')
"""
LAST_ID = 2**63 - 1


def backup(database: Path, made: Path) -> None:
    """Copy the database into the empty file, without portal sessions, and without what is left of them."""
    with _copied(database, made, "The database cannot be backed up") as copy:
        _forget_sessions(copy)
        _require_whole(copy)


def prepare(file: Path, made: Path) -> None:
    """Copy the backup into the empty file, and let its sequences jump."""
    with _copied(file, made, f"{str(file)!r} is no backup of a portal") as copy:
        _require_whole(copy)
        with _made_new(made.with_name(f"{made.name}.new"), _known_revision(copy)) as new:
            _require_parts(copy, new)  # before a trigger of the file's may run
            tables = [table for (table,) in new.execute(NUMBERED)]
        _forget_sessions(copy)
        for table in tables:
            _let_ids_jump(copy, table)


def find(database: Path) -> Path:
    """Return the database that is meant: a link to it stays one.

    Raises:
        BackupError: the link leads to nothing.
    """
    if database.is_symlink() and not database.exists():
        raise BackupError(f"{str(database)!r} is a link that leads to nothing: mend it, or remove it")
    return database.resolve()


def put_in_place(made: Path, target: Path) -> None:
    """Let the file take the place of the database, which is empty or not there, and belong to whom that belonged."""
    if not target.exists():
        _require_no_log(target)
        _give_to_owner(made, target.parent)
        try:
            os.link(made, target)
        except FileExistsError:
            raise BackupError("Somebody has made the database meanwhile: nothing is restored") from None
        return
    try:
        # Without a lock and without a log: a database with rows is called that, also while a portal runs.
        with closing(sqlite3.connect(f"{target.as_uri()}?mode=ro&immutable=1", uri=True)) as present:
            _require_empty(present)
        _require_no_log(target)
        with closing(sqlite3.connect(target, isolation_level=None, timeout=1)) as present:
            present.execute("PRAGMA journal_mode=DELETE")  # its log must not be taken for the new file's
            present.execute("BEGIN EXCLUSIVE")
            _require_empty(present)
            _require_no_log(target)
            _give_to_owner(made, target)
            made.chmod(stat.S_IMODE(target.stat().st_mode))
            made.replace(target)
    except sqlite3.Error as error:
        raise BackupError(f"The database is in use: stop the portal first ({error})") from None


def _require_no_log(target: Path) -> None:
    """Refuse while a log lies there: SQLite would play it into the new file, whatever database it was of."""
    for end in LOGS:
        log = Path(f"{target}{end}")
        if os.path.lexists(log):
            raise BackupError(
                f"{str(log)!r} is the log of a portal that runs, or of a database that was there: stop the portal, "
                f"then move away what is still there of {target.name!r} with {', '.join(LOGS)}"
            )


def _give_to_owner(made: Path, like: Path) -> None:
    """Let the file belong to whom that one belongs, so that the portal may read it; only root can."""
    there = like.stat()
    with suppress(PermissionError):
        os.chown(made, there.st_uid, there.st_gid)


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
    ids = [highest, *(seq for (seq,) in known), 0]
    if not all(isinstance(one, int) for one in ids) or (come := max(ids)) > LAST_ID - 2 * LEAST_GAP:
        raise BackupError(f"The ids of table {table} leave none for new rows, or are no numbers: nothing is restored")
    copy.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, come + gap()))


def _require_whole(copy: sqlite3.Connection) -> None:
    if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
        raise BackupError("The file is damaged: nothing is done")
    if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise BackupError("Rows refer to others that are not there: nothing is done")


def _known_revision(copy: sqlite3.Connection) -> str:
    found = {row[0] for row in copy.execute("SELECT version_num FROM alembic_version")}
    if len(found) != 1 or not readiness.knows(found):
        raise BackupError("The backup is of a release that this code does not know: restore with that one or a newer")
    return str(found.pop())


@contextmanager
def _made_new(file: Path, revision: str) -> Iterator[sqlite3.Connection]:
    """Make a database without rows, as the migrations leave it at that revision, and remove it in the end."""
    try:
        migrating.make_new(file, revision)
        with closing(sqlite3.connect(file)) as new:
            yield new
    finally:
        for end in ("", *LOGS):
            Path(f"{file}{end}").unlink(missing_ok=True)


def _require_parts(copy: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Refuse what lacks a table of the portal's, or has other triggers or views: they would act ever after."""
    found, expected = set(copy.execute(PARTS)), set(new.execute(PARTS))
    wrong = (expected - found) | {part for part in found - expected if part[0] != "table"}
    for kind, name, _ in sorted(wrong, key=str):
        raise BackupError(f"Its {kind} {name!r} is not as the portal's migrations make it: nothing is restored")


def _require_empty(present: sqlite3.Connection) -> None:
    tables = [row[0] for row in present.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        if table not in NOT_DATA and present.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():  # noqa: S608
            raise BackupError(f"The database is not empty ({table} has rows): restore into a new one")
