"""What every answer bears: security headers, no caching; and the settings of Flask that follow from ours."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.wrappers import Response

from webapp.config import Config
from webapp.web import assets
from webapp.web.incoming import MAX_BODY, MAX_PARTS

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=63072000; includeSubDomains"
STATIC_ENDPOINTS = frozenset({"static", "htmx.script"})


def flask_settings(config: Config) -> dict[str, Any]:
    """Return Flask's, Flask-Login's and Flask-WTF's settings."""
    return {
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_NAME": "__Host-session" if config.https else "portal_session",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": [config.public_host] if config.public_host else None,
        "SESSION_PROTECTION": None,
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY,
        "MAX_FORM_PARTS": MAX_PARTS,
    }


def forget_cache(response: Response) -> Response:
    """Tell the browser to drop what it has cached (ASVS 14.3.1).

    Not cookies, which hold the blocked page's reference; nor storage, which holds what was typed.
    """
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def init_app(app: Flask, config: Config) -> None:
    """Put the headers on every answer, errors and partials included."""

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.update(HEADERS)
        if config.https:
            response.headers["Strict-Transport-Security"] = HSTS
        if request.endpoint not in STATIC_ENDPOINTS or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
            response.vary.add("HX-Request")
        else:
            response.headers["Cache-Control"] = assets.cache_control()
        return response
