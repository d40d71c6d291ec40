"""Applying a plan that was seen: all of it in one transaction, or nothing (R14)."""

from __future__ import annotations

from typing import ClassVar

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Full, Refused, Stale
from webapp.domain.applying import AddsWide, HasErrors, RemovesUnsure, Seen, applied
from webapp.domain.plan import Plan
from webapp.domain.signed_in import NotNamed, SignsOutOthers
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.announcements import settled
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors
from webapp.settings.allowlist.views import undo
from webapp.settings.allowlist.views.plan_words import imported, too_many
from webapp.settings.allowlist.views.preview import named_everyone, not_named, signed_out
from webapp.storage.allowlists import Outcome


class PlanChange(Change):
    """Apply the plan that a page has shown, made again under the lock."""

    offers_undo: ClassVar[bool] = True

    def planned(self, present: Allowlist) -> Plan:
        """Return the plan against the present list."""
        raise NotImplementedError

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
        return applied(self.planned(present), seen)

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the plan has not named, or without a yes to it (R8c)."""
        leaving = signed_out(before, after)
        if leaving and self.form["confirm_signouts"] != "1":
            raise SignsOutOthers(leaving)
        if leaving and not named_everyone(self.form, leaving):
            raise NotNamed(not_named(self.form, leaving))

    def done(self, outcome: Outcome) -> str:
        """Return what was done, as the list's notice says it."""
        return imported(outcome)

    def accepted(self, outcome: Outcome) -> Response:
        """Go to the list, which says what was done, and offers Undo."""
        token = undo.token_of(outcome.event_id, outcome.at) if self.offers_undo and outcome.event_id else ""
        return answers.to_list(settled(outcome, self.done(outcome), self.form, of_many=True), token)

    def repeated(self, outcome: Outcome) -> Response:
        """Go to the list as it is now."""
        return answers.to_list(self.already)


def of_fields(refusal: Refused) -> Refused:
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
