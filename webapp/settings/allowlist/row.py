"""A row of the table: as it is shown, or opened for editing or for the delete question."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Gone, Stale
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.blueprint import bp
from webapp.settings.allowlist.forms.submitted import SubmittedForm
from webapp.settings.allowlist.views.forms import RowView, changes_behind
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.rehearsal import Rehearsal
from webapp.settings.allowlist.views.section import Section
from webapp.web import htmx

LONGEST_ID = 20  # digits; no id is longer


@bp.get("/networks/<int:entry_id>")
def show_row(entry_id: int) -> Response:
    """Return the row as it is shown."""
    return show_as("shown", "_row", entry_id)


def show_as(mode: str, template: str, entry_id: int) -> Response:
    """Return a row in one of its modes."""
    section = Section.load()
    try:
        entry = section.allowlist.get(entry_id)
    except Gone:
        return answers.gone(section, entry_id, SubmittedForm(), Gone())
    row = RowView(mode, entry_id, entry)
    if mode == "delete":
        row = replace(row, rehearsal=Rehearsal.of_change(section, section.allowlist.remove(entry_id)))
    if not htmx.is_htmx():
        return answers.full_page(section, Opened(row=row))
    focus = "delete" if request.args.get("from") == "delete" else "row"
    return answers.partial(template, section.with_changes(entry), Opened(row=row, entry=entry, focus=focus))


def edited_beside(form: SubmittedForm, section: Section) -> RowView | None:
    """Return the row that was open for editing beside the form, as it was typed; None: none was, or it is gone."""
    if not (form["edit"].isascii() and form["edit"].isdigit() and len(form["edit"]) < LONGEST_ID):
        return None
    try:
        entry = section.allowlist.get(int(form["edit"]))
    except Gone:
        return None
    typed = SubmittedForm({name: form[f"edit_{name}"] for name in ("network", "comment", "version")})
    row = RowView("edit", int(form["edit"]), entry, typed=typed)
    if typed["version"] == entry.version:
        return row
    stale = Stale(entry)
    return replace(row, refusal=stale, made=changes_behind(stale, section, typed, row.id))
