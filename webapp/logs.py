"""Logs: a JSON line for each request and for each decision that matters; never a secret, a raw header or a session id.

`tell` is the one way to say something about the request at hand; what it says is counted for the metrics, too.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from typing import Any

from flask import Flask, g, request, request_finished, request_started
from pythonjsonlogger.json import JsonFormatter
from werkzeug.wrappers import Response

from webapp import metrics

log = logging.getLogger("portal")
PATH_LIMIT = 200


def configure() -> None:
    """Write JSON lines to stderr: what production does, and tests do not."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter("%(message)s%(levelname)s", rename_fields={"levelname": "level"}, timestamp="time")
    )
    for name in ("portal", "webapp"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.handlers = [handler]
        logger.propagate = False


def init_app(app: Flask) -> None:
    """Follow each request from its start to its answer. By signals: before_request is the order of decisions."""
    request_started.connect(_started, app)
    request_finished.connect(_finished, app)


def _started(_app: Flask, **_: Any) -> None:
    g.request_id = secrets.token_hex(8)
    g.request_began = time.perf_counter()


def _finished(_app: Flask, response: Response, **_: Any) -> None:
    seconds = time.perf_counter() - g.request_began
    if response.status_code >= 500:  # Not always: answers that must not differ would (R9).
        response.headers["X-Request-ID"] = g.request_id  # for the edge's log, and to tell support
    metrics.answered(request.method, request.endpoint, response.status_code, seconds)
    _line(
        "request",
        method=request.method[:20],
        path=request.path[:PATH_LIMIT],
        status=response.status_code,
        ms=round(seconds * 1000, 1),
    )


def tell(event: str, outcome: str, *, failure: bool = False, **fields: Any) -> None:
    """Log a decision and count it: `event` and `outcome` are words of ours, `fields` ids and codes of ours."""
    metrics.decided(event, outcome)
    _line(event, failure=failure, outcome=outcome, **fields)


def _line(event: str, *, failure: bool = False, **fields: Any) -> None:
    session, client = g.get("_login_user"), g.get("client_address")
    known = {
        "event": event,
        "request_id": g.get("request_id"),
        "account": getattr(session, "account_id", None),
        "user": getattr(session, "user_id", None),
        "client": client.text if client else None,
        "client_problem": g.get("client_problem"),
    }
    log.log(logging.ERROR if failure else logging.INFO, event, extra=known | fields)
