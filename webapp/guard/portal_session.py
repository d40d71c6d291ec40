"""Portal sessions on the web side: Flask-Login carries the id in Flask's signed cookie."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import flask
from flask import Flask, g, request
from flask_login import LoginManager, current_user, login_user

from webapp.config import Config, app_object
from webapp.domain.address import Address
from webapp.domain.program_name import by_token
from webapp.domain.session_end import Ended, Limits, sentence
from webapp.domain.signed_in import Present, SignedIn
from webapp.guard.client_address import current_address
from webapp.guard.open_routes import is_forward_auth, is_open
from webapp.runtime import clock, logs
from webapp.storage import request_session, signed_in
from webapp.storage import sessions as stored
from webapp.storage.events import Actor, ActorSession
from webapp.storage.request_session import PortalSession
from webapp.storage.sessions import Bounds

TOUCH_EVERY = timedelta(minutes=1)
SILENT_ENDPOINTS = frozenset({"session_check.show"})


def init_app(app: Flask) -> None:
    """Register Flask-Login, and what templates ask of the session. Its session protection trusts forged headers: off.

    So is its context processor: every template would ask the database, the one that says 503 too.
    """
    manager = LoginManager(app, add_context_processor=False)
    manager.session_protection = None
    manager.user_loader(load)
    app.jinja_env.globals |= {"signed_in": lambda: current() if is_signed_in() else None, "let_in": let_in}
    app.add_template_filter(you)


def load(session_id: str) -> PortalSession | None:
    """Return the portal session if it exists and neither limit has passed; one statement."""
    session = request_session.load(session_id)
    return None if session is None or limit_passed(session) else session


def limits() -> Limits:
    """Return the limits of portal sessions."""
    config = app_object(Config)
    return Limits(config.session_idle, config.session_absolute)


def bounds() -> Bounds:
    """Return the limits of portal sessions, and how many of them a person has at most."""
    return Bounds(limits(), app_object(Config).max_sessions_per_user)


def limit_passed(session: PortalSession) -> str:
    """Return the limit that has ended the session, or nothing."""
    return limits().passed(session.created_at, session.last_seen_at, clock.now())


def why_ended() -> str:
    """Return why the portal session is over that this browser's cookie still names; nothing where that is not known.

    Nobody else has the signed cookie, and signing in or out replaces it.
    """
    session_id = flask.session.get("_user_id")
    if not isinstance(session_id, str):
        return ""
    session = request_session.load(session_id)
    ended = Ended(limit_passed(session)) if session else stored.why_ended(session_id)
    return sentence(ended, limits()) if ended else ""


def find() -> PortalSession | None:
    """Return the request's live portal session, or None. Flask-Login looks it up once a request and keeps it in `g`."""
    user = g.get("_login_user") or current_user._get_current_object()  # noqa: SLF001 - Werkzeug's documented way
    return user if isinstance(user, PortalSession) else None


def is_signed_in() -> bool:
    """Whether the request belongs to a live portal session."""
    return find() is not None


def forget() -> None:
    """Forget what was read of the request's portal session: it is read again when it is asked for."""
    g.pop("_login_user", None)


def current() -> PortalSession:
    """Return the request's portal session; only behind `require_portal_session`."""
    return cast(PortalSession, find())


def let_in() -> PortalSession:
    """Return the request's portal session where session and list have been asked.

    Raises:
        RuntimeError: the route is open: whoever is signed in there may be blocked.
    """
    if is_open():
        raise RuntimeError(
            f"{request.endpoint} is open: nobody has asked who is there, or whether the list lets them in"
        )
    return current()


def you(name: str, user_id: int | None) -> str:
    """Return "you" where the reader is that user, else the name. Compared by id: two people may have one name.

    What a program has done for the reader is not the reader's own: its token is named.
    """
    return f"you{by_token(name)}" if is_signed_in() and current().user_id == user_id else name


def actor() -> Actor:
    """Return who acts in the request, from where, in which portal session."""
    present = current()
    session = ActorSession(stored.hash_of(present.id), limits())
    return Actor(present.user_name, present.user_id, current_address(), session)


def open_in_browser(session_id: str) -> bool:
    """Put a new portal session into the browser's cookie; nothing from before sign-in survives (ASVS 7.2.4).

    Return whether it is still there: somebody may have ended it at once.
    """
    session = request_session.load(session_id)
    flask.session.clear()
    return session is not None and bool(login_user(session))


def end_present() -> None:
    """End the request's portal session, if it belongs to one."""
    if is_signed_in():
        stored.sign_out(current().id)


def others(most: int) -> tuple[tuple[SignedIn, ...], int]:
    """Return who is signed in to the request's account in other browsers than this one: the first ones, and how many.

    The last seen come first.
    """
    present = current()
    return signed_in.sessions(present.account_id, but=present.id, alive=limits().alive(clock.now()), most=most)


def elsewhere() -> list[Present]:
    """Return from where people are signed in to the request's account in other browsers, the reader among them."""
    present = current()
    return signed_in.people(present.account_id, but=present.id, alive=limits().alive(clock.now()))


def other_people() -> list[Present]:
    """Return from where other people than the request's own are signed in: whom a change may not sign out unasked."""
    me = current().user_id
    return [one for one in elsewhere() if one.user_id != me]


def touch(session: PortalSession, address: Address | None) -> None:
    """Keep last seen and last address: at most once a minute, or when the address changes; not by heartbeats.

    Not by a changed address where a proxy asks: a page and its files may come by IPv4 and IPv6 in turns.

    The write may fail, a page may not. What isn't written prolongs nothing: the idle limit counts from last seen.
    """
    if request.endpoint in SILENT_ENDPOINTS:
        return
    text = address.text if address else None
    moment = clock.now()
    has_moved = session.address != text and not is_forward_auth()
    is_due = has_moved or abs(moment - session.last_seen_at) >= TOUCH_EVERY
    if is_due and not request_session.touch(session, address, moment):
        logs.record("last_seen", "not_written")
