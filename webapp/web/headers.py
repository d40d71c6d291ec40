"""The headers of every answer: security, and no caching."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

from webapp.config import Config
from webapp.web import assets, htmx

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
        response.headers.update(HEADERS)  # a page's own are replaced
        if config.https:
            response.headers["Strict-Transport-Security"] = HSTS
        if request.endpoint not in STATIC_ENDPOINTS or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
            htmx.vary(response)
        else:
            response.headers["Cache-Control"] = assets.cache_control()
        return response
