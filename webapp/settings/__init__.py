"""Account settings: a page of sections, each with a URL and a tab."""

from __future__ import annotations

from flask import Flask

from webapp.domain.consent import NAMED
from webapp.domain.notes import TAG_TEXT
from webapp.settings import allowlist, general, history
from webapp.settings.allowlist.export import DOWNLOADS
from webapp.settings.allowlist.forms.submitted import new_operation
from webapp.settings.allowlist.views.query import FILTERS, SORTS

blueprints = (general.bp, allowlist.bp, history.bp)
TABS = {"settings.show": "General", "allowlist.show": "IP allowlist"}  # by endpoint, as the page shows them


def init_app(app: Flask) -> None:
    """Let templates show the tabs, write a form's operation id, tag rows, and offer orders, filters and downloads."""
    app.jinja_env.globals |= {"new_operation": new_operation, "NAMED": NAMED, "FILTERS": FILTERS, "SORTS": SORTS}
    app.jinja_env.globals |= {"SETTINGS_TABS": TABS, "TAG_TEXT": TAG_TEXT, "DOWNLOADS": DOWNLOADS}
