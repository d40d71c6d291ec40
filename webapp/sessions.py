"""Portal sessions on the web side: Flask-Login carries the id in Flask's signed cookie (DESIGN 10)."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import flask
from flask import Flask, current_app, request
from flask_login import LoginManager, current_user, login_user

from webapp import clock, logs
from webapp.config import Config
from webapp.domain.address import Address
from webapp.domain.signed_in import SignedIn
from webapp.storage import sessions as stored
from webapp.storage.sessions import PortalSession

TOUCH_EVERY = timedelta(minutes=1)
SILENT_ENDPOINTS = frozenset({"session_check.show"})


def init_app(app: Flask) -> None:
    """Register Flask-Login. Its session protection trusts forged headers: off.

    So is its context processor: every template would ask the database, the one that says 503 too.
    """
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(load)


def load(session_id: str) -> PortalSession | None:
    """Return the portal session if it exists and neither limit has passed; one statement.

    A moment that lies ahead, because the clock has been mended since, is as far away as one that lies back: whatever
    the clock did, no session outlives its limits for long.
    """
    session = stored.load(session_id)
    if session is None:
        return None
    config: Config = current_app.extensions["config"]
    moment = clock.now()
    is_fresh = abs(moment - session.last_seen_at) < config.session_idle
    return session if is_fresh and abs(moment - session.created_at) < config.session_absolute else None


def is_signed_in() -> bool:
    """Whether the request belongs to a live portal session."""
    return bool(current_user.is_authenticated)


def current() -> PortalSession:
    """Return the request's portal session; only behind `require_portal_session`."""
    return cast(PortalSession, current_user._get_current_object())  # noqa: SLF001 - Werkzeug's documented way


def open_in_browser(session_id: str) -> None:
    """Put a new portal session into the browser's cookie; nothing from before sign-in survives (ASVS 7.2.4)."""
    session = stored.load(session_id)
    flask.session.clear()
    login_user(session)


def others() -> tuple[SignedIn, ...]:
    """Return who is signed in to the request's account in other browsers than this one."""
    config: Config = current_app.extensions["config"]
    moment, present = clock.now(), current()
    return stored.signed_in(
        present.account_id,
        but=present.id,
        seen_after=moment - config.session_idle,
        created_after=moment - config.session_absolute,
    )


def other_people() -> tuple[SignedIn, ...]:
    """Return the sessions of other people than the request's own: whom a change may not sign out unasked."""
    own = current().user_id
    return tuple(one for one in others() if one.user_id != own)


def touch(session: PortalSession, address: Address | None) -> None:
    """Keep last seen and last address: at most once a minute, or when the address changes; not by heartbeats.

    The write may fail, a page may not. What isn't written prolongs nothing: the idle limit counts from last seen.
    """
    if request.endpoint in SILENT_ENDPOINTS:
        return
    text = address.text if address else None
    moment = clock.now()
    is_due = session.address != text or abs(moment - session.last_seen_at) >= TOUCH_EVERY
    if is_due and not stored.touch(session.id, text, moment):
        logs.tell("last_seen", "not_written")
