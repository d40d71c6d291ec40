"""`flask backup` and `flask restore`: the whole database without portal sessions, into an empty one, or nothing."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_alembic import Alembic

from tests.conftest import dispose, migrate
from tests.operations.conftest import EMPTY
from tests.operations.test_cli import refused, run
from tests.support.client import Portal
from tests.support.postgres import Cluster
from tests.support.quick import engine_of, events_of, new_app, writing
from tests.support.roles import split
from webapp.domain.network import parse_network
from webapp.storage import backups_sqlite
from webapp.storage.backup_errors import LEAST_GAP
from webapp.storage.models import Base, Event, NetworkRow


def command(app: Flask, *words: object) -> tuple[int, str]:
    """Run a command of that portal; return its exit status and what it said."""
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.exit_code, result.stderr


def rows(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Return everything that is in the tables."""
    with engine_of(app).connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def filled(portal: Portal, tmp_path: Path) -> Path:
    """Return a backup of a portal with a list, a history and somebody who is signed in."""
    portal.set_list("192.0.2.0/24", "203.0.113.7")
    portal.signed_in_by_page("dana")
    file = tmp_path / "portal.backup"
    assert run(portal, "backup", file).exit_code == 0
    return file


def test_all_comes_back_but_the_portal_sessions(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    file = filled(portal, tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {one.name for one in tmp_path.iterdir()} <= {file.name, "instance"}
    assert command(empty, "restore", file, "--yes")[0] == 0
    before, after = rows(portal.app), rows(empty)
    assert before.pop("portal_session")
    assert after.pop("portal_session") == []
    assert after == before


def test_new_ids_begin_far_behind_every_id_that_was_issued(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    file = filled(portal, tmp_path)
    events = [event.id for event in events_of(portal.app, portal.world.halden)]
    assert command(empty, "restore", file, "--yes")[0] == 0
    with writing(empty) as connection:
        row = connection.execute(sa.select(NetworkRow.__table__)).mappings().first()
        new = dict(row or {}) | {"network": parse_network("198.51.100.9").text}
        last = int(new.pop("id"))
        added = connection.execute(sa.insert(NetworkRow).values(**new).returning(NetworkRow.id)).scalar_one()
    assert added > last + LEAST_GAP
    code, _ = command(empty, "user", "disable", "dana@example.com")
    assert code == 0
    assert events_of(empty, portal.world.halden)[-1].id > max(events) + LEAST_GAP


def test_every_table_s_ids_jump_also_where_the_backup_has_no_row(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    file = filled(portal, tmp_path)
    before = rows(portal.app)
    numbered = [table.name for table in Base.metadata.sorted_tables if "id" in table.primary_key.columns]
    assert any(before[name] for name in numbered)
    assert not all(before[name] for name in numbered)
    assert command(empty, "restore", file, "--yes")[0] == 0
    ask = "SELECT nextval(pg_get_serial_sequence(quote_ident(%(table)s), 'id'))"
    if engine_of(empty).dialect.name == "sqlite":
        ask = "SELECT seq + 1 FROM sqlite_sequence WHERE name = :table"
    with writing(empty) as connection:
        following = {name: int(connection.exec_driver_sql(ask, {"table": name}).scalar_one()) for name in numbered}
    highest = {name: max((int(str(row[0])) for row in before[name]), default=0) for name in numbered}
    assert [name for name in numbered if following[name] <= highest[name] + LEAST_GAP] == []


def test_accounts_and_people_of_the_lost_days_are_taken_for_nobody_else(
    portal: Portal, empty: Flask, tmp_path: Path
) -> None:
    assert command(empty, "restore", filled(portal, tmp_path), "--yes")[0] == 0
    result = empty.test_cli_runner().invoke(args=["account", "create", "After the restore"])
    assert int(result.stdout) > LEAST_GAP


def test_a_backup_of_before_ids_were_never_reused_jumps_too(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    with portal.app.app_context():
        migrations(portal.app).downgrade("0017")
        file = filled(portal, tmp_path)
        migrations(portal.app).upgrade()  # other tests' database, too
    assert command(empty, "restore", file, "--yes")[0] == 0
    with empty.app_context():
        migrations(empty).upgrade()
    result = empty.test_cli_runner().invoke(args=["account", "create", "After the restore"])
    assert int(result.stdout) > LEAST_GAP


def migrations(app: Flask) -> Alembic:
    """Return what migrates the portal's database."""
    found: Alembic = app.extensions["alembic"]
    return found


def test_events_are_kept_as_before(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    assert command(empty, "restore", filled(portal, tmp_path), "--yes")[0] == 0
    for what in (sa.delete(Event), sa.update(Event).values(actor="nobody")):
        with pytest.raises(sa.exc.IntegrityError), writing(empty) as connection:
            connection.execute(what)
    stamp = "SELECT list_stamp FROM account ORDER BY id"
    with writing(empty) as connection:
        was = connection.exec_driver_sql(stamp).first()
        connection.execute(sa.delete(NetworkRow))
        assert connection.exec_driver_sql(stamp).first() != was


def test_a_migrated_database_without_rows_is_empty(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    migrate(engine_of(empty).url.render_as_string(hide_password=False))
    file = filled(portal, tmp_path)
    url = engine_of(empty).url
    place = url.database if url.get_backend_name() == "sqlite" else f"{EMPTY} at {url.query['host']}"
    assert f"the database {place} with the backup" in command(empty, "restore", file)[1]
    assert command(empty, "restore", file, "--yes") == (
        0,
        f"{file} is restored into {place}; everybody has to sign in again, and new ids begin far behind.\n",
    )
    assert rows(empty)["event"] == rows(portal.app)["event"]


def test_a_database_with_rows_is_left_as_it_is(portal: Portal, tmp_path: Path) -> None:
    file = filled(portal, tmp_path)
    before = rows(portal.app)
    said = refused(run(portal, "restore", file, "--yes"))
    assert "is not empty" in said or "stop the portal" in said  # SQLite: the rows may be in the log alone
    assert rows(portal.app) == before
    assert "--yes goes on" in refused(run(portal, "restore", file))


def test_a_backup_overwrites_nothing(portal: Portal, tmp_path: Path) -> None:
    file, link = tmp_path / "there", tmp_path / "link"
    file.write_text("kept")
    link.symlink_to(tmp_path / "elsewhere")
    for one in (file, link):
        assert "is there already" in refused(run(portal, "backup", one))
    assert (file.read_text(), sorted(one.name for one in tmp_path.iterdir())) == ("kept", ["link", "there"])


@pytest.mark.parametrize("name", ["no/folder/here", "a\nb", "\x1b[31m", "x" * 300], ids=ascii)
def test_a_file_that_cannot_be_is_one_clear_line(portal: Portal, tmp_path: Path, name: str) -> None:
    for word in ("backup", "restore"):
        assert refused(run(portal, word, tmp_path / name, *(["--yes"] if word == "restore" else []))).isprintable()
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_be_as_long_as_any(portal: Portal, tmp_path: Path) -> None:
    assert run(portal, "backup", tmp_path / ("x" * 255)).exit_code == 0


def damaged(file: Path) -> Iterator[bytes]:
    """Give what is no backup: nothing, a text, one that is cut off, one that lacks its end only."""
    whole = file.read_bytes()
    yield from (b"", b"no backup\n" * 500, whole[: len(whole) // 2], whole[: len(whole) * 9 // 10])


def test_what_is_no_backup_restores_nothing(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    file = filled(portal, tmp_path)
    for number, content in enumerate(damaged(file)):
        bad = tmp_path / f"bad{number}"
        bad.write_bytes(content)
        code, said = command(empty, "restore", bad, "--yes")
        assert (code, said.count("\n")) == (1, 1), said
    assert not (tmp_path / f"{EMPTY}.sqlite3").exists()
    if engine_of(empty).dialect.name != "sqlite":
        assert sa.inspect(engine_of(empty)).get_table_names() == []


def test_sessions_that_somebody_s_own_copy_has_are_not_restored(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    filled(portal, tmp_path)
    assert rows(portal.app)["portal_session"]
    copy, url = tmp_path / "copy", engine_of(portal.app).url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(url.database or "")) as there, closing(sqlite3.connect(copy)) as made:
            there.backup(made)
    else:
        with_sessions = ["pg_dump", "--format=custom", "--file", str(copy), "--host", str(url.query["host"])]
        subprocess.run([*with_sessions, "--username", str(url.username), str(url.database)], check=True)
    assert command(empty, "restore", copy, "--yes")[0] == 0
    after = rows(empty)
    assert (after["portal_session"], after["event"]) == ([], rows(portal.app)["event"])


@pytest.mark.parametrize("name", ["-l", "--help", "-x.backup"])
def test_a_name_like_an_option_is_one_of_a_file(
    portal: Portal, empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(portal, "backup", "--", name).exit_code == 0
    assert command(empty, "restore", "--yes", "--", name)[0] == 0
    assert rows(empty)["account"] == rows(portal.app)["account"]


def test_a_file_that_somebody_makes_meanwhile_is_not_overwritten(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, link = tmp_path / "portal.backup", os.link

    def made_first(made: Path, name: Path) -> None:
        file.write_text("made meanwhile")
        link(made, name)

    monkeypatch.setattr(os, "link", made_first)
    assert "is there already" in refused(run(portal, "backup", file))
    assert file.read_text() == "made meanwhile"


def test_no_trace_of_a_session_is_left_in_the_file(sqlite_url: str, tmp_path: Path) -> None:
    source = tmp_path / "source.sqlite3"
    there, copy = sqlite3.connect(sa.make_url(sqlite_url).database or ""), sqlite3.connect(source, isolation_level=None)
    with closing(there), closing(copy):
        there.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        row = ("f00d" * 16, 1, 1, None, "2026-01-01", "2026-01-01", "")
        copy.execute("INSERT INTO portal_session VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    made = tmp_path / "made"
    backups_sqlite.backup(source, made)
    assert b"f00d" * 4 in source.read_bytes()
    assert b"f00d" * 4 not in made.read_bytes()


@pytest.mark.parametrize("word", ["backup", "restore"])
def test_help(portal: Portal, word: str) -> None:
    assert run(portal, word, "--help").exit_code == 0
    refused(run(portal, word))


@pytest.mark.postgres
def test_the_portals_own_role_is_told_which_role_backs_up_and_restores(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "portal.backup"
    for name in ("roles", EMPTY):
        cluster.drop_database(name)
        cluster.create_database(name)
    (owner, own), (_, into) = split(cluster, "roles"), split(cluster, EMPTY)
    migrate(owner)
    for url, word, outcome in ((own, "backup", 1), (owner, "backup", 0), (into, "restore", 1)):
        app = new_app(url)
        code, said = command(app, word, file, *(["--yes"] if word == "restore" else []))
        assert (code, "role that owns the tables" in said, said.count("\n")) == (outcome, bool(outcome), 1), said
        dispose(app)
    for name in ("roles", EMPTY):
        cluster.drop_database(name)
