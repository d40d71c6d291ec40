"""Health: is this process alive, and could it answer people. No data."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from flask import Blueprint, Response, current_app
from flask_alembic import Alembic
from sqlalchemy.exc import SQLAlchemyError

from webapp.storage import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Return 200: this process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """Return 200 when the database can be reached and has the newest migration, else 503 and which of the two."""
    try:
        found = set(db.session.scalars(sa.text("SELECT version_num FROM alembic_version")))
    except SQLAlchemyError:
        return _not_ready("the database cannot be reached, or was never migrated")
    return Response("ready\n", mimetype="text/plain") if found == _heads() else _not_ready("migrations are missing")


def _not_ready(reason: str) -> Response:
    return Response(f"not ready: {reason}\n", status=503, mimetype="text/plain", headers={"Retry-After": "5"})


@cache
def _heads() -> set[str]:
    alembic: Alembic = current_app.extensions["alembic"]
    return set(alembic.script_directory.get_heads())
