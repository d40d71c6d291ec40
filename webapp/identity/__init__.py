"""Who somebody is: sign-in, sign-out, the blocked page, the heartbeat of an open page; and the overview."""

from __future__ import annotations

from flask import Flask
from flask.typing import ResponseReturnValue

from webapp.domain.standing import NotLetIn, SignedOut
from webapp.guard.open_routes import is_forward_auth
from webapp.identity import blocked, forward_auth, heartbeat, overview, sign_in, sign_out

blueprints = (sign_in.bp, sign_out.bp, blocked.bp, overview.bp, heartbeat.bp, forward_auth.bp)

__all__ = ["blueprints", "init_app"]


def init_app(app: Flask) -> None:
    """Register the answers to people whom `guard`, or the lock of a change (R8b), does not let go on."""
    app.register_error_handler(SignedOut, _required)
    app.register_error_handler(NotLetIn, _put_out)
    app.after_request(forward_auth.bare)


def _required(_error: SignedOut) -> ResponseReturnValue:
    return forward_auth.required() if is_forward_auth() else sign_in.required()


def _put_out(error: NotLetIn) -> ResponseReturnValue:
    return forward_auth.put_out() if is_forward_auth() else blocked.put_out(error)
