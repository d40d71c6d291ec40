"""Enforcement: every route is a portal route unless `OPEN_ENDPOINTS` names it (R8)."""

from __future__ import annotations

from flask import current_app, request
from werkzeug.wrappers import Response

from webapp import blocked, sessions, sign_in
from webapp.client_address import current_address
from webapp.compiled_lists import lets_in

OPEN_ENDPOINTS = frozenset(
    {
        "sign_in.show",
        "sign_in.submit",
        "sign_in.sign_out",
        "blocked.show",
        "static",
        "htmx.script",
        "health.healthz",
        "health.readyz",
        "api.account",
        "api.ip_allowlist",
    }
)


def is_open() -> bool:
    """Whether the request's route is open. An unknown URL has no endpoint and is not, but for the API's own
    404 and 405, because the API never looks at a session (R2), and for robots.txt: a crawler takes 404 as an
    answer (RFC 9309 2.3.1.3) and would read a sign-in page as rules.
    """
    if request.endpoint is None:
        return request.path.startswith("/api/") or request.path == "/robots.txt"
    return request.endpoint in OPEN_ENDPOINTS or request.endpoint in current_app.extensions.get("demo_endpoints", ())


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
        address=address,
    )
    if listed:
        sessions.touch(session, address)
        return None
    return blocked.sign_out(session, address)
