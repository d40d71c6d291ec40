"""Who somebody is: sign-in, sign-out, the blocked page, the heartbeat of an open page; and the overview."""

from __future__ import annotations

from flask import Flask

from webapp.domain.standing import NotLetIn, SignedOut
from webapp.identity import blocked, forward_auth, heartbeat, overview, sign_in, sign_out

blueprints = (sign_in.bp, sign_out.bp, blocked.bp, overview.bp, heartbeat.bp, forward_auth.bp)

__all__ = ["blueprints", "init_app"]


def init_app(app: Flask) -> None:
    """Register the answers to people whom `guard`, or the lock of a change (R8b), does not let go on."""
    app.register_error_handler(SignedOut, lambda error: sign_in.required())
    app.register_error_handler(NotLetIn, blocked.put_out)
