"""What an operator is told of the database: whether it answers, what its clock says, and of its migrations."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from webapp.runtime import clock
from webapp.storage.engine import failures, readiness
from webapp.storage.engine.circuit_breaker import Unavailable
from webapp.storage.engine.database import db
from webapp.storage.models import Event, PortalSessionRow

UPGRADE = "run them: flask --app webapp.wsgi db upgrade, with DATABASE_URL of the role that owns the tables"
MIGRATIONS = {
    readiness.MISSING: f"migrations are missing: {UPGRADE}",
    readiness.UNKNOWN: "the database has a migration that this code does not know: run the newer release",
    readiness.STANDBY: "the database is a standby: let DATABASE_URL name the primary",
    readiness.UNREACHABLE: f"the database was never migrated: {UPGRADE}",
}


def reach() -> str:
    """Return why the database cannot be reached, or nothing."""
    try:
        with db.reading() as connection:
            connection.execute(sa.text("SELECT 1"))
    except failures.DatabaseError as error:
        return f"{failures.describe(error)}: look at DATABASE_URL, and whether the server runs and lets this machine in"
    except Unavailable as error:
        return f"The database can't be reached: {error}"
    return ""


def migrations() -> str:
    """Return what is wrong with the migrations, or nothing."""
    return MIGRATIONS.get(readiness.problem(), "")


def clock_ahead() -> timedelta:
    """Return how far the database's clock is ahead of this machine's (or, negative, behind it).

    SQLite has no clock of its own: how far the newest moment that is stored lies in the future.
    """
    with db.reading() as connection:
        if connection.dialect.name != "sqlite":
            there: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
            return there - clock.now()
        stored = [sa.select(sa.func.max(one)) for one in (Event.at, PortalSessionRow.last_seen_at)]
        newest: list[datetime] = list(filter(None, (connection.execute(one).scalar() for one in stored)))
    return max(timedelta(), *(moment - clock.now() for moment in newest)) if newest else timedelta()
