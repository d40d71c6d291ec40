"""The description of the API, for programs: open, and what the API really does."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Response

from webapp.config import Config, app_object

_OPENAPI = json.loads(Path(__file__).with_name("openapi.json").read_bytes())


def show() -> Response:
    """Return the OpenAPI document, which bears the portal's name."""
    named = _OPENAPI | {"info": _OPENAPI["info"] | {"title": app_object(Config).portal_name}}
    return Response(json.dumps(named, ensure_ascii=False, indent=2), mimetype="application/json")
