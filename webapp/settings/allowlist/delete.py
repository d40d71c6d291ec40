"""Deleting a network (R4, R6)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist
from webapp.settings.allowlist import answers, change
from webapp.settings.allowlist.announcements import deleted, settled
from webapp.settings.allowlist.network_change import NetworkChange
from webapp.settings.allowlist.row import show_as
from webapp.settings.allowlist.views import undo
from webapp.settings.allowlist.views.forms import RowView
from webapp.settings.allowlist.views.opened import Opened
from webapp.storage.allowlists import Outcome


def delete_question(entry_id: int) -> Response:
    """Return the row with the delete question. The list's rules are applied to the answer, not to the question."""
    return show_as("delete", "_delete", entry_id)


class Delete(NetworkChange):
    """Remove a network."""

    kind = "delete"
    already = "Already deleted."
    mode = "delete"

    def apply(self, present: Allowlist) -> Allowlist:
        """Check network and version, then remove."""
        self.entry(present)
        self.form.require_single()
        return present.remove(self.id)

    def accepted(self, outcome: Outcome) -> Response:
        """Show where the row was that it is gone, with Undo."""
        if outcome.event_id is None:
            return self.repeated(outcome)
        entry = outcome.before.get(self.id)
        live = settled(outcome, deleted(entry), self.form)
        row, token = RowView("deleted", self.id, entry), undo.token_of(outcome.event_id, outcome.at)
        opened = Opened(live=live, row=row, added=outcome.added, focus="undo", undo=token)
        return answers.accepted(outcome, "_deleted", opened)


change.register("/networks/<int:entry_id>/delete", "delete", Delete, question=delete_question)
