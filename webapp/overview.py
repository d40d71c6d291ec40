"""The portal's first page."""

from flask import Blueprint, render_template

bp = Blueprint("overview", __name__)


@bp.get("/")
def show() -> str:
    """Return the overview: account, role, current address."""
    return render_template("overview.html")
