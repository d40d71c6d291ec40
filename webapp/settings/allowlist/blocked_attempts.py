"""The blocked attempts of the last days, beside the list."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.settings.allowlist import answers
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.views.chart import BlockedAttempts
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.section import Section
from webapp.web import htmx


@bp.get("/blocked")
def blocked_attempts() -> Response:
    """Return the blocked attempts."""
    section = Section.load()
    if htmx.is_htmx():
        return answers.partial("_blocked_attempts", section, Opened(attempts=BlockedAttempts.load(section)))
    return answers.full_page(section)
