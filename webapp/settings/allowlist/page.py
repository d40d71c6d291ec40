"""The section's page: the list as it is, what a search finds of it, and what members see."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import request, url_for
from werkzeug.wrappers import Response

from webapp.guard import portal_session
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.announcements import turned_to
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.section import Section
from webapp.settings.allowlist.views.undo import offers_for
from webapp.storage import accounts
from webapp.web import htmx

ROW_ID = re.compile(r"[0-9]{1,18}")


@bp.get("")
def show() -> Response:
    """Return the section; members see only whether the list is active, and who the owners are.

    With htmx what the page has open is kept: `keep` names rows.
    """
    session = portal_session.current()
    if not session.is_owner:
        owners = accounts.owners(session.account_id)
        return htmx.page("settings/allowlist/members.html", session=session, owners=owners)
    section = Section.load()
    if not htmx.is_htmx():
        return answers.full_page(section)
    keep = frozenset(int(text) for text in request.args.getlist("keep") if ROW_ID.fullmatch(text))
    section = replace(section, keep=keep)
    return search_results(section) if htmx.target() == "allowlist-found" else refreshed_section(section)


def search_results(section: Section) -> Response:
    """Return the networks that a search has found, or another page of them."""
    turned = "page" in request.args
    opened = Opened(live=turned_to(section) if turned else "", turned=turned, offers=offers_for(section))
    response = answers.partial("_search_results", section.with_changes(), opened)
    if not turned:
        htmx.replace_url(response, url_for("allowlist.show", **section.query.asked))
    return response


def refreshed_section(section: Section) -> Response:
    """Return the section as it is now."""
    live, section = "This is the list as it is now.", section.with_activation()
    opened = Opened(live=live, focus="heading", keep_form=True, offers=offers_for(section))
    response = answers.partial("_refreshed_section", section.with_changes(), opened)
    return answers.with_changed_event(response, section)
