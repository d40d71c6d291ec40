"""Restoring the list as it was after an event (R16)."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist
from webapp.domain.plan import Plan
from webapp.domain.undoing import restoring
from webapp.guard import portal_session
from webapp.settings.allowlist import change
from webapp.settings.history.blueprint import bp
from webapp.settings.history.going_back import GoBack
from webapp.storage import past_lists
from webapp.storage.allowlists import Outcome


class Restore(GoBack):
    """Make the list what it was, but for whether it is active."""

    already = "Already restored."
    way, key = "restore", "as_of"

    def __init__(self, event_id: int) -> None:
        super().__init__(event_id)
        self.past = past_lists.as_of(portal_session.current().account_id, event_id) or abort(404)
        self.was_active = self.past.active

    def planned(self, present: Allowlist) -> Plan:
        """Return what makes the present list the one of then."""
        return restoring(present, self.past, self.also())

    def done(self, outcome: Outcome) -> str:
        """Return what was done."""
        return f"Restored. {super().done(outcome)}"


def restore(event_id: int) -> Response:
    """Return the plan."""
    return Restore(event_id).question()


change.register("/<int:event_id>/restore", "apply_restore", Restore, question=restore, blueprint=bp)
