"""Undoing a single change, however long ago it was, where what it concerned has not changed since (R16)."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist
from webapp.domain.plan import Plan
from webapp.domain.undoing import undoing
from webapp.guard import portal_session
from webapp.settings.allowlist import change
from webapp.settings.history.blueprint import bp
from webapp.settings.history.going_back import GoBack
from webapp.storage import past_changes
from webapp.storage.allowlists import Outcome


class Undo(GoBack):
    """Take back what an event did to networks; the others stay as they are by now."""

    already = "Already undone."
    way, key = "undo", "undone"
    offers_undo = False

    def __init__(self, event_id: int) -> None:
        super().__init__(event_id)
        past = past_changes.in_event(portal_session.current().account_id, event_id) or abort(404)
        self.change, self.was_active = past.change, past.change.deactivated

    def planned(self, present: Allowlist) -> Plan:
        """Return what takes the change back."""
        return undoing(present, self.change, self.also())

    def done(self, outcome: Outcome) -> str:
        """Return what was done."""
        return f"Undone. {super().done(outcome)}"


def undo(event_id: int) -> Response:
    """Return the plan, or why the change cannot be undone."""
    return Undo(event_id).question()


change.register("/<int:event_id>/undo", "apply_undo", Undo, question=undo, blueprint=bp)
