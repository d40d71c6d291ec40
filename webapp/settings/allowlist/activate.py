"""Activating the list (R5)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from webapp.domain.allowlist import Allowlist, Stale
from webapp.domain.leaving_out import require_shown
from webapp.domain.signed_in import NotNamed, Person, parted
from webapp.guard import portal_session
from webapp.settings.allowlist import answers, change
from webapp.settings.allowlist.announcements import activated, added_current
from webapp.settings.allowlist.state_change import StateChange, ask
from webapp.settings.allowlist.views.opened import Opened
from webapp.settings.allowlist.views.preview import named_everyone, not_named
from webapp.storage.allowlists import Outcome


def activate_question() -> Response:
    """Ask before activating; uncovered, the prompt *Prevent access blockage* offers the current address."""
    return ask("activate")


class Activate(StateChange):
    """Put the list into effect, adding the current address in the same transaction where asked to."""

    kind = "activate"
    leaving: tuple[Person, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.fields = self.parse(lambda: (self.form.scope(self.address), self.form.comment()))

    def apply(self, present: Allowlist) -> Allowlist:
        """Check the version and the address that was shown, then activate."""
        if self.form["version"] != present.revision:
            raise Stale
        scope, comment = self.fields()
        adds = self.form["add_current"] == "1" and not present.active
        require_shown(self.form.current, self.address, adds=adds and not present.covers(self.address))
        if adds and self.address:
            present = present.add_current(self.address, scope, comment)
        return present.activate(self.address)

    def require_consent(self, before: Allowlist, after: Allowlist) -> None:
        """Refuse to sign out people whom the question has not named (R8c)."""
        self.leaving = parted(before, after, portal_session.other_people()).leaving
        if not named_everyone(self.form, self.leaving):
            raise NotNamed(not_named(self.form, self.leaving))

    def accepted(self, outcome: Outcome) -> Response:
        """Say that the list is active, and close the question."""
        live = activated(len(self.leaving))
        if self.form["add_current"] == "1":
            live = f"{live} {added_current(outcome)}"
        return answers.accepted(outcome, "_oob_updates", Opened(live=live, added=outcome.added, focus="heading"))


change.register("/activate", "activate", Activate, question=activate_question)
