"""Enforcement: every route is a portal route unless `open_routes` names it (R8)."""

from __future__ import annotations

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.domain.standing import NotLetIn, SignedOut
from webapp.guard import allowlist_cache, portal_session
from webapp.guard.client_address import current_address
from webapp.guard.open_routes import is_forward_auth, is_open


def require_portal_session() -> None:
    """Let only somebody who is signed in go on.

    A form is awaited first, a GET's too: its sender may have been signed out by its end (R8b). One that is too large
    is refused after session and list.

    Raises:
        SignedOut: there is no portal session, or it is over.
    """
    if is_open():
        return
    if not is_forward_auth():
        _await_form()
    if not portal_session.is_signed_in():
        raise SignedOut


def _await_form() -> None:
    try:
        request.form.get("")
    except RequestEntityTooLarge as error:
        g.too_large = error


def require_listed_address() -> None:
    """Let only an address go on that the account's list lets in.

    Raises:
        NotLetIn: the active list does not cover the address.
        ListUnreadable: the stored list is not one.
        RequestEntityTooLarge: the form is, and its sender may know.
    """
    if is_open():
        return
    require_admitted()
    portal_session.touch(portal_session.current(), current_address())
    if "too_large" in g:
        raise g.too_large


def require_admitted() -> None:
    """Let only a signed-in person at an address go on that the account's list lets in. Raises NotLetIn."""
    if not allowlist_cache.admits(portal_session.current(), current_address()):
        raise NotLetIn
