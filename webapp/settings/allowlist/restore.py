"""Undo of a delete: the network comes back as it was, checked like any other addition."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Gone, Refused
from webapp.domain.network import Network
from webapp.guard import portal_session
from webapp.runtime import clock
from webapp.settings.allowlist import answers
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms.field_errors import FieldError, FieldErrors
from webapp.settings.allowlist.views import undo
from webapp.settings.allowlist.views.forms import RowView, changes_behind
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.section import Section
from webapp.storage import removals
from webapp.storage.allowlists import Outcome
from webapp.storage.removals import Removal

REMOVE_UNDO_NOTICE = ("closest [data-undo]", "delete")
IN_PLACE = ("closest [data-undo]", "outerHTML")


class TooLate(Refused):
    """The delete is too old to undo."""

    code = "too_late"


class Restore(Change):
    """Bring back what was deleted, as it was (R16): duplicates, limit, width and R6 count as for a new network."""

    kind = "restore"
    already = "Already restored."
    network: Network

    def __init__(self) -> None:
        super().__init__()
        self.event_id = undo.event_of(self.form["token"])

    def apply(self, present: Allowlist) -> Allowlist:
        """Find the deletion in the account's own events, then restore."""
        removed = self.removed()
        if removed is None:
            raise Gone
        self.form.require_single()
        self.network = removed.entry.network
        if self.network.is_wide and self.form["confirm_wide"] != "1":
            raise FieldErrors(network=FieldError.confirm_wide(self.network))
        if clock.now() - removed.at > undo.UNDO_FOR:
            raise TooLate
        return present.restore(removed.entry)

    def removed(self) -> Removal | None:
        """Return what the form's event has deleted: only an event of this account, named by a signed token."""
        if self.event_id is None:
            return None
        return removals.in_event(portal_session.current().account_id, self.event_id)

    def accepted(self, outcome: Outcome) -> Response:
        """Show the network on the list again: in the row that said it was deleted, or in its place on the page."""
        entry = next(entry for entry in outcome.added if entry.network == self.network)
        live, row = f"Restored {entry.network}.", RowView("shown", entry.id or 0, entry)
        if self.form["place"] == "row":
            others = tuple(other for other in outcome.added if other is not entry)
            opened = Opened(live=live, row=row, entry=entry, added=others, focus="row")
            return answers.accepted(outcome, "_row_changed", opened, IN_PLACE)
        opened = Opened(live=live, row=row, added=outcome.added, focus="row")
        return answers.accepted(outcome, "_oob_updates", opened, REMOVE_UNDO_NOTICE)

    def refused(self, refusal: Refused) -> Response:
        """Say why, where Undo was."""
        section = Section.load()
        made = changes_behind(refusal, section, self.form)
        row = RowView("restore", 0, typed=self.form, refusal=refusal, made=made)
        return answers.form_again("_restore", section, refusal, Opened(row=row, undo=self.form.shown("token")))
