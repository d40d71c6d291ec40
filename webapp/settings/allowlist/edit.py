"""Editing a network (R4, R6)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist
from webapp.settings.allowlist import answers, change
from webapp.settings.allowlist.announcements import saved
from webapp.settings.allowlist.network_change import NetworkChange
from webapp.settings.allowlist.row import show_as
from webapp.settings.allowlist.views.forms import RowView
from webapp.settings.allowlist.views.opened import Opened
from webapp.storage.allowlists import Outcome


def edit(entry_id: int) -> Response:
    """Return the row opened for editing."""
    return show_as("edit", "_edit", entry_id)


class Edit(NetworkChange):
    """Change a network's text or comment."""

    kind = "edit"
    already = "Already saved."
    mode = "edit"

    def __init__(self, entry_id: int) -> None:
        super().__init__(entry_id)
        self.fields = self.parse(self.form.network_and_comment)

    def apply(self, present: Allowlist) -> Allowlist:
        """Check network and version, then edit."""
        old = self.entry(present)
        network, comment = self.fields().checked(listed=old.network)
        return present.edit(self.id, network, comment)

    def accepted(self, outcome: Outcome) -> Response:
        """Show the row."""
        entry = outcome.after.get(self.id)
        live, row = saved(entry, outcome, self.form), RowView("shown", self.id, entry)
        opened = Opened(live=live, row=row, entry=entry, added=outcome.added, focus="row")
        return answers.accepted(outcome, "_row_changed", opened)


change.register(
    "/networks/<int:entry_id>", "update", Edit, question=edit, question_rule="/networks/<int:entry_id>/edit"
)
