"""What was last done to the list, and by whom: the line above it, which follows each change."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.guard import portal_session
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.section import Section
from webapp.storage import last_changes
from webapp.web import htmx


@bp.get("/last-change")
def last_change() -> Response:
    """Return the line."""
    section = Section.load()
    if not htmx.is_htmx():
        return answers.full_page(section)
    return answers.partial(
        "_last_change", section, Opened(last=last_changes.newest(portal_session.current().account_id))
    )
