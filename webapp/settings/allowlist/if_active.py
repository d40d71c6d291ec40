"""If this list were active: what an inactive list would do to who used the portal lately (R19)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.settings.allowlist import answers
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.section import Section
from webapp.web import htmx


@bp.get("/if-active")
def if_active() -> Response:
    """Return from where people used the portal that an inactive list would not let in."""
    section = Section.load()
    if not htmx.is_htmx():
        return answers.full_page(section)
    return answers.partial("_if_active", section, Opened(if_active=Rehearsal.if_active(section)))
