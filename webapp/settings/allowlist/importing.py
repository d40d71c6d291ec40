"""The page on which many networks are put in, and the plan: what they would change (R13)."""

from __future__ import annotations

from flask import make_response, render_template, url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Refused
from webapp.guard import csrf, page_identity, portal_session
from webapp.runtime import logs
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.forms.field_errors import FieldErrors
from webapp.settings.allowlist.forms.submitted import CsrfStale, SubmittedForm
from webapp.settings.allowlist.forms.wanted import text_of, wanted
from webapp.settings.allowlist.views.importing import ImportView
from webapp.settings.allowlist.views.section import Section
from webapp.web import htmx

TARGET = "import"


@bp.get("/import")
def import_page() -> Response:
    """Return the form for many networks."""
    section = Section.load()
    return htmx.page(f"{answers.FOLDER}/import.html", view=ImportView(section=section), section=section)


@bp.post("/import")
def plan_import() -> Response:
    """Return the plan of what was sent; nothing is changed."""
    form = SubmittedForm.from_request()
    try:
        meant = wanted(form)
    except FieldErrors as refusal:
        logs.record("refused", refusal.code, kind="import")
        return form_again(form, refusal)
    section = Section.load()
    return shown(ImportView.of(section, form, meant))


@csrf.on_expired_token(plan_import)
def plan_import_expired() -> Response:
    """Show owners the form again after its token has expired, with the text."""
    if not portal_session.current().is_owner:
        return page_identity.not_sent("csrf", 400)
    return form_again(SubmittedForm.from_request(), CsrfStale())


def form_again(form: SubmittedForm, refusal: Refused) -> Response:
    """Return the form with its text, and what is wrong with it."""
    return shown(ImportView(section=Section.load(), typed=form, refusal=refusal, text=text_of(form)))


def shown(view: ImportView) -> Response:
    """Return the page; with htmx what it is about, which takes the place of the list on the section's own page."""
    status = answers.status_of(view.refusal) if view.refusal else 200
    if not htmx.is_htmx():
        return _rendered("import", view, status)
    if htmx.target() == TARGET:
        return _rendered("_import", view, status)
    response = htmx.retarget(_rendered("_import_there", view, status), ".desk", "outerHTML")
    return htmx.push_url(response, url_for("allowlist.import_page"))


def _rendered(name: str, view: ImportView, status: int) -> Response:
    html = render_template(f"{answers.FOLDER}/{name}.html", view=view, section=view.section)
    return make_response(html, status)
