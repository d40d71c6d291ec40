"""Deactivating the list (R7)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist
from webapp.settings.allowlist import answers, change
from webapp.settings.allowlist.state_change import StateChange, ask
from webapp.settings.allowlist.views.opened import Opened
from webapp.storage.allowlists import Outcome


def deactivate_question() -> Response:
    """Ask before deactivating."""
    return ask("deactivate")


class Deactivate(StateChange):
    """Lift all restrictions; the networks stay listed."""

    kind = "deactivate"

    def apply(self, present: Allowlist) -> Allowlist:
        """Deactivate."""
        self.form.require_single()
        return present.deactivate()

    def accepted(self, outcome: Outcome) -> Response:
        """Say that the list is inactive, and close the question."""
        live = "The IP allowlist is inactive. People can sign in from any address."
        return answers.accepted(outcome, "_oob_updates", Opened(live=live, focus="heading"))


change.register("/deactivate", "deactivate", Deactivate, question=deactivate_question)
