"""Applying a plan that was seen: all of it in one transaction, or nothing (R14)."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Full, Refused, Stale
from webapp.domain.applying import AddsWide, HasErrors, RemovesUnsure, Seen, applied
from webapp.domain.signed_in import NotNamed, SignsOutOthers, may_sign_out, parted
from webapp.guard import portal_session
from webapp.settings.allowlist import answers, change
from webapp.settings.allowlist.announcements import settled
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors
from webapp.settings.allowlist.forms.submitted import CsrfStale
from webapp.settings.allowlist.forms.wanted import wanted
from webapp.settings.allowlist.importing import form_again, shown
from webapp.settings.allowlist.views import undo
from webapp.settings.allowlist.views.forms import changes_behind
from webapp.settings.allowlist.views.importing import ImportView
from webapp.settings.allowlist.views.plan_words import imported, too_many
from webapp.settings.allowlist.views.preview import named_everyone, not_named
from webapp.settings.allowlist.views.section import Section
from webapp.storage.allowlists import Outcome
from webapp.web import htmx


class ApplyImport(Change):
    """Apply the plan that the page has shown, made again under the lock."""

    kind = "import"
    already = "Already imported."

    def __init__(self) -> None:
        super().__init__()
        self.wanted = self.parse(lambda: wanted(self.form))

    def apply(self, present: Allowlist) -> Allowlist:
        """Check the version, plan again, and compare it with what was seen."""
        if self.form["version"] != present.revision:
            raise Stale
        seen = Seen(
            self.form["version"],
            self.form["digest"],
            confirms_removals=self.form["confirm_removals"] == "1",
            confirms_wide=self.form["confirm_wide"] == "1",
        )
        return applied(self.wanted().planned(present), seen)

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the plan has not named, or without a yes to it (R8c)."""
        if not may_sign_out(before, after):
            return
        leaving = parted(before, after, portal_session.other_people()).leaving
        if leaving and self.form["confirm_signouts"] != "1":
            raise SignsOutOthers(leaving)
        if not named_everyone(self.form, leaving):
            raise NotNamed(not_named(self.form, leaving))

    def accepted(self, outcome: Outcome) -> Response:
        """Go to the list, which says what was done, with Undo."""
        token = undo.token_of(outcome.event_id) if outcome.event_id else ""
        return _to_list(settled(outcome, imported(outcome), self.form, of_many=True), token)

    def repeated(self, outcome: Outcome) -> Response:
        """Go to the list as it is now."""
        return _to_list(self.already)

    def refused(self, refusal: Refused) -> Response:
        """Show the plan as it is now, or the form where nothing can be planned, with why."""
        refusal = _of_fields(refusal)
        try:
            meant = self.wanted()
        except FieldErrors as error:
            return form_again(self.form, refusal if isinstance(refusal, CsrfStale) else error)
        section = Section.load()
        made = changes_behind(refusal, section, self.form)
        return shown(ImportView.of(section, self.form, meant, refusal, made))


def _to_list(text: str, undo_token: str = "") -> Response:
    answers.flash_notice(text, undo_token)
    return htmx.see_other(url_for("allowlist.show"))


def _of_fields(refusal: Refused) -> Refused:
    """Return what another text or a yes would change as what it is to the form: errors of fields (422)."""
    match refusal:
        case Full():
            return FieldErrors(full=FieldError(refusal.code, too_many()))
        case HasErrors(lines=lines):
            what = "A line" if len(lines) == 1 else f"{len(lines):,} lines"
            message = f"{what} can’t be used. Correct what is wrong, or leave it out."
            return FieldErrors(errors=FieldError(refusal.code, message))
        case RemovesUnsure():
            message = "Say whether these networks may go: a line that is left out may have meant one of them."
            return FieldErrors(confirm_removals=FieldError(refusal.code, message))
        case AddsWide():
            return FieldErrors(confirm_wide=FieldError(refusal.code, "Say whether such wide networks may be listed."))
    return refusal


change.register("/import/apply", "apply_import", ApplyImport)
