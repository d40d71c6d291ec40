"""The settings page's first section, General: the account, and the list's state."""

from flask import Blueprint
from werkzeug.wrappers import Response

from webapp.guard import portal_session
from webapp.storage import accounts
from webapp.web import htmx

bp = Blueprint("settings", __name__, url_prefix="/account/settings")


@bp.get("")
def show() -> Response:
    """Return the section General."""
    return htmx.page("settings/general.html", owners=accounts.owners(portal_session.current().account_id))
