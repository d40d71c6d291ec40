"""Sign-out: works from anywhere, from any page, however old (R8, R8a)."""

from __future__ import annotations

import flask
from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from webapp.guard import csrf, page_identity, portal_session
from webapp.web import headers, htmx

bp = Blueprint("sign_out", __name__, url_prefix="/logout")


@bp.get("")
def show() -> Response:
    """Ask whether to sign out; where nobody is signed in, there is nothing to ask."""
    return ask(200) if portal_session.is_signed_in() else to_sign_in()


@bp.post("")
def submit() -> Response:
    """End the portal session of the person whose page it was."""
    if portal_session.is_signed_in() and page_identity.is_other():
        return ask_again("other_identity", 409)
    portal_session.end_present()
    flask.session.clear()
    return headers.forget_cache(to_sign_in())


@csrf.on_expired_token(submit)
def submit_again() -> Response:
    """Ask again after a form that was too old. Without a right token nothing of the cookie is touched."""
    if not portal_session.is_signed_in():
        return to_sign_in()
    return ask_again("other_identity", 409) if page_identity.is_other() else ask_again("csrf", 400)


def ask_again(reason: str, status: int) -> Response:
    """Name who would be signed out, with a fresh form."""
    return htmx.redirect(url_for(".show"), status) if htmx.is_htmx() else ask(status, reason)


def ask(status: int, reason: str = "") -> Response:
    """Return the page with one form, which says who is signed out."""
    return htmx.page("identity/sign_out.html", status, reason=reason)


def to_sign_in() -> Response:
    """Go to the sign-in page."""
    return htmx.see_other(url_for("sign_in.show"))
