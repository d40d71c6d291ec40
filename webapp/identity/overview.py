"""The portal's first page."""

from flask import Blueprint
from werkzeug.wrappers import Response

from webapp.web import htmx

bp = Blueprint("overview", __name__)


@bp.get("/")
def show() -> Response:
    """Return the overview: account, role, current address."""
    return htmx.page("identity/overview.html")
