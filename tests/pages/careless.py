"""A page whose hooks know nothing of the guard, and would break every promise where Flask calls them."""

from __future__ import annotations

from typing import Any

from flask import abort, g, make_response, render_template, session, url_for
from werkzeug.wrappers import Response

from webapp.pages import Pages, current_user, require_owner

pages = Pages("careless", __name__, url_prefix="/careless", static_folder="static_of_careless")
owners = Pages("owners", __name__, url_prefix="/owners")
owners.before_request(require_owner)
lists = Pages("lists", __name__, url_prefix="/lists")
public = Pages("public", __name__, url_prefix="/public")


@pages.url_value_preprocessor
def look_up(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Look up what the URL names, as Flask's own documentation shows."""
    if values and values.get("name") == "nothing":
        abort(404, "seen by a stranger")


@pages.before_request
def begin() -> None:
    """Keep something for the others."""
    g.begun = current_user().name


@pages.after_request
def finish(response: Response) -> Response:
    """Use it."""
    response.headers["X-Begun"] = g.begun
    response.headers["Cache-Control"] = "public, max-age=600"
    response.headers["Content-Security-Policy"] = "default-src *"
    return response


@pages.teardown_request
def clean_up(_error: BaseException | None) -> None:
    """Use it once more."""
    g.get("begun")


@pages.context_processor
def more() -> dict[str, str]:
    """Give every template something."""
    return {"begun": g.begun}


@pages.errorhandler(Exception)
def anything(error: Exception) -> tuple[str, int]:
    """Answer whatever goes wrong."""
    return f"handled: {type(error).__name__}", 200


@pages.route("/<name>", methods=["GET", "POST"])
def show(name: str) -> str | Response:
    """Return a page that keeps something in the cookie, or fails."""
    session["careless.name"] = name
    if name == "fails":
        raise KeyError(name)
    return make_response(render_template("portal.html", name=name))


@pages.get("/late")
def late() -> str:
    """Return a page whose last hook fails."""
    g.pop("begun")
    return "late"


@public.get("/status")
def status() -> str:
    """Return a page for everybody."""
    return "all is well"


@public.get("/<what>")
def not_for_everybody(what: str) -> str:
    """Return what an open page may not show."""
    return current_user().name if what == "user" else render_template("portal.html")


@lists.url_defaults
def whose(endpoint: str, values: dict[str, Any]) -> None:
    """Put the account into each URL."""
    values.setdefault("account", current_user().account_id)


@lists.get("/<int:account>")
def of_account(account: int) -> str:
    """Return the link to the page itself."""
    return url_for("lists.of_account")


@owners.get("")
def for_owners() -> str:
    """Return a page for owners."""
    return "for owners"


@owners.get("/slash/")
def with_slash() -> str:
    """Return a page that Flask would redirect to."""
    return "slash"
