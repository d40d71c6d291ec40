"""Who is signed in now, beside the list, and signing somebody out."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from webapp.guard import csrf, page_identity, portal_session
from webapp.runtime import clock, logs
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.people import SignedInNow
from webapp.settings.allowlist.views.section import Section
from webapp.storage import signed_in as stored
from webapp.web import errors, htmx


@bp.get("/sessions")
def signed_in() -> Response:
    """Return who is signed in now; with `all=1` everybody."""
    return _signed_in(everybody=request.args.get("all") == "1")


def _signed_in(*, everybody: bool, live: str = "", status: int = 200, refused: str = "") -> Response:
    section = Section.load()
    now = SignedInNow.load(section, everybody=everybody)
    if htmx.is_htmx():
        focus = "more" if htmx.source() == "signed-in-show" else None
        return answers.partial("_signed_in", section, Opened(now=now, live=live, refused=refused, focus=focus), status)
    return answers.full_page(section, Opened(now=now, refused=refused), status)


@bp.post("/sessions/end")
def end_session() -> Response:
    """Sign out the session that `key` names; it may be over already, which comes to the same."""
    typed, owner = SubmittedForm.from_request(), portal_session.current()
    if typed.repeated:
        return errors.page(422)
    ended = stored.end(owner.account_id, portal_session.actor(), typed["key"], now=clock.now)
    logs.record("session_ended", "by_owner")
    live = f"Signed out {ended.label}." if ended else "Signed out."
    if not htmx.is_htmx():
        return answers.redirect_to_list(live)
    return _signed_in(everybody=request.args.get("all") == "1", live=live)


@csrf.on_expired_token(end_session)
def end_session_expired() -> Response:
    """Show owners who is signed in again after a form whose token has expired."""
    if not portal_session.current().is_owner:
        return page_identity.not_sent("csrf", 400)
    return _signed_in(everybody=request.args.get("all") == "1", status=400, refused="csrf")
