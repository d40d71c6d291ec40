"""Health: whether this process answers. No data, no database."""

from flask import Blueprint, Response

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> Response:
    """Return 200."""
    return Response("ok\n", mimetype="text/plain")
