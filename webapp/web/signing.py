"""What is signed with SECRET_KEY (the cookie, CSRF tokens, undo links) is signed with HMAC-SHA-256.

The libraries' own default is SHA-1, which ASVS 5.0 (11.4.1, appendix C) does not approve for HMAC any more.
"""

from __future__ import annotations

import hashlib

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer, URLSafeTimedSerializer


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie. Its serializer is made once, not at every request."""

    digest_method = staticmethod(hashlib.sha256)

    def __init__(self) -> None:
        self._made: tuple[object, URLSafeTimedSerializer | None] | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookie with the app's key."""
        if self._made is None or self._made[0] != app.secret_key:
            self._made = app.secret_key, super().get_signing_serializer(app)
        return self._made[1]


def init_app(app: Flask) -> None:
    """Sign the cookie so; and whatever else is signed in this process: Flask-WTF offers no setting of its own."""
    app.session_interface = Cookies()
    Signer.default_digest_method = staticmethod(hashlib.sha256)
