"""Undo from the notice of a delete, an import or a restore: a plan like any other (R16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Entry, Gone, Refused
from webapp.domain.applying import AddsWide, Seen, applied
from webapp.domain.signed_in import SignsOutOthers
from webapp.domain.undoing import undoing
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist import answers, change
from webapp.settings.allowlist.announcements import settled, stays_inactive
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors, wide_message
from webapp.settings.allowlist.views import undo
from webapp.settings.allowlist.views.forms import RowView
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.plan_words import imported
from webapp.settings.allowlist.views.preview import named_everyone, signed_out
from webapp.settings.allowlist.views.section import Section
from webapp.storage import past_changes
from webapp.storage.allowlists import Outcome
from webapp.storage.past_changes import Past
from webapp.web import htmx

REMOVE_UNDO_NOTICE = ("closest [data-undo]", "delete")
IN_PLACE = ("closest [data-undo]", "outerHTML")


class TooLate(Refused):
    """The change is too old to undo from its notice; History still can."""

    code = "too_late"


class Undo(Change):
    """Take back what the form's token was made for; other networks stay as they are by now."""

    kind = "restore"
    already = "Already undone."

    def __init__(self) -> None:
        super().__init__()
        self.past = _past(self.form["token"])

    @property
    def back_to(self) -> Mapping[str, int]:
        """The change that is undone."""
        return {"undone": self.past.event_id} if self.past else {}

    def apply(self, present: Allowlist) -> Allowlist:
        """Apply the plan that undoes the change, which is one of the account's own."""
        if self.past is None:
            raise Gone
        self.form.require_single()
        if clock.now() - self.past.at > undo.UNDO_FOR:
            raise TooLate
        try:
            seen = Seen(confirms_wide=self.form["confirm_wide"] == "1")
            return applied(undoing(present, self.past.change), seen)
        except AddsWide as wide:
            message = " ".join(map(wide_message, wide.networks))
            raise FieldErrors(network=FieldError("confirm_wide", message, wide=wide.networks[0])) from wide

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the form has not named, or without a yes to it (R8c)."""
        leaving = signed_out(before, after)
        if leaving and not (self.form["confirm_signouts"] == "1" and named_everyone(self.form, leaving)):
            raise SignsOutOthers(leaving)

    def accepted(self, outcome: Outcome) -> Response:
        """Show a network that was deleted on the list again, or else the list as it is again."""
        change = self.past.change if self.past else None
        said = stays_inactive(outcome) if change and change.deactivated else ""
        if change and change.deleted:
            network = change.deleted.network
            entry = next(entry for entry in outcome.added if entry.network == network)
            return self._row_again(outcome, entry, f"Restored {network}.{said}")
        live = settled(outcome, f"Undone. {imported(outcome)}{said}", self.form, of_many=True)
        if not htmx.is_htmx():
            return answers.redirect_to_list(live)
        section = Section.of(outcome.after).with_activation()
        return answers.whole_section(section, Opened(live=live, focus="heading", offers=undo.offers_for(section)))

    def _row_again(self, outcome: Outcome, entry: Entry, live: str) -> Response:
        """Show the row where it was said to be deleted, or in its place on the page."""
        row = RowView("shown", entry.id or 0, entry)
        if self.form["place"] == "row":
            others = tuple(other for other in outcome.added if other is not entry)
            opened = Opened(live=live, row=row, entry=entry, added=others, focus="row")
            return answers.accepted(outcome, "_row_changed", opened, IN_PLACE)
        opened = Opened(live=live, row=row, added=outcome.added, focus="row")
        return answers.accepted(outcome, "_oob_updates", opened, REMOVE_UNDO_NOTICE)

    def refused(self, refusal: Refused) -> Response:
        """Say why, where Undo was, and what else leads back."""
        section = Section.load()
        row = RowView("undo_refused", 0, typed=self.form, refusal=refusal, past=self.past)
        if row.is_question:
            row = replace(row, rehearsal=self.rehearsed(section))
        return answers.form_again("_undo_refused", section, refusal, Opened(row=row, undo=self.form.shown("token")))


def _past(token: str) -> Past | None:
    """Return what the token was made for; None where the account has no such event, or one of another moment."""
    made_for = undo.event_of(token)
    if made_for is None:
        return None
    event_id, at = made_for
    past = past_changes.in_event(portal_session.current().account_id, event_id)
    return past if past and past.at.isoformat() == at else None


change.register("/networks/restore", "restore", Undo)
