"""Backups of PostgreSQL, by its own programs: `pg_dump`, `pg_restore` and `psql`, in one transaction each."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from webapp.storage.backup_errors import LEAST_GAP, BackupError
from webapp.storage.engine import readiness

_EMPTY = """
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
"""  # noqa: S608 - nothing of it is anybody's


def backup(url: sa.URL, made: Path) -> None:
    """Write a dump without the rows of portal sessions into the empty file."""
    _run(url, "pg_dump", "--format=custom", "--exclude-table-data=public.portal_session", "--file", str(made))


def restore(url: sa.URL, file: Path) -> None:
    """Restore a dump, and let the sequences jump, in one transaction that first sees that there is nothing."""
    reading = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--exit-on-error", "--file=-", str(file)]
    try:
        script = subprocess.run(reading, check=True, capture_output=True).stdout
    except FileNotFoundError:
        raise BackupError("There is no pg_restore here: install PostgreSQL's client programs") from None
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{str(file)!r} is no backup of a portal: {_line(error.stderr)}") from None
    if b"alembic_version" not in script:
        raise BackupError(f"{str(file)!r} is no backup of a portal")
    after = _AFTER.replace("KNOWN", ",".join(sorted(readiness.known())))
    whole = _EMPTY.encode() + script + after.encode()
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", "--single-transaction")
    _run(url, "psql", *quiet, "--output=/dev/null", "--file=-", script=whole)


def _run(url: sa.URL, program: str, *options: str, script: bytes = b"") -> None:
    """Run a program on the database; the password is in no list of processes."""
    arguments = url.get_dialect()().create_connect_args(url)[1]
    password = arguments.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    command = [program, *options, "--no-password", "--dbname", make_conninfo(**arguments)]
    try:
        subprocess.run(command, check=True, capture_output=True, input=script, env=environment)
    except FileNotFoundError:
        raise BackupError(f"There is no {program} here: install PostgreSQL's client programs") from None
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{program} has failed, and nothing is done: {_line(error.stderr)}") from None


def _line(said: bytes) -> str:
    """Return what a program said first."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[0] if lines else "without a word"
