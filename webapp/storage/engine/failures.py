"""What can fail in the database, by what pages and commands answer."""

from __future__ import annotations

import sqlalchemy.exc as sa_exc

from webapp.storage.engine import readiness
from webapp.storage.engine.circuit_breaker import Unavailable

DatabaseError = sa_exc.DBAPIError  # whatever the database refuses, or does not answer
OUTAGES = (sa_exc.DBAPIError, sa_exc.TimeoutError, Unavailable)  # 503; of these a wrong statement is 500:
WRONG_STATEMENTS = (sa_exc.IntegrityError, sa_exc.DataError)


def describe(error: sa_exc.DBAPIError) -> str:
    """Return in one line what has failed, and what to do where migrations are missing."""
    reason = str(error.orig).strip().splitlines()[0]
    if readiness.lacks_tables(error):
        return f"Migrations are missing: {reason}. Run them: flask --app webapp.wsgi db upgrade"
    if error.statement is None or error.connection_invalidated:
        return f"The database can't be reached: {reason}"
    return f"The database can't be used now: {reason}"
