"""Errors: one page that says what happened and how to go on; a database that fails is 503, never a page (R12)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import Flask, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.wrappers import Response

from webapp.domain.standing import NotOwner
from webapp.runtime import logs
from webapp.storage.allowlists import ListUnreadable, NoAccount
from webapp.storage.engine import failures
from webapp.web import htmx, problems

RETRY_AFTER_S = 5
log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(NotOwner, lambda error: owners_only())
    for failure in (*failures.OUTAGES, ListUnreadable, NoAccount):
        app.register_error_handler(failure, unavailable)
    for bug in failures.WRONG_STATEMENTS:
        app.register_error_handler(bug, broken)


def page(status: int, problem: str = "") -> Response:
    """Return the error page; to htmx a partial, to the API JSON. It needs neither session nor database (R12)."""
    if request.path.startswith("/api/"):
        return problems.failure(status, HTTP_STATUS_CODES.get(status, "error").lower())
    name = "web/_error.html" if htmx.is_htmx() else "web/error.html"
    return make_response(render_template(name, status=status, problem=problem), status)


def handled(answer: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Return an error handler's own answer; Flask looks for no handler of what a handler raises: 503, not 500."""
    try:
        return answer()
    except Exception as error:
        return current_app.handle_user_exception(error)


def http_error(error: HTTPException) -> Response:
    """Answer what Flask and Werkzeug refuse; keep their headers (Allow, Retry-After)."""
    response = page(error.code or 500)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def owners_only() -> Response:
    """Answer a member's change: 403, nothing changed (R1)."""
    logs.record("refused", "owners_only")
    response = page(403, "owners_only")
    if htmx.is_htmx():
        htmx.lead_to(response, "/account/settings/ip-allowlist")
    return response


def unavailable(error: Exception) -> Response:
    """Answer 503: who may enter cannot be said now, so nobody is let in."""
    logs.record("unavailable", type(error).__name__, failure=True)
    response = page(503, "unreadable" if isinstance(error, ListUnreadable) else "")
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def broken(error: Exception) -> Response:
    """Answer 500: the statement was wrong, not the database."""
    log.error("500", exc_info=error)
    return page(500)
