"""The questions before activating and deactivating: a dialog of the page, or without htmx a page of their own."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Refused
from webapp.domain.comment import MAX_COMMENT
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.answers import FormView
from webapp.settings.allowlist.forms import SubmittedForm
from webapp.settings.allowlist.views.preview import Preview
from webapp.settings.allowlist.views.section import Section
from webapp.storage.allowlists import Outcome
from webapp.web import htmx

KEPT = ("comment", "scope")


def show(name: str) -> Response:
    """Ask; what was typed into the question before comes along in the URL."""
    section, form = Section.load(), FormView(SubmittedForm({field: request.args.get(field, "") for field in KEPT}))
    if htmx.is_htmx():
        return answers.partial(f"_{name}_dialog", section, **_opened(name, section, form))
    return answers.full_page(section, **_opened(name, section, form))


def ask(name: str, section: Section, refusal: Refused, form: FormView) -> Response:
    """Ask again: what was typed is kept, and why it was refused is said."""
    return answers.form_again(f"_{name}_dialog", section, refusal, **_opened(name, section, form))


def again(name: str, outcome: Outcome, live: str, typed: SubmittedForm) -> Response:
    """Show the list after a change that the question has offered, and ask again; what was typed is kept."""
    kept: dict[str, Any] = {field: typed[field] for field in KEPT if typed[field]}
    if len(kept.get("comment", "")) > MAX_COMMENT or kept.get("scope", "address") not in {"address", "subnet"}:
        kept = {}  # no words of this form's, or more than a URL should carry
    if not htmx.is_htmx():
        answers.flash_notice(live)
        return redirect(url_for(f"allowlist.{name}_question", **kept), code=303)
    opened = _opened(name, Section.of(outcome.after), FormView(SubmittedForm(kept)))
    return answers.accepted(outcome, live, "_dialog_again", focus="dialog", **opened)


def _opened(name: str, section: Section, form: FormView) -> dict[str, Any]:
    preview = Preview.of_activating(section, form.typed) if name == "activate" else None
    return {"dialog": name, "form": form, "preview": preview}
