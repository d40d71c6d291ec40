"""The whole list on one sheet, to be printed and filed."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.runtime import clock
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.views.query import Query
from webapp.settings.allowlist.views.section import Section
from webapp.web import htmx


@bp.get("/print")
def sheet() -> Response:
    """Return all networks, whatever is searched for; `sort` decides their order."""
    section = Section.load().with_activation()
    entries = Query(sort=section.query.sort).found(section.allowlist.entries, ())
    return htmx.page("settings/allowlist/sheet.html", section=section, entries=entries, printed_at=clock.now())
