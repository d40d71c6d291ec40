"""`restore` on SQLite: what lies at the database's place, beside it, and whose it is; a file that came while it ran."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import dispose
from tests.operations.test_cli import flask
from tests.operations.test_cli_backup import command
from tests.support.quick import new_app
from webapp.storage import backups_sqlite
from webapp.storage.backup_errors import BackupError

ACCOUNT = (
    "INSERT INTO account (name, allowlist_active, allowlist_revision, allowlist_previous, created_at) "
    "VALUES ('After the backup', 0, '0', '0', '2026-01-01')"
)


@pytest.fixture
def there(sqlite_url: str, tmp_path: Path) -> Path:
    """The path of a database that is not there yet."""
    return tmp_path / "data" / "portal.sqlite3"


@pytest.fixture
def app(there: Path) -> Iterator[Flask]:
    """The portal on it."""
    there.parent.mkdir()
    app = new_app(f"sqlite:///{there}")
    yield app
    dispose(app)


@pytest.fixture
def file(app: Flask, there: Path, tmp_path: Path) -> Path:
    """A backup of a migrated database with an account; nothing of the database is left."""
    migrate(app)
    assert app.test_cli_runner().invoke(args=["account", "create", "Halden Freight"]).exit_code == 0
    file = tmp_path / "portal.backup"
    assert command(app, "backup", file)[0] == 0
    dispose(app)
    there.unlink()
    assert list(there.parent.iterdir()) == []
    return file


def migrate(app: Flask) -> None:
    """Fill the database's place with one without rows."""
    with app.app_context():
        app.extensions["alembic"].upgrade()
    dispose(app)
    app.extensions["alembic"].engines["default"].dispose()


def names(there: Path) -> list[str]:
    """Return the accounts in the file, which has to be whole."""
    with closing(sqlite3.connect(there)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in connection.execute("SELECT name FROM account ORDER BY id")]


# --- what lies beside it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["nothing there", "an empty one there"])
@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_another_database_s_log_is_not_played_into_it(app: Flask, there: Path, file: Path, how: str, end: str) -> None:
    if how != "nothing there":
        migrate(app)
    before = there.read_bytes() if there.exists() else None
    log = Path(f"{there}{end}")
    log.write_bytes(b"kept")
    code, said = command(app, "restore", file, "--yes")
    assert (code, said.count("\n")) == (1, 1), said
    assert f"{str(log)!r} is the log of" in said
    assert "move away" in said
    assert log.read_bytes() == b"kept"
    assert (there.read_bytes() if there.exists() else None) == before
    there.unlink(missing_ok=True)
    log.rename(there.parent.parent / "kept")
    assert command(app, "restore", file, "--yes")[0] == 0
    assert names(there) == ["Halden Freight"]


def test_a_database_that_was_taken_from_a_portal_that_runs_stays_out_of_the_new_one(
    app: Flask, there: Path, file: Path
) -> None:
    migrate(app)
    with closing(sqlite3.connect(there, isolation_level=None)) as running:
        running.execute("PRAGMA journal_mode=WAL")
        running.execute(ACCOUNT)
        there.rename(there.with_name("broken"))
        assert "stop the portal" in command(app, "restore", file, "--yes")[1]
        assert not there.exists()


def test_a_database_with_rows_that_is_in_use_is_called_one_with_rows(app: Flask, there: Path, file: Path) -> None:
    migrate(app)
    with closing(sqlite3.connect(there, isolation_level=None)) as running:
        running.execute("PRAGMA journal_mode=WAL")
        running.execute(ACCOUNT)
        running.execute("PRAGMA wal_checkpoint")
        assert "is not empty" in command(app, "restore", file, "--yes")[1]
    assert names(there) == ["After the backup"]


# --- whose it is ----------------------------------------------------------------------------------------------------


def test_a_link_to_the_database_stays_a_link(app: Flask, there: Path, file: Path, tmp_path: Path) -> None:
    migrate(app)
    real = tmp_path / "real.sqlite3"
    there.rename(real)
    there.symlink_to(real)
    assert command(app, "restore", file, "--yes")[0] == 0
    assert (there.readlink(), names(real)) == (real, ["Halden Freight"])


def test_a_link_to_nothing_is_one_line(app: Flask, there: Path, file: Path, tmp_path: Path) -> None:
    there.symlink_to(tmp_path / "real.sqlite3")
    code, said = command(app, "restore", file, "--yes")
    assert (code, said.count("\n")) == (1, 1)
    assert "a link that leads to nothing" in said
    assert not (tmp_path / "real.sqlite3").exists()


def test_the_new_file_is_as_open_as_the_empty_one_was(app: Flask, there: Path, file: Path) -> None:
    migrate(app)
    there.chmod(0o640)
    assert command(app, "restore", file, "--yes")[0] == 0
    assert stat.S_IMODE(there.stat().st_mode) == 0o640


def test_without_an_empty_one_only_its_owner_can_read_it(app: Flask, there: Path, file: Path) -> None:
    assert command(app, "restore", file, "--yes")[0] == 0
    assert stat.S_IMODE(there.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("how", ["the folder's", "the empty one's"])
def test_root_restores_for_the_portal_s_user(app: Flask, there: Path, file: Path, how: str) -> None:
    if how == "the empty one's":
        migrate(app)
        os.chown(there, 10001, 10002)
    else:
        os.chown(there.parent, 10001, 10002)
    assert command(app, "restore", file, "--yes")[0] == 0
    assert (there.stat().st_uid, there.stat().st_gid) == (10001, 10002)


# --- who comes meanwhile --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN; SELECT * FROM account"])
def test_a_database_that_somebody_uses_is_left_to_them(app: Flask, there: Path, file: Path, lock: str) -> None:
    migrate(app)
    with closing(sqlite3.connect(there, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
        for statement in lock.split("; "):
            other.execute(statement).fetchall()
        assert "in use: stop the portal" in command(app, "restore", file, "--yes")[1]
        other.execute("ROLLBACK")
    assert names(there) == []


def test_what_is_written_after_the_first_look_is_not_overwritten(
    app: Flask, there: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(app)

    class Meanwhile(sqlite3.Connection):
        """Somebody writes before it has the lock."""

        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            if statement == "BEGIN EXCLUSIVE":
                with closing(sqlite3.Connection(there, isolation_level=None)) as other:
                    other.execute(ACCOUNT)
            return super().execute(statement, *values)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **options: connect(*a, **options, factory=Meanwhile))
    with pytest.raises(BackupError, match="is not empty"):
        backups_sqlite.put_in_place(file, there)
    monkeypatch.undo()
    assert names(there) == ["After the backup"]


def test_a_database_that_is_made_meanwhile_is_not_overwritten(
    app: Flask, there: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def made_first(source: Path, target: Path) -> None:
        there.write_bytes(b"made meanwhile")
        link(source, target)

    monkeypatch.setattr(os, "link", made_first)
    assert "meanwhile" in command(app, "restore", file, "--yes")[1]
    assert there.read_bytes() == b"made meanwhile"


# --- what is in the backup ------------------------------------------------------------------------------------------


def changed(file: Path, *statements: str) -> Path:
    """Change the backup by SQL, as somebody might who can write it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    return file


def check_refused(app: Flask, there: Path, file: Path, why: str) -> None:
    """The restore says why it is refused, in one line, and makes nothing."""
    code, said = command(app, "restore", file, "--yes")
    assert (code, said.count("\n")) == (1, 1), said
    assert why in said
    assert list(there.parent.iterdir()) == []


TRIGGER = "CREATE TRIGGER {} AFTER INSERT ON sign_in BEGIN UPDATE membership SET role = 'owner'; END"
ANOTHER = "CREATE TABLE portal_use (id TEXT PRIMARY KEY)"


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ((TRIGGER.format("added"),), "trigger 'added'"),
        (("DROP TRIGGER event_update", TRIGGER.format("event_update")), "trigger 'event_update'"),
        (("DROP TRIGGER event_delete",), "trigger 'event_delete'"),
        (("CREATE VIEW seen AS SELECT password_hash FROM user",), "view 'seen'"),
        (("DROP TABLE portal_session", "CREATE VIEW portal_session AS SELECT 1 AS id_hash"), "'portal_session'"),
        (("DROP TABLE portal_use",), "table 'portal_use'"),
        (("INSERT INTO alembic_version VALUES ('0017')",), "does not know"),
        (("UPDATE alembic_version SET version_num = '4711'",), "does not know"),
        (("DELETE FROM alembic_version",), "does not know"),
        ((ACCOUNT.replace("(name", "(id, name").replace("('", "(9223372036854775807, '"),), "ids of table account"),
        (("UPDATE sqlite_sequence SET seq = 9223372036854775807",), "ids of table"),
        (("UPDATE sqlite_sequence SET seq = 'many'",), "ids of table"),
        (("DROP TABLE portal_use", ANOTHER, "INSERT INTO portal_use VALUES ('many')"), "ids of table portal_use"),
    ],
)
def test_a_database_that_no_migration_makes_is_not_restored(
    app: Flask, there: Path, file: Path, statements: tuple[str, ...], why: str
) -> None:
    check_refused(app, there, changed(file, *statements), why)


def test_a_process_says_nothing_of_the_migrations_that_it_compares_with(there: Path, file: Path) -> None:
    done = flask(f"sqlite:///{there}", "restore", str(file), "--yes")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (0, "", 1), done.stderr


def test_a_table_of_the_operators_own_comes_back_as_it_was(app: Flask, there: Path, file: Path) -> None:
    changed(file, "CREATE TABLE kept (id TEXT PRIMARY KEY)", "INSERT INTO kept VALUES ('as it was')")
    assert command(app, "restore", file, "--yes")[0] == 0
    with closing(sqlite3.connect(there)) as connection:
        assert connection.execute("SELECT id FROM kept").fetchall() == [("as it was",)]


def test_each_revision_is_restored_also_one_that_was_gone_back_to(app: Flask, there: Path, tmp_path: Path) -> None:
    with app.app_context():
        alembic = app.extensions["alembic"]
        revisions = [script.revision for script in alembic.log()]
        alembic.upgrade()
    for number, revision in enumerate(revisions):
        with app.app_context():
            alembic.downgrade(revision)
        file = tmp_path / f"{revision}.backup"
        assert command(app, "backup", file)[0] == 0
        other = new_app(f"sqlite:///{tmp_path}/{number}.sqlite3")
        assert command(other, "restore", file, "--yes")[0] == 0
        dispose(other)


# --- what is damaged ------------------------------------------------------------------------------------------------


def lacking_an_account(file: Path) -> None:
    """Let a row refer to an account that is not there."""
    changed(file, "INSERT INTO api_token (account_id, name, token_hash, created_at) VALUES (4711, '', '', '')")


def with_a_wrong_index(file: Path) -> None:
    """Let an index and its table tell of two e-mails."""
    changed(file, "INSERT INTO user (email, name, password_hash, created_at) VALUES ('one@example.com', '', 'x', '')")
    whole = file.read_bytes()
    assert whole.count(b"one@example.com") == 2
    file.write_bytes(whole.replace(b"one@example.com", b"two@example.com", 1))


@pytest.mark.parametrize("damage", [lacking_an_account, with_a_wrong_index])
def test_what_is_damaged_is_neither_backed_up_nor_restored(
    app: Flask, there: Path, file: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(file)
    check_refused(app, there, file, "nothing is done")
    shutil.copy(file, there)
    code, said = command(app, "backup", tmp_path / "another")
    assert (code, said.count("\n")) == (1, 1)
    assert "nothing is done" in said
    assert not (tmp_path / "another").exists()
