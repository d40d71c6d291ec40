"""Account settings: a page of sections, each with a URL and a tab."""

from __future__ import annotations

from flask import Flask

from webapp.domain.account_acts import account_act
from webapp.domain.consent import NAMED
from webapp.domain.notes import TAG_TEXT
from webapp.settings import allowlist, general, history
from webapp.settings.allowlist.export import DOWNLOADS
from webapp.settings.allowlist.forms.submitted import new_operation
from webapp.settings.allowlist.views.query import FILTERS, SORTS
from webapp.settings.history import labels
from webapp.settings.history.sentences import who_did

blueprints = (general.bp, allowlist.bp, history.bp)
# By endpoint, as the page shows them.
TABS = {"settings.show": "General", "allowlist.show": "IP allowlist", "history.show": "History"}


def init_app(app: Flask) -> None:
    """Let templates show tabs, write operation ids, tag rows, name events, offer orders, filters and downloads."""
    app.jinja_env.globals |= {"new_operation": new_operation, "NAMED": NAMED, "FILTERS": FILTERS, "SORTS": SORTS}
    app.jinja_env.globals |= {"SETTINGS_TABS": TABS, "TAG_TEXT": TAG_TEXT, "DOWNLOADS": DOWNLOADS}
    app.jinja_env.globals |= {"HISTORY_LABELS": labels, "account_act": account_act}
    app.add_template_filter(who_did)
