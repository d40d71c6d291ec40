"""The description of the API, for programs: open, and what the API really does."""

from __future__ import annotations

from pathlib import Path

from flask import Response

_OPENAPI = Path(__file__).with_name("openapi.json").read_bytes()


def show() -> Response:
    """Return the OpenAPI document."""
    return Response(_OPENAPI, mimetype="application/json")
