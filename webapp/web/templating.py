"""What templates know besides their context; an undefined name is an error, not a blank."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined

from webapp.config import Config
from webapp.domain.consent import NAMED
from webapp.guard import page_identity, portal_session
from webapp.guard.client_address import current_address
from webapp.settings.allowlist.forms import new_operation
from webapp.settings.allowlist.views.query import FILTERS, SORTS
from webapp.web import filters


def init_app(app: Flask) -> None:
    """Set up Jinja."""
    config: Config = app.extensions["config"]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "new_operation": new_operation,
        "signed_in": lambda: portal_session.current() if portal_session.is_signed_in() else None,
        "page_identity": page_identity.present,
        "other_identity_notice": page_identity.take_notice,
        "current_address": current_address,
        "is_demo": config.demo,
        "NAMED": NAMED,
        "FILTERS": FILTERS,
        "SORTS": SORTS,
    }

    for filter_ in filters.FILTERS:
        app.add_template_filter(filter_)
