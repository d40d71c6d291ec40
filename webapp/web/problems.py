"""Errors of the public API, as programs read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify, request
from werkzeug.http import HTTP_STATUS_CODES

MIMETYPE = "application/problem+json"
OUTAGE = "The list can’t be read or changed now. Read it again in some seconds, then go on."


def failure(status: int, error: str, message: str = "", errors: Sequence[dict[str, Any]] = ()) -> Response:
    """Return an error: `error` names the reason, `message` is a sentence with the way out.

    Where something was to be changed it is a problem document (RFC 9457), with what is wrong line by line; otherwise it
    is as it has always been.
    """
    if request.endpoint and request.method == "PUT":
        return problem(status, error.replace(" ", "_"), message or (OUTAGE if status == 503 else ""), errors)
    response = jsonify({"error": error} | ({"message": message} if message else {}))
    response.status_code = status
    return response


def problem(status: int, code: str, detail: str, errors: Sequence[dict[str, Any]] = ()) -> Response:
    """Return a problem document: `code` names the reason, `detail` is a sentence with the way out."""
    told = {"type": "about:blank", "title": HTTP_STATUS_CODES.get(status, "Error"), "status": status, "code": code}
    response = jsonify(told | ({"detail": detail} if detail else {}) | ({"errors": errors} if errors else {}))
    response.status_code, response.mimetype = status, MIMETYPE
    return response
