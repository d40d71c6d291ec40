"""A change of the list's state: what activating and deactivating have in common, and their questions.

A question is a dialog of the page, or without htmx a page of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Refused
from webapp.domain.comment import MAX_COMMENT
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.announcements import already_done
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.views.forms import FormView, QuestionView, changes_behind
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.preview import Preview
from webapp.settings.allowlist.views.section import Section
from webapp.storage.allowlists import Outcome
from webapp.web import htmx

KEPT_FIELDS = ("comment", "scope")


class StateChange(Change):
    """Activate or deactivate: sent again, it may find that somebody has changed the state back since."""

    def repeated(self, outcome: Outcome) -> Response:
        """Say which state the list is in."""
        return answers.repeated(outcome, already_done(outcome.after))

    def refused(self, refusal: Refused) -> Response:
        """Ask again: what was typed is kept, and why it was refused is said."""
        return ask_again(self.kind, refusal, self.form)


def ask(name: str) -> Response:
    """Ask the question `name`; what was typed into it before comes along in the URL."""
    section = Section.load()
    form = QuestionView(typed=SubmittedForm({field: request.args.get(field, "") for field in KEPT_FIELDS}))
    if htmx.is_htmx():
        return answers.partial(f"_{name}_dialog", section, _opened(name, section, form))
    return answers.full_page(section, _opened(name, section, form))


def ask_again(name: str, refusal: Refused, typed: SubmittedForm) -> Response:
    """Ask again after a refusal, with what was typed."""
    section = Section.load()
    form = QuestionView(typed=typed, refusal=refusal, made=changes_behind(refusal, section, typed))
    return answers.form_again(f"_{name}_dialog", section, refusal, _opened(name, section, form))


def ask_after(name: str, outcome: Outcome, live: str, typed: SubmittedForm) -> Response:
    """Show the list after a change that the question has offered, and ask again; what was typed is kept."""
    kept: dict[str, Any] = {field: typed[field] for field in KEPT_FIELDS if typed[field]}
    if len(kept.get("comment", "")) > MAX_COMMENT or kept.get("scope", "address") not in {"address", "subnet"}:
        kept = {}  # a scope that the form doesn't offer, or more text than a URL should carry
    if not htmx.is_htmx():
        answers.flash_notice(live)
        return redirect(url_for(f"allowlist.{name}_question", **kept), code=303)
    section, form = Section.of(outcome.after), QuestionView(typed=SubmittedForm(kept))
    opened = replace(_opened(name, section, form), live=live, added=outcome.added, focus="dialog")
    return answers.accepted(outcome, "_dialog_again", opened)


def _opened(name: str, section: Section, form: FormView) -> Opened:
    preview = Preview.of_activating(section, form.typed) if name == "activate" else None
    return Opened(dialog=name, form=form, preview=preview)
