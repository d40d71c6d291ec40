"""Whether the database can serve this code."""

from __future__ import annotations

import re
from functools import cache

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import current_app
from flask_alembic import Alembic
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.engine.transactions import first_read

MISSING = "migrations are missing"
STANDBY = "the database is a standby"
UNREACHABLE = "the database cannot be reached, or was never migrated"
UNKNOWN = "the database has a migration that this code does not know"
_APPLIED = sa.text("SELECT version_num FROM alembic_version")
LACKING_STATES = frozenset({"42P01", "42703"})  # undefined table, undefined column
LACKING = re.compile(r"no such (table|column)|has no column named")  # SQLite has no code of its own for it


def problem() -> str:
    """Return what keeps the portal from answering people, or nothing."""
    try:
        found = first_read(lambda connection: set(connection.scalars(_APPLIED)))
    except (SQLAlchemyError, Unavailable) as error:
        return STANDBY if "hot standby" in str(error) else UNREACHABLE  # libpq has no code for it
    if found == _heads():
        return ""
    return MISSING if found <= _known() else UNKNOWN


def lacks_tables(error: DBAPIError) -> bool:
    """Whether a statement failed because migrations are missing, not because the database cannot be reached."""
    return getattr(error.orig, "sqlstate", None) in LACKING_STATES or bool(LACKING.search(str(error.orig)))


def _script_directory() -> ScriptDirectory:
    alembic: Alembic = current_app.extensions["alembic"]
    return alembic.script_directory


@cache
def _heads() -> set[str]:
    return set(_script_directory().get_heads())


@cache
def _known() -> set[str]:
    return {revision.revision for revision in _script_directory().walk_revisions()}


def known() -> frozenset[str]:
    """Return the ids of all migrations of this code."""
    return frozenset(_known())


def knows(found: set[str]) -> bool:
    """Whether this code has all of these migrations."""
    return found <= _known()
