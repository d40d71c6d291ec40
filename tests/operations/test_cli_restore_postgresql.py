"""`restore` on PostgreSQL: what a dump may say to psql, in what pieces, and in one transaction."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.operations.test_cli_backup import command, filled, rows
from tests.support.client import Portal
from tests.support.quick import engine_of
from webapp.storage import backups_postgresql

pytestmark = pytest.mark.postgres
INDEX = b"CREATE INDEX ix_event_account_id_at_id ON public.event USING btree (account_id, at, id);"
OLD_PROGRAM = """#!/bin/sh
{pg_restore} "$@" | sed '/^.restrict/d; /^.unrestrict/d'
"""

FAILING_PROGRAM = """#!/bin/sh
case "$*" in *--list*) exec {pg_restore} "$@";; esac
{pg_restore} "$@"
echo "could not read to the end" >&2
exit 1
"""


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """PostgreSQL alone."""
    return postgres_url


def saying(file: Path, words: str) -> Path:
    """Let a statement of the dump be another one, as somebody might who can write it."""
    whole = file.read_bytes()
    assert whole.count(INDEX) == 1
    file.write_bytes(whole.replace(INDEX, words.encode().ljust(len(INDEX))))
    return file


def put_first(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another pg_restore be found before the real one, which it starts."""
    file = tmp_path / "bin" / "pg_restore"
    file.parent.mkdir()
    file.write_text(program.format(pg_restore=shutil.which("pg_restore")))
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{file.parent}:{os.environ['PATH']}")


def tables(app: Flask) -> list[str]:
    """Return the tables that are there."""
    return sa.inspect(engine_of(app)).get_table_names()


def test_a_dump_runs_no_program_here(
    portal: Portal, empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = saying(filled(portal, tmp_path), "\\! touch was-run\n")
    monkeypatch.chdir(tmp_path)
    code, said = command(empty, "restore", file, "--yes")
    assert (code, said.count("\n"), tables(empty)) == (1, 1, [])
    assert "backslash commands are restricted" in said
    assert not Path("was-run").exists()


@pytest.mark.parametrize(
    ("program", "why"),
    [(OLD_PROGRAM, "install PostgreSQL's client of"), (FAILING_PROGRAM, "could not read to the end")],
    ids=["it would let a dump run programs", "it ends too early"],
)
def test_a_pg_restore_that_cannot_be_trusted_leaves_nothing(
    portal: Portal, empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, why: str
) -> None:
    file = filled(portal, tmp_path)
    put_first(program, tmp_path, monkeypatch)
    code, said = command(empty, "restore", file, "--yes")
    assert (code, said.count("\n"), tables(empty)) == (1, 1, [])
    assert why in said


def test_what_fails_in_its_midst_leaves_nothing(portal: Portal, empty: Flask, tmp_path: Path) -> None:
    file = saying(filled(portal, tmp_path), "SELECT 1 / 0;")
    code, said = command(empty, "restore", file, "--yes")
    assert (code, tables(empty)) == (1, [])
    assert "division by zero" in said


def test_a_dump_goes_to_psql_piece_by_piece(
    portal: Portal, empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, sizes, write = filled(portal, tmp_path), [], backups_postgresql.write

    def noted(pipe: IO[bytes], piece: bytes) -> None:
        sizes.append(len(piece))
        write(pipe, piece)

    monkeypatch.setattr(backups_postgresql, "PIECE", 100)
    monkeypatch.setattr(backups_postgresql, "write", noted)
    assert command(empty, "restore", file, "--yes")[0] == 0
    assert len(sizes) > 100
    assert max(sizes[1:-1]) <= 100  # without what comes before and after it
    assert rows(empty)["event"] == rows(portal.app)["event"]
