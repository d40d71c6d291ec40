"""Backups of PostgreSQL, by its own programs: `pg_dump`, `pg_restore` and `psql`, in one transaction each."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, cast

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from webapp.storage.backup_errors import LEAST_GAP, BackupError
from webapp.storage.engine import readiness

PIECE = 2**20  # bytes
_EMPTY = """
BEGIN;
SET client_min_messages = error;
SET lock_timeout = '10s';
DO $$ DECLARE one record; has_rows boolean; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', one.tablename);
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.tablename) INTO has_rows;
    IF has_rows AND one.tablename <> 'alembic_version' THEN
      RAISE EXCEPTION 'The database is not empty (% has rows): restore into a new one', one.tablename;
    END IF;
  END LOOP;
END $$;
"""
_AFTER = f"""
DELETE FROM public.portal_session;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT sequencename, coalesce(last_value, 0) AS last FROM pg_sequences WHERE schemaname = 'public' LOOP
    PERFORM setval(format('public.%I', one.sequencename)::regclass,
                   one.last + {LEAST_GAP} + floor(random() * {LEAST_GAP})::bigint);
  END LOOP;
  IF NOT EXISTS (SELECT FROM public.alembic_version WHERE version_num = ANY (string_to_array('KNOWN', ','))) THEN
    RAISE EXCEPTION 'The backup is of a release that this code does not know: restore with that one or a newer';
  END IF;
END $$;
COMMIT;
"""  # noqa: S608 - nothing of it is anybody's


def backup(url: sa.URL, made: Path) -> None:
    """Write a dump without the rows of portal sessions into the empty file."""
    options = ("--format=custom", "--exclude-table-data=public.portal_session", "--file", str(made.absolute()))
    with _on(url, "pg_dump", *options) as dumping:
        _require_done("pg_dump", dumping.communicate()[1], dumping.returncode)


def restore(url: sa.URL, file: Path) -> None:
    """Restore a dump, and let the sequences jump, in one transaction that first sees that there is nothing.

    It goes from program to program piece by piece. Whichever of them ends in its midst, nobody has said COMMIT.
    """
    path = str(file.absolute())  # A name may look like an option.
    with _started(["pg_restore", "--list", path]) as listing:
        listed, said = listing.communicate()
    _require_readable(file, said, listing.returncode)
    if b" TABLE DATA public alembic_version " not in listed:
        raise BackupError(f"{str(file)!r} is no backup of a portal")
    writing = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", "--file=-", path]
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", "--output=/dev/null")
    with _started(writing) as dump, _on(url, "psql", *quiet, "--file=-") as psql:
        broken = False
        try:
            for piece in _script(dump, file):
                write(cast("IO[bytes]", psql.stdin), piece)
        except BrokenPipeError:
            broken = True  # psql says why.
        _require_done("psql", psql.communicate()[1], psql.returncode or broken)


def _script(dump: subprocess.Popen[bytes], file: Path) -> Iterator[bytes]:
    """Give what psql is told; the end of it only where the dump was whole."""
    reading = cast("IO[bytes]", dump.stdout)
    piece = reading.read(PIECE)
    _require_restricted(piece)
    yield _EMPTY.encode()
    while piece:
        yield piece
        piece = reading.read(PIECE)
    _require_readable(file, dump.communicate()[1], dump.returncode)
    yield _AFTER.replace("KNOWN", ",".join(sorted(readiness.known()))).encode()


def _require_restricted(start: bytes) -> None:
    """Refuse to hand psql a dump that may have commands for it, which are run here: `\\restrict` forbids them."""
    said = (line for line in start.splitlines() if line and not line.startswith(b"--"))
    if not next(said, b"").startswith(b"\\restrict "):
        versions = "18, 17.6, 16.10, 15.14 or newer"
        raise BackupError(f"This pg_restore lets a dump run programs here: install PostgreSQL's client of {versions}")


def write(pipe: IO[bytes], piece: bytes) -> None:
    """Write all of it."""
    left = memoryview(piece)
    while left:
        left = left[pipe.write(left) :]


def _on(url: sa.URL, program: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a program on the database; the password is in no list of processes."""
    arguments = url.get_dialect()().create_connect_args(url)[1]
    password = arguments.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    return _started([program, *options, "--no-password", "--dbname", make_conninfo(**arguments)], environment)


def _started(command: list[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        # Unbuffered: what cannot be written any more is not written once more at the end.
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, bufsize=0)
    except FileNotFoundError:
        raise BackupError(f"There is no {command[0]} here: install PostgreSQL's client programs") from None


def _require_done(program: str, said: bytes, failed: int) -> None:
    if failed:
        hint = ". DATABASE_URL must name the role that owns the tables" if b"permission denied" in said else ""
        raise BackupError(f"{program} has failed, and nothing is done: {_line(said)}{hint}")


def _require_readable(file: Path, said: bytes, failed: int) -> None:
    if failed:
        raise BackupError(f"{str(file)!r} is no backup of a portal: {_line(said)}")


def _line(said: bytes) -> str:
    """Return what a program said first."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[0] if lines else "without a word"
