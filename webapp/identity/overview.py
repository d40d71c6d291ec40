"""The portal's own first page: at `/`, or at `/account` where PORTAL_HOME says that `/` is somebody else's."""

from typing import cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from webapp.config import Config, app_object
from webapp.web import htmx

bp = Blueprint("overview", __name__)


@bp.record
def add_routes(state: BlueprintSetupState) -> None:
    """Add the routes; links lead to the first one of `show`, `/account` works always."""
    home = app_object(Config, cast(Flask, state.app)).home
    if home not in {"", "/"}:
        state.add_url_rule("/", "home", lambda: htmx.see_other(home))
    else:
        state.add_url_rule("/", "show", show, alias=bool(home))
    state.add_url_rule("/account", "show", show, alias=not home)


def show() -> Response:
    """Return the overview: account, role, current address."""
    return htmx.page("identity/overview.html")
