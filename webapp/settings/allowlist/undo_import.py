"""Undo of an import: the networks that it concerned become what they were, checked like any other change (R16)."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Gone, Refused
from webapp.domain.applying import AddsWide, Seen, applied
from webapp.domain.signed_in import SignsOutOthers, may_sign_out, parted
from webapp.domain.undoing import undoing
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist import answers, change
from webapp.settings.allowlist.announcements import settled
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors, wide_message
from webapp.settings.allowlist.restore import Restore, TooLate
from webapp.settings.allowlist.views import undo
from webapp.settings.allowlist.views.forms import RowView
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.plan_words import imported
from webapp.settings.allowlist.views.preview import named_everyone
from webapp.settings.allowlist.views.section import Section
from webapp.storage import imports
from webapp.storage.allowlists import Outcome
from webapp.web import htmx


class UndoImport(Change):
    """Take an import back; other networks stay as they are by now."""

    kind = "restore"
    already = "Already undone."

    def __init__(self) -> None:
        super().__init__()
        self.event_id = undo.import_of(self.form["token"])

    def apply(self, present: Allowlist) -> Allowlist:
        """Find the import in the account's own events, and apply the plan that undoes it."""
        found = None
        if self.event_id is not None:
            found = imports.in_event(portal_session.current().account_id, self.event_id)
        if found is None:
            raise Gone
        self.form.require_single()
        if clock.now() - found.at > undo.UNDO_FOR:
            raise TooLate
        try:
            return applied(undoing(present, found.change), Seen(confirms_wide=self.form["confirm_wide"] == "1"))
        except AddsWide as wide:
            message = " ".join(map(wide_message, wide.networks))
            raise FieldErrors(network=FieldError("confirm_wide", message, wide=wide.networks[0])) from wide

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the form has not named, or without a yes to it (R8c)."""
        if not may_sign_out(before, after):
            return
        leaving = parted(before, after, portal_session.other_people()).leaving
        if leaving and not (self.form["confirm_signouts"] == "1" and named_everyone(self.form, leaving)):
            raise SignsOutOthers(leaving)

    def accepted(self, outcome: Outcome) -> Response:
        """Show the list as it is again."""
        live = settled(outcome, f"Undone. {imported(outcome)}", self.form, of_many=True)
        if not htmx.is_htmx():
            return answers.redirect_to_list(live)
        section = Section.of(outcome.after).with_activation()
        return answers.whole_section(section, Opened(live=live, focus="heading", offers=undo.offers_for(section)))

    def refused(self, refusal: Refused) -> Response:
        """Say why, where Undo was."""
        section = Section.load()
        row = RowView("undo_import", 0, typed=self.form, refusal=refusal)
        if row.is_question:
            row = replace(row, rehearsal=self.rehearsed(section))
        opened = Opened(row=row, undo=self.form.shown("token"))
        return answers.form_again("_undo_import", section, refusal, opened)


def _undo() -> Change:
    """Return what takes back what the form's token was made for: a delete, or an import."""
    is_import = undo.import_of(request.form.get("token", "")) is not None
    return UndoImport() if is_import else Restore()


change.register("/networks/restore", "restore", _undo)
