"""Whether the database can serve this code."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from flask import current_app
from flask_alembic import Alembic
from sqlalchemy.exc import SQLAlchemyError

from webapp.storage.silence import Unavailable
from webapp.storage.transactions import first_read


def problem() -> str:
    """Return what keeps the portal from answering people, or nothing."""
    try:
        found = first_read(lambda session: set(session.scalars(sa.text("SELECT version_num FROM alembic_version"))))
    except (SQLAlchemyError, Unavailable):
        return "the database cannot be reached, or was never migrated"
    return "" if found == _heads() else "migrations are missing"


@cache
def _heads() -> set[str]:
    alembic: Alembic = current_app.extensions["alembic"]
    return set(alembic.script_directory.get_heads())
