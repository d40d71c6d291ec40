"""Logs: a JSON line for each request and for each decision that matters; never a secret, a raw header or a session id.

`record` is the one way to log a decision of the request at hand; it is counted for the metrics, too.
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
import time
from typing import Any

from flask import Flask, g, request, request_finished, request_started
from pythonjsonlogger.json import JsonFormatter
from werkzeug.wrappers import Response

from webapp.domain.few_lines import FewLines
from webapp.runtime import metrics

log = logging.getLogger("portal")
PATH_LIMIT = 200


def configure() -> None:
    """Write JSON lines to stderr: what production does, and tests do not."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter("%(message)s%(levelname)s", rename_fields={"levelname": "level"}, timestamp="time")
    )
    handler.addFilter(Few())
    for name in ("portal", "webapp"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.handlers = [handler]
        logger.propagate = False


class Few(logging.Filter):
    """Lets the first few refusals a minute of a person at an address through, and a count of the others afterwards.

    Each costs a sender one request, and journald leaves out whatever comes too fast, decisions of others included.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines, self._lock = FewLines(), threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        said = vars(record)
        with self._lock:
            left_out = self._lines.begin(int(record.created // 60))
            event = said.get("event")
            written = not _is_refusal(said) or self._lines.is_written(
                (event, said.get("user"), said.get("client")), (event, None, "others")
            )
        for (of, user, client), count in left_out.items():
            log.info("left_out", extra={"event": "left_out", "of": of, "user": user, "client": client, "lines": count})
        return written


def _is_refusal(said: dict[str, Any]) -> bool:
    """Whether a line says that somebody was refused, or what a stranger asked for, which costs as little to send.

    What changes anything, what fails, and who signs in, is always written.
    """
    event, status = said.get("event"), said.get("status", 0)
    if event == "request":
        return status in {401, 403, 429} or (said.get("user") is None and status < 500)
    return event in {"blocked", "refused"} or (event == "sign_in" and said.get("outcome") == "throttled")


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


def record(event: str, outcome: str, *, failure: bool = False, **fields: Any) -> None:
    """Log a decision and count it: `event` and `outcome` are words of ours, `fields` ids and codes of ours."""
    metrics.decided(event, outcome)
    _line(event, failure=failure, outcome=outcome, **fields)


def _line(event: str, *, failure: bool = False, **fields: Any) -> None:
    access, client = g.get("api_access"), g.get("client_address")
    who = access or g.get("_login_user")
    known = {
        "event": event,
        "request_id": g.get("request_id"),
        "account": getattr(who, "account_id", None),
        "user": getattr(who, "user_id", None),
        "client": client.text if client else None,
        "client_problem": g.get("client_problem"),
    }
    if access is not None:
        known["api_token"] = access.token_id
    log.log(logging.ERROR if failure else logging.INFO, event, extra=known | fields)
