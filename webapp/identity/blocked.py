"""Blocked: signed in (or signing in) correctly, from an address that the active list does not cover."""

from __future__ import annotations

import flask
from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from webapp.domain.address import Address
from webapp.domain.standing import NotLetIn
from webapp.guard import portal_session
from webapp.guard.client_address import current_address
from webapp.runtime import clock, logs
from webapp.storage import blocked_attempts
from webapp.storage.request_session import PortalSession
from webapp.web import errors, headers, htmx

bp = Blueprint("blocked", __name__)


@bp.get("/blocked")
def show() -> Response:
    """Say why, from the record that this browser's own cookie names; nothing is read from the query."""
    reference = flask.session.get("blocked")
    attempt = blocked_attempts.find(reference) if isinstance(reference, str) else None
    if attempt is None:
        return htmx.see_other(url_for("sign_in.show"))
    return page(attempt)


def put_out(_error: NotLetIn) -> ResponseReturnValue:
    """Sign out the person whom the list does not let in: when the request came, or by the time of its change."""
    return errors.handled(lambda: sign_out(portal_session.current(), current_address()))


def sign_out(session: PortalSession, address: Address | None) -> Response:
    """End the portal session for good, record the attempt, and say why (R8)."""
    return answer(end(session, address))


def end(session: PortalSession, address: Address | None) -> str:
    """End the portal session for good, record the attempt, and return its reference."""
    reference = blocked_attempts.record_and_sign_out(session, address, clock.now())
    logs.record("blocked", "signed_out", reference=reference)
    return reference


def keep(reference: str) -> None:
    """Replace the browser's cookie session by one that knows only the reference, for the blocked page."""
    flask.session.clear()
    flask.session["blocked"] = reference


def answer(reference: str, *, at_sign_in: bool = False) -> Response:
    """Replace the browser's cookie session by one that knows only the reference, and show the reason.

    `at_sign_in`: it was a sign-in that was refused, and nothing more; else somebody was signed out.
    The changed cookie also makes browsers drop their back/forward cache.
    """
    keep(reference)
    if at_sign_in:
        flask.session["at_sign_in"] = True
    attempt = blocked_attempts.find(reference)
    if htmx.is_htmx() or attempt is None:
        return headers.forget_cache(htmx.redirect(url_for("blocked.show"), status=403))
    return page(attempt)


def page(attempt: blocked_attempts.Blocked) -> Response:
    """Return the blocked page, 403."""
    return headers.forget_cache(htmx.page("identity/blocked.html", 403, attempt=attempt))
