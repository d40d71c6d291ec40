"""Upsert: INSERT … ON CONFLICT is the same SQL on both databases, but SQLAlchemy has one construct for each."""

from __future__ import annotations

from typing import Any

import sqlalchemy.dialects.postgresql as postgresql
import sqlalchemy.dialects.sqlite as sqlite

from webapp.storage.engine.database import db


def insert(table: type[Any]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT for the running database, with `on_conflict_do_update`."""
    return sqlite.insert(table) if db.engine.dialect.name == "sqlite" else postgresql.insert(table)
