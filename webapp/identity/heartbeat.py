"""The heartbeat of an open page: is this session still let in, and is the list still the one shown?"""

from flask import Blueprint, Response, render_template, request

from webapp.guard import portal_session
from webapp.storage import last_changes

bp = Blueprint("session_check", __name__)  # in the names of metrics and logs, and older than this module's name


@bp.get("/session")
def show() -> Response:
    """Return 204, or for owners 200 with a notice when the list is no longer the one that the page shows.

    Enforcement has answered before this when the session is gone or blocked. Never prolongs the session.
    """
    session = portal_session.current()
    shown = request.args.get("version", "")
    if not session.is_owner or not shown or shown == session.allowlist_revision:
        return Response(status=204)
    made = last_changes.changes_since(session.account_id, since=shown, reader=session.user_id)
    version = session.allowlist_revision
    return Response(render_template("settings/allowlist/_changed_notice.html", made=made, version=version))
