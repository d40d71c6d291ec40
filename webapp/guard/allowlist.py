"""Enforcement: every route is a portal route unless `open_routes` names it (R8)."""

from __future__ import annotations

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from webapp.domain.standing import NotLetIn, SignedOut
from webapp.guard import allowlist_cache, portal_session
from webapp.guard.client_address import current_address
from webapp.guard.open_routes import is_open
from webapp.identity import blocked, sign_in
from webapp.web import errors


def init_app(app: Flask) -> None:
    """Answer whoever is out by the time of the change as whoever was out when the request came (R8b)."""
    app.register_error_handler(SignedOut, lambda error: sign_in.required())
    app.register_error_handler(NotLetIn, put_out)


def require_portal_session() -> Response | None:
    """Send whoever is not signed in to the sign-in page.

    A form is awaited first, a GET's too: whoever sends one slowly may have been put out by its end (R8b). One that is
    too large is refused after session and list.
    """
    if is_open():
        return None
    try:
        request.form.get("")
    except RequestEntityTooLarge as error:
        g.too_large = error
    return None if portal_session.is_signed_in() else sign_in.required()


def require_listed_address() -> Response | None:
    """End the session of whoever is signed in from an address that the active list does not cover."""
    if is_open():
        return None
    session, address = portal_session.current(), current_address()
    if not allowlist_cache.admits(session, address):
        return blocked.sign_out(session, address)
    portal_session.touch(session, address)
    if "too_large" in g:
        raise g.too_large
    return None


def put_out(_error: NotLetIn) -> ResponseReturnValue:
    """End the session of whoever the list has stopped letting in after the request was judged."""
    return errors.handled(lambda: blocked.sign_out(portal_session.current(), current_address()))
