"""The section's page: events by who, what, network and days, a page at a time."""

from __future__ import annotations

from flask import make_response, render_template, url_for
from werkzeug.wrappers import Response

from webapp.domain.history_query import QueryErrors, read
from webapp.guard import portal_session
from webapp.settings.history.blueprint import bp
from webapp.settings.history.view import History, asked_texts
from webapp.storage import accounts
from webapp.web import htmx


@bp.get("")
def show() -> Response:
    """Return a page of the history; members see only who the owners are.

    What cannot be looked for is told at its field (422), and what was typed is kept.
    """
    session = portal_session.current()
    if not session.is_owner:
        return htmx.page("settings/history/members.html", owners=accounts.owners(session.account_id))
    texts = asked_texts()
    try:
        query = read(texts)
    except QueryErrors as wrong:
        return answer(History.refused(session.account_id, texts, wrong.messages), 422)
    return answer(History.load(session.account_id, texts, query))


def answer(found: History, status: int = 200) -> Response:
    """Return the page; with htmx what was found, or the whole section where a field is wrong or has been."""
    if not htmx.is_htmx():
        return _render("page", found, status)
    if status != 200:
        return htmx.retarget(_render("_section", found, status), "#history", "outerHTML")
    response = _render("_found_there" if htmx.target() == "history-found" else "_section_there", found, status)
    return response if found.texts["page"] else htmx.replace_url(response, url_for("history.show", **found.asking()))


def _render(name: str, found: History, status: int) -> Response:
    return make_response(
        render_template(f"settings/history/{name}.html", history=found, turned=status == 200 and is_turned()), status
    )


def is_turned() -> bool:
    """Whether a link has turned the page: what it was pressed in is gone, and the heading gets the focus."""
    return htmx.is_htmx() and htmx.target() == "history-found" and htmx.source() != "history-filter"
