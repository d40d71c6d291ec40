"""Undo of a delete: the network comes back as it was, checked like any other addition."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Gone, Refused
from webapp.domain.network import Network
from webapp.guard import csrf, portal_session
from webapp.runtime import clock
from webapp.settings.allowlist import answers, undo
from webapp.settings.allowlist.answers import RowView
from webapp.settings.allowlist.change import Change
from webapp.settings.allowlist.forms import FieldError, FieldErrors
from webapp.settings.allowlist.page import bp
from webapp.settings.allowlist.views.section import Section
from webapp.storage import removals
from webapp.storage.allowlists import Outcome

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

    def apply(self, present: Allowlist) -> Allowlist:
        """Find the deletion in the account's own events, then restore."""
        event_id = undo.event_of(self.typed["token"])
        removed = None if event_id is None else removals.in_event(portal_session.current().account_id, event_id)
        if removed is None:
            raise Gone
        self.typed.require_single()
        self.network = removed.entry.network
        if self.network.is_wide and self.typed["confirm_wide"] != "1":
            raise FieldErrors(network=FieldError.confirm_wide(self.network))
        if clock.now() - removed.at > undo.UNDO_FOR:
            raise TooLate
        return present.restore(removed.entry)

    def done(self, outcome: Outcome) -> Response:
        """Show the network on the list again: in the row that said it was deleted, or in its place on the page."""
        entry = next(entry for entry in outcome.added if entry.network == self.network)
        live, row = f"Restored {entry.network}.", RowView("shown", entry.id or 0, entry)
        if self.typed["place"] == "row":
            others = tuple(other for other in outcome.added if other is not entry)
            return answers.accepted(
                outcome, live, "_row_changed", IN_PLACE, row=row, entry=entry, added=others, focus="row"
            )
        return answers.accepted(outcome, live, "_oob_updates", REMOVE_UNDO_NOTICE, row=row, focus="row")

    def refused(self, refusal: Refused) -> Response:
        """Say why, where Undo was."""
        row = RowView("restore", 0, typed=self.typed, refusal=refusal)
        return answers.form_again("_restore", Section.load(), refusal, row=row, undo=self.typed.shown("token"))


@bp.post("/networks/restore")
def restore() -> Response:
    """Undo a delete."""
    return Restore().run()


@csrf.on_expired_token(restore)
def restore_again() -> Response:
    """Show Undo again after its form was too old."""
    return Restore().csrf_stale()
