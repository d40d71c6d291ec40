"""What templates know besides their context; an undefined name is an error, not a blank."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import StrictUndefined

from webapp import clock, sessions
from webapp.client_address import current_address
from webapp.config import Config
from webapp.settings.forms import new_operation
from webapp.settings.section import FILTERS, SORTS


def init_app(app: Flask) -> None:
    """Set up Jinja."""
    config: Config = app.extensions["config"]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "new_operation": new_operation,
        "signed_in": lambda: sessions.current() if sessions.is_signed_in() else None,
        "current_address": current_address,
        "is_demo": config.demo,
        "now": clock.now,
        "FILTERS": FILTERS,
        "SORTS": SORTS,
    }

    @app.template_filter("moment")
    def moment(value: Any) -> str:
        """Return a moment in words: 25 Sep 2026, 14:32 UTC."""
        return f"{value.day} {value:%b %Y, %H:%M} UTC"

    @app.template_filter("day")
    def day(value: Any) -> str:
        """Return a day in words: 25 Sep 2026."""
        return f"{value.day} {value:%b %Y}"
