"""Health: is this process alive, and could it answer people. No data."""

from __future__ import annotations

from flask import Blueprint, Response

from webapp.storage.engine import readiness

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Return 200: this process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> Response:
    """Return 200 when the database can be reached, is no standby and has this code's migrations; else 503 and why."""
    problem = readiness.problem()
    if problem:
        return Response(f"not ready: {problem}\n", status=503, mimetype="text/plain", headers={"Retry-After": "5"})
    return Response("ready\n", mimetype="text/plain")
