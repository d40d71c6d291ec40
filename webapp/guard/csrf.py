"""CSRF: every POST outside the API needs a token, and comes from a page of ours.

A stale token gets its form back, filled in, with a fresh one; a form of another origin gets neither.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, current_app, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from werkzeug.wrappers import Response

from webapp.config import Config, app_object
from webapp.domain.origin import is_foreign
from webapp.guard import page_identity
from webapp.guard.open_routes import is_open
from webapp.runtime import logs
from webapp.web import errors

MAX_KEPT = 1_000
_csrf = CSRFProtect()
Handler = Callable[..., Response]


def init_app(app: Flask) -> None:
    """Register the check; create_app does it after the list's, so that a blocked person gets that answer first."""
    app.before_request(require_own_origin)
    _csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = Tokens().token
    app.register_error_handler(CSRFError, answer)


class Tokens:
    """The tokens of the last sessions that were shown a form: a token never expires, so it is signed once a session."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def token(self) -> str:
        """Return the token for the forms of the request's browser."""
        kept = self.kept.get(session.get("csrf_token", ""))
        if kept is None:
            kept = generate_csrf()
            if len(self.kept) >= MAX_KEPT:
                self.kept.clear()
            if secret := session.get("csrf_token"):  # none where the session was cleared since the token was made
                self.kept[secret] = kept
        return kept


def exempt(blueprint: Blueprint) -> None:
    """Leave out the public API: it has its own tokens and never reads the cookie (R2)."""
    _csrf.exempt(blueprint)


def require_own_origin() -> Response | None:
    """Refuse what a page of another origin has sent, whatever its token; nothing of it is shown with a fresh one.

    Login CSRF included: with another's e-mail put into the sign-in page, somebody would sign in to the wrong account.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.path.startswith("/api/"):
        return None
    said = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if not is_foreign(*said, public_url=app_object(Config).public_url, host=request.host):
        return None
    logs.record("refused", "foreign_origin")
    return errors.page(400, "foreign")


def on_expired_token(view: Handler) -> Callable[[Handler], Handler]:
    """Register the handler that answers a form of `view` whose token has expired: with the form as it was typed."""

    def register(handler: Handler) -> Handler:
        view.expired_token_handler = handler  # type: ignore[attr-defined]
        return handler

    return register


def problem() -> str:
    """Return what to say of a form without a good token, before a new one is made for it: "csrf" or "cookies".

    Every form is shown with a cookie that holds the token's secret. A browser that doesn't send it back keeps no
    cookies, or has lost it to another program on the same host: a fresh form would be out of date as well, for ever.
    """
    return "csrf" if session else "cookies"


def answer(error: CSRFError) -> ResponseReturnValue:
    """Return 400 with the form as it was typed, or a page that says how to go on.

    A form gets a fresh token only where it said whose it is: another person's would be sent in the wrong name (R8a).
    """
    logs.record("refused", "csrf")
    if not (is_open() or page_identity.sent()):
        return page_identity.not_sent("csrf", 400)
    view = current_app.view_functions[request.endpoint or ""]
    handler: Handler | None = getattr(view, "expired_token_handler", None)
    if handler is None:
        return errors.page(400, problem())
    return errors.handled(lambda: handler(**(request.view_args or {})))
