"""The settings page's first section, General: the account, and the list's state."""

from flask import Blueprint, render_template

from webapp import sessions
from webapp.storage import accounts

bp = Blueprint("settings", __name__, url_prefix="/account/settings")


@bp.get("")
def show() -> str:
    """Return the section General."""
    return render_template("settings/general.html", owners=accounts.owner_names(sessions.current().account_id))
