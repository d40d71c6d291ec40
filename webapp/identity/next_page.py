"""Where sign-in leads: back to the page that somebody was on, within the site."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from webapp.config import Config, app_object
from webapp.guard.portal_session import SILENT_ENDPOINTS
from webapp.web import htmx

NEXT_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def safe_next(path: str) -> str:
    """Return the path if it stays within the site, else where sign-in leads by itself (ASVS 3.7.2)."""
    return path if NEXT_PATH.fullmatch(path) else app_object(Config).landing


def present() -> str | None:
    """Return the page that the request comes from, or asks for; None where htmx does not name it.

    The URL that a form is sent to may be no page: then it is the page on which the form stands.
    """
    if htmx.is_htmx():
        return _page_at(htmx.current_url())
    if request.method in {"GET", "HEAD"} and request.endpoint not in SILENT_ENDPOINTS:
        return safe_next(request.full_path.rstrip("?"))
    return _page_at(request.referrer or "") or _nearest(request.path.rpartition("/")[0])


def _page_at(url: str) -> str | None:
    """Return the page of ours that a header names, with its query; a forged one leads nowhere else.

    Compared by host name: behind a proxy that ends TLS the portal itself is asked by http, and at another port.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.hostname != urlsplit(f"//{request.host}").hostname:
        return None
    path = parts.path or "/"
    return safe_next(SplitResult("", "", path, parts.query, "").geturl()) if _can_be_opened(path) else _nearest(path)


def _nearest(path: str) -> str:
    """Return the longest beginning of the path that is a page."""
    while path and not _can_be_opened(path):
        path = path.rpartition("/")[0]
    return safe_next(path)


def _can_be_opened(path: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return endpoint not in SILENT_ENDPOINTS
