"""Enforcement: every route is a portal route unless `open_routes` names it (R8)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp import blocked, sessions, sign_in
from webapp.client_address import current_address
from webapp.compiled_lists import lets_in
from webapp.open_routes import is_open


def require_portal_session() -> Response | None:
    """Send whoever is not signed in to the sign-in page."""
    return None if is_open() or sessions.is_signed_in() else sign_in.required()


def require_listed_address() -> Response | None:
    """End the session of whoever is signed in from an address that the active list does not cover."""
    if is_open():
        return None
    session, address = sessions.current(), current_address()
    listed = lets_in(
        session.account_id,
        active=session.allowlist_active,
        revision=session.allowlist_revision,
        stamp=session.list_stamp,
        address=address,
    )
    if listed:
        sessions.touch(session, address)
        return None
    return blocked.sign_out(session, address)
